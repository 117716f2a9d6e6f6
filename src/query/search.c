#include "query/search.h"

#include "base/arithmetic.h"
#include "query/filter.h"
#include "query/parts_pruning.h"
#include "query/search_by_level.h"
#include "read/readahead.h"
#include "read/sigbus_guard.h"

/* A node whose children are being visited: those still to come, lowest first. */
typedef struct visited_node {
    uint64_t node;
    si_node_match match;
} visited_node;

si_result si_search_check(const si_index *index, const si_query *query, si_error *error)
{
    SI_TRY(si_query_check(query, error));
    SI_TRY(si_filter_check(query->filter, index, error));
    return index->parts ? si_map_parts_of_query(index, query, error) : SI_OK;
}

uint64_t si_leaves_size(const si_index *index, uint64_t first, uint64_t end)
{
    return si_min_u64(end * SI_LEAF_CAPACITY, index->layout.element_count) -
           first * SI_LEAF_CAPACITY;
}

si_node_match si_search_match_node(const si_index *index, const si_query *query, unsigned level,
                                   uint64_t node)
{
    const float *floats = si_index_node(index, level, node);
    si_node_boxes boxes;
    for (unsigned side = 0; side < 6; side++)
        boxes.bounds[side] = floats + side * SI_FAN_OUT;
    return si_match_nodes(query, &boxes, SI_FAN_OUT);
}

si_tree_range si_search_leaves_below(const si_index *index, unsigned level, uint64_t child)
{
    uint64_t leaves = 1;
    for (unsigned below = 0; below < level; below++)
        leaves *= SI_FAN_OUT;
    uint64_t first = child * leaves;
    return (si_tree_range){first, si_min_u64(first + leaves, index->layout.leaf_count), true};
}

static uint64_t all_of_leaf(const si_index *index, uint64_t leaf)
{
    return UINT64_MAX >> (64 - si_layout_leaf_size(&index->layout, leaf));
}

static inline uint64_t match_leaf(const si_index *index, const si_query *query, uint64_t leaf)
{
    return index->type->match(query, si_index_leaf_floats(index, leaf),
                              si_layout_leaf_size(&index->layout, leaf));
}

/* What costs less comes first: mostly it is the filter. */
static uint64_t match_filtered_leaf(const si_index *index, const si_query *query, uint64_t leaf)
{
    if (!si_filter_is_quick(query->filter)) {
        uint64_t mask = match_leaf(index, query, leaf);
        return mask == 0 ? 0 : si_filter_leaf(query->filter, index, leaf, mask);
    }
    uint64_t mask = si_filter_leaf(query->filter, index, leaf, all_of_leaf(index, leaf));
    return mask == 0 ? 0 : mask & match_leaf(index, query, leaf);
}

/* Inline here, where it matters most. */
static inline bool test_leaf(const si_index *index, const si_query *query,
                             const si_search_sink *sink, uint64_t leaf)
{
    uint64_t mask = query->filter ? match_filtered_leaf(index, query, leaf)
                                  : match_leaf(index, query, leaf);
    return mask == 0 || sink->leaf(sink->context, leaf, mask);
}

bool si_search_test_leaf(const si_index *index, const si_query *query, const si_search_sink *sink,
                         uint64_t leaf)
{
    return test_leaf(index, query, sink, leaf);
}

bool si_search_take_leaves(const si_index *index, const si_query *query, const si_search_sink *sink,
                           uint64_t first, uint64_t end)
{
    if (!query->filter)
        return sink->leaves(sink->context, first, end);
    for (uint64_t leaf = first; leaf < end; leaf++) {
        uint64_t mask = si_filter_leaf(query->filter, index, leaf, all_of_leaf(index, leaf));
        if (mask != 0 && !sink->leaf(sink->context, leaf, mask))
            return false;
    }
    return true;
}

si_column_set si_search_columns(const si_query *query, const si_search_sink *sink)
{
    si_column_set columns = sink->needed;
    if (query->filter)
        si_filter_add_columns(query->filter, &columns);
    return columns;
}

/* The test of a leaf is over sooner than the leaf arrives from memory. So leaves wait here, in
 * order, while others are on the way. */
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
    return test_leaf(queue->index, queue->query, queue->sink, leaf);
}

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

static bool take_subtree(leaf_queue *queue, unsigned level, uint64_t child)
{
    si_tree_range range = si_search_leaves_below(queue->index, level, child);
    if (range.first >= range.end)
        return true;
    return test_waiting(queue) &&
           si_search_take_leaves(queue->index, queue->query, queue->sink, range.first, range.end);
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
    visited_node visited = {node, si_search_match_node(index, queue->query, level, node)};
    prefetch_children(index, level, &visited);
    return visited;
}

/* Depth first, children in ascending order, which is index order. False: it was stopped. */
static bool walk(leaf_queue *queue)
{
    const si_layout *layout = &queue->index->layout;
    visited_node path[SI_MAX_LEVELS + 1];
    unsigned top = layout->levels, level = top;
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

static si_result walk_all(void *context, si_error *error)
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
        return si_staged_search(index, query, sink, error);
    leaf_queue queue = {.index = index, .query = query, .sink = sink};
    return si_read_guarded(index, walk_all, &queue, error);
}
