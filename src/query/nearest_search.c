/*
 * The search for the elements nearest to a point.
 *
 * Nodes are opened best first: each knows lower bounds for the distances of what is below its
 * children, and the child with the least of all comes next. So nothing is visited that could not
 * hold one of the elements found.
 */
#include "query/nearest_search.h"

#include <math.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "query/delta_search.h"
#include "query/filter.h"
#include "query/nearest_delta.h"
#include "query/nearest_prefetch.h"
#include "query/part_mapping.h"
#include "read/sigbus_guard.h"

/* A node whose children are being visited; bounds of those that have been are infinite. */
typedef struct si_open_node {
    float bounds[SI_FAN_OUT];
    uint64_t node;
    unsigned level;
    unsigned next; /* the child with the least bound */
} si_open_node;

/* In the heap of open nodes, the one with the least bound first. */
typedef struct si_open_entry {
    float bound;
    uint32_t place; /* among the open nodes */
} si_open_entry;

/* ---- nodes ---- */

static void sift_entry_down(si_nearest_search *search, size_t place, si_open_entry entry)
{
    for (size_t child; (child = 2 * place + 1) < search->heap_count; place = child) {
        if (child + 1 < search->heap_count &&
            search->heap[child + 1].bound < search->heap[child].bound)
            child++;
        if (entry.bound <= search->heap[child].bound)
            break;
        search->heap[place] = search->heap[child];
    }
    search->heap[place] = entry;
}

static void add_entry(si_nearest_search *search, si_open_entry entry)
{
    size_t place = search->heap_count++;
    for (; place > 0 && entry.bound < search->heap[(place - 1) / 2].bound; place = (place - 1) / 2)
        search->heap[place] = search->heap[(place - 1) / 2];
    search->heap[place] = entry;
}

static si_result reserve_node(si_nearest_search *search, si_error *error)
{
    si_open_node *nodes = si_grow(search->nodes, &search->node_capacity, search->node_count + 1,
                                  sizeof *nodes);
    if (!nodes)
        return si_fail_memory(error);
    search->nodes = nodes;
    si_open_entry *heap = si_grow(search->heap, &search->heap_capacity, search->node_count + 1,
                                  sizeof *heap);
    if (!heap)
        return si_fail_memory(error);
    search->heap = heap;
    return SI_OK;
}

static si_result fetch_node(si_nearest_search *search, unsigned level, uint64_t node,
                            si_error *error)
{
    if (!search->index->cache)
        return SI_OK;
    si_fetch_add_nodes(&search->fetch, level, node, node + 1);
    return si_fetch_now(&search->fetch, error);
}

static si_result open(si_nearest_search *search, unsigned level, uint64_t node, si_error *error)
{
    const si_distance_kernels *kernels = si_kernels()->distances;
    SI_TRY(si_map_part_of_node(search->index, level, node, error));
    const float *floats = si_index_node(search->index, level, node);
    si_node_boxes boxes;
    si_open_entry entry = {.place = (uint32_t)search->node_count};
    SI_TRY(reserve_node(search, error));
    SI_TRY(fetch_node(search, level, node, error));
    for (unsigned side = 0; side < 6; side++)
        boxes.bounds[side] = floats + side * SI_FAN_OUT;
    si_open_node *opened = &search->nodes[search->node_count++];
    opened->node = node;
    opened->level = level;
    kernels->bound_nodes(&search->vantage, search->overhang, &boxes, SI_FAN_OUT, opened->bounds);
    opened->next = kernels->find_least(opened->bounds, SI_FAN_OUT, &entry.bound);
    si_fetch_release(&search->fetch);
    if (entry.bound <= search->threshold && !isinf(entry.bound))
        add_entry(search, entry);
    return SI_OK;
}

/* ---- leaves ---- */

/* How far an element may be to be added. */
static void set_cutoff(si_nearest_search *search)
{
    double cutoff = si_nearest_heap_is_full(&search->found) ? search->found.elements[0].distance
                                                            : search->reach;
    search->vantage.cutoff = (float)cutoff;
    search->threshold = si_distance_threshold(cutoff);
}

static si_column_set leaf_columns(const si_nearest_search *search)
{
    si_column_set columns = {.floats = UINT8_MAX};
    if (search->nearest.filter)
        si_filter_add_columns(search->nearest.filter, &columns);
    return columns;
}

static si_result fetch_leaf(si_nearest_search *search, uint64_t leaf, si_error *error)
{
    if (!search->index->cache)
        return SI_OK;
    si_fetch_add_leaves(&search->fetch, leaf_columns(search), leaf, leaf + 1);
    return si_fetch_now(&search->fetch, error);
}

static si_result test_leaf(si_nearest_search *search, uint64_t leaf, si_error *error)
{
    const si_index *index = search->index;
    const float *floats = si_index_leaf_floats(index, leaf);
    SI_TRY(fetch_leaf(search, leaf, error));
    uint64_t mask = index->type->near(&search->vantage, floats,
                                      si_layout_leaf_size(&index->layout, leaf));
    if (mask != 0 && search->nearest.filter)
        mask = si_filter_leaf(search->nearest.filter, index, leaf, mask);
    for (; mask; mask &= mask - 1) {
        unsigned slot = (unsigned)__builtin_ctzll(mask);
        si_near_element element = {index->type->distance(&search->vantage, floats, slot),
                                   leaf * SI_LEAF_CAPACITY + slot};
        if (element.distance <= search->reach)
            si_nearest_heap_add(&search->found, &element);
    }
    set_cutoff(search);
    si_fetch_release(&search->fetch);
    return SI_OK;
}

