/* Which test of a pair of shapes decides about a solid and an element. */
#include "geometry/solids.h"

#include "geometry/scalar_math.h"
#include "geometry/shape_pairs.h"

static si_axis axis_of(const si_query_shape *query)
{
    return (si_axis){query->center, query->end, query->radius};
}

bool si_solid_meets_ball(const si_query_shape *query, const float center[3], float radius)
{
    si_axis axis = axis_of(query);
    if (query->shape == SI_SHAPE_CAPSULE)
        return si_ball_meets_capsule(center, radius, &axis);
    if (query->shape == SI_SHAPE_CYLINDER)
        return si_ball_meets_cylinder(center, radius, axis.p1, axis.p2, axis.radius);
    si_box_view view = si_view_oriented_box(query, center, center);
    return si_squared_gap_of_end(&view, 0) <= (double)radius * (double)radius;
}

/* Where an end of either just touches the other, this is exact if all numbers are small and whole,
 * or if the ends are the same point, which what decides about the rest is not. */
static bool an_end_is_in_other(const si_query_shape *query, const float p1[3], const float p2[3],
                               float radius)
{
    if (si_solid_meets_ball(query, p1, 0) || si_solid_meets_ball(query, p2, 0))
        return true;
    if (query->shape == SI_SHAPE_ORIENTED_BOX)
        return false;
    float reach = query->shape == SI_SHAPE_CAPSULE ? query->radius : 0;
    return si_ball_meets_cylinder(query->center, reach, p1, p2, radius) ||
           si_ball_meets_cylinder(query->end, reach, p1, p2, radius);
}

bool si_solid_meets_cylinder(const si_query_shape *query, const float p1[3], const float p2[3],
                             float radius)
{
    if (si_squared_distance(p1, p2) <= 0)
        return si_solid_meets_ball(query, p1, radius);
    if (an_end_is_in_other(query, p1, p2, radius))
        return true;
    si_axis axis = axis_of(query);
    const si_axis cylinder = {p1, p2, radius};
    if (query->shape == SI_SHAPE_CAPSULE)
        return si_capsule_meets_cylinder(&axis, &cylinder);
    if (query->shape == SI_SHAPE_CYLINDER)
        return si_cylinders_meet(&axis, &cylinder);
    si_box_view view = si_view_oriented_box(query, p1, p2);
    return si_cylinder_meets_view(&view, (double)radius);
}

bool si_solid_meets_box(const si_query_shape *query, const si_box *box)
{
    if (query->shape == SI_SHAPE_CAPSULE)
        return si_capsule_meets_box(query->center, query->end, query->radius, box->lower,
                                    box->upper);
    if (query->shape == SI_SHAPE_CYLINDER)
        return si_cylinder_meets_box(query->center, query->end, query->radius, box->lower,
                                     box->upper);
    return si_oriented_box_meets_box(query, box);
}
