/* The functions that make queries: they check the arguments, round them to 32-bit floats and
 * compute the bounding box. */
#include "geometry/query_shape.h"

#include <math.h>
#include <stdbool.h>

#include "geometry/scalar_math.h"

static void write_query(const si_query_shape *made, si_query *query)
{
    *(si_query_shape *)query = *made;
}

static si_result check_coordinates(const double point[3], const char *name, si_error *error)
{
    if (isnan(point[0]) || isnan(point[1]) || isnan(point[2]))
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the %s of a query is (%g, %g, %g), expected three numbers", name, point[0],
                       point[1], point[2]);
    return SI_OK;
}

static si_result check_radius(double radius, si_error *error)
{
    if (isnan(radius) || radius < 0)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the radius of a query is %g, expected 0 or a positive number", radius);
    return SI_OK;
}

static si_result set_box(const double corner[3], const double opposite_corner[3],
                         si_query_shape *query, si_error *error)
{
    SI_TRY(check_coordinates(corner, "corner", error));
    SI_TRY(check_coordinates(opposite_corner, "opposite corner", error));
    for (int axis = 0; axis < 3; axis++) {
        float a = (float)corner[axis];
        float b = (float)opposite_corner[axis];
        query->lower[axis] = a < b ? a : b;
        query->upper[axis] = a < b ? b : a;
    }
    return SI_OK;
}

si_result si_query_box(const double corner[3], const double opposite_corner[3],
                       si_accuracy accuracy, si_query *query, si_error *error)
{
    SI_TRY(si_require(corner, "corner", error));
    SI_TRY(si_require(opposite_corner, "opposite_corner", error));
    SI_TRY(si_require(query, "query", error));
    si_query_shape made = {.struct_size = sizeof made, .shape = SI_SHAPE_BOX, .accuracy = accuracy};
    if (accuracy == SI_CENTER) {
        made.shape = SI_SHAPE_CENTERS;
        made.accuracy = SI_EXACT;
    }
    SI_TRY(si_accuracy_check(made.accuracy, error));
    SI_TRY(set_box(corner, opposite_corner, &made, error));
    write_query(&made, query);
    return SI_OK;
}

/* The bounding box is rounded once per operation, as those of the elements are. That of a ball of
 * infinite radius is everything, also where the center lies at infinity. */
si_result si_query_sphere(const double center[3], double radius, si_accuracy accuracy,
                          si_query *query, si_error *error)
{
    SI_TRY(si_require(center, "center", error));
    SI_TRY(si_require(query, "query", error));
    SI_TRY(si_accuracy_check(accuracy, error));
    SI_TRY(check_coordinates(center, "center", error));
    SI_TRY(check_radius(radius, error));
    float r = fabsf((float)radius);
    si_query_shape made = {
        .struct_size = sizeof made, .shape = SI_SHAPE_SPHERE, .accuracy = accuracy, .radius = r};
    for (int axis = 0; axis < 3; axis++) {
        float c = (float)center[axis];
        made.center[axis] = c;
        made.lower[axis] = isinf(r) ? -INFINITY : c - r;
        made.upper[axis] = isinf(r) ? INFINITY : c + r;
    }
    write_query(&made, query);
    return SI_OK;
}

/* ---- capsules, cylinders and oriented boxes ---- */

static si_result round_point(const double point[3], const char *name, float rounded[3],
                             si_error *error)
{
    for (int axis = 0; axis < 3; axis++) {
        rounded[axis] = (float)point[axis];
        if (!isfinite(rounded[axis]))
            return si_fail(error, SI_ERROR_ARGUMENT,
                           "the %s of a query is (%g, %g, %g), expected three finite 32-bit floats",
                           name, point[0], point[1], point[2]);
    }
    return SI_OK;
}

/* Bounds are rounded outwards, so that in real numbers nothing of the shape is outside. The double
 * may be off by the rounding of the operation it comes from. */
static float round_down(double x)
{
    x -= fabs(x) * 0x1p-50;
    float rounded = (float)x;
    return (double)rounded > x ? nextafterf(rounded, -INFINITY) : rounded;
}

static float round_up(double x)
{
    return -round_down(-x);
}

static si_result set_axis(const double end[3], const double other_end[3], double radius,
                          si_query_shape *query, si_error *error)
{
    SI_TRY(round_point(end, "end", query->center, error));
    SI_TRY(round_point(other_end, "other end", query->end, error));
    SI_TRY(check_radius(radius, error));
    query->radius = fabsf((float)radius);
    if (isinf(query->radius))
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the radius of a query is %g, expected a finite 32-bit float", radius);
    for (int axis = 0; axis < 3; axis++) {
        double a = (double)query->center[axis], b = (double)query->end[axis];
        query->lower[axis] = round_down((a < b ? a : b) - (double)query->radius);
        query->upper[axis] = round_up((a < b ? b : a) + (double)query->radius);
    }
    return SI_OK;
}

static bool ends_are_same(const si_query_shape *query)
{
    return si_squared_distance(query->center, query->end) <= 0;
}

