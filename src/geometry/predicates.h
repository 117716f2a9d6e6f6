/*
 * The reference: does this one element meet the query? The kernels answer exactly this,
 * bit for bit; they only find out faster for most elements.
 *
 * Decisions are those of real arithmetic on the 32-bit coordinates, except within a relative 1e-14
 * or so of touching: a wrong decision would be right for shapes that are larger or smaller by that
 * fraction of their size and of the distance between them. Everything is computed from
 * differences of coordinates, which double precision holds without rounding unless they differ by
 * more than a factor 2^29, so nothing is lost far from the origin. Where the quantities are small
 * integers (or such times a power of two), touching of balls, capsules and boxes is decided
 * exactly, and that of a capsule or cylinder with an end of the other.
 */
#ifndef SI_GEOMETRY_PREDICATES_H
#define SI_GEOMETRY_PREDICATES_H

#include <math.h>
#include <stdbool.h>

#include "geometry/shapes.h"

bool si_query_meets_point(const si_query_shape *query, const float position[3]);
bool si_query_meets_sphere(const si_query_shape *query, const float center[3], float radius);
bool si_query_meets_cylinder(const si_query_shape *query, const float p1[3], const float p2[3],
                             float radius);

typedef enum si_query_extent {
    SI_EXTENT_ORDINARY,
    SI_EXTENT_NOTHING,
    SI_EXTENT_EVERYTHING
} si_query_extent;

/* Balls of infinite radius find everything, wherever their center is; otherwise a center at
 * infinity finds nothing. No computation with an ordinary query gives NaN. */
static inline si_query_extent si_query_extent_of(const si_query_shape *query)
{
    if (query->shape != SI_SHAPE_SPHERE)
        return SI_EXTENT_ORDINARY;
    if (isinf(query->radius))
        return SI_EXTENT_EVERYTHING;
    bool infinite = isinf(query->center[0]) || isinf(query->center[1]) || isinf(query->center[2]);
    return infinite ? SI_EXTENT_NOTHING : SI_EXTENT_ORDINARY;
}

#endif
