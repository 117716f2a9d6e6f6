/* What the elements of a leaf add to the voxels of a grid. */
#ifndef SI_GRID_GRID_LEAF_H
#define SI_GRID_GRID_LEAF_H

#include "grid/grid_frame.h"

/* Adds the elements of a mask. The floats of the leaf lie one column after another; whole columns
 * may be read. */
void si_grid_add_leaf(const si_grid_frame *frame, si_grid_adder *adder, const float *floats,
                      uint64_t mask);

#endif
