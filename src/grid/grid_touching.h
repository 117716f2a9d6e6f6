/* Elements counted in every voxel that they touch. */
#ifndef SI_GRID_GRID_TOUCHING_H
#define SI_GRID_GRID_TOUCHING_H

#include "grid/grid_frame.h"

/* As si_grid_add_leaf: adds 1 to each voxel whose box query, with corners rounded to 32-bit floats,
 * finds the element. */
void si_grid_add_touching(const si_grid_frame *frame, si_grid_adder *adder, const float *floats,
                          uint64_t mask);

/* The box query of the voxels from `first` to `last`. */
si_query_shape si_grid_query(const si_grid_frame *frame, const int32_t first[3],
                             const int32_t last[3]);

#endif
