#include "geometry/leaf_filter.h"
#include "geometry/predicates.h"

/* An element of a leaf of spheres and its bounding box. */
typedef struct bounded_sphere {
    float center[3];
    float radius;
    float lower[3];
    float upper[3];
} bounded_sphere;

static inline bounded_sphere load(const si_spheres *spheres, unsigned i)
{
    bounded_sphere sphere;
    sphere.radius = spheres->radius[i];
    for (int axis = 0; axis < 3; axis++) {
        sphere.center[axis] = spheres->center[axis][i];
        sphere.lower[axis] = sphere.center[axis] - sphere.radius;
        sphere.upper[axis] = sphere.center[axis] + sphere.radius;
    }
    return sphere;
}

static inline unsigned bounds_meet(const bounded_sphere *sphere, const si_query *query)
{
    unsigned meet = 1;
    for (int axis = 0; axis < 3; axis++)
        meet &= si_intervals_meet(sphere->lower[axis], sphere->upper[axis], query->lower[axis],
                                  query->upper[axis]);
    return meet;
}

static void filter_bounds_by_box(const si_query *query, const si_spheres *spheres, unsigned count,
                                 si_leaf_flags *restrict flags)
{
    const si_query q = *query;
    const si_spheres columns = *spheres;
    for (unsigned i = 0; i < count; i++) {
        bounded_sphere sphere = load(&columns, i);
        flags->possible[i] = (uint8_t)bounds_meet(&sphere, &q);
        flags->sure[i] = (uint8_t)bounds_meet(&sphere, &q);
    }
}

static inline void set_flags(si_leaf_flags *restrict flags, unsigned i, unsigned bounds_meet,
                             float d2, float r2)
{
    flags->possible[i] = (uint8_t)(bounds_meet & (unsigned)(d2 <= si_possibly_within(r2)));
    flags->sure[i] = (uint8_t)(bounds_meet & (unsigned)(d2 <= si_surely_within(r2)));
}

static void filter_bounds_by_ball(const si_query *query, const si_spheres *spheres, unsigned count,
                                  si_leaf_flags *restrict flags)
{
    const si_query q = *query;
    const si_spheres columns = *spheres;
    for (unsigned i = 0; i < count; i++) {
        bounded_sphere sphere = load(&columns, i);
        float d2 = si_squared_gap_float(q.center, sphere.lower, sphere.upper);
        set_flags(flags, i, bounds_meet(&sphere, &q), d2, q.radius * q.radius);
    }
}

static void filter_by_box(const si_query *query, const si_spheres *spheres, unsigned count,
                          si_leaf_flags *restrict flags)
{
    const si_query q = *query;
    const si_spheres columns = *spheres;
    for (unsigned i = 0; i < count; i++) {
        bounded_sphere sphere = load(&columns, i);
        float d2 = si_squared_gap_float(sphere.center, q.lower, q.upper);
        set_flags(flags, i, bounds_meet(&sphere, &q), d2, sphere.radius * sphere.radius);
    }
}

static void filter_by_ball(const si_query *query, const si_spheres *spheres, unsigned count,
                           si_leaf_flags *restrict flags)
{
    const si_query q = *query;
    const si_spheres columns = *spheres;
    for (unsigned i = 0; i < count; i++) {
        bounded_sphere sphere = load(&columns, i);
        float sum = q.radius + sphere.radius;
        float d2 = si_sum_of_squares(sphere.center[0] - q.center[0], sphere.center[1] - q.center[1],
                                     sphere.center[2] - q.center[2]);
        set_flags(flags, i, bounds_meet(&sphere, &q), d2, sum * sum);
    }
}

static si_leaf_masks filter(const si_query *query, const si_spheres *spheres, unsigned count)
{
    si_leaf_flags flags = {0};
    if (query->shape == SI_SHAPE_BOX && query->accuracy == SI_BOUNDING_BOX)
        filter_bounds_by_box(query, spheres, count, &flags);
    else if (query->shape == SI_SHAPE_BOX)
        filter_by_box(query, spheres, count, &flags);
    else if (query->accuracy == SI_BOUNDING_BOX)
        filter_bounds_by_ball(query, spheres, count, &flags);
    else
        filter_by_ball(query, spheres, count, &flags);
    return si_pack_leaf(&flags);
}

static uint64_t decide(const si_query *query, const si_spheres *spheres, uint64_t undecided)
{
    uint64_t met = 0;
    for (uint64_t rest = undecided; rest; rest &= rest - 1) {
        unsigned i = (unsigned)__builtin_ctzll(rest);
        float center[3] = {spheres->center[0][i], spheres->center[1][i], spheres->center[2][i]};
        met |= (uint64_t)si_query_meets_sphere(query, center, spheres->radius[i]) << i;
    }
    return met;
}

uint64_t si_match_spheres(const si_query *query, const si_spheres *spheres, unsigned count)
{
    si_reach reach = si_query_reach(query);
    if (reach != SI_REACH_ORDINARY)
        return reach == SI_REACH_EVERYTHING ? UINT64_MAX >> (SI_LEAF_CAPACITY - count) : 0;
    si_leaf_masks masks = filter(query, spheres, count);
    return masks.sure | decide(query, spheres, masks.possible & ~masks.sure);
}
