/* The lengths of axes, cut at the faces of voxels. */
#ifndef SI_GRID_GRID_LENGTHS_H
#define SI_GRID_GRID_LENGTHS_H

#include "grid/grid_frame.h"

/* As si_grid_add_leaf: adds lengths, in units, of elements that have two ends. */
void si_grid_add_lengths(const si_grid_frame *frame, si_grid_adder *adder, const float *floats,
                         uint64_t mask);

#endif
