#include "geometry/predicates.h"
#include "kernels/kernel_set.h"

static uint64_t decide(const si_query *query, const si_cylinders *cylinders, uint64_t undecided)
{
    uint64_t met = 0;
    for (uint64_t rest = undecided; rest; rest &= rest - 1) {
        unsigned i = (unsigned)__builtin_ctzll(rest);
        float p1[3] = {cylinders->p1[0][i], cylinders->p1[1][i], cylinders->p1[2][i]};
        float p2[3] = {cylinders->p2[0][i], cylinders->p2[1][i], cylinders->p2[2][i]};
        met |= (uint64_t)si_query_meets_cylinder(query, p1, p2, cylinders->radius[i]) << i;
    }
    return met;
}

uint64_t si_match_cylinders(const si_query *query, const si_cylinders *cylinders, unsigned count)
{
    si_query_extent extent = si_query_extent_of(query);
    if (extent != SI_EXTENT_ORDINARY)
        return extent == SI_EXTENT_EVERYTHING ? UINT64_MAX >> (64 - count) : 0;
    si_leaf_masks masks = si_kernels()->filter_cylinders(query, cylinders, count);
    return masks.sure | decide(query, cylinders, masks.undecided);
}
