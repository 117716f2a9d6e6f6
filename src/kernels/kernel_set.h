/*
 * The kernels for one instruction set, and the choice between the sets.
 *
 * A kernel is written once, as a template (leaf_test_*.h, node_kernel.h, distance_kernel.h,
 * voxel_kernel.h), against the vectors of vector_*.h, and compiled for each instruction set in
 * kernels_*.c. Kernels test a leaf in 32-bit floats; what they leave undecided is tested by
 * predicates.h in double precision, so every set finds the same elements.
 */
#ifndef SI_KERNELS_KERNEL_SET_H
#define SI_KERNELS_KERNEL_SET_H

#include <stdbool.h>

#include "geometry/distances.h"
#include "geometry/shapes.h"
#include "geometry/voxels.h"
#include "kernels/among.h"

/* ---- nodes and leaves ---- */

/* Boxes of the children of a node: bounds[0..2] are the lower, bounds[3..5] the upper coordinates.
 * A box of an absent child is that of si_box_nothing and never matches. */
typedef struct si_node_boxes {
    const float *bounds[6];
} si_node_boxes;

/* Bit i for child i. */
typedef struct si_node_match {
    uint32_t met; /* children that may hold an element that is found; none that does is missing */
    uint32_t inside; /* of these, the children whose elements are all found, whatever their shape */
} si_node_match;

/* Bit i for element i. No bit is set in both. */
typedef struct si_leaf_masks {
    uint64_t sure;      /* the element surely meets the query */
    uint64_t undecided; /* predicates.h decides */
} si_leaf_masks;

/* ---- distances ---- */

/* An element that a kernel leaves out is farther than the cutoff, in real numbers and by the
 * functions of distances.h. */
typedef struct si_distance_kernels {
    /* For each child of a node a lower bound of the squared distance of the elements below it: if
     * the bound is greater than si_distance_threshold(d), they are all farther than d. The bound of
     * an absent child is infinite, all others are finite. `count` is a multiple of 16. */
    void (*bound_nodes)(const si_vantage *vantage, si_overhang overhang,
                        const si_node_boxes *children, unsigned count, float *bounds);
    /* Writes the least of `count` values and returns its place. `count` is a multiple of 16. */
    unsigned (*find_least)(const float *values, unsigned count, float *least);
    /* Mask of the elements that may be within the cutoff. */
    uint64_t (*near_points)(const si_vantage *vantage, const si_points *points, unsigned count);
    uint64_t (*near_spheres)(const si_vantage *vantage, const si_spheres *spheres, unsigned count);
    uint64_t (*near_cylinders)(const si_vantage *vantage, const si_cylinders *cylinders,
                               unsigned count);
} si_distance_kernels;

/* ---- voxels ---- */

/* The integer unit in which lengths are added up. */
typedef struct si_voxel_unit {
    double scale; /* units in a micrometre; a power of two */
    double most;  /* micrometres; longer lengths are cut off to it. At most 2^46 units. */
} si_voxel_unit;

/* The pieces of each line, at most four, some perhaps empty, and the numbers of their voxels. */
typedef struct si_voxel_pieces {
    double numbers[4][64];
    uint64_t amounts[4][64];
} si_voxel_pieces;

#define SI_MOST_VOXEL_GROUPS 16

/* The elements of a leaf, grouped by voxel. */
typedef struct si_voxel_groups {
    unsigned count;
    uint32_t numbers[SI_MOST_VOXEL_GROUPS];
    uint64_t members[SI_MOST_VOXEL_GROUPS];
    uint64_t others; /* elements in voxels beyond the first SI_MOST_VOXEL_GROUPS */
    uint64_t undecided;
} si_voxel_groups;

/* Kernels work on columns of SI_MATCH_CAPACITY values, all of which they read and write. */
typedef struct si_voxel_kernels {
    /* Voxels of the middles between `first` and `second`, as si_middle computes them, or of `first`
     * where `second` is the same columns. */
    void (*locate)(const si_voxel_grid *grid, const float *const first[3],
                   const float *const second[3], uint32_t *numbers);
    /* The voxel that a line with a ball swept along it touches, and the second one where it touches
     * two that lie side by side. Undecided: lines that touch more, and lines partly outside the
     * grid. The faces of voxels are 32-bit floats. */
    void (*touch)(const si_voxel_grid *grid, const float *const first[3],
                  const float *const second[3], const float *radii, uint32_t *numbers,
                  uint32_t *others);
    /* The voxel that a line lies in; undecided where it crosses faces. */
    void (*locate_lines)(const si_voxel_grid *grid, const float *const first[3],
                         const float *const second[3], uint32_t *numbers);
    /* The lengths of lines. */
    void (*measure)(const float *const first[3], const float *const second[3],
                    const si_voxel_unit *unit, uint64_t *amounts);
    /* Cuts `count` lines into their pieces by voxel, with the same bits as si_voxels_cut_line.
     * Returns a mask of the lines that it leaves to that function. */
    uint64_t (*cut_lines)(const si_voxel_grid *grid, const float *const first[3],
                          const float *const second[3], unsigned count, const si_voxel_unit *unit,
                          si_voxel_pieces *pieces);
    /* Groups the elements of a mask by voxel. Elements outside the grid are in no group. */
    void (*group)(const uint32_t *numbers, uint64_t mask, si_voxel_groups *groups);
} si_voxel_kernels;

/* ---- the set ---- */

/* Queries are of ordinary extent (predicates.h). */
typedef struct si_kernel_set {
    const char *name;
    si_node_match (*match_nodes)(const si_query_shape *query, const si_node_boxes *children,
                                 unsigned count);
    si_leaf_masks (*leaf_test_points)(const si_query_shape *query, const si_points *points,
                                      unsigned count);
    si_leaf_masks (*leaf_test_spheres)(const si_query_shape *query, const si_spheres *spheres,
                                       unsigned count);
    si_leaf_masks (*leaf_test_cylinders)(const si_query_shape *query, const si_cylinders *cylinders,
                                         unsigned count);
    /* Tests cylinder i against box i. `kind` is a box query that gives the accuracy; its corners
     * are not read. */
    si_leaf_masks (*leaf_test_pairs)(const si_query_shape *kind, const si_cylinders *cylinders,
                                     const si_node_boxes *boxes, unsigned count);
    /* Copy the values of the elements in a mask, side by side. All SI_MATCH_CAPACITY values of the
     * column may be read, and as many places of `values` written. */
    void (*select_floats)(const float *column, uint64_t mask, float *values);
    void (*select_words)(const uint64_t *column, uint64_t mask, uint64_t *values);
    /* Bit i is set if value i is in the set. All SI_MATCH_CAPACITY values are read. */
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
 * The set in use. The first call chooses it: the best that the processor supports, or the one that
 * the environment variable SPATIAL_INDEX_KERNELS names ("portable", "avx2", "avx512"); an unknown
 * name and a set that the processor does not support are ignored. Any thread may call this at any
 * time.
 */
const si_kernel_set *si_kernels(void);

/* For tests: from now on all threads use the set of this name. Returns false, and changes nothing,
 * if the name is unknown or the processor does not support the set. */
bool si_use_kernels(const char *name);

#endif
