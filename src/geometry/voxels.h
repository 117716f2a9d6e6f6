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

/* In the place of the number of a voxel. Grids with such numbers leave all to double precision. */
#define SI_VOXEL_OUTSIDE UINT32_MAX
#define SI_VOXEL_UNDECIDED (UINT32_MAX - 1)

/* In which integers lengths are told. */
typedef struct si_voxel_unit {
    double scale; /* units in a micrometre; a power of two */
    double most;  /* micrometres; longer ones are cut off. At most 2^46 units. */
} si_voxel_unit;

/* Pieces of lines, which may be empty, and the numbers of their voxels. */
typedef struct si_voxel_pieces {
    double numbers[4][64];
    uint64_t amounts[4][64];
} si_voxel_pieces;

#define SI_MOST_VOXEL_GROUPS 16

/* The elements of a leaf by their voxels. */
typedef struct si_voxel_groups {
    unsigned count;
    uint32_t numbers[SI_MOST_VOXEL_GROUPS];
    uint64_t members[SI_MOST_VOXEL_GROUPS];
    uint64_t others; /* with voxels beyond so many groups */
    uint64_t undecided;
} si_voxel_groups;

/* Kernels work on columns of SI_MATCH_CAPACITY values, all of which they read and write. */
typedef struct si_voxel_kernels {
    /* Voxels of the middles between `first` and `second`, as `middle` of element_kind.c has them,
     * or of `first` where that is the same columns. */
    void (*locate)(const si_voxel_grid *grid, const float *const first[3],
                   const float *const second[3], uint32_t *numbers);
    /* The voxel that a line with a ball swept along it touches, and another one where there are
     * two, side by side; with any more, or whatever is not outside the grid altogether nor inside,
     * it is undecided. Voxels have faces in 32-bit floats. */
    void (*touch)(const si_voxel_grid *grid, const float *const first[3],
                  const float *const second[3], const float *radii, uint32_t *numbers,
                  uint32_t *others);
    /* The voxel that a line is in; undecided, if it is in several. */
    void (*locate_lines)(const si_voxel_grid *grid, const float *const first[3],
                         const float *const second[3], uint32_t *numbers);
    /* The lengths of lines. */
    void (*measure)(const float *const first[3], const float *const second[3],
                    const si_voxel_unit *unit, uint64_t *amounts);
    /* The parts of `count` lines in their voxels, to the bit as si_voxels_cut_line has them.
     * Returns a mask of those that must be left to that. */
    uint64_t (*cut_lines)(const si_voxel_grid *grid, const float *const first[3],
                          const float *const second[3], unsigned count, const si_voxel_unit *unit,
                          si_voxel_pieces *pieces);
    /* Of the elements in a mask. What is outside is in no group. */
    void (*group)(const uint32_t *numbers, uint64_t mask, si_voxel_groups *groups);
} si_voxel_kernels;

#endif
