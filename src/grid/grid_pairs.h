/* Pairs of a cylinder and a voxel that it may touch, tested 64 at a time. */
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

/* `floats` points to the element in the first column of its leaf. `box` is the box of the voxel. */
void si_grid_pairs_add(si_grid_pairs *pairs, const float *floats, const si_query_shape *box,
                       uint64_t voxel);

/* Adds 1 to the voxel of each pair that touches. */
void si_grid_pairs_flush(si_grid_pairs *pairs);

#endif
