/*
 * Regular grids: which voxel a place lies in, and how much of a line lies in each voxel.
 *
 * Face i of an axis of n voxels is lower + i * ((upper - lower) / n) in double precision, each
 * operation rounded, but face n is `upper` itself, so that grids that share a corner share their
 * faces. Voxel i holds what is at face i or beyond, up to face i + 1 but not at it: every place
 * below `upper` is in exactly one voxel.
 */
#ifndef SI_GEOMETRY_VOXELS_H
#define SI_GEOMETRY_VOXELS_H

#include <stdbool.h>
#include <stdint.h>

#define SI_MOST_VOXELS_OF_AXIS (INT32_MAX - 1)

typedef struct si_voxel_axis {
    double lower;
    double upper;
    double step;
    double per_micrometre; /* voxels, about */
    int32_t count;
} si_voxel_axis;

/* lower < upper, both finite; count > 0. */
si_voxel_axis si_voxel_axis_make(double lower, double upper, int32_t count);

/* False where the voxels are so small that rounding shows in their size. */
bool si_voxel_axis_is_sound(const si_voxel_axis *axis);

static inline double si_voxel_face(const si_voxel_axis *axis, int32_t face)
{
    return face == axis->count ? axis->upper : axis->lower + face * axis->step;
}

/* The voxel of a place: -1 below the first, `count` beyond the last, -1 for NaN. */
int32_t si_voxel_of(const si_voxel_axis *axis, double place);

typedef void (*si_voxel_visitor)(void *context, const int32_t voxel[3], double length);

/* Cuts the line from p1 to p2 at the faces of the voxels, and calls the visitor for every voxel on
 * the way, in order, with the length of the line in it. The error of a length is below 1e-15 of the
 * length of the whole line. */
void si_voxels_cut_line(const si_voxel_axis axes[3], const float p1[3], const float p2[3],
                        si_voxel_visitor visitor, void *context);

/* The same axis in 32-bit floats, which locate all places that are not too near to a face. */
typedef struct si_voxel_locator {
    float lower;
    float scale;  /* voxels in a micrometre */
    float margin; /* in voxels: places nearer to a face are undecided; 2: all are */
    float count;
} si_voxel_locator;

si_voxel_locator si_voxel_locator_of(const si_voxel_axis *axis);

typedef struct si_voxel_grid {
    si_voxel_axis axes[3];
    si_voxel_locator locators[3];
} si_voxel_grid;

/* Along axes that are sound. */
si_voxel_grid si_voxel_grid_make(const double lower[3], const double upper[3],
                                 const int32_t counts[3]);

/* Row by row, the last axis fastest. The voxel is in the grid. */
static inline uint64_t si_voxel_number(const si_voxel_grid *grid, const int32_t voxel[3])
{
    uint64_t row = (uint64_t)voxel[0] * (uint64_t)grid->axes[1].count + (uint64_t)voxel[1];
    return row * (uint64_t)grid->axes[2].count + (uint64_t)voxel[2];
}

static inline bool si_voxel_is_in_grid(const si_voxel_grid *grid, const int32_t voxel[3])
{
    for (int axis = 0; axis < 3; axis++)
        if (voxel[axis] < 0 || voxel[axis] >= grid->axes[axis].count)
            return false;
    return true;
}

/* Stand for the number of a voxel. Grids so large that a voxel has one of these numbers leave every
 * element undecided. */
#define SI_VOXEL_OUTSIDE UINT32_MAX
#define SI_VOXEL_UNDECIDED (UINT32_MAX - 1)

#endif
