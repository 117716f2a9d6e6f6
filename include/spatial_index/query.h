/* Queries: a shape, and the accuracy with which elements are tested against it. */
#ifndef SI_SPATIAL_INDEX_QUERY_H
#define SI_SPATIAL_INDEX_QUERY_H

#include <stddef.h>
#include <stdint.h>

#include "spatial_index/filter.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The shape by which an element is tested. Points are points; spheres and somas are balls,
 * except with SI_BOUNDING_BOX. */
typedef enum si_accuracy {
    /* The default. For box queries a segment is the capsule around its axis, and for sphere
     * queries the cylinder with flat caps; in addition its bounding box must meet that of the
     * query. For all other shapes the same as SI_EXACT. */
    SI_BEST_EFFORT = 0,
    /* Every element is its bounding box. */
    SI_BOUNDING_BOX = 1,
    /* A segment is the cylinder with flat caps, a soma is a ball. An element is found if and
     * only if its shape meets that of the query, as in real arithmetic on the stored 32-bit
     * coordinates. The test uses double precision: if two shapes touch or miss each other by
     * less than 1e-13 of their size and distance, either result is possible. */
    SI_EXACT = 2,
    /* Every element is its center: the value of SI_FIELD_CENTROID or SI_FIELD_POSITION, to the
     * bit. Only for si_query_box, whose upper sides then do not belong to the box: lower <=
     * center < upper in every coordinate. Adjacent boxes, the outer ones of which may be
     * infinite, therefore find every element once. */
    SI_CENTER = 3
} si_accuracy;

/* A query: a shape, an accuracy and an optional filter. The functions below make queries, and
 * round coordinates, radii and sizes to 32-bit floats. SI_ERROR_ARGUMENT: a NaN, a negative size
 * or an unknown accuracy. A query may be copied, and used by any number of threads at the same
 * time. All shapes are closed, that is, touching counts, except boxes with SI_CENTER. */
typedef struct si_query {
    size_t struct_size;      /* set by the functions that make queries */
    const si_filter *filter; /* only elements that pass are found; NULL (the default): all */
    uint64_t reserved[22];   /* the shape and the accuracy: internal */
} si_query;

/* Makes a query by the box between two opposite corners, in any order. Coordinates may be
 * infinite. */
SI_API si_result si_query_box(const double corner[3], const double opposite_corner[3],
                              si_accuracy accuracy, si_query *query, si_error *error);

/* Makes a query by the sphere around a center. */
SI_API si_result si_query_sphere(const double center[3], double radius, si_accuracy accuracy,
                                 si_query *query, si_error *error);

/* Makes a query for all elements within a radius of the straight line between two points: a
 * corridor along a fiber. The points may be equal. All values must be finite. */
SI_API si_result si_query_capsule(const double end[3], const double other_end[3], double radius,
                                  si_accuracy accuracy, si_query *query, si_error *error);

/* Makes a query by the solid cylinder with flat caps around the straight line between two
 * points: an electrode. The points must differ. All values must be finite. */
SI_API si_result si_query_cylinder(const double end[3], const double other_end[3], double radius,
                                   si_accuracy accuracy, si_query *query, si_error *error);

/* Makes a query by the box around a center whose first two sides have the directions `axes`.
 * They may have any length but must be perpendicular to within 1e-6; the third side is
 * perpendicular to both. `half_size` is half the length of each side. All values must be finite. */
SI_API si_result si_query_oriented_box(const double center[3], const double axes[2][3],
                                       const double half_size[3], si_accuracy accuracy,
                                       si_query *query, si_error *error);

/* Computes the first two axes of a rotation for si_query_oriented_box from a quaternion (w, x,
 * y, z), such as SONATA's orientation_w, ... of a cell. It may have any length except 0. */
SI_API si_result si_quaternion_axes(const double quaternion[4], double axes[2][3], si_error *error);

#ifdef __cplusplus
}
#endif

#endif
