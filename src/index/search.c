#include "index/search.h"

#include "base/arithmetic.h"
#include "index/announce.h"
#include "index/filter.h"
#include "index/leaf_groups.h"

/* A node whose children are being visited: those still to come, lowest first. */
typedef struct visited_node {
    uint64_t node;
    si_node_match match;
} visited_node;

si_result si_search_check(const si_index *index, const si_query *query, si_error *error)
{
    SI_TRY(si_query_check(query, error));
    return si_filter_check(query->filter, index, error);
}

uint64_t si_leaves_size(const si_index *index, uint64_t first, uint64_t end)
{
    return si_min_u64(end * SI_LEAF_CAPACITY, index->layout.element_count) -
           first * SI_LEAF_CAPACITY;
}

static si_node_match match_node(const si_index *index, const si_query *query, unsigned level,
                                uint64_t node)
{
    const float *floats = si_index_node(index, level, node);
    si_node_boxes boxes;
    for (unsigned side = 0; side < 6; side++)
        boxes.bounds[side] = floats + side * SI_FAN_OUT;
    return si_match_nodes(query, &boxes, SI_FAN_OUT);
}

/* The test of a leaf is over sooner than the leaf arrives from memory. So leaves wait here, in
 * order, while others are on the way. */
enum { LOOKAHEAD = 4, LINE_FLOATS = 16 };

typedef struct leaf_queue {
    const si_index *index;
    const si_query *query;
    const si_search_sink *sink;
    si_leaf_groups *groups; /* not NULL: leaves wait there instead */
    unsigned first;
    unsigned count;
    uint64_t leaves[LOOKAHEAD];
} leaf_queue;

static void prefetch_floats(const float *floats, size_t count)
{
    for (size_t i = 0; i < count; i += LINE_FLOATS)
        __builtin_prefetch(floats + i);
}

static inline bool test_leaf(const leaf_queue *queue, uint64_t leaf)
{
    const si_index *index = queue->index;
    uint64_t mask = index->type->match(queue->query, si_index_leaf_floats(index, leaf),
                                       si_layout_leaf_size(&index->layout, leaf));
    if (mask != 0 && queue->query->filter)
        mask = si_filter_leaf(queue->query->filter, index, leaf, mask);
    return mask == 0 || queue->sink->leaf(queue->sink->context, leaf, mask);
}

static bool test_first(leaf_queue *queue)
{
    queue->count--;
    return test_leaf(queue, queue->leaves[queue->first++ % LOOKAHEAD]);
}

static bool test_waiting(leaf_queue *queue)
{
    while (queue->count > 0)
        if (!test_first(queue))
            return false;
    return true;
}

/* Whole leaves, of which every element meets the query. */
static bool take_whole(const leaf_queue *queue, uint64_t first, uint64_t end)
{
    const si_filter *filter = queue->query->filter;
    const si_search_sink *sink = queue->sink;
    if (!filter)
        return sink->leaves(sink->context, first, end);
    for (uint64_t leaf = first; leaf < end; leaf++) {
        uint64_t all = UINT64_MAX >> (64 - si_layout_leaf_size(&queue->index->layout, leaf));
        uint64_t mask = si_filter_leaf(filter, queue->index, leaf, all);
        if (mask != 0 && !sink->leaf(sink->context, leaf, mask))
            return false;
    }
    return true;
}

/* ---- leaves that wait for the disk ---- */

static bool take_range(void *context, const si_leaf_range *range)
{
    const leaf_queue *queue = context;
    if (range->is_whole)
        return take_whole(queue, range->first, range->end);
    for (uint64_t leaf = range->first; leaf < range->end; leaf++)
        if (!test_leaf(queue, leaf))
            return false;
    return true;
}

static void begin_announcing(leaf_queue *queue)
{
    si_column_set needed = queue->sink->needed;
    if (queue->query->filter)
        si_filter_add_columns(queue->query->filter, &needed);
    queue->groups = si_leaf_groups_create(queue->index, needed, take_range, queue);
}

static bool finish(leaf_queue *queue)
{
    bool go_on = test_waiting(queue);
    return queue->groups ? go_on && si_leaf_groups_finish(queue->groups) : go_on;
}

/* ---- what is met ---- */

static bool enqueue(leaf_queue *queue, uint64_t leaf)
{
    const si_index *index = queue->index;
    /* The file's content is not trusted: a damaged node may claim children that are not there. */
    if (leaf >= index->layout.leaf_count)
        return true;
    if (queue->groups)
        return si_leaf_groups_add(queue->groups, &(si_leaf_range){leaf, leaf + 1, false});
    if (queue->count == LOOKAHEAD && !test_first(queue))
        return false;
    queue->leaves[(queue->first + queue->count++) % LOOKAHEAD] = leaf;
    prefetch_floats(si_index_leaf_floats(index, leaf), index->type->float_count * SI_LEAF_CAPACITY);
    if (queue->query->filter)
        si_filter_prefetch(queue->query->filter, index, leaf);
    return true;
}

/* Leaves below child `child` of level `level`, where leaves are level 0. */
static si_leaf_range leaves_below(const si_index *index, unsigned level, uint64_t child)
{
    uint64_t leaves = 1;
    for (unsigned below = 0; below < level; below++)
        leaves *= SI_FAN_OUT;
    uint64_t first = child * leaves;
    return (si_leaf_range){first, si_min_u64(first + leaves, index->layout.leaf_count), true};
}

static bool take_subtree(leaf_queue *queue, unsigned level, uint64_t child)
{
    si_leaf_range range = leaves_below(queue->index, level, child);
    if (range.first >= range.end)
        return true;
    if (queue->groups)
        return si_leaf_groups_add(queue->groups, &range);
    return test_waiting(queue) && take_range(queue, &range);
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

/* The same, from the disk. */
static void announce_children(const si_index *index, unsigned level, const visited_node *visited)
{
    uint32_t children = visited->match.met & ~visited->match.inside;
    if (level == 1 || !children)
        return;
    uint64_t first = visited->node * SI_FAN_OUT + (unsigned)__builtin_ctz(children);
    uint64_t last = visited->node * SI_FAN_OUT + 31u - (unsigned)__builtin_clz(children);
    uint64_t present = index->layout.node_count[level - 1];
    if (first < present)
        si_announce_nodes(index, level - 1, first, si_min_u64(last, present - 1));
}

static visited_node visit(leaf_queue *queue, unsigned level, uint64_t node)
{
    const si_index *index = queue->index;
    visited_node visited = {node, match_node(index, queue->query, level, node)};
    if (queue->groups)
        announce_children(index, level, &visited);
    else
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

void si_search(const si_index *index, const si_query *query, const si_search_sink *sink)
{
    leaf_queue queue = {.index = index, .query = query, .sink = sink};
    if (index->layout.levels == 0)
        return;
    if (si_announcing_pays(index))
        begin_announcing(&queue);
    if (walk(&queue))
        finish(&queue);
    si_leaf_groups_free(queue.groups);
}
