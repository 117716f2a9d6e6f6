/*
 * Regular grids: which voxel a place lies in, and how long a line is in each.
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

/* Cuts the line from p1 to p2 at the faces of the voxels: the visitor is told of every voxel that
 * it goes through how long it is there, in its order. The error of a length is below 1e-15 of the
 * length of the whole line. */
void si_voxels_cut_line(const si_voxel_axis axes[3], const float p1[3], const float p2[3],
                        si_voxel_visitor visitor, void *context);

/* The same axis in 32-bit floats, which decide where they can. */
typedef struct si_voxel_locator {
    float lower;
    float scale;  /* voxels in a micrometre */
    float margin; /* nearer than so many voxels to a face, they cannot; 2: never */
    float count;
} si_voxel_locator;

si_voxel_locator si_voxel_locator_of(const si_voxel_axis *axis);

/* Some voxels side by side: `size` of them from `origin` on. */
typedef struct si_voxel_window {
    int32_t origin[3];
    int32_t size[3];
} si_voxel_window;

/* Kernels work on columns of SI_MATCH_CAPACITY values, all of which they read and write. */
typedef struct si_voxel_kernels {
    /* Voxels of the middles between `first` and `second`, or of `first` where that is the same
     * column. Returns whether any is undecided: `undecided` is then not 0 there. */
    bool (*locate)(const si_voxel_locator *locator, const float *first, const float *second,
                   int32_t *voxels, int32_t *undecided);
    /* Places in a window, row by row; outside it, the number of its voxels. Returns how many are
     * outside. */
    unsigned (*place)(const si_voxel_window *window, const int32_t *const voxels[3],
                      int32_t *places);
    /* Lengths of lines, from the three columns `first` to the three columns `second`. */
    void (*measure)(const float *const first[3], const float *const second[3], double *lengths);
} si_voxel_kernels;

/* Voxels of SI_MATCH_CAPACITY places, as si_voxel_of gives them: of the middles between two columns
 * of coordinates as `middle` of element_kind.c has them, or of one column given twice. */
void si_voxels_of_middles(const si_voxel_axis *axis, const si_voxel_locator *locator,
                          const float *first, const float *second, int32_t *voxels);

#endif
