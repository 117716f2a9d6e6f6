/*
 * Which elements of a leaf, or children of a node, meet a query: filter, then refine.
 *
 * A kernel looks at all elements in 32-bit floats and tells which ones surely meet the query and
 * which ones surely do not. The few that it leaves undecided are tested one by one by predicates.h,
 * in double precision. Queries of infinite extent are answered here, so kernels never see one.
 */
#include "kernels/match.h"

#include <assert.h>

#include "geometry/predicates.h"

/* The answer to a query whose extent is not ordinary. */
static uint64_t all_or_nothing(si_query_extent extent, unsigned count)
{
    return extent == SI_EXTENT_EVERYTHING ? UINT64_MAX >> (64 - count) : 0;
}

uint64_t si_match_points(const si_query_shape *query, const si_points *points, unsigned count)
{
    assert(count >= 1 && count <= SI_MATCH_CAPACITY);
    si_query_extent extent = si_query_extent_of(query);
    if (extent != SI_EXTENT_ORDINARY)
        return all_or_nothing(extent, count);
    si_leaf_masks masks = si_kernels()->leaf_test_points(query, points, count);
    uint64_t met = masks.sure;
    for (uint64_t rest = masks.undecided; rest; rest &= rest - 1) {
        unsigned i = (unsigned)__builtin_ctzll(rest);
        float position[3] = {points->position[0][i], points->position[1][i],
                             points->position[2][i]};
        met |= (uint64_t)si_query_meets_point(query, position) << i;
    }
    return met;
}

uint64_t si_match_spheres(const si_query_shape *query, const si_spheres *spheres, unsigned count)
{
    assert(count >= 1 && count <= SI_MATCH_CAPACITY);
    si_query_extent extent = si_query_extent_of(query);
    if (extent != SI_EXTENT_ORDINARY)
        return all_or_nothing(extent, count);
    si_leaf_masks masks = si_kernels()->leaf_test_spheres(query, spheres, count);
    uint64_t met = masks.sure;
    for (uint64_t rest = masks.undecided; rest; rest &= rest - 1) {
        unsigned i = (unsigned)__builtin_ctzll(rest);
        float center[3] = {spheres->center[0][i], spheres->center[1][i], spheres->center[2][i]};
        met |= (uint64_t)si_query_meets_sphere(query, center, spheres->radius[i]) << i;
    }
    return met;
}

uint64_t si_match_cylinders(const si_query_shape *query, const si_cylinders *cylinders,
                            unsigned count)
{
    assert(count >= 1 && count <= SI_MATCH_CAPACITY);
    si_query_extent extent = si_query_extent_of(query);
    if (extent != SI_EXTENT_ORDINARY)
        return all_or_nothing(extent, count);
    si_leaf_masks masks = si_kernels()->leaf_test_cylinders(query, cylinders, count);
    uint64_t met = masks.sure;
    for (uint64_t rest = masks.undecided; rest; rest &= rest - 1) {
        unsigned i = (unsigned)__builtin_ctzll(rest);
        float p1[3] = {cylinders->p1[0][i], cylinders->p1[1][i], cylinders->p1[2][i]};
        float p2[3] = {cylinders->p2[0][i], cylinders->p2[1][i], cylinders->p2[2][i]};
        met |= (uint64_t)si_query_meets_cylinder(query, p1, p2, cylinders->radius[i]) << i;
    }
    return met;
}

si_node_match si_match_nodes(const si_query_shape *query, const si_node_boxes *children,
                             unsigned count)
{
    assert(count >= 1 && count <= 32);
    si_query_extent extent = si_query_extent_of(query);
    if (extent == SI_EXTENT_ORDINARY)
        return si_kernels()->match_nodes(query, children, count);
    uint32_t present = 0;
    for (unsigned i = 0; extent == SI_EXTENT_EVERYTHING && i < count; i++)
        present |= (uint32_t)(children->bounds[0][i] <= children->bounds[3][i]) << i;
    return (si_node_match){present, present};
}
