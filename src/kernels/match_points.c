#include "geometry/predicates.h"
#include "kernels/kernel_set.h"

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
    si_query_extent extent = si_query_extent_of(query);
    if (extent != SI_EXTENT_ORDINARY)
        return extent == SI_EXTENT_EVERYTHING ? UINT64_MAX >> (64 - count) : 0;
    si_leaf_masks masks = si_kernels()->filter_points(query, points, count);
    return masks.sure | decide(query, points, masks.undecided);
}
