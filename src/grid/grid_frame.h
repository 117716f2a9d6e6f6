/* What all threads that add to a grid share, and the steps that all measures have in common. */
#ifndef SI_GRID_GRID_FRAME_H
#define SI_GRID_GRID_FRAME_H

#include "element/element_kind.h"
#include "geometry/voxels.h"
#include "grid/grid_adder.h"
#include "kernels/kernel_set.h"

typedef enum si_grid_measure {
    SI_GRID_CENTERS,  /* elements, in the voxel of their center */
    SI_GRID_TOUCHING, /* elements, in every voxel of which a box query finds them */
    SI_GRID_LENGTHS   /* of axes, in units */
} si_grid_measure;

/* What all threads share. */
typedef struct si_grid_frame {
    const si_element_type *type;
    si_grid_measure measure;
    si_accuracy accuracy; /* of touching */
    si_voxel_grid voxels;
    si_voxel_unit unit; /* of lengths, none of which in a voxel is longer than it has */
    si_grid_totals *totals;
} si_grid_frame;

/* The columns of a leaf. */
typedef struct si_grid_lines {
    const float *first[3];
    const float *second[3]; /* the same where elements have one place */
    const float *radii;     /* 0 where they have none */
} si_grid_lines;

si_grid_lines si_grid_lines_of(const si_element_type *type, const float *floats);

/* 1 for each element in a mask whose voxel has a number. Returns those that are undecided. */
uint64_t si_grid_add_ones(si_grid_adder *adder, const uint32_t *numbers, uint64_t mask);

/* Unless it is outside. */
void si_grid_add_voxel(const si_grid_frame *frame, si_grid_adder *adder, const int32_t voxel[3],
                       uint64_t amount);

#endif