/* Without length a capsule is a ball, and the shapes alone decide, as with capsules. */
si_result si_query_capsule(const double end[3], const double other_end[3], double radius,
                           si_accuracy accuracy, si_query *query, si_error *error)
{
    SI_TRY(si_require(end, "end", error));
    SI_TRY(si_require(other_end, "other_end", error));
    SI_TRY(si_require(query, "query", error));
    si_query_shape made = {
        .struct_size = sizeof made, .shape = SI_SHAPE_CAPSULE, .accuracy = accuracy};
    SI_TRY(si_accuracy_check(accuracy, error));
    SI_TRY(set_axis(end, other_end, radius, &made, error));
    if (ends_are_same(&made))
        return si_query_sphere(end, radius, accuracy == SI_BEST_EFFORT ? SI_EXACT : accuracy, query,
                               error);
    write_query(&made, query);
    return SI_OK;
}

si_result si_query_cylinder(const double end[3], const double other_end[3], double radius,
                            si_accuracy accuracy, si_query *query, si_error *error)
{
    SI_TRY(si_require(end, "end", error));
    SI_TRY(si_require(other_end, "other_end", error));
    SI_TRY(si_require(query, "query", error));
    si_query_shape made = {
        .struct_size = sizeof made, .shape = SI_SHAPE_CYLINDER, .accuracy = accuracy};
    SI_TRY(si_accuracy_check(accuracy, error));
    SI_TRY(set_axis(end, other_end, radius, &made, error));
    if (ends_are_same(&made))
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "both ends of a cylinder query are (%g, %g, %g), expected two points",
                       (double)made.end[0], (double)made.end[1], (double)made.end[2]);
    write_query(&made, query);
    return SI_OK;
}

static bool scale_to_unit_length(double v[3])
{
    si_scale_to_unit(v);
    double length = sqrt(si_dot(v, v));
    for (int k = 0; k < 3; k++)
        v[k] /= length;
    return isfinite(v[0]) && isfinite(v[1]) && isfinite(v[2]);
}

/* The second axis is moved to be at right angles in double precision, too. */
static bool make_axes(const double given[2][3], double axes[3][3])
{
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 3; k++)
            axes[i][k] = given[i][k];
    if (!scale_to_unit_length(axes[0]) || !scale_to_unit_length(axes[1]))
        return false;
    double askew = si_dot(axes[0], axes[1]);
    if (!(fabs(askew) <= 1e-6))
        return false;
    for (int k = 0; k < 3; k++)
        axes[1][k] -= askew * axes[0][k];
    scale_to_unit_length(axes[1]);
    si_cross(axes[0], axes[1], axes[2]);
    return true;
}

static si_result set_half_size(const double half_size[3], si_query_shape *query, si_error *error)
{
    for (int side = 0; side < 3; side++) {
        query->half_size[side] = (float)half_size[side];
        if (!isfinite(query->half_size[side]) || half_size[side] < 0)
            return si_fail(error, SI_ERROR_ARGUMENT,
                           "the half size of a query is (%g, %g, %g), expected three finite "
                           "numbers of at least 0",
                           half_size[0], half_size[1], half_size[2]);
    }
    return SI_OK;
}

si_result si_query_oriented_box(const double center[3], const double axes[2][3],
                                const double half_size[3], si_accuracy accuracy, si_query *query,
                                si_error *error)
{
    SI_TRY(si_require(center, "center", error));
    SI_TRY(si_require(axes, "axes", error));
    SI_TRY(si_require(half_size, "half_size", error));
    SI_TRY(si_require(query, "query", error));
    si_query_shape made = {
        .struct_size = sizeof made, .shape = SI_SHAPE_ORIENTED_BOX, .accuracy = accuracy};
    SI_TRY(si_accuracy_check(accuracy, error));
    SI_TRY(round_point(center, "center", made.center, error));
    SI_TRY(set_half_size(half_size, &made, error));
    if (!make_axes(axes, made.axes))
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the axes of a query are (%g, %g, %g) and (%g, %g, %g), expected two "
                       "directions at right angles",
                       axes[0][0], axes[0][1], axes[0][2], axes[1][0], axes[1][1], axes[1][2]);
    for (int k = 0; k < 3; k++) {
        double reach = 0;
        for (int side = 0; side < 3; side++)
            reach += fabs(made.axes[side][k]) * (double)made.half_size[side];
        made.lower[k] = round_down((double)made.center[k] - reach * (1 + 0x1p-48));
        made.upper[k] = round_up((double)made.center[k] + reach * (1 + 0x1p-48));
    }
    write_query(&made, query);
    return SI_OK;
}

si_result si_quaternion_axes(const double quaternion[4], double axes[2][3], si_error *error)
{
    SI_TRY(si_require(quaternion, "quaternion", error));
    SI_TRY(si_require(axes, "axes", error));
    const double *q = quaternion;
    double w = q[0], x = q[1], y = q[2], z = q[3];
    double greatest = fmax(fmax(fabs(w), fabs(x)), fmax(fabs(y), fabs(z)));
    if (!(greatest > 0 && isfinite(w) && isfinite(x) && isfinite(y) && isfinite(z)))
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the quaternion (%g, %g, %g, %g) is not a rotation, expected four finite "
                       "numbers that are not all 0",
                       w, x, y, z);
    w /= greatest, x /= greatest, y /= greatest, z /= greatest;
    double first[3] = {w * w + x * x - y * y - z * z, 2 * (x * y + w * z), 2 * (x * z - w * y)};
    double second[3] = {2 * (x * y - w * z), w * w - x * x + y * y - z * z, 2 * (y * z + w * x)};
    double squared_length = w * w + x * x + y * y + z * z;
    for (int k = 0; k < 3; k++) {
        axes[0][k] = first[k] / squared_length;
        axes[1][k] = second[k] / squared_length;
    }
    return SI_OK;
}
