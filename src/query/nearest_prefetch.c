/*
 * Fetching for a search for the nearest elements. Level by level, it finds a distance within which
 * there are at least k elements (from the farthest corners of the children and the numbers of
 * elements below them), drops the children that are farther, and fetches the rest at once.
 */
#include "query/nearest_prefetch.h"

#include <math.h>
#include <stdlib.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "query/tree.h"

/* More is not fetched ahead; of a small cache, a share. */
#define MOST_BYTES (UINT64_C(32) << 20)
#define CACHE_SHARE 8

/* A child of a node that may hold something near. */
typedef struct near_child {
    uint64_t number; /* on its level */
    float bound;     /* all below it is at least so far, see si_distance_kernels */
    double farthest; /* and at most so far */
    uint64_t elements;
} near_child;

typedef struct child_list {
    near_child *children;
    size_t count;
    size_t capacity;
} child_list;

/* ---- one node ---- */

/* Rounded up a little. */
static double distance_to_farthest_corner(const si_vantage *vantage, const float *floats,
                                          unsigned child)
{
    double square = 0;
    for (unsigned axis = 0; axis < 3; axis++) {
        double point = (double)vantage->point[axis];
        double lower = (double)floats[axis * SI_FAN_OUT + child];
        double upper = (double)floats[(3 + axis) * SI_FAN_OUT + child];
        double away = fmax(fabs(point - lower), fabs(upper - point));
        square += away * away;
    }
    return sqrt(square) * (1 + 1e-6);
}

static si_result add_child(child_list *list, const near_child *child, si_error *error)
{
    near_child *grown = si_grow(list->children, &list->capacity, list->count + 1, sizeof *grown);
    if (!grown)
        return si_fail_memory(error);
    list->children = grown;
    list->children[list->count++] = *child;
    return SI_OK;
}

static si_result list_children(const si_nearest_plan *plan, unsigned level, uint64_t node,
                               child_list *list, si_error *error)
{
    const si_index *index = plan->index;
    const float *floats = si_index_node(index, level, node);
    uint64_t present = level == 1 ? index->layout.leaf_count : index->layout.node_count[level - 1];
    float bounds[SI_FAN_OUT];
    si_node_boxes boxes;
    for (unsigned side = 0; side < 6; side++)
        boxes.bounds[side] = floats + side * SI_FAN_OUT;
    si_kernels()->distances->bound_nodes(plan->vantage, plan->overhang, &boxes, SI_FAN_OUT, bounds);
    for (unsigned i = 0; i < SI_FAN_OUT && node * SI_FAN_OUT + i < present; i++) {
        near_child child = {.number = node * SI_FAN_OUT + i, .bound = bounds[i]};
        if (isinf(bounds[i]))
            continue;
        si_tree_range leaves = si_tree_leaves_below(index, level - 1, child.number);
        child.farthest = distance_to_farthest_corner(plan->vantage, floats, i);
        child.elements = si_tree_element_count(index, leaves.first, leaves.end);
        SI_TRY(add_child(list, &child, error));
    }
    return SI_OK;
}

/* ---- one level ---- */

static int compare_farthest(const void *left, const void *right)
{
    double a = ((const near_child *)left)->farthest, b = ((const near_child *)right)->farthest;
    return (a > b) - (a < b);
}

static int compare_number(const void *left, const void *right)
{
    uint64_t a = ((const near_child *)left)->number, b = ((const near_child *)right)->number;
    return (a > b) - (a < b);
}

/* The k nearest are no farther than this. */
static double find_distance(const si_nearest_plan *plan, child_list *list)
{
    uint64_t elements = 0;
    qsort(list->children, list->count, sizeof *list->children, compare_farthest);
    for (size_t i = 0; i < list->count; i++) {
        elements += list->children[i].elements;
        if (elements >= plan->k)
            return fmin(list->children[i].farthest, plan->max_distance);
    }
    return plan->max_distance;
}

static void drop_far_children(const si_nearest_plan *plan, child_list *list)
{
    float threshold = si_distance_threshold(find_distance(plan, list));
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->children[i].bound <= threshold)
            list->children[kept++] = list->children[i];
    list->count = kept;
    qsort(list->children, list->count, sizeof *list->children, compare_number);
}

static bool is_too_much(const si_index *index, unsigned level, size_t count)
{
    uint64_t bytes = level == 0 ? si_leaf_float_bytes(index->type) : SI_NODE_BYTES;
    uint64_t share = si_block_cache_most_bytes(index->cache) / CACHE_SHARE;
    return count * bytes > si_min_u64(MOST_BYTES, share);
}

/* Children on this level. */
static si_result fetch_children(si_nearest_plan *plan, unsigned level, const child_list *list,
                                si_error *error)
{
    si_fetch *fetch = &plan->fetches[level];
    si_tree_range *ranges = si_allocate(list->count, sizeof *ranges);
    if (!ranges)
        return si_fail_memory(error);
    for (size_t i = 0; i < list->count; i++) {
        uint64_t number = list->children[i].number;
        ranges[i] = (si_tree_range){number, number + 1, true};
        if (level > 0)
            si_fetch_add_nodes(fetch, level, number, number + 1);
    }
    if (level == 0)
        si_fetch_add_ranges(fetch, plan->leaf_columns, plan->leaf_columns, ranges, list->count);
    si_free(ranges);
    return si_fetch_now(fetch, error);
}

/* ---- all levels ---- */

static si_result fetch_level(si_nearest_plan *plan, unsigned level, child_list *nodes,
                             child_list *children, bool *is_done, si_error *error)
{
    children->count = 0;
    for (size_t i = 0; i < nodes->count; i++)
        SI_TRY(list_children(plan, level, nodes->children[i].number, children, error));
    drop_far_children(plan, children);
    *is_done = level == 1 || children->count == 0 ||
               is_too_much(plan->index, level - 1, children->count);
    if (is_too_much(plan->index, level - 1, children->count))
        return SI_OK;
    return fetch_children(plan, level - 1, children, error);
}

static si_result fetch_levels(si_nearest_plan *plan, child_list lists[2], si_error *error)
{
    unsigned level = plan->index->layout.levels;
    bool is_done = false;
    SI_TRY(add_child(&lists[0], &(near_child){.number = 0}, error));
    SI_TRY(fetch_children(plan, level, &lists[0], error));
    for (unsigned turn = 0; !is_done; turn++, level--)
        SI_TRY(fetch_level(plan, level, &lists[turn % 2], &lists[(turn + 1) % 2], &is_done, error));
    return SI_OK;
}

si_result si_nearest_plan_fetch(si_nearest_plan *plan, si_error *error)
{
    child_list lists[2] = {{0}, {0}};
    for (unsigned level = 0; level <= plan->index->layout.levels; level++)
        plan->fetches[level] = si_fetch_of(plan->index);
    si_result result = fetch_levels(plan, lists, error);
    si_free(lists[0].children);
    si_free(lists[1].children);
    return result;
}

void si_nearest_plan_end(si_nearest_plan *plan)
{
    for (unsigned level = 0; level <= plan->index->layout.levels; level++)
        si_fetch_end(&plan->fetches[level]);
}
