/* Capsule against ball, without division, and capsule against solid cylinder with flat caps, by
 * halving an interval of the axis of the capsule. */
#include "geometry/axis_basis.h"
#include "geometry/shape_pairs.h"

/* Everything is multiplied by the squared length of the axis, so that nothing is divided. */
bool si_ball_meets_capsule(const float center[3], float radius, const si_axis *capsule)
{
    double sum = (double)radius + (double)capsule->radius;
    double u[3], w[3], v[3];
    si_subtract(center, capsule->p1, u);
    si_subtract(center, capsule->p2, w);
    si_subtract(capsule->p2, capsule->p1, v);
    double along = si_dot(u, v), length = si_dot(v, v);
    if (along <= 0)
        return si_dot(u, u) <= sum * sum;
    if (si_dot(w, v) >= 0)
        return si_dot(w, w) <= sum * sum;
    return si_cross_squared(2 * along < length ? u : w, v) <= sum * sum * length;
}

/*
 * The squared distance from the cylinder of the point of the capsule's axis at t,
 *
 *     f(t) = H^2 + max(P - r, 0)^2,
 *
 * with H the way beyond the caps and P the distance from the axis line of the cylinder, is convex
 * and has a continuous derivative, the sign of which tells on which side the nearest point is.
 */
typedef struct scene {
    double start[3]; /* from an end of the cylinder to one of the capsule */
    double way[3];   /* the axis of the capsule */
    double along[3]; /* the unit vector of the cylinder's axis */
    double length;
    double radius; /* of the cylinder */
    double reach;  /* the radius of the capsule */
} scene;

typedef struct tangent {
    double value;
    double slope;
} tangent;

static void make_capsule_scene(const si_axis *capsule, const si_axis *cylinder, scene *s)
{
    double axis[3], across[2][3], size = fmax((double)capsule->radius, (double)cylinder->radius);
    si_subtract(capsule->p1, cylinder->p1, s->start);
    si_subtract(capsule->p2, capsule->p1, s->way);
    si_subtract(cylinder->p2, cylinder->p1, axis);
    for (int k = 0; k < 3; k++)
        size = fmax(size, fabs(axis[k]));
    for (int k = 0; k < 3; k++)
        size = fmax(size, fabs(s->way[k]));
    int exponent = si_exponent_of(s->start, size);
    for (int k = 0; k < 3; k++) {
        s->start[k] = ldexp(s->start[k], -exponent);
        s->way[k] = ldexp(s->way[k], -exponent);
        axis[k] = ldexp(axis[k], -exponent);
    }
    s->radius = ldexp((double)cylinder->radius, -exponent);
    s->reach = ldexp((double)capsule->radius, -exponent);
    si_make_basis(axis, s->along, across);
    s->length = si_dot(axis, s->along);
}

static tangent tangent_at(const scene *s, double t)
{
    double x[3], across[3], turned[3];
    for (int k = 0; k < 3; k++)
        x[k] = s->start[k] + t * s->way[k];
    si_cross(x, s->along, across);
    si_cross(s->way, s->along, turned);
    double height = si_dot(x, s->along);
    double beyond = height < 0 ? height : height > s->length ? height - s->length : 0;
    double from_axis = sqrt(si_dot(across, across));
    double beside = from_axis - s->radius;
    tangent result = {beyond * beyond, 2 * beyond * si_dot(s->way, s->along)};
    if (beside > 0) {
        result.value += beside * beside;
        result.slope += 2 * beside * si_dot(across, turned) / from_axis;
    }
    return result;
}

/* Is f above the squared reach from t to `end`, as its tangent is, beyond what rounding may do? */
static bool tangent_stays_above(const tangent *f, double way, double squared_reach)
{
    double change = f->slope * way;
    return f->value + change > squared_reach + (f->value + fabs(change)) * 0x1p-44;
}

/* Halves 0 .. 1, where f falls at 0 and rises at 1, until a point is near or none can be. */
static bool inner_axis_point_is_near_cylinder(const scene *s, double squared_reach)
{
    enum { MOST_STEPS = 100 };
    double before = 0, after = 1;
    for (int step = 0; step < MOST_STEPS; step++) {
        double t = before + (after - before) / 2;
        tangent f = tangent_at(s, t);
        if (f.value <= squared_reach)
            return true;
        if (tangent_stays_above(&f, f.slope < 0 ? after - t : before - t, squared_reach))
            return false;
        if (f.slope < 0)
            before = t;
        else
            after = t;
    }
    return false;
}

bool si_capsule_meets_cylinder(const si_axis *capsule, const si_axis *cylinder)
{
    scene s;
    make_capsule_scene(capsule, cylinder, &s);
    double squared_reach = s.reach * s.reach;
    tangent first = tangent_at(&s, 0), last = tangent_at(&s, 1);
    if (first.value <= squared_reach || last.value <= squared_reach)
        return true;
    if (first.slope >= 0 || last.slope <= 0)
        return false;
    return inner_axis_point_is_near_cylinder(&s, squared_reach);
}
