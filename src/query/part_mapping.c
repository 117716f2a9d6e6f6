/*
 * Mapping the parts that a query may find something in: a walk over the nodes above the lowest
 * level, which all lie in the top of a multi-index.
 */
#include "query/part_mapping.h"

#include "base/arithmetic.h"
#include "query/tree.h"
#include "read/sigbus_guard.h"

typedef struct part_walk {
    const si_index *index;
    const si_query *query;
} part_walk;

/* Maps the parts of all nodes of the lowest level below a node. */
static si_result map_parts_below(const si_index *index, unsigned level, uint64_t node,
                                 si_error *error)
{
    uint64_t first = node, end = node + 1;
    for (; level > 1; level--) {
        first *= SI_FAN_OUT;
        end *= SI_FAN_OUT;
    }
    end = si_min_u64(end, index->layout.node_count[1]);
    for (; first < end; first = si_divide_up(first + 1, SI_PACK_UNIT_NODES) * SI_PACK_UNIT_NODES)
        SI_TRY(si_map_part_of_node(index, 1, first, error));
    return SI_OK;
}

/* Whether all lowest nodes below a node of level 2 are in one part, which is mapped. */
static bool is_mapped(const si_index *index, uint64_t node)
{
    const si_parts *parts = index->parts;
    uint64_t first = node * SI_FAN_OUT;
    uint64_t last = si_min_u64(first + SI_FAN_OUT, index->layout.node_count[1]) - 1;
    uint64_t part = si_parts_of_node(parts, first);
    return part == si_parts_of_node(parts, last) &&
           atomic_load_explicit(&parts->parts[part].nodes, memory_order_acquire);
}

static si_result map_parts_met(const part_walk *walk, unsigned level, uint64_t node,
                               si_error *error)
{
    const si_index *index = walk->index;
    if (node >= index->layout.node_count[level])
        return SI_OK;
    if (level == 1)
        return si_map_part_of_node(index, 1, node, error);
    if (level == 2 && is_mapped(index, node))
        return SI_OK;
    si_node_match match = si_tree_match_node(index, walk->query, level, node);
    for (uint32_t met = match.met; met; met &= met - 1) {
        unsigned bit = (unsigned)__builtin_ctz(met);
        uint64_t child = node * SI_FAN_OUT + bit;
        if (match.inside >> bit & 1)
            SI_TRY(map_parts_below(index, level - 1, child, error));
        else
            SI_TRY(map_parts_met(walk, level - 1, child, error));
    }
    return SI_OK;
}

static si_result map_parts_from_root(void *context, si_error *error)
{
    const part_walk *walk = context;
    return map_parts_met(walk, walk->index->layout.levels, 0, error);
}

si_result si_map_parts_of_query(const si_index *index, const si_query *query, si_error *error)
{
    const si_parts *parts = index->parts;
    if (index->cache || index->layout.levels == 0)
        return SI_OK;
    if (atomic_load_explicit(&parts->used_count, memory_order_relaxed) == parts->count)
        return SI_OK;
    return si_read_guarded(index, map_parts_from_root, &(part_walk){index, query}, error);
}
