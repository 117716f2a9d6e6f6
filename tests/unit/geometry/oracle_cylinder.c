/*
 * A cylinder and a box meet if an end of the axis is in the box, or an edge of the box meets the
 * cylinder, or a face does, but none of its edges. Then all of the section of the cylinder by the
 * plane of the face is in the face, and it holds a point of the axis, or else one of a rim.
 */
#include "oracle_cylinder.h"

#include <math.h>

/* A cylinder as it is after growing. */
typedef struct solid {
    real start[3];
    real direction[3]; /* unit vector */
    real length;
    real radius;
} solid;

static real dot(const real a[3], const real b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const real a[3], const real b[3], real product[3])
{
    for (int k = 0; k < 3; k++)
        product[k] = a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3];
}

static solid grow_cylinder(const real_cylinder *cylinder, real growth)
{
    solid s = {.radius = cylinder->radius + growth};
    real v[3];
    for (int k = 0; k < 3; k++)
        v[k] = cylinder->p2[k] - cylinder->p1[k];
    real length = sqrtl(dot(v, v));
    for (int k = 0; k < 3; k++) {
        s.direction[k] = v[k] / length;
        s.start[k] = cylinder->p1[k] - growth * s.direction[k];
    }
    s.length = length + 2 * growth;
    return s;
}

/* Without what is far from the cylinder. */
static real_box cut_box(const real_box *box, const solid *s)
{
    real_box near;
    real reach = 2 * (s->length + s->radius);
    for (int k = 0; k < 3; k++) {
        near.lower[k] = fmaxl(box->lower[k], s->start[k] - reach);
        near.upper[k] = fminl(box->upper[k], s->start[k] + reach);
    }
    return near;
}

static bool box_holds(const real_box *box, const real point[3], int but_for_axis)
{
    bool holds = true;
    for (int k = 0; k < 3; k++)
        holds = holds &&
                (k == but_for_axis || (box->lower[k] <= point[k] && point[k] <= box->upper[k]));
    return holds;
}

/* An interval of a line. */
typedef struct interval {
    real low;
    real high;
} interval;

static void cut(interval *i, real low, real high)
{
    i->low = fmaxl(i->low, low);
    i->high = fminl(i->high, high);
}

/* Where base + rate x is within 0 .. limit. */
static void cut_by_planes(interval *i, real base, real rate, real limit)
{
    real a = -base / rate, b = (limit - base) / rate;
    if (rate > 0 || rate < 0)
        cut(i, fminl(a, b), fmaxl(a, b));
    else if (base < 0 || base > limit)
        i->high = -INFINITY;
}

/* Where the line from `offset`, as seen from the start of the cylinder, is within the radius of the
 * axis line. */
static void cut_by_side(interval *i, const solid *s, const real offset[3], const real direction[3])
{
    real across[3], rate[3];
    cross(offset, s->direction, across);
    cross(direction, s->direction, rate);
    real a = dot(rate, rate), b = dot(across, rate);
    real middle = a > 0 ? -b / a : 0;
    real left = s->radius * s->radius;
    real nearest[3];
    for (int k = 0; k < 3; k++)
        nearest[k] = across[k] + middle * rate[k];
    left -= dot(nearest, nearest);
    if (left < 0)
        i->high = -INFINITY;
    else if (a > 0)
        cut(i, middle - sqrtl(left / a), middle + sqrtl(left / a));
}

static bool edge_meets(const solid *s, const real_box *box, int axis, const real corner[3])
{
    real offset[3], direction[3] = {axis == 0, axis == 1, axis == 2};
    for (int k = 0; k < 3; k++)
        offset[k] = corner[k] - s->start[k];
    interval i = {0, box->upper[axis] - box->lower[axis]};
    cut_by_planes(&i, dot(offset, s->direction), s->direction[axis], s->length);
    cut_by_side(&i, s, offset, direction);
    return i.low <= i.high;
}

