#include "index/search.h"

#include "base/arithmetic.h"

/* A node whose children are being visited: those still to come, lowest first. */
typedef struct visited_node {
    uint64_t node;
    si_node_match match;
} visited_node;

si_result si_query_check(const si_query *query, si_error *error)
{
    if (query->accuracy != SI_BEST_EFFORT && query->accuracy != SI_BOUNDING_BOX &&
        query->accuracy != SI_EXACT)
        return si_fail(error, SI_ERROR_ARGUMENT, "unknown accuracy %d", (int)query->accuracy);
    if (query->shape != SI_SHAPE_BOX && query->shape != SI_SHAPE_SPHERE)
        return si_fail(error, SI_ERROR_ARGUMENT, "unknown query shape %d", (int)query->shape);
    for (unsigned axis = 0; axis < 3; axis++)
        if (!(query->lower[axis] <= query->upper[axis]))
            return si_fail(error, SI_ERROR_ARGUMENT,
                           "the query's box runs from %g to %g along %c: make queries by "
                           "si_box_query or si_sphere_query",
                           (double)query->lower[axis], (double)query->upper[axis], "xyz"[axis]);
    if (query->shape == SI_SHAPE_SPHERE && !(query->radius >= 0))
        return si_fail(error, SI_ERROR_ARGUMENT, "the radius of the query is %g",
                       (double)query->radius);
    return SI_OK;
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

/* Leaves below child `child` of level `level`, where leaves are level 0. */
static bool take_subtree(const si_index *index, const si_search_sink *sink, unsigned level,
                         uint64_t child)
{
    uint64_t leaves = 1;
    for (unsigned below = 0; below < level; below++)
        leaves *= SI_FAN_OUT;
    uint64_t first = child * leaves;
    uint64_t end = si_min_u64(first + leaves, index->layout.leaf_count);
    return first >= end || sink->leaves(sink->context, first, end);
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
    const si_index *index = queue->index;
    uint64_t leaf = queue->leaves[queue->first++ % LOOKAHEAD];
    queue->count--;
    uint64_t mask = index->type->match(queue->query, si_index_leaf_floats(index, leaf),
                                       si_layout_leaf_size(&index->layout, leaf));
    return mask == 0 || queue->sink->leaf(queue->sink->context, leaf, mask);
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
    return true;
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

static visited_node visit(const si_index *index, const si_query *query, unsigned level,
                          uint64_t node)
{
    visited_node visited = {node, match_node(index, query, level, node)};
    prefetch_children(index, level, &visited);
    return visited;
}

/* Depth first, children in ascending order, which is index order. */
void si_search(const si_index *index, const si_query *query, const si_search_sink *sink)
{
    visited_node path[SI_MAX_LEVELS + 1];
    unsigned top = index->layout.levels, level = top;
    if (top == 0)
        return;
    leaf_queue queue = {.index = index, .query = query, .sink = sink};
    path[level] = visit(index, query, level, 0);
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
            if (!test_waiting(&queue) || !take_subtree(index, sink, level - 1, child))
                return;
        } else if (level == 1) {
            if (!enqueue(&queue, child))
                return;
        } else if (child < index->layout.node_count[level - 1]) {
            level--;
            path[level] = visit(index, query, level, child);
        }
    }
    test_waiting(&queue);
}
