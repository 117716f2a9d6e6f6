/*
 * Ball against solid cylinder with flat caps. With u = c - p1, w = c - p2, v = p2 - p1 and b = v.v,
 * the center lies sqrt(X / b) from the axis line, X = |u x v|^2 = |w x v|^2, and, where it lies
 * beyond an end, k / sqrt(b) beyond the plane of that cap, k = -(u.v) or w.v. Everything is
 * compared multiplied by b, without division.
 */
#include "geometry/scalar_math.h"
#include "geometry/shape_pairs.h"

/* A lower bound of the squared distance from the axis. */
static double squared_distance_to_ends_box(const float center[3], const float p1[3],
                                           const float p2[3])
{
    double gap[3];
    for (int k = 0; k < 3; k++) {
        double a = (double)p1[k], b = (double)p2[k];
        gap[k] = si_gap((double)center[k], a < b ? a : b, a < b ? b : a);
    }
    return si_dot(gap, gap);
}

/*
 * `offset` leads from the center of a cap to that of the ball, `outward` along the axis out of the
 * cylinder. With the distances H to the plane of the cap and P to the axis line, the squared
 * distance to the cap is H^2, and (P - r)^2 more where P > r. There P - r is written as
 * (P^2 - r^2) / (P + r), and all is squared once: N^2 <= T M, with N = (P^2 - r^2) b, T = (R^2 -
 * H^2) b and M = (P + r)^2 b. So only P r takes a root, which is exact where touching is a matter
 * of small integers.
 */
static bool ball_meets_cap(const double offset[3], const double outward[3], double R, double r)
{
    double v[3] = {outward[0], outward[1], outward[2]};
    si_scale_to_unit(v);
    double b = si_dot(v, v);
    double k = si_dot(offset, v);
    double T = R * R * b - k * k;
    double X = si_cross_squared(offset, v);
    double N = X - r * r * b;
    if (T < 0 || N <= 0)
        return T >= 0;
    double M = X + r * r * b + 2 * r * sqrt(X * b);
    return N * N <= T * M;
}

/* Zero length needs no case of its own: the box of the end points is then the point, and what gets
 * past it finds 0 <= 0. */
bool si_ball_meets_cylinder(const float center[3], float ball_radius, const float p1[3],
                            const float p2[3], float radius)
{
    double R = (double)ball_radius;
    double r = (double)radius;
    double u[3], w[3], v[3];
    si_subtract(center, p1, u);
    si_subtract(center, p2, w);
    si_subtract(p2, p1, v);
    double b = si_dot(v, v);
    double squared_sum = (R + r) * (R + r);
    if (si_dot(u, u) <= R * R || si_dot(w, w) <= R * R)
        return true;
    if (squared_distance_to_ends_box(center, p1, p2) > squared_sum)
        return false;
    double along = si_dot(u, v);
    if (along < 0) {
        double outward[3] = {-v[0], -v[1], -v[2]};
        return ball_meets_cap(u, outward, R, r);
    }
    if (si_dot(w, v) > 0)
        return ball_meets_cap(w, v, R, r);
    return si_cross_squared(2 * along < b ? u : w, v) <= squared_sum * b;
}