static bool an_edge_meets(const solid *s, const real_box *box)
{
    for (int choice = 0; choice < 12; choice++) {
        int axis = choice % 3;
        real corner[3];
        corner[axis] = box->lower[axis];
        int i = (axis + 1) % 3, j = (axis + 2) % 3;
        corner[i] = choice / 3 & 1 ? box->upper[i] : box->lower[i];
        corner[j] = choice / 3 & 2 ? box->upper[j] : box->lower[j];
        if (edge_meets(s, box, axis, corner))
            return true;
    }
    return false;
}

static bool axis_meets_face(const solid *s, const real_box *box, int axis, real plane)
{
    real way = (plane - s->start[axis]) / s->direction[axis];
    if (!(way >= 0 && way <= s->length))
        return false;
    real point[3];
    for (int k = 0; k < 3; k++)
        point[k] = s->start[k] + way * s->direction[k];
    return box_holds(box, point, axis);
}

static bool rim_meets_face(const solid *s, real from_start, const real_box *box, int axis,
                           real plane)
{
    const real *n = s->direction;
    real up[3], beside[3];
    for (int k = 0; k < 3; k++)
        up[k] = (k == axis) - n[k] * n[axis];
    real steepness = sqrtl(dot(up, up));
    cross(n, up, beside);
    real height = (plane - (s->start[axis] + from_start * n[axis])) / (steepness * s->radius);
    if (!(fabsl(height) <= 1))
        return false;
    real width = sqrtl(1 - height * height);
    for (int side = -1; side <= 1; side += 2) {
        real point[3];
        for (int k = 0; k < 3; k++)
            point[k] = s->start[k] + from_start * n[k] +
                       s->radius / steepness * (height * up[k] + side * width * beside[k]);
        if (box_holds(box, point, axis))
            return true;
    }
    return false;
}

static bool a_face_meets(const solid *s, const real_box *box)
{
    for (int choice = 0; choice < 6; choice++) {
        int axis = choice % 3;
        real plane = choice < 3 ? box->lower[axis] : box->upper[axis];
        if (axis_meets_face(s, box, axis, plane) || rim_meets_face(s, 0, box, axis, plane) ||
            rim_meets_face(s, s->length, box, axis, plane))
            return true;
    }
    return false;
}

bool grown_cylinder_meets_box(const real_cylinder *cylinder, const real_box *box, real growth)
{
    solid s = grow_cylinder(cylinder, growth);
    if (s.length < 0 || s.radius < 0)
        return false;
    real_box near = cut_box(box, &s);
    for (int k = 0; k < 3; k++)
        if (near.lower[k] > near.upper[k])
            return false;
    return box_holds(&near, s.start, -1) || an_edge_meets(&s, &near) || a_face_meets(&s, &near);
}

/* ---- two cylinders ---- */

/*
 * They meet if a cap of the one meets the other, or else if their sides do where both caps are away
 * on either side: then the shortest way between the axis lines leads from axis to axis.
 */
typedef struct disc {
    real center[3];
    real normal[3];
    real radius;
} disc;

static real distance_from_axis(const solid *s, const real point[3])
{
    real offset[3], across[3];
    for (int k = 0; k < 3; k++)
        offset[k] = point[k] - s->start[k];
    cross(offset, s->direction, across);
    return sqrtl(dot(across, across));
}

/* Coordinates in the plane of a disc: `level` is across the axis of a solid, `steep` is not. */
typedef struct disc_view {
    const solid *s;
    const disc *d;
    real level[3];
    real steep[3];
    real low; /* of the steep coordinate, between the planes of the solid's caps */
    real high;
} disc_view;

static real distance_at(const disc_view *view, real y, real z)
{
    real point[3];
    for (int k = 0; k < 3; k++)
        point[k] = view->d->center[k] + y * view->level[k] + z * view->steep[k];
    return distance_from_axis(view->s, point);
}

