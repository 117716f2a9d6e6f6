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

/* What is added up, and into which voxels. Shared by all threads. */
typedef struct si_grid_frame {
    const si_element_type *type;
    si_grid_measure measure;
    si_accuracy accuracy; /* of touching */
    si_voxel_grid voxels;
    si_voxel_unit unit; /* of lengths; no line in a voxel is longer than its `most` */
    si_grid_totals *totals;
} si_grid_frame;

/* The elements of a leaf as lines with a radius. */
typedef struct si_grid_lines {
    const float *first[3];
    const float *second[3]; /* the same columns for points and spheres */
    const float *radii;     /* 0 for points */
} si_grid_lines;

si_grid_lines si_grid_lines_of(const si_element_type *type, const float *floats);

/* Adds 1 for each element in a mask to the voxel of its number. Returns the undecided elements. */
uint64_t si_grid_add_ones(si_grid_adder *adder, const uint32_t *numbers, uint64_t mask);

/* Adds to a voxel, unless it is outside the grid. */
void si_grid_add_voxel(const si_grid_frame *frame, si_grid_adder *adder, const int32_t voxel[3],
                       uint64_t amount);

#endif
