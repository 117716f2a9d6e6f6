#include "geometry/distances.h"

#include <float.h>
#include <math.h>

#include "geometry/distance.h"

/* See geometry/filter.h. Where the square overflows nothing is surely farther. */
float si_distance_threshold(double distance)
{
    float reach = (float)distance;
    return reach * reach * (1.0F + 0x1p-19F) + FLT_MIN;
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

/* Beside the axis the distance is |u x v| / |v|, from whichever end gives the shorter u. */
static double squared_distance_to_axis(const float point[3], const float p1[3], const float p2[3])
{
    double u[3], w[3], v[3];
    si_subtract(point, p1, u);
    si_subtract(point, p2, w);
    si_subtract(p2, p1, v);
    double along = si_dot(u, v);
    double squared_length = si_dot(v, v);
    if (along <= 0)
        return si_dot(u, u);
    if (si_dot(w, v) >= 0)
        return si_dot(w, w);
    return si_cross_squared(2 * along < squared_length ? u : w, v) / squared_length;
}

double si_distance_to_cylinder(const si_vantage *vantage, const float p1[3], const float p2[3],
                               float radius)
{
    if (vantage->accuracy == SI_BOUNDING_BOX) {
        si_box bounds = si_bound_cylinder(p1, p2, radius);
        return distance_to_box(vantage->point, &bounds);
    }
    return beyond_radius(squared_distance_to_axis(vantage->point, p1, p2), (double)radius);
}