/* The least distance from the axis along a line, on which the square of it is a parabola. */
static real least_distance_at(const disc_view *view, real y)
{
    real half = sqrtl(fmaxl(0, view->d->radius * view->d->radius - y * y));
    real low = fmaxl(view->low, -half), high = fminl(view->high, half);
    real across[3], rate[3], offset[3];
    for (int k = 0; k < 3; k++)
        offset[k] = view->d->center[k] + y * view->level[k] - view->s->start[k];
    cross(offset, view->s->direction, across);
    cross(view->steep, view->s->direction, rate);
    real square = dot(rate, rate);
    real z = square > 0 ? -dot(across, rate) / square : 0;
    return distance_at(view, y, fmaxl(low, fminl(z, high)));
}

static real least_distance(const disc_view *view, real width)
{
    const real ratio = 0.618033988749894848204586834365638L;
    real low = -width, high = width, least = INFINITY;
    for (int i = 0; i < 95; i++) {
        real a = high - ratio * (high - low), b = low + ratio * (high - low);
        real at_a = least_distance_at(view, a), at_b = least_distance_at(view, b);
        least = fminl(least, fminl(at_a, at_b));
        if (at_a <= at_b)
            high = b;
        else
            low = a;
    }
    return fminl(least, fminl(least_distance_at(view, -width), least_distance_at(view, width)));
}

static void make_level(const real direction[3], const real normal[3], real level[3])
{
    cross(direction, normal, level);
    real length = sqrtl(dot(level, level));
    if (length < 0x1p-55L) {
        int least = 0;
        for (int k = 0; k < 3; k++)
            least = fabsl(normal[k]) < fabsl(normal[least]) ? k : least;
        real unit[3] = {least == 0, least == 1, least == 2};
        cross(unit, normal, level);
        length = sqrtl(dot(level, level));
    }
    for (int k = 0; k < 3; k++)
        level[k] /= length;
}

static bool disc_meets(const disc *d, const solid *s)
{
    disc_view view = {.s = s, .d = d, .low = -d->radius, .high = d->radius};
    make_level(s->direction, d->normal, view.level);
    cross(d->normal, view.level, view.steep);
    real offset[3];
    for (int k = 0; k < 3; k++)
        offset[k] = d->center[k] - s->start[k];
    interval i = {-d->radius, d->radius};
    cut_by_planes(&i, dot(offset, s->direction), dot(view.steep, s->direction), s->length);
    if (i.low > i.high)
        return false;
    view.low = i.low;
    view.high = i.high;
    real nearest = fmaxl(i.low, fminl(0, i.high));
    real width = sqrtl(fmaxl(0, d->radius * d->radius - nearest * nearest));
    return least_distance(&view, width) <= s->radius;
}

static disc cap_of(const solid *s, int end)
{
    disc d = {.radius = s->radius};
    for (int k = 0; k < 3; k++) {
        d.normal[k] = s->direction[k];
        d.center[k] = s->start[k] + (end ? s->length : 0) * s->direction[k];
    }
    return d;
}

static bool sides_meet(const solid *a, const solid *b)
{
    real normal[3], offset[3], by_a[3], by_b[3];
    cross(a->direction, b->direction, normal);
    real square = dot(normal, normal);
    for (int k = 0; k < 3; k++)
        offset[k] = b->start[k] - a->start[k];
    cross(offset, b->direction, by_b);
    cross(offset, a->direction, by_a);
    real on_a = dot(by_b, normal) / square, on_b = dot(by_a, normal) / square;
    if (!(on_a >= 0 && on_a <= a->length && on_b >= 0 && on_b <= b->length))
        return false;
    return fabsl(dot(offset, normal)) / sqrtl(square) <= a->radius + b->radius;
}

bool grown_cylinders_meet(const real_cylinder *first, const real_cylinder *second, real growth)
{
    solid a = grow_cylinder(first, growth), b = grow_cylinder(second, growth);
    if (a.length < 0 || a.radius < 0 || b.length < 0 || b.radius < 0)
        return false;
    bool meet = sides_meet(&a, &b);
    for (int end = 0; end < 2 && !meet; end++) {
        disc of_a = cap_of(&a, end), of_b = cap_of(&b, end);
        meet = disc_meets(&of_a, &b) || disc_meets(&of_b, &a);
    }
    return meet;
}
