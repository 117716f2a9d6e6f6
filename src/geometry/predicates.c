/* One element against one query: the bounding boxes first, where they count, then the shapes. */
#include "geometry/predicates.h"

#include "geometry/bounds.h"
#include "geometry/query_shape.h"
#include "geometry/shape_pairs.h"
#include "geometry/solids.h"

static double square(float x)
{
    return (double)x * (double)x;
}

static bool boxes_touch(const si_query_shape *query, const si_box *box)
{
    for (int axis = 0; axis < 3; axis++)
        if (box->lower[axis] > query->upper[axis] || box->upper[axis] < query->lower[axis])
            return false;
    return true;
}

static bool ball_meets_bounds(const si_query_shape *query, const si_box *bounds)
{
    return si_squared_gap(query->center, bounds->lower, bounds->upper) <= square(query->radius);
}

static bool balls_meet(const si_query_shape *query, const float center[3], float radius)
{
    double sum = (double)query->radius + (double)radius;
    return si_squared_distance(query->center, center) <= sum * sum;
}

/* The bounds, known to touch those of the query, decide about a query of accuracy bounding_box. */
static bool bounds_meet(const si_query_shape *query, const si_box *bounds)
{
    if (query->shape == SI_SHAPE_SPHERE)
        return ball_meets_bounds(query, bounds);
    return query->shape == SI_SHAPE_BOX || si_solid_meets_box(query, bounds);
}

static bool tile_holds(const si_query_shape *query, const float center[3])
{
    for (int axis = 0; axis < 3; axis++)
        if (!(query->lower[axis] <= center[axis] && center[axis] < query->upper[axis]))
            return false;
    return true;
}

bool si_query_meets_point(const si_query_shape *query, const float position[3])
{
    return si_query_meets_sphere(query, position, 0);
}

bool si_query_meets_sphere(const si_query_shape *query, const float center[3], float radius)
{
    if (query->shape == SI_SHAPE_CENTERS)
        return tile_holds(query, center);
    si_query_extent extent = si_query_extent_of(query);
    if (extent != SI_EXTENT_ORDINARY)
        return extent == SI_EXTENT_EVERYTHING;
    si_box bounds = si_bound_sphere(center, radius);
    if (!boxes_touch(query, &bounds))
        return false;
    if (query->accuracy == SI_BOUNDING_BOX)
        return bounds_meet(query, &bounds);
    if (query->shape == SI_SHAPE_BOX)
        return si_squared_gap(center, query->lower, query->upper) <= square(radius);
    return query->shape == SI_SHAPE_SPHERE ? balls_meet(query, center, radius)
                                           : si_solid_meets_ball(query, center, radius);
}

static bool tile_holds_middle(const si_query_shape *query, const float p1[3], const float p2[3])
{
    float middle[3] = {si_middle(p1[0], p2[0]), si_middle(p1[1], p2[1]), si_middle(p1[2], p2[2])};
    return tile_holds(query, middle);
}

/* Rounding is monotone: a cylinder that meets the query in real numbers has a grown box that
 * touches that of the query. */
static si_box bound_for(const si_query_shape *query, const float p1[3], const float p2[3],
                        float radius)
{
    return si_query_is_exact(query) ? si_grow_ends(p1, p2, radius)
                                    : si_bound_cylinder(p1, p2, radius);
}

static bool shape_meets_cylinder(const si_query_shape *query, const float p1[3], const float p2[3],
                                 float radius)
{
    if (query->shape == SI_SHAPE_SPHERE)
        return si_ball_meets_cylinder(query->center, query->radius, p1, p2, radius);
    if (query->shape != SI_SHAPE_BOX)
        return si_solid_meets_cylinder(query, p1, p2, radius);
    return query->accuracy == SI_EXACT
               ? si_cylinder_meets_box(p1, p2, radius, query->lower, query->upper)
               : si_capsule_meets_box(p1, p2, radius, query->lower, query->upper);
}

bool si_query_meets_cylinder(const si_query_shape *query, const float p1[3], const float p2[3],
                             float radius)
{
    if (query->shape == SI_SHAPE_CENTERS)
        return tile_holds_middle(query, p1, p2);
    si_query_extent extent = si_query_extent_of(query);
    if (extent != SI_EXTENT_ORDINARY)
        return extent == SI_EXTENT_EVERYTHING;
    si_box bounds = bound_for(query, p1, p2, radius);
    if (!boxes_touch(query, &bounds))
        return false;
    return query->accuracy == SI_BOUNDING_BOX ? bounds_meet(query, &bounds)
                                              : shape_meets_cylinder(query, p1, p2, radius);
}
