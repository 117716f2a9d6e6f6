/* Queries: a shape in space, and how exactly elements must meet it. */
#ifndef SI_SPATIAL_INDEX_QUERY_H
#define SI_SPATIAL_INDEX_QUERY_H

#include <stddef.h>
#include <stdint.h>

#include "spatial_index/filter.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A point is a point, a sphere or soma its ball, unless its bounding box decides. */
typedef enum si_accuracy {
    /* With boxes, a segment is the capsule around its axis, and with spheres the cylinder with flat
     * caps, and its bounding box must meet that of the query too. With all other shapes the same as
     * SI_EXACT. The default. */
    SI_BEST_EFFORT = 0,
    /* Every element is its bounding box. */
    SI_BOUNDING_BOX = 1,
    /* A segment is the cylinder with flat caps, a soma its ball, and nothing else is asked: an
     * element is found if and only if its shape meets that of the query, as in real arithmetic on
     * the stored 32-bit coordinates. Decided in double precision: where shapes do not quite touch,
     * or only just, by less than 1e-13 of their size and the distance between them, either answer
     * may come. */
    SI_EXACT = 2,
    /* Every element is its center: the value of SI_FIELD_CENTROID or SI_FIELD_POSITION, to the bit.
     * For si_query_box only, whose upper sides are then open: lower <= center < upper in every
     * coordinate. So tiles of which each begins where the one before ends find every element once;
     * the outer ones may be infinite. */
    SI_CENTER = 3
} si_accuracy;

/* A query: a shape, an accuracy and perhaps a filter. Made by the functions below, which round
 * coordinates, radii and sizes to 32-bit floats. SI_ERROR_ARGUMENT: a NaN, a negative size or an
 * unknown accuracy. A query may be copied, and used by any number of threads at once. All shapes
 * are closed, so that touching counts, but for boxes with SI_CENTER. */
typedef struct si_query {
    size_t struct_size;      /* set by the functions that make queries */
    const si_filter *filter; /* of what it finds, only what passes; NULL, as made: everything */
    uint64_t reserved[22];   /* the shape and the accuracy: internal */
} si_query;

/* The box between two opposite corners, in any order. Infinite ones are legal. */
SI_API si_result si_query_box(const double corner[3], const double opposite_corner[3],
                              si_accuracy accuracy, si_query *query, si_error *error);

/* The ball around a center. */
SI_API si_result si_query_sphere(const double center[3], double radius, si_accuracy accuracy,
                                 si_query *query, si_error *error);

/* What is within a radius of the straight way between two points: a corridor along a fibre. The
 * points may be the same, but must be finite, as the radius must. */
SI_API si_result si_query_capsule(const double end[3], const double other_end[3], double radius,
                                  si_accuracy accuracy, si_query *query, si_error *error);

/* The solid cylinder with flat caps around the straight way between two points: an electrode. The
 * points must differ, and be finite, as the radius must. */
SI_API si_result si_query_cylinder(const double end[3], const double other_end[3], double radius,
                                   si_accuracy accuracy, si_query *query, si_error *error);

/* The box around a center whose first two sides have the directions `axes`, which may have any
 * lengths but must be at right angles, to 1e-6; the third side is across both. `half_size` is half
 * the length of each side. All must be finite. */
SI_API si_result si_query_oriented_box(const double center[3], const double axes[2][3],
                                       const double half_size[3], si_accuracy accuracy,
                                       si_query *query, si_error *error);

/* The first two axes of a cell or other thing that is turned by a quaternion (w, x, y, z), as in
 * SONATA's orientation_w ..., for si_query_oriented_box. It may have any length but 0. */
SI_API si_result si_quaternion_axes(const double quaternion[4], double axes[2][3], si_error *error);

#ifdef __cplusplus
}
#endif

#endif
