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

/* A regular grid of voxels over a box, and what is added up in them. Set struct_size by
 * SI_GRID_INIT, and at least `lower`, `upper` and `shape`.
 *
 * Along an axis of n voxels, face i lies at lower + i * ((upper - lower) / n) in double precision,
 * face n at `upper` itself. Voxels are half-open: one holds what lies on its lower faces but not
 * what lies on its upper faces, so that whatever lies in the box is in exactly one of them, and
 * grids side by side that share a corner divide everything between them.
 *
 * Voxel (x, y, z) has the number (x * shape[1] + y) * shape[2] + z: all arrays of voxels have this
 * order, that of a row-major array of three dimensions. */
typedef struct si_grid {
    size_t struct_size;
    double lower[3]; /* corners, in micrometres, up to 1e38; each of `lower` is below that of ... */
    double upper[3]; /* ... `upper`. Not rounded to 32-bit floats, as those of queries are. */
    uint64_t shape[3]; /* voxels along x, y and z, at least 1 each */
    /* What counting counts. False: each element once, in the voxel that holds its center: the
     * position, or the midpoint of the axis, as the field `centroid` gives it. True: each element
     * in every voxel that it touches: in those of which si_query_box, with `accuracy`, finds it. */
    bool counts_touching;
    si_accuracy accuracy;
    const si_filter *filter; /* only elements that pass; NULL: all */
    unsigned threads;        /* 0: as many as there are processors */
} si_grid;

#define SI_GRID_INIT                                                                               \
    {                                                                                              \
        sizeof(si_grid), {0, 0, 0}, {0, 0, 0}, {0, 0, 0}, false, SI_BEST_EFFORT, NULL, 0           \
    }

/* Counts the elements in each voxel, in one pass over what the grid touches. `counts` has room for
 * all voxels. SI_ERROR_ARGUMENT: a grid that is none, or whose voxels are too small for double
 * precision at its corners; SI_ERROR_LIMIT: more voxels than any array can have. After an error
 * `counts` may hold anything. */
SI_API si_result si_index_grid_counts(const si_index *index, const si_grid *grid, uint64_t *counts,
                                      si_error *error);

/* Adds up the lengths of the axes of segments, cut at the faces of the voxels. Somas have none. In
 * double precision: the error of a piece is below 1e-15 of the length of its segment, plus 1e-13 of
 * the diagonal of a voxel. Sums are exact, so they do not depend on the order, on threads, or on
 * how elements lie in the index. 16 bytes of memory are taken for each voxel besides `lengths`.
 * SI_ERROR_ARGUMENT: also where elements are no morphology. */
SI_API si_result si_index_grid_lengths(const si_index *index, const si_grid *grid, double *lengths,
                                       si_error *error);

/* To which region each voxel belongs, such as those of an annotated atlas. */
typedef struct si_regions {
    si_type type;    /* an integer type */
    const void *ids; /* of all voxels */
} si_regions;

typedef struct si_group_lengths {
    uint64_t group_count;
    uint64_t *keys; /* ascending */
    double *lengths;
} si_group_lengths;

/* The same, added up by region. Regions in which there is nothing are left out. Ids of signed types
 * are extended to 64 bits, so that (int64_t)keys[i] is the id, and ascend as signed numbers. Where
 * elements are counted by touching, those that touch several voxels of a region count so many
 * times. Free with si_group_counts_free and si_group_lengths_free. */
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
