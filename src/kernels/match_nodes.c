#include "geometry/predicates.h"
#include "kernels/kernel_set.h"

/* All children that are not absent. */
static si_node_match match_all(const si_node_boxes *children, unsigned count)
{
    uint32_t present = 0;
    for (unsigned i = 0; i < count; i++)
        present |= (uint32_t)(children->bounds[0][i] <= children->bounds[3][i]) << i;
    return (si_node_match){present, present};
}

si_node_match si_match_nodes(const si_query *query, const si_node_boxes *children, unsigned count)
{
    si_query_extent extent = si_query_extent_of(query);
    if (extent == SI_EXTENT_ORDINARY)
        return si_kernels()->match_nodes(query, children, count);
    return extent == SI_EXTENT_EVERYTHING ? match_all(children, count) : (si_node_match){0, 0};
}
