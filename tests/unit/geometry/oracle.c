#include "oracle.h"

#include <float.h>
#include <math.h>

#include "oracle_cylinder.h"
#include "oracle_solids.h"

/* The distance that a point of the axis, or the slice of the element there, has from something. */
typedef real (*slice_distance)(const void *context, real t);

/* The least value of a convex function on 0 .. 1, by golden section. */
static real minimise(slice_distance f, const void *context)
{
    const real ratio = 0.618033988749894848204586834365638L;
    real low = 0, high = 1;
    real a = high - ratio, b = low + ratio;
    real fa = f(context, a), fb = f(context, b);
    real least = fminl(f(context, 0), f(context, 1));
    for (int i = 0; i < 92; i++) {
        least = fminl(least, fminl(fa, fb));
        if (fa <= fb) {
            high = b;
            b = a;
            fb = fa;
            a = high - ratio * (high - low);
            fa = f(context, a);
        } else {
            low = a;
            a = b;
            fa = fb;
            b = low + ratio * (high - low);
            fb = f(context, b);
        }
    }
    return least;
}

static real length(const real v[3])
{
    return sqrtl(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

typedef struct axis_and_box {
    const element *e;
    const float *lower;
    const float *upper;
} axis_and_box;

static real distance_to_box(const void *context, real t)
{
    const axis_and_box *s = context;
    real gap[3];
    for (int k = 0; k < 3; k++) {
        real p1 = (real)s->e->p1[k];
        real way = t * ((real)s->e->p2[k] - p1);
        gap[k] = fmaxl(0, fmaxl(((real)s->lower[k] - p1) - way, way - ((real)s->upper[k] - p1)));
    }
    return length(gap);
}

typedef struct cylinder_and_point {
    const element *e;
    const float *point;
    real direction[3];
} cylinder_and_point;

/* From the point to the disc across the axis at t. */
static real distance_to_disc(const void *context, real t)
{
    const cylinder_and_point *s = context;
    real offset[3];
    real height = 0;
    for (int k = 0; k < 3; k++) {
        real p1 = (real)s->e->p1[k];
        offset[k] = ((real)s->point[k] - p1) - t * ((real)s->e->p2[k] - p1);
        height += offset[k] * s->direction[k];
    }
    for (int k = 0; k < 3; k++)
        offset[k] -= height * s->direction[k];
    return hypotl(height, fmaxl(0, length(offset) - (real)s->e->radius));
}

real oracle_distance_to_point(const element *e, const float point[3])
{
    cylinder_and_point s = {.e = e, .point = point};
    real offset[3];
    for (int k = 0; k < 3; k++) {
        s.direction[k] = (real)e->p2[k] - (real)e->p1[k];
        offset[k] = (real)point[k] - (real)e->p1[k];
    }
    real axis_length = length(s.direction);
    if (e->shape != CYLINDER || axis_length == 0)
        return fmaxl(0, length(offset) - (real)e->radius);
    for (int k = 0; k < 3; k++)
        s.direction[k] /= axis_length;
    return minimise(distance_to_disc, &s);
}

static float rounded(double x)
{
    return (float)x;
}

si_box oracle_bound(const element *e)
{
    double v[3], squares[3];
    double largest = (double)rounded((double)e->radius * (double)e->radius);
    for (int k = 0; k < 3; k++) {
        double p1 = (double)e->p1[k], p2 = (double)e->p2[k];
        largest = fmax(largest, fmax((double)rounded(p1 * p1), (double)rounded(p2 * p2)));
        v[k] = (double)rounded(p2 - p1);
        squares[k] = (double)rounded(v[k] * v[k]);
    }
    double dot = (double)rounded((double)rounded(squares[0] + squares[1]) + squares[2]);
    double sum = (double)rounded((double)FLT_MIN + (double)rounded((double)FLT_EPSILON * largest));
    double divisor = (double)rounded(sum + dot);
    si_box box;
    for (int k = 0; k < 3; k++) {
        double root = (double)rounded(
            sqrt((double)rounded(1 - (double)rounded(squares[k] / divisor))));
        double reach = isinf(divisor) ? (double)e->radius
                                      : (double)rounded(root * (double)e->radius);
        float a = e->p1[k], b = e->shape == CYLINDER ? e->p2[k] : e->p1[k];
        box.lower[k] = fminf(rounded((double)a - reach), rounded((double)b - reach));
        box.upper[k] = fmaxf(rounded((double)a + reach), rounded((double)b + reach));
    }
    return box;
}

static bool boxes_touch(const si_query_shape *query, const si_box *box)
{
    bool touch = true;
    for (int k = 0; k < 3; k++)
        touch = touch &&
                fmaxf(query->lower[k], box->lower[k]) <= fminf(query->upper[k], box->upper[k]);
    return touch;
}

static verdict compare(real distance, real bound, real size)
{
    real band = size * 0x1p-47L;
    return distance <= bound - band ? HIT : distance > bound + band ? MISS : TOO_CLOSE;
}

static real largest_offset(const float a[3], const float b[3])
{
    real largest = 0;
    for (int k = 0; k < 3; k++)
        largest = fmaxl(largest, fabsl((real)a[k] - (real)b[k]));
    return largest;
}

static verdict judge_box(const si_query_shape *query, const element *e)
{
    axis_and_box s = {e, query->lower, query->upper};
    real distance = minimise(distance_to_box, &s);
    real way = fminl(distance_to_box(&s, 0), distance_to_box(&s, 1));
    real size = way + largest_offset(e->p1, e->p2) + (real)e->radius;
    return compare(distance, (real)e->radius, size);
}

static verdict judge_ball(const si_query_shape *query, const element *e)
{
    real size = fminl(largest_offset(query->center, e->p1), largest_offset(query->center, e->p2)) +
                largest_offset(e->p1, e->p2) + (real)e->radius + (real)query->radius;
    return compare(oracle_distance_to_point(e, query->center), (real)query->radius, size);
}

static verdict judge_ball_and_bounds(const si_query_shape *query, const si_box *box)
{
    element center = {.shape = POINT};
    for (int k = 0; k < 3; k++)
        center.p1[k] = center.p2[k] = query->center[k];
    axis_and_box s = {&center, box->lower, box->upper};
    real distance = distance_to_box(&s, 0);
    return compare(distance, (real)query->radius, distance + (real)query->radius);
}

/* By whether a cylinder a little smaller meets the box, and one a little larger; all as seen from
 * an end. */
static verdict judge_box_and_flat_caps(const si_query_shape *query, const element *e)
{
    real_cylinder cylinder = {.radius = (real)e->radius};
    real_box box;
    for (int k = 0; k < 3; k++) {
        cylinder.p2[k] = (real)e->p2[k] - (real)e->p1[k];
        box.lower[k] = fmaxl(-1e40L, fminl(1e40L, (real)query->lower[k] - (real)e->p1[k]));
        box.upper[k] = fmaxl(-1e40L, fminl(1e40L, (real)query->upper[k] - (real)e->p1[k]));
    }
    real band = (largest_offset(e->p1, e->p2) + cylinder.radius) * 0x1p-46L;
    if (grown_cylinder_meets_box(&cylinder, &box, -band))
        return HIT;
    return grown_cylinder_meets_box(&cylinder, &box, band) ? TOO_CLOSE : MISS;
}

static verdict judge_shapes(const si_query_shape *query, const element *e)
{
    if (query->shape == SI_SHAPE_SPHERE)
        return judge_ball(query, e);
    bool has_caps = e->shape == CYLINDER && largest_offset(e->p1, e->p2) > 0 && e->radius > 0;
    return query->accuracy == SI_EXACT && has_caps ? judge_box_and_flat_caps(query, e)
                                                   : judge_box(query, e);
}

verdict oracle(const si_query_shape *query, const element *e)
{
    si_box box = oracle_bound(e);
    if (query->shape == SI_SHAPE_CENTERS)
        return oracle_of_tile(query, e);
    if (query->shape != SI_SHAPE_BOX && query->shape != SI_SHAPE_SPHERE)
        return oracle_of_solid(query, e, &box);
    if (query->accuracy == SI_EXACT)
        return judge_shapes(query, e);
    if (!boxes_touch(query, &box))
        return MISS;
    if (query->accuracy == SI_BEST_EFFORT)
        return judge_shapes(query, e);
    return query->shape == SI_SHAPE_BOX ? HIT : judge_ball_and_bounds(query, &box);
}

/* Is the point of the axis at n / d, 0 <= n <= d, within the radius of the box? */
static bool fraction_is_near(const int p1[3], const int p2[3], int radius, const int lower[3],
                             const int upper[3], int64_t n, int64_t d)
{
    int64_t sum = 0;
    for (int k = 0; k < 3; k++) {
        int64_t x = p1[k] * d + (p2[k] - p1[k]) * n;
        int64_t gap = x < lower[k] * d ? lower[k] * d - x : x > upper[k] * d ? x - upper[k] * d : 0;
        sum += gap * gap;
    }
    return sum <= (int64_t)radius * radius * d * d;
}

/* Tries every point of the axis that can be nearest: where it comes nearest to a plane, an edge
 * line or a corner of the box, and where it crosses a plane. In `choice`, each coordinate has a
 * digit: 0 ignores it, 1 takes the lower plane and 2 the upper. */
static bool candidate_is_near(const int p1[3], const int p2[3], int radius, const int lower[3],
                              const int upper[3], int choice)
{
    int64_t n = 0, d = 0;
    for (int k = 0; k < 3; k++, choice /= 3) {
        int v = p2[k] - p1[k];
        if (choice % 3 == 0)
            continue;
        n += ((choice % 3 == 1 ? lower[k] : upper[k]) - p1[k]) * v;
        d += v * v;
    }
    if (n <= 0 || d == 0)
        return fraction_is_near(p1, p2, radius, lower, upper, 0, 1);
    if (n >= d)
        return fraction_is_near(p1, p2, radius, lower, upper, 1, 1);
    return fraction_is_near(p1, p2, radius, lower, upper, n, d);
}

bool exact_capsule_meets_box(const int p1[3], const int p2[3], int radius, const int lower[3],
                             const int upper[3])
{
    bool near = fraction_is_near(p1, p2, radius, lower, upper, 1, 1);
    for (int choice = 0; choice < 27; choice++)
        near = near || candidate_is_near(p1, p2, radius, lower, upper, choice);
    return near;
}

static int64_t dot(const int64_t a[3], const int64_t b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

bool exact_ball_meets_cylinder(const int center[3], int ball_radius, const int p1[3],
                               const int p2[3], int radius)
{
    int64_t u[3], v[3];
    for (int k = 0; k < 3; k++) {
        u[k] = center[k] - p1[k];
        v[k] = p2[k] - p1[k];
    }
    int64_t R2 = (int64_t)ball_radius * ball_radius, r2 = (int64_t)radius * radius;
    int64_t sum2 = (int64_t)(ball_radius + radius) * (ball_radius + radius);
    int64_t b = dot(v, v), a = dot(u, v);
    if (b == 0)
        return dot(u, u) <= sum2;
    int64_t X = dot(u, u) * b - a * a; /* squared distance from the axis line, times b */
    if (a >= 0 && a <= b)
        return X <= sum2 * b;
    int64_t k = a < 0 ? a : a - b;
    if (X <= r2 * b)
        return k * k <= R2 * b;
    int64_t left = X + r2 * b + k * k - R2 * b; /* <= 2 r sqrt(X b) */
    return left <= 0 || (__int128)left * left <= (__int128)4 * r2 * X * b;
}
