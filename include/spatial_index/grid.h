/* Grids of voxels and atlas regions: counts of elements and lengths of segments. */
#ifndef SI_SPATIAL_INDEX_GRID_H
#define SI_SPATIAL_INDEX_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spatial_index/index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A regular grid of voxels over a box, and what to compute in them. Initialize with SI_GRID_INIT,
 * and set at least `lower`, `upper` and `shape`.
 *
 * Along an axis with n voxels, face i is at lower + i * ((upper - lower) / n) in double precision,
 * and face n at `upper`. Voxels are half-open: lower faces belong to a voxel, upper faces do not.
 * Every point of the box is therefore in exactly one voxel, and adjacent grids divide space without
 * overlap.
 *
 * Voxel (x, y, z) has the number (x * shape[1] + y) * shape[2] + z. All arrays of voxels have
 * this order, that of a row-major array of three dimensions. */
typedef struct si_grid {
    size_t struct_size;
    double lower[3]; /* corners, in magnitude up to 1e38; `lower` is below `upper` on each axis. */
    double upper[3]; /* Not rounded to 32-bit floats, unlike those of queries. */
    uint64_t shape[3]; /* voxels along x, y and z, at least 1 each */
    /* False: counts each element once, in the voxel that holds its center (the position, or the
     * midpoint of the axis, as in the field `centroid`). True: counts each element in every
     * voxel that it touches, that is, for which a query by si_query_box with `accuracy` finds
     * it. */
    bool counts_touching;
    si_accuracy accuracy;
    const si_filter *filter; /* only elements that pass are used; NULL: all */
    unsigned threads;        /* 0: one per processor */
} si_grid;

#define SI_GRID_INIT                                                                               \
    {                                                                                              \
        sizeof(si_grid), {0, 0, 0}, {0, 0, 0}, {0, 0, 0}, false, SI_BEST_EFFORT, NULL, 0           \
    }

/* Counts the elements in each voxel in one pass. `counts` has room for all voxels.
 * SI_ERROR_ARGUMENT: an invalid grid, or voxels too small for double precision at their
 * coordinates; SI_ERROR_LIMIT: more voxels than an array can have. After an error the content of
 * `counts` is undefined. */
SI_API si_result si_index_grid_counts(const si_index *index, const si_grid *grid, uint64_t *counts,
                                      si_error *error);

/* Adds up the lengths of the axes of segments in each voxel, clipped at the faces. Somas have no
 * length. Computed in double precision: the error of a clipped piece is below 1e-15 of the
 * length of its segment plus 1e-13 of the diagonal of a voxel. Sums are exact, so that they do
 * not depend on the order of elements or on threads. The call uses 16 bytes of memory per voxel
 * in addition to `lengths`. SI_ERROR_ARGUMENT also if the elements are not segments. */
SI_API si_result si_index_grid_lengths(const si_index *index, const si_grid *grid, double *lengths,
                                       si_error *error);

/* The region of each voxel, for example from an annotated atlas. */
typedef struct si_regions {
    si_type type;    /* an integer type */
    const void *ids; /* for all voxels */
} si_regions;

typedef struct si_group_lengths {
    uint64_t group_count;
    uint64_t *keys; /* ascending */
    double *lengths;
} si_group_lengths;

/* The same sums by region. Regions without elements are omitted. Ids of signed types are
 * extended to 64 bits, so that (int64_t)keys[i] is the id, and are in ascending order as signed
 * numbers. With `counts_touching`, an element that touches several voxels of a region counts
 * once per voxel. Free the results with si_group_counts_free and si_group_lengths_free. */
SI_API si_result si_index_region_counts(const si_index *index, const si_grid *grid,
                                        const si_regions *regions, si_group_counts *counts,
                                        si_error *error);
SI_API si_result si_index_region_lengths(const si_index *index, const si_grid *grid,
                                         const si_regions *regions, si_group_lengths *lengths,
                                         si_error *error);

SI_API void si_group_lengths_free(si_group_lengths *lengths);

#ifdef __cplusplus
}
#endif

#endif
