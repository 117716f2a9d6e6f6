/*
 * The kernels for one instruction set, and the choice between the sets.
 *
 * A kernel is written once, in filter_*.h and node_kernel.h, against the vectors of vector_*.h, and
 * compiled for each instruction set in kernels_*.c. Kernels look at a leaf in 32-bit floats; what
 * they leave undecided goes on to predicates.h, so the elements found are the same with each set.
 */
#ifndef SI_KERNELS_KERNEL_SET_H
#define SI_KERNELS_KERNEL_SET_H

#include <stdbool.h>

#include "geometry/distances.h"
#include "geometry/shapes.h"
#include "geometry/voxels.h"
#include "kernels/among.h"

/* Bit i for element i. */
typedef struct si_leaf_masks {
    uint64_t sure;      /* found */
    uint64_t undecided; /* perhaps: what predicates.h says */
} si_leaf_masks;

/* All for queries of ordinary extent (predicates.h). */
typedef struct si_kernel_set {
    const char *name;
    si_node_match (*match_nodes)(const si_query *query, const si_node_boxes *children,
                                 unsigned count);
    si_leaf_masks (*filter_points)(const si_query *query, const si_points *points, unsigned count);
    si_leaf_masks (*filter_spheres)(const si_query *query, const si_spheres *spheres,
                                    unsigned count);
    si_leaf_masks (*filter_cylinders)(const si_query *query, const si_cylinders *cylinders,
                                      unsigned count);
    /* Cylinder i and box i, with the accuracy of a box query, whose corners are not looked at. */
    si_leaf_masks (*filter_pairs)(const si_query *kind, const si_cylinders *cylinders,
                                  const si_node_boxes *boxes, unsigned count);
    /* Write the values of the elements in a mask side by side. All SI_MATCH_CAPACITY values of the
     * column may be read, and as many places of `values` written. */
    void (*select_floats)(const float *column, uint64_t mask, float *values);
    void (*select_words)(const uint64_t *column, uint64_t mask, uint64_t *values);
    /* Bit i for value i if it is wanted. All SI_MATCH_CAPACITY values are read. */
    uint64_t (*words_among)(const uint64_t *column, const si_word_set *wanted);
    uint64_t (*bytes_among)(const uint8_t *column, const si_byte_set *wanted);
    const si_distance_kernels *distances;
    const si_voxel_kernels *voxels;
} si_kernel_set;

extern const si_kernel_set si_kernels_portable;
#ifdef __x86_64__
extern const si_kernel_set si_kernels_avx2;
extern const si_kernel_set si_kernels_avx512;
#endif

/*
 * The set in use. The first call chooses it: the best that the processor has, or the one that the
 * environment variable SPATIAL_INDEX_KERNELS names ("portable", "avx2", "avx512"); a name that is
 * none of these, or a set that the processor does not have, is ignored. Any thread may call this at
 * any time.
 */
const si_kernel_set *si_kernels(void);

/* For tests: from now on the set of this name is used, in all threads. False, and no change, where
 * there is none of that name or the processor does not have it. */
bool si_use_kernels(const char *name);

#endif
