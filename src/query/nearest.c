/*
 * The elements nearest to a point.
 *
 * Nodes are opened best first: each knows lower bounds for the distances of what is below its
 * children, and the child with the least of all comes next. So nothing is visited that could not
 * hold one of the elements found.
 */
#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "geometry/query_shape.h"
#include "kernels/kernel_set.h"
#include "query/delta_search.h"
#include "query/filter.h"
#include "query/find_list.h"
#include "query/nearest_delta.h"
#include "query/nearest_heap.h"
#include "query/nearest_prefetch.h"
#include "query/part_mapping.h"
#include "read/fetch.h"
#include "read/sigbus_guard.h"

/* A node whose children are being visited; bounds of those that have been are infinite. */
typedef struct open_node {
    float bounds[SI_FAN_OUT];
    uint64_t node;
    unsigned level;
    unsigned next; /* the child with the least bound */
} open_node;

/* In the heap of open nodes, the one with the least bound first. */
typedef struct open_entry {
    float bound;
    uint32_t place; /* among the open nodes */
} open_entry;

typedef struct nearest_search {
    const si_index *index;
    si_vantage vantage;
    si_overhang overhang;
    float threshold; /* children with greater bounds do not matter */
    double max_distance;
    const si_filter *filter; /* NULL: none */
    si_nearest_heap found;
    si_fetch fetch; /* of the node or leaf that is looked at */

    open_node *nodes; /* all that have been opened */
    size_t node_count, node_capacity;
    open_entry *heap; /* has room for all of them */
    size_t heap_count, heap_capacity;
} nearest_search;

/* ---- the query ---- */

static si_result check_nearest(const si_nearest_query *nearest, si_error *error)
{
    const float *point = nearest->point;
    if (nearest->struct_size != sizeof *nearest)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "struct_size of the query is %zu, expected %zu: make queries by "
                       "si_query_nearest",
                       nearest->struct_size, sizeof *nearest);
    SI_TRY(si_accuracy_check(nearest->accuracy, error));
    if (!isfinite(point[0]) || !isfinite(point[1]) || !isfinite(point[2]))
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the query point is (%g, %g, %g), expected three finite 32-bit floats",
                       (double)point[0], (double)point[1], (double)point[2]);
    if (!(nearest->max_distance >= 0))
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the maximum distance is %g, expected 0 or a positive number",
                       nearest->max_distance);
    return SI_OK;
}

si_result si_query_nearest(const double point[3], uint64_t k, double max_distance,
                           si_accuracy accuracy, si_nearest_query *nearest, si_error *error)
{
    SI_TRY(si_require(point, "point", error));
    SI_TRY(si_require(nearest, "nearest", error));
    si_nearest_query made = {.struct_size = sizeof made,
                             .accuracy = accuracy,
                             .point = {(float)point[0], (float)point[1], (float)point[2]},
                             .k = k,
                             .max_distance = max_distance};
    SI_TRY(check_nearest(&made, error));
    *nearest = made;
    return SI_OK;
}

/* ---- nodes ---- */

static void sift_entry_down(nearest_search *search, size_t place, open_entry entry)
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

static void add_entry(nearest_search *search, open_entry entry)
{
    size_t place = search->heap_count++;
    for (; place > 0 && entry.bound < search->heap[(place - 1) / 2].bound; place = (place - 1) / 2)
        search->heap[place] = search->heap[(place - 1) / 2];
    search->heap[place] = entry;
}

static si_result reserve_node(nearest_search *search, si_error *error)
{
    open_node *nodes = si_grow(search->nodes, &search->node_capacity, search->node_count + 1,
                               sizeof *nodes);
    if (!nodes)
        return si_fail_memory(error);
    search->nodes = nodes;
    open_entry *heap = si_grow(search->heap, &search->heap_capacity, search->node_count + 1,
                               sizeof *heap);
    if (!heap)
        return si_fail_memory(error);
    search->heap = heap;
    return SI_OK;
}

static si_result fetch_node(nearest_search *search, unsigned level, uint64_t node, si_error *error)
{
    if (!search->index->cache)
        return SI_OK;
    si_fetch_add_nodes(&search->fetch, level, node, node + 1);
    return si_fetch_now(&search->fetch, error);
}

