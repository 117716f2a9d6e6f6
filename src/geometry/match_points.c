#include "geometry/leaf_filter.h"
#include "geometry/predicates.h"

static void filter_by_box(const si_query *query, const si_points *points, unsigned count,
                          si_leaf_flags *restrict flags)
{
    const si_query q = *query;
    const si_points p = *points;
    for (unsigned i = 0; i < count; i++) {
        unsigned inside = 1;
        for (int axis = 0; axis < 3; axis++) {
            float x = p.position[axis][i];
            inside &= si_intervals_meet(x, x, q.lower[axis], q.upper[axis]);
        }
        flags->possible[i] = (uint8_t)inside;
        flags->sure[i] = (uint8_t)inside;
    }
}

static void filter_by_ball(const si_query *query, const si_points *points, unsigned count,
                           si_leaf_flags *restrict flags)
{
    const si_query q = *query;
    const si_points p = *points;
    float sure = si_surely_within(q.radius * q.radius);
    float possible = si_possibly_within(q.radius * q.radius);
    for (unsigned i = 0; i < count; i++) {
        unsigned inside = 1;
        for (int axis = 0; axis < 3; axis++) {
            float x = p.position[axis][i];
            inside &= si_intervals_meet(x, x, q.lower[axis], q.upper[axis]);
        }
        float d2 = si_sum_of_squares(p.position[0][i] - q.center[0], p.position[1][i] - q.center[1],
                                     p.position[2][i] - q.center[2]);
        flags->possible[i] = (uint8_t)(inside & (unsigned)(d2 <= possible));
        flags->sure[i] = (uint8_t)(inside & (unsigned)(d2 <= sure));
    }
}

static uint64_t decide(const si_query *query, const si_points *points, uint64_t undecided)
{
    uint64_t met = 0;
    for (uint64_t rest = undecided; rest; rest &= rest - 1) {
        unsigned i = (unsigned)__builtin_ctzll(rest);
        float position[3] = {points->position[0][i], points->position[1][i],
                             points->position[2][i]};
        met |= (uint64_t)si_query_meets_point(query, position) << i;
    }
    return met;
}

uint64_t si_match_points(const si_query *query, const si_points *points, unsigned count)
{
    si_reach reach = si_query_reach(query);
    if (reach != SI_REACH_ORDINARY)
        return reach == SI_REACH_EVERYTHING ? UINT64_MAX >> (SI_LEAF_CAPACITY - count) : 0;
    si_leaf_flags flags = {0};
    if (query->shape == SI_SHAPE_BOX)
        filter_by_box(query, points, count, &flags);
    else
        filter_by_ball(query, points, count, &flags);
    si_leaf_masks masks = si_pack_leaf(&flags);
    return masks.sure | decide(query, points, masks.possible & ~masks.sure);
}
