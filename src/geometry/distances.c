/* Distances from a point to elements, in double precision and without cancellation. */
#include "geometry/distances.h"

#include <float.h>
#include <math.h>

#include "geometry/scalar_math.h"

/* The margin is that of kernels/leaf_test.h. Where the square overflows, nothing is surely farther.
 */
float si_distance_threshold(double distance)
{
    float cutoff = (float)distance;
    return cutoff * cutoff * (1.0F + 0x1p-19F) + FLT_MIN;
}

/* sqrt(D) - r without the cancellation where they are nearly equal. */
static double beyond_radius(double squared_distance, double radius)
{
    double excess = squared_distance - radius * radius;
    return excess > 0 ? excess / (sqrt(squared_distance) + radius) : 0;
}

static double distance_to_box(const float point[3], const si_box *box)
{
    return sqrt(si_squared_gap(point, box->lower, box->upper));
}

double si_distance_to_point(const si_vantage *vantage, const float position[3])
{
    return sqrt(si_squared_distance(vantage->point, position));
}

double si_distance_to_sphere(const si_vantage *vantage, const float center[3], float radius)
{
    if (vantage->accuracy == SI_BOUNDING_BOX) {
        si_box bounds = si_bound_sphere(center, radius);
        return distance_to_box(vantage->point, &bounds);
    }
    return beyond_radius(si_squared_distance(vantage->point, center), (double)radius);
}

/* A point as seen from a cylinder that has a length. */
typedef struct axis_view {
    double squared_length;
    double beyond;       /* of the ends, times the length; not above 0: beside the axis */
    double squared_side; /* the squared distance from the line through the axis */
    double squared_end;  /* the squared distance from the end that is nearer */
} axis_view;

/* The distance from the line is |u x v| / |v|, from whichever end gives the shorter u. */
static axis_view view_axis(const float point[3], const float p1[3], const float p2[3])
{
    double u[3], w[3], v[3];
    si_subtract(point, p1, u);
    si_subtract(point, p2, w);
    si_subtract(p2, p1, v);
    double along = si_dot(u, v), past = si_dot(w, v);
    double squared_length = si_dot(v, v);
    const double *from_end = 2 * along < squared_length ? u : w;
    return (axis_view){.squared_length = squared_length,
                       .beyond = -along > past ? -along : past,
                       .squared_side = si_cross_squared(from_end, v) / squared_length,
                       .squared_end = si_dot(from_end, from_end)};
}

static double distance_to_capsule(const axis_view *view, double radius)
{
    return beyond_radius(view->beyond < 0 ? view->squared_side : view->squared_end, radius);
}

static double distance_to_flat_caps(const axis_view *view, double radius)
{
    double side = beyond_radius(view->squared_side, radius);
    if (view->beyond <= 0)
        return side;
    return sqrt(view->beyond * view->beyond / view->squared_length + side * side);
}

double si_distance_to_cylinder(const si_vantage *vantage, const float p1[3], const float p2[3],
                               float radius)
{
    if (vantage->accuracy == SI_BOUNDING_BOX) {
        si_box bounds = si_bound_cylinder(p1, p2, radius);
        return distance_to_box(vantage->point, &bounds);
    }
    axis_view view = view_axis(vantage->point, p1, p2);
    if (!(view.squared_length > 0))
        return si_distance_to_sphere(vantage, p1, radius);
    return vantage->accuracy == SI_EXACT ? distance_to_flat_caps(&view, (double)radius)
                                         : distance_to_capsule(&view, (double)radius);
}