static si_result open(nearest_search *search, unsigned level, uint64_t node, si_error *error)
{
    const si_distance_kernels *kernels = si_kernels()->distances;
    SI_TRY(si_map_part_of_node(search->index, level, node, error));
    const float *floats = si_index_node(search->index, level, node);
    si_node_boxes boxes;
    open_entry entry = {.place = (uint32_t)search->node_count};
    SI_TRY(reserve_node(search, error));
    SI_TRY(fetch_node(search, level, node, error));
    for (unsigned side = 0; side < 6; side++)
        boxes.bounds[side] = floats + side * SI_FAN_OUT;
    open_node *opened = &search->nodes[search->node_count++];
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
static void set_cutoff(nearest_search *search)
{
    double cutoff = si_nearest_heap_is_full(&search->found) ? search->found.elements[0].distance
                                                            : search->max_distance;
    search->vantage.cutoff = (float)cutoff;
    search->threshold = si_distance_threshold(cutoff);
}

static si_column_set leaf_columns(const nearest_search *search)
{
    si_column_set columns = {.floats = UINT8_MAX};
    if (search->filter)
        si_filter_add_columns(search->filter, &columns);
    return columns;
}

static si_result fetch_leaf(nearest_search *search, uint64_t leaf, si_error *error)
{
    if (!search->index->cache)
        return SI_OK;
    si_fetch_add_leaves(&search->fetch, leaf_columns(search), leaf, leaf + 1);
    return si_fetch_now(&search->fetch, error);
}

static si_result test_leaf(nearest_search *search, uint64_t leaf, si_error *error)
{
    const si_index *index = search->index;
    const float *floats = si_index_leaf_floats(index, leaf);
    SI_TRY(fetch_leaf(search, leaf, error));
    uint64_t mask = index->type->near(&search->vantage, floats,
                                      si_layout_leaf_size(&index->layout, leaf));
    if (mask != 0 && search->filter)
        mask = si_filter_leaf(search->filter, index, leaf, mask);
    for (; mask; mask &= mask - 1) {
        unsigned slot = (unsigned)__builtin_ctzll(mask);
        si_near_element element = {index->type->distance(&search->vantage, floats, slot),
                                   leaf * SI_LEAF_CAPACITY + slot};
        if (element.distance <= search->max_distance)
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
static uint64_t take_child(nearest_search *search, unsigned *level)
{
    open_entry entry = search->heap[0];
    open_node *node = &search->nodes[entry.place];
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
    nearest_search *search = context;
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
static si_result walk_fetched(nearest_search *search, si_error *error)
{
    if (search->index->layout.levels == 0)
        return SI_OK; /* all elements are inserted ones */
    si_nearest_plan plan = {.index = search->index,
                            .vantage = &search->vantage,
                            .overhang = search->overhang,
                            .k = search->found.capacity,
                            .max_distance = search->max_distance,
                            .leaf_columns = leaf_columns(search)};
    if (search->filter && !si_multiply_u64(plan.k, PASSED_OF_FILTERED, &plan.k))
        plan.k = UINT64_MAX;
    si_result result = si_nearest_plan_fetch(&plan, error);
    if (result == SI_OK)
        result = walk(search, error);
    si_nearest_plan_end(&plan);
    return result;
}

/* ---- results ---- */

/* Copies the values of the elements that were found and are not inserted to the first rows. */
static si_result gather_packed(const nearest_search *search, const si_column *columns,
                               size_t column_count, uint64_t *gathered, si_error *error)
{
    const uint64_t count = search->found.count, end = search->index->layout.element_count;
    si_gather gather;
    *gathered = 0;
    si_find *finds = si_allocate(count, sizeof *finds);
    if (!finds)
        return si_fail_memory(error);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t position = search->found.elements[i].position;
        if (position < end)
            finds[(*gathered)++] = (si_find){.first_leaf = position / SI_LEAF_CAPACITY,
                                             .mask = UINT64_C(1) << position % SI_LEAF_CAPACITY};
    }
    si_gather_start(&gather, search->index, columns, column_count, count);
    si_result result = si_gather_finds(&gather, finds, *gathered, error);
    si_free(finds);
    return result;
}

static void move_row(const si_index *index, const si_column *columns, size_t column_count,
                     uint64_t from, uint64_t to)
{
    for (size_t i = 0; i < column_count; i++) {
        size_t size = si_element_field(index->layout.kind, columns[i].field)->size;
        memmove((char *)columns[i].data + to * size, (char *)columns[i].data + from * size, size);
    }
}

/* Puts inserted elements between the first `gathered` rows, which hold the others: from the last
 * row to the first, so that no row is overwritten before it has moved. */
static void insert_rows(const nearest_search *search, const si_column *columns, size_t column_count,
                        uint64_t gathered)
{
    const si_index *index = search->index;
    for (uint64_t row = search->found.count; row-- > gathered;) {
        uint64_t position = search->found.elements[row].position;
        if (position < index->layout.element_count) {
            move_row(index, columns, column_count, --gathered, row);
        } else {
            uint64_t place = position - index->layout.element_count;
            si_delta_copy_columns(si_index_delta(index), &place, 1, columns, column_count, row);
        }
    }
}

static si_result hand_out(const nearest_search *search, const si_column *columns,
                          size_t column_count, double *distances, si_error *error)
{
    uint64_t gathered;
    for (uint64_t i = 0; distances && i < search->found.count; i++)
        distances[i] = search->found.elements[i].distance;
    if (column_count == 0 || search->found.count == 0)
        return SI_OK;
    SI_TRY(gather_packed(search, columns, column_count, &gathered, error));
    insert_rows(search, columns, column_count, gathered);
    return SI_OK;
}

static si_overhang find_overhang(const si_index *index, si_accuracy accuracy)
{
    if (accuracy == SI_BOUNDING_BOX)
        return SI_OVERHANG_NONE;
    bool flat_caps = accuracy == SI_EXACT && index->type->overhang == SI_OVERHANG_CAPS;
    return flat_caps ? SI_OVERHANG_ROUNDING : index->type->overhang;
}

si_result si_index_find_nearest(const si_index *index, const si_nearest_query *nearest,
                                const si_column *columns, size_t column_count, double *distances,
                                uint64_t *count, si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    SI_TRY(si_require(nearest, "nearest", error));
    SI_TRY(si_require(count, "count", error));
    if (column_count > 0)
        SI_TRY(si_require(columns, "columns", error));
    SI_TRY(check_nearest(nearest, error));
    SI_TRY(si_filter_check(nearest->filter, index, error));
    SI_TRY(si_gather_check(index, columns, column_count, true, error));
    *count = 0;
    si_count_query(index->state->queries);
    si_delta *delta = si_index_delta(index);
    uint64_t present = index->layout.element_count + (delta ? si_delta_count(delta) : 0);
    if (nearest->k == 0 || present == 0)
        return SI_OK;
    nearest_search search = {
        .index = index,
        .vantage = {.point = {nearest->point[0], nearest->point[1], nearest->point[2]},
                    .accuracy = nearest->accuracy},
        .overhang = find_overhang(index, nearest->accuracy),
        .max_distance = nearest->max_distance,
        .filter = nearest->filter,
        .fetch = si_fetch_of(index),
        .found.capacity = si_min_u64(nearest->k, present)};
    search.found.elements = si_allocate(search.found.capacity, sizeof *search.found.elements);
    si_result result = search.found.elements ? SI_OK : si_fail_memory(error);
    set_cutoff(&search);
    if (result == SI_OK)
        result = index->cache ? walk_fetched(&search, error)
                              : si_read_guarded(index, walk, &search, error);
    if (result == SI_OK && delta)
        result = si_delta_find_nearest(delta, nearest, &search.found, error);
    if (result == SI_OK) {
        si_nearest_heap_sort(&search.found);
        result = hand_out(&search, columns, column_count, distances, error);
    }
    if (result == SI_OK)
        *count = search.found.count;
    si_fetch_end(&search.fetch);
    si_free(search.found.elements);
    si_free(search.nodes);
    si_free(search.heap);
    return result;
}
