/*
 * Two solid cylinders with flat caps. The one is cut to the slice between the planes of the caps of
 * the other, along whose axis it is then seen: the cylinders meet if and only if the slice comes
 * within the radius of that axis. The outline of the slice is one of arcs of ellipses and straight
 * lines; all that is asked of it is its point farthest back along a direction.
 */
#include "geometry/axis_basis.h"
#include "geometry/planar_set.h"
#include "geometry/shape_pairs.h"

/* As seen from one end of the cylinder that looks, whose axis has the unit vector `along`. */
typedef struct scene {
    double along[3];
    double across[2][3];
    double length;
    double ends[2][3]; /* of the cylinder that is seen */
    double axis[3];    /* its unit vector */
    double heights[2]; /* of its ends, along `along` */
    double slant;      /* by how much that changes along the axis */
    double rise;       /* and from end to end: of the same sign, whatever the rounding */
    double tilt[3];    /* the part of `along` across `axis` */
    double steepness;  /* the length of the tilt */
    double radius;     /* of the cylinder that is seen */
} scene;

/* What a height is off by, at most: all lengths are 1 or less. A point that is so little beyond the
 * planes is not moved to them, as the section there may be that of a plane that grazes the side. */
#define ROUNDING 0x1p-48

/* The part of `v` across the axis, at right angles to it even where it is but rounding. */
static void find_part_across(const double axis[3], const double v[3], double part[3])
{
    double turned[3];
    si_cross(v, axis, turned);
    si_cross(axis, turned, part);
}

static double largest_coordinate(const si_axis *a, const si_axis *b)
{
    double size = fmax((double)a->radius, (double)b->radius);
    for (int k = 0; k < 3; k++) {
        double origin = (double)a->p1[k];
        size = fmax(size, fabs((double)a->p2[k] - origin));
        size = fmax(size, fabs((double)b->p1[k] - origin));
        size = fmax(size, fabs((double)b->p2[k] - origin));
    }
    return size;
}

/* Returns the radius of `a` in the scene's scale. */
static double make_pair_scene(const si_axis *a, const si_axis *b, scene *s)
{
    double axis[3];
    int exponent;
    frexp(largest_coordinate(a, b), &exponent);
    for (int k = 0; k < 3; k++) {
        double origin = (double)a->p1[k];
        axis[k] = ldexp((double)a->p2[k] - origin, -exponent);
        s->ends[0][k] = ldexp((double)b->p1[k] - origin, -exponent);
        s->ends[1][k] = ldexp((double)b->p2[k] - origin, -exponent);
        s->axis[k] = ldexp((double)b->p2[k] - (double)b->p1[k], -exponent);
    }
    s->radius = ldexp((double)b->radius, -exponent);
    double axis_length = sqrt(si_dot(s->axis, s->axis));
    si_make_basis(axis, s->along, s->across);
    si_normalise(s->axis);
    s->length = si_dot(axis, s->along);
    find_part_across(s->axis, s->along, s->tilt);
    s->steepness = sqrt(si_dot(s->tilt, s->tilt));
    for (int end = 0; end < 2; end++)
        s->heights[end] = si_dot(s->ends[end], s->along);
    s->slant = si_dot(s->along, s->axis);
    s->rise = s->slant * axis_length;
    return ldexp((double)a->radius, -exponent);
}

static bool slice_is_empty(const scene *s)
{
    double reach = s->radius * s->steepness;
    return fmax(s->heights[0], s->heights[1]) + reach < -ROUNDING ||
           fmin(s->heights[0], s->heights[1]) - reach > s->length + ROUNDING;
}

/* The point of a disc around `center`, across the axis, that is least along the direction; of many
 * the center. */
static void least_of_disc(const scene *s, const double center[3], const double direction[3],
                          double point[3])
{
    double across[3];
    find_part_across(s->axis, direction, across);
    double length = sqrt(si_dot(across, across));
    for (int k = 0; k < 3; k++)
        point[k] = center[k] - (length > 0 ? s->radius / length * across[k] : 0);
}

/* The point of a cap at `height` that is least along the direction. The rim crosses the plane in
 * two points. */
static void least_of_chord(const scene *s, int end, double height, const double direction[3],
                           double point[3])
{
    double up[3], beside[3], rise = 0;
    for (int k = 0; k < 3; k++)
        up[k] = s->steepness > 0 ? s->tilt[k] / s->steepness : 0;
    si_cross(s->axis, up, beside);
    if (s->steepness > 0)
        rise = (height - s->heights[end]) / s->steepness;
    rise = fmax(-s->radius, fmin(rise, s->radius));
    double width = sqrt(s->radius * s->radius - rise * rise);
    if (si_dot(beside, direction) > 0)
        width = -width;
    for (int k = 0; k < 3; k++)
        point[k] = s->ends[end][k] + rise * up[k] + width * beside[k];
}

/* The same of the section of the whole cylinder: where the side is least along the direction,
 * measured in the plane, if that is between the caps; else of the chord of the cap it is beyond. */
static void least_of_section(const scene *s, double height, const double direction[3],
                             double point[3])
{
    double tangent[3], foot[3], shift[3];
    double part = si_dot(direction, s->axis);
    if (!(fabs(s->rise) > 0)) {
        least_of_chord(s, part < 0, height, direction, point);
        return;
    }
    for (int k = 0; k < 3; k++)
        tangent[k] = direction[k] - s->along[k] * (part / s->slant);
    least_of_disc(s, s->ends[0], tangent, foot);
    double t = (height - si_dot(foot, s->along)) / s->rise;
    if (s->steepness > 0 && (t < 0 || t > 1)) {
        least_of_chord(s, t > 1, height, direction, point);
        return;
    }
    for (int k = 0; k < 3; k++) {
        shift[k] = s->ends[1][k] - s->ends[0][k];
        point[k] = foot[k] + fmax(0, fmin(t, 1)) * shift[k];
    }
}

static void least_point_of_cylinder_slice(const void *set, const double direction[2],
                                          double seen[2])
{
    const scene *s = set;
    double way[3], point[3];
    for (int k = 0; k < 3; k++)
        way[k] = direction[0] * s->across[0][k] + direction[1] * s->across[1][k];
    least_of_disc(s, s->ends[si_dot(way, s->axis) < 0], way, point);
    double height = si_dot(point, s->along);
    if (height < -ROUNDING || height > s->length + ROUNDING)
        least_of_section(s, height < 0 ? 0 : s->length, way, point);
    seen[0] = si_dot(point, s->across[0]);
    seen[1] = si_dot(point, s->across[1]);
}

/* The thicker one looks: the slice of the other is small, and so is what rounding does to it. */
bool si_cylinders_meet(const si_axis *a, const si_axis *b)
{
    scene s;
    const si_axis *thick = a->radius < b->radius ? b : a;
    const si_axis *thin = thick == a ? b : a;
    if (!(thin->radius > 0))
        return si_capsule_meets_cylinder(thin, thick);
    double radius = make_pair_scene(thick, thin, &s);
    return !slice_is_empty(&s) && si_planar_set_is_near(&s, least_point_of_cylinder_slice, radius);
}
