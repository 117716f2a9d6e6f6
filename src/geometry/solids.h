/*
 * Capsules, cylinders and oriented boxes as queries: does one element meet them? Computed in double
 * precision; a decision can be wrong only within a relative 1e-13 (of the sizes and the distance)
 * of touching.
 */
#ifndef SI_GEOMETRY_SOLIDS_H
#define SI_GEOMETRY_SOLIDS_H

#include <stdbool.h>

#include "geometry/box_view.h"
#include "geometry/shapes.h"

/* `query` is a capsule, a cylinder or an oriented box. Radius 0 is a point, or the bare segment. A
 * cylinder of zero length is a ball. */
bool si_solid_meets_ball(const si_query_shape *query, const float center[3], float radius);
bool si_solid_meets_cylinder(const si_query_shape *query, const float p1[3], const float p2[3],
                             float radius);
/* An axis-parallel box, which may be infinite. */
bool si_solid_meets_box(const si_query_shape *query, const si_box *box);

/* An oriented box as seen from both ends of an axis, in its own coordinates. */
si_box_view si_view_oriented_box(const si_query_shape *query, const float p1[3], const float p2[3]);
bool si_oriented_box_meets_box(const si_query_shape *query, const si_box *box);

#endif
