/* Cylinders and voxels that they may touch, tested many at a time. */
#ifndef SI_GRID_GRID_PAIRS_H
#define SI_GRID_GRID_PAIRS_H

#include "grid/grid_frame.h"

/* `count` is 0 at first. */
typedef struct si_grid_pairs {
    const si_grid_frame *frame;
    si_grid_adder *adder;
    unsigned count;
    float cylinders[7][SI_MATCH_CAPACITY];
    float boxes[6][SI_MATCH_CAPACITY];
    uint64_t voxels[SI_MATCH_CAPACITY];
} si_grid_pairs;

/* `floats`: a column of the leaf after the other. `box` is that of the voxel. */
void si_grid_pairs_add(si_grid_pairs *pairs, const float *floats, const si_query_shape *box,
                       uint64_t voxel);

/* Adds 1 to the voxels that are touched. */
void si_grid_pairs_flush(si_grid_pairs *pairs);

#endif
