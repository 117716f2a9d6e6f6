#include "geometry/predicates.h"
#include "kernels/kernel_set.h"

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
    si_query_extent extent = si_query_extent_of(query);
    if (extent != SI_EXTENT_ORDINARY)
        return extent == SI_EXTENT_EVERYTHING ? UINT64_MAX >> (64 - count) : 0;
    si_leaf_masks masks = si_kernels()->filter_spheres(query, spheres, count);
    return masks.sure | decide(query, spheres, masks.undecided);
}