static void prefetch_leaf(const si_index *index, uint64_t leaf)
{
    enum { LINE_FLOATS = 16 };
    if (leaf >= index->layout.leaf_count)
        return;
    const float *floats = si_index_leaf_floats(index, leaf);
    for (size_t i = 0; i < index->type->float_count * SI_LEAF_CAPACITY; i += LINE_FLOATS)
        __builtin_prefetch(floats + i);
}

/* ---- the walk ---- */

/* Takes the child with the least bound of the first node of the heap. */
static uint64_t take_child(si_nearest_search *search, unsigned *level)
{
    si_open_entry entry = search->heap[0];
    si_open_node *node = &search->nodes[entry.place];
    uint64_t child = node->node * SI_FAN_OUT + node->next;
    *level = node->level - 1;
    node->bounds[node->next] = INFINITY;
    node->next = si_kernels()->distances->find_least(node->bounds, SI_FAN_OUT, &entry.bound);
    if (isinf(entry.bound) || entry.bound > search->threshold)
        entry = search->heap[--search->heap_count];
    else if (node->level == 1)
        prefetch_leaf(search->index, node->node * SI_FAN_OUT + node->next);
    if (search->heap_count > 0)
        sift_entry_down(search, 0, entry);
    return child;
}

static si_result walk(void *context, si_error *error)
{
    si_nearest_search *search = context;
    const si_layout *layout = &search->index->layout;
    if (layout->levels > 0)
        SI_TRY(open(search, layout->levels, 0, error));
    while (search->heap_count > 0 && search->heap[0].bound <= search->threshold) {
        unsigned level;
        uint64_t child = take_child(search, &level);
        /* The file's content is not trusted: a damaged node may claim children that are not
         * there. */
        if (level == 0 && child < layout->leaf_count)
            SI_TRY(test_leaf(search, child, error));
        else if (level > 0 && child < layout->node_count[level])
            SI_TRY(open(search, level, child, error));
    }
    return SI_OK;
}

/* How many there will be before so many have passed a filter is anybody's guess. */
#define PASSED_OF_FILTERED 16

/* What is read explicitly is fetched ahead. */
static si_result walk_fetched(si_nearest_search *search, si_error *error)
{
    if (search->index->layout.levels == 0)
        return SI_OK; /* all elements are inserted ones */
    si_nearest_plan plan = {.index = search->index,
                            .vantage = &search->vantage,
                            .overhang = search->overhang,
                            .k = search->found.capacity,
                            .max_distance = search->reach,
                            .leaf_columns = leaf_columns(search)};
    if (search->nearest.filter && !si_multiply_u64(plan.k, PASSED_OF_FILTERED, &plan.k))
        plan.k = UINT64_MAX;
    si_result result = si_nearest_plan_fetch(&plan, error);
    if (result == SI_OK)
        result = walk(search, error);
    si_nearest_plan_end(&plan);
    return result;
}

/* ---- one search after another ---- */

static si_overhang find_overhang(const si_index *index, si_accuracy accuracy)
{
    if (accuracy == SI_BOUNDING_BOX)
        return SI_OVERHANG_NONE;
    bool flat_caps = accuracy == SI_EXACT && index->type->overhang == SI_OVERHANG_CAPS;
    return flat_caps ? SI_OVERHANG_ROUNDING : index->type->overhang;
}

si_result si_nearest_search_begin(si_nearest_search *search, const si_index *index,
                                  const si_nearest_query *nearest, si_error *error)
{
    si_delta *delta = si_index_delta(index);
    uint64_t present = index->layout.element_count + (delta ? si_delta_count(delta) : 0);
    *search = (si_nearest_search){.index = index,
                                  .nearest = *nearest,
                                  .delta = delta,
                                  .vantage.accuracy = nearest->accuracy,
                                  .overhang = find_overhang(index, nearest->accuracy),
                                  .fetch = si_fetch_of(index),
                                  .found.capacity = si_min_u64(nearest->k, present)};
    search->found.elements = si_allocate(search->found.capacity, sizeof *search->found.elements);
    return search->found.elements ? SI_OK : si_fail_memory(error);
}

si_result si_nearest_search_run(si_nearest_search *search, const float point[3], double reach,
                                si_error *error)
{
    search->found.count = 0;
    search->node_count = search->heap_count = 0;
    search->reach = reach;
    for (unsigned axis = 0; axis < 3; axis++)
        search->nearest.point[axis] = search->vantage.point[axis] = point[axis];
    si_count_query(search->index->state->queries);
    if (search->found.capacity == 0)
        return SI_OK;
    set_cutoff(search);
    SI_TRY(search->index->cache ? walk_fetched(search, error)
                                : si_read_guarded(search->index, walk, search, error));
    if (search->delta)
        SI_TRY(si_delta_find_nearest(search->delta, &search->nearest, &search->found, error));
    si_nearest_heap_sort(&search->found);
    return SI_OK;
}

void si_nearest_search_end(si_nearest_search *search)
{
    si_fetch_end(&search->fetch);
    si_free(search->found.elements);
    si_free(search->nodes);
    si_free(search->heap);
}
