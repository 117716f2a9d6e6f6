/*
 * Box against capsule. The squared distance from the point of the axis at t to the box,
 *
 *     f(t) = sum over the axes of gap(p1 + t v)^2,    v = p2 - p1,    0 <= t <= 1,
 *
 * is convex, with a continuous derivative, and a parabola between the at most six t at which the
 * axis line crosses a plane of the box. Its minimum is 0 where the axis meets the box, or at an
 * end, or the vertex of one parabola. The first two are decided without solving for t. For the
 * third, signs of the derivative narrow_interval t down to one parabola; it adds up the squares of
 * the coordinates outside the box ("active"), so its vertex is the distance between a line and a
 * corner, an edge or a face of the box: a cross product, without t. A rounding error in t thus only
 * matters by choosing a neighbour of the right parabola next to a t where both are the same.
 */
#include "geometry/box_view.h"
#include "geometry/shape_pairs.h"

/* Stands for infinity in the corners of a box: capsules end at 3 * FLT_MAX, about 1e39, so that the
 * box beyond matters to none of them, and there is no NaN. */
static const double beyond_capsules = 1e40;

static double finite_corner(float corner)
{
    double x = (double)corner;
    return x < -beyond_capsules ? -beyond_capsules : x > beyond_capsules ? beyond_capsules : x;
}

si_box_view si_view_box(const float p1[3], const float p2[3], const float lower[3],
                        const float upper[3])
{
    si_box_view s;
    for (int k = 0; k < 3; k++) {
        double low = finite_corner(lower[k]);
        double high = finite_corner(upper[k]);
        s.lower[0][k] = low - (double)p1[k];
        s.lower[1][k] = low - (double)p2[k];
        s.upper[0][k] = high - (double)p1[k];
        s.upper[1][k] = high - (double)p2[k];
        s.axis[k] = (double)p2[k] - (double)p1[k];
    }
    return s;
}

/* Does the shadow of the axis line on the plane of the coordinates `i` and `j` pass the shadow of
 * the box, with all its corners on one side? Compares products only, which are exact where the
 * coordinates are of like size. */
static bool line_passes_box(const si_box_view *s, int i, int j)
{
    const double *low = s->lower[0];
    const double *high = s->upper[0];
    double a1 = s->axis[i] * low[j], a2 = s->axis[i] * high[j];
    double b1 = s->axis[j] * low[i], b2 = s->axis[j] * high[i];
    return si_min_double(a1, a2) > si_max_double(b1, b2) ||
           si_max_double(a1, a2) < si_min_double(b1, b2);
}

/* By separating planes: those of the box, and those through the axis along an edge of the box. */
bool si_axis_meets_view(const si_box_view *s)
{
    for (int k = 0; k < 3; k++)
        if ((s->lower[0][k] > 0 && s->lower[1][k] > 0) ||
            (s->upper[0][k] < 0 && s->upper[1][k] < 0))
            return false;
    return !line_passes_box(s, 0, 1) && !line_passes_box(s, 1, 2) && !line_passes_box(s, 2, 0);
}

/* The plane of the box beyond which the point of the axis at `t` lies along `k`, as seen from the
 * nearer end; `*excess` is how far beyond, negative below the box, 0 inside. */
static double plane_passed(const si_box_view *s, int k, double t, double *excess)
{
    int end = t > 0.5;
    double x = (t - end) * s->axis[k];
    double plane = x < s->lower[end][k] ? s->lower[end][k] : s->upper[end][k];
    *excess = x < s->lower[end][k] || x > s->upper[end][k] ? x - plane : 0;
    return plane;
}

/* The sign of the derivative of f. */
static double slope_at(const si_box_view *s, double t)
{
    double excess[3];
    for (int k = 0; k < 3; k++)
        plane_passed(s, k, t, &excess[k]);
    return si_dot(excess, s->axis);
}

/* Shrinks before < t < after, where f falls at `before` and does not at `after`. */
static void narrow_interval(const si_box_view *s, double t, double *before, double *after)
{
    if (!(*before < t && t < *after))
        return;
    if (slope_at(s, t) < 0)
        *before = t;
    else
        *after = t;
}

/* Is the vertex of the parabola at `t` within the radius? */
static bool vertex_is_near(const si_box_view *s, double t, double squared_radius)
{
    double point[3] = {0, 0, 0};     /* from there to the end, in the active coordinates */
    double direction[3] = {0, 0, 0}; /* the axis, in the active coordinates */
    for (int k = 0; k < 3; k++) {
        double excess;
        double plane = plane_passed(s, k, t, &excess);
        if (excess < 0 || excess > 0) {
            point[k] = plane;
            direction[k] = s->axis[k];
        }
    }
    double length = si_dot(direction, direction);
    if (length > 0)
        return si_cross_squared(point, direction) <= squared_radius * length;
    return si_dot(point, point) <= squared_radius;
}

static bool inner_axis_point_is_near_box(const si_box_view *s, double squared_radius)
{
    double before = 0, after = 1;
    if (slope_at(s, before) >= 0 || slope_at(s, after) <= 0)
        return false; /* an end is nearest */
    for (int k = 0; k < 3; k++) {
        if (s->axis[k] < 0 || s->axis[k] > 0) {
            narrow_interval(s, s->lower[0][k] / s->axis[k], &before, &after);
            narrow_interval(s, s->upper[0][k] / s->axis[k], &before, &after);
        }
    }
    return vertex_is_near(s, before + (after - before) / 2, squared_radius);
}

bool si_capsule_meets_view(const si_box_view *s, double radius)
{
    double squared_radius = radius * radius;
    return si_squared_gap_of_end(s, 0) <= squared_radius ||
           si_squared_gap_of_end(s, 1) <= squared_radius || si_axis_meets_view(s) ||
           (radius > 0 && inner_axis_point_is_near_box(s, squared_radius));
}

bool si_capsule_meets_box(const float p1[3], const float p2[3], float radius, const float lower[3],
                          const float upper[3])
{
    si_box_view view = si_view_box(p1, p2, lower, upper);
    return si_capsule_meets_view(&view, (double)radius);
}
