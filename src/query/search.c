/*
 * The search where the index is in memory: a walk through the tree, depth first, children in
 * ascending order, which is index order.
 *
 * A leaf is tested sooner than it arrives from memory. So leaves wait in a short queue, in order,
 * while the processor fetches them, and the children of a node that will be visited are fetched
 * together.
 */
#include "query/search.h"

#include <assert.h>

#include "base/arithmetic.h"
#include "query/part_mapping.h"
#include "query/search_by_level.h"
#include "read/readahead.h"
#include "read/sigbus_guard.h"

si_result si_search_check(const si_index *index, const si_query *query, si_error *error)
{
    SI_TRY(si_query_check(query, error));
    SI_TRY(si_filter_check(query->filter, index, error));
    return index->parts ? si_map_parts_of_query(index, query, error) : SI_OK;
}

/* ---- leaves that wait ---- */

enum { LOOKAHEAD = 4, LINE_FLOATS = 16 };

typedef struct leaf_queue {
    const si_index *index;
    const si_query *query;
    const si_search_sink *sink;
    unsigned first;
    unsigned count;
    uint64_t leaves[LOOKAHEAD];
} leaf_queue;

static void prefetch_floats(const float *floats, size_t count)
{
    for (size_t i = 0; i < count; i += LINE_FLOATS)
        __builtin_prefetch(floats + i);
}

static bool test_first(leaf_queue *queue)
{
    queue->count--;
    uint64_t leaf = queue->leaves[queue->first++ % LOOKAHEAD];
    return si_sink_test_leaf(queue->index, queue->query, queue->sink, leaf);
}

/* False: the sink ended the search. So with all functions below. */
static bool test_waiting(leaf_queue *queue)
{
    while (queue->count > 0)
        if (!test_first(queue))
            return false;
    return true;
}

static bool enqueue(leaf_queue *queue, uint64_t leaf)
{
    const si_index *index = queue->index;
    /* The file's content is not trusted: a damaged node may claim children that are not there. */
    if (leaf >= index->layout.leaf_count)
        return true;
    if (queue->count == LOOKAHEAD && !test_first(queue))
        return false;
    queue->leaves[(queue->first + queue->count++) % LOOKAHEAD] = leaf;
    prefetch_floats(si_index_leaf_floats(index, leaf), index->type->float_count * SI_LEAF_CAPACITY);
    if (queue->query->filter)
        si_filter_prefetch(queue->query->filter, index, leaf);
    return true;
}

/* ---- the walk ---- */

/* A node whose children are being visited: those still to come, lowest first. */
typedef struct visited_node {
    uint64_t node;
    si_node_match match;
} visited_node;

/* Hands on all leaves below a child that lies wholly inside, after those that wait. */
static bool take_subtree(leaf_queue *queue, unsigned level, uint64_t child)
{
    si_tree_range range = si_tree_leaves_below(queue->index, level, child);
    if (range.first >= range.end)
        return true;
    return test_waiting(queue) &&
           si_sink_take_leaves(queue->index, queue->query, queue->sink, range.first, range.end);
}

/* Children that will be visited: their nodes come from memory together. */
static void prefetch_children(const si_index *index, unsigned level, const visited_node *visited)
{
    uint32_t children = visited->match.met & ~visited->match.inside;
    for (; level > 1 && children; children &= children - 1) {
        uint64_t child = visited->node * SI_FAN_OUT + (unsigned)__builtin_ctz(children);
        if (child < index->layout.node_count[level - 1])
            prefetch_floats(si_index_node(index, level - 1, child), SI_NODE_FLOATS);
    }
}

static visited_node visit(leaf_queue *queue, unsigned level, uint64_t node)
{
    const si_index *index = queue->index;
    visited_node visited = {node, si_tree_match_node(index, queue->query, level, node)};
    prefetch_children(index, level, &visited);
    return visited;
}

static bool walk(leaf_queue *queue)
{
    const si_layout *layout = &queue->index->layout;
    visited_node path[SI_MAX_LEVELS + 1];
    unsigned top = layout->levels, level = top;
    assert(top >= 1 && top <= SI_MAX_LEVELS);
    path[level] = visit(queue, level, 0);
    while (level <= top) {
        visited_node *visited = &path[level];
        if (visited->match.met == 0) {
            level++;
            continue;
        }
        unsigned bit = (unsigned)__builtin_ctz(visited->match.met);
        visited->match.met &= visited->match.met - 1;
        uint64_t child = visited->node * SI_FAN_OUT + bit;
        if (visited->match.inside >> bit & 1) {
            if (!take_subtree(queue, level - 1, child))
                return false;
        } else if (level == 1) {
            if (!enqueue(queue, child))
                return false;
        } else if (child < layout->node_count[level - 1]) {
            level--;
            path[level] = visit(queue, level, child);
        }
    }
    return true;
}

static si_result search_in_memory(void *context, si_error *error)
{
    leaf_queue *queue = context;
    (void)error;
    if (walk(queue))
        test_waiting(queue);
    if (queue->sink->flush)
        queue->sink->flush(queue->sink->context);
    return SI_OK;
}

si_result si_search(const si_index *index, const si_query *query, const si_search_sink *sink,
                    si_error *error)
{
    si_count_query(index->state->queries);
    if (index->layout.levels == 0)
        return SI_OK;
    if (index->cache || si_should_prefetch(index))
        return si_search_by_level(index, query, sink, error);
    leaf_queue queue = {.index = index, .query = query, .sink = sink};
    return si_read_guarded(index, search_in_memory, &queue, error);
}
