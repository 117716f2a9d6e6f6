/*
 * Box against solid cylinder with flat caps. The planes of the caps cut a slice out of the box; the
 * cylinder meets the box where the slice, seen along the axis, comes within the radius of it.
 *
 * The box is first cut to the bounding box of the cylinder, which changes nothing but the sizes of
 * the numbers, then every edge of it to the slice. Each end of an edge that this gives is on an
 * edge of the box, and no farther outside the slice than rounding moves a plane, some 2^-50 of the
 * length and radius of the cylinder: a decision is that of a cylinder whose caps and radius are off
 * by so much. Where the axis is parallel to a coordinate axis nothing is rounded that decides about
 * touching.
 */
#include "geometry/axis_basis.h"
#include "geometry/box_view.h"
#include "geometry/planar_set.h"
#include "geometry/shape_pairs.h"

enum { MOST_POINTS = 24 };

/* The ends of the edges of the slice, seen along the axis. */
typedef struct slice {
    unsigned count;
    double points[MOST_POINTS][2];
} slice;

/* The cylinder, and the box in coordinates relative to its first end; lengths between 0 and about
 * 1, so that no product overflows. */
typedef struct scene {
    double lower[3];
    double upper[3];
    double along[3];     /* the unit vector of the axis */
    double across[2][3]; /* with `along` an orthonormal basis */
    double length;
    double radius;
} scene;

/* False: the box is outside of that of the cylinder. */
static bool make_box_scene(const si_box_view *view, double radius, scene *s)
{
    int exponent = si_exponent_of(view->axis, radius);
    double axis[3];
    double reach = radius * (1 + 0x1p-40);
    for (int k = 0; k < 3; k++) {
        double lower = si_max_double(view->lower[0][k], si_min_double(view->axis[k], 0) - reach);
        double upper = si_min_double(view->upper[0][k], si_max_double(view->axis[k], 0) + reach);
        if (lower > upper)
            return false;
        s->lower[k] = ldexp(lower, -exponent);
        s->upper[k] = ldexp(upper, -exponent);
        axis[k] = ldexp(view->axis[k], -exponent);
    }
    si_make_basis(axis, s->along, s->across);
    s->length = si_dot(axis, s->along);
    s->radius = ldexp(radius, -exponent);
    return true;
}

static void add_slice_point(slice *cut, const scene *s, const double point[3])
{
    cut->points[cut->count][0] = si_dot(point, s->across[0]);
    cut->points[cut->count][1] = si_dot(point, s->across[1]);
    cut->count++;
}

/* Where the edge from `corner` along the coordinate `k` is `height` along the axis, or else its end
 * that is nearer to that. */
static void add_cut_point(slice *cut, const scene *s, const double corner[3], int k, double height)
{
    double start = si_dot(corner, s->along), size = s->upper[k] - s->lower[k];
    double rise = size * s->along[k];
    double t = (height - start) / rise;
    double point[3] = {corner[0], corner[1], corner[2]};
    point[k] += si_max_double(0, si_min_double(t, 1)) * size;
    add_slice_point(cut, s, point);
}

static void add_cut_edge(slice *cut, const scene *s, const double corner[3], int k)
{
    double start = si_dot(corner, s->along);
    double end = start + (s->upper[k] - s->lower[k]) * s->along[k];
    if (si_max_double(start, end) < 0 || si_min_double(start, end) > s->length)
        return;
    double other_corner[3] = {corner[0], corner[1], corner[2]};
    other_corner[k] = s->upper[k];
    if (start < 0 || start > s->length)
        add_cut_point(cut, s, corner, k, start < 0 ? 0 : s->length);
    else
        add_slice_point(cut, s, corner);
    if (end < 0 || end > s->length)
        add_cut_point(cut, s, corner, k, end < 0 ? 0 : s->length);
    else
        add_slice_point(cut, s, other_corner);
}

static void cut_slice(const scene *s, slice *cut)
{
    cut->count = 0;
    for (int k = 0; k < 3; k++) {
        int i = (k + 1) % 3, j = (k + 2) % 3;
        for (int sides = 0; sides < 4; sides++) {
            double corner[3];
            corner[k] = s->lower[k];
            corner[i] = sides & 1 ? s->upper[i] : s->lower[i];
            corner[j] = sides & 2 ? s->upper[j] : s->lower[j];
            add_cut_edge(cut, s, corner, k);
        }
    }
}

static void least_point_of_box_slice(const void *set, const double direction[2], double point[2])
{
    const slice *cut = set;
    unsigned least = 0;
    double least_height = INFINITY;
    for (unsigned i = 0; i < cut->count; i++) {
        double height = direction[0] * cut->points[i][0] + direction[1] * cut->points[i][1];
        if (height < least_height) {
            least_height = height;
            least = i;
        }
    }
    point[0] = cut->points[least][0];
    point[1] = cut->points[least][1];
}

bool si_cylinder_meets_view(const si_box_view *view, double radius)
{
    scene s;
    slice cut;
    if (si_squared_gap_of_end(view, 0) <= 0 || si_squared_gap_of_end(view, 1) <= 0 ||
        si_axis_meets_view(view))
        return true;
    if (si_dot(view->axis, view->axis) <= 0)
        return si_squared_gap_of_end(view, 0) <= radius * radius;
    if (radius <= 0 || !make_box_scene(view, radius, &s))
        return false;
    cut_slice(&s, &cut);
    return cut.count > 0 && si_planar_set_is_near(&cut, least_point_of_box_slice, s.radius);
}

bool si_cylinder_meets_box(const float p1[3], const float p2[3], float radius, const float lower[3],
                           const float upper[3])
{
    si_box_view view = si_view_box(p1, p2, lower, upper);
    return si_cylinder_meets_view(&view, (double)radius);
}
