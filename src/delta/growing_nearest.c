/*
 * What is nearest in an index that grows: the nearest of its base and the nearest that were
 * inserted, both sorted, are merged. The latter are what the second index finds and the latest, one
 * by one; or all of them one by one, where the second index would have to be asked for too many.
 */
#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "delta/growing_index.h"
#include "geometry/distances.h"
#include "query/filter.h"
#include "query/nearest_heap.h"

/* What is asked, and what it has to go to. */
typedef struct growing_search {
    const si_nearest_query *nearest;
    const si_column *columns;
    size_t column_count;
    double *distances;
    uint64_t base_count; /* nearest of the base, which are in the columns already */
    uint64_t count;      /* all that are, in the end */
} growing_search;

/* ---- the inserted elements ---- */

static bool passes(const growing_search *search, const si_inserted *inserted, uint64_t place)
{
    const si_filter *filter = search->nearest->filter;
    return !filter || si_filter_passes_id(filter, inserted->ids[place]);
}

static double distance_to(const growing_search *search, const si_inserted *inserted, uint64_t place)
{
    const float *point = search->nearest->point;
    const si_vantage vantage = {.point = {point[0], point[1], point[2]},
                                .accuracy = search->nearest->accuracy};
    const float center[3] = {inserted->floats[0][place], inserted->floats[1][place],
                             inserted->floats[2][place]};
    return inserted->kind == SI_SPHERE
               ? si_distance_to_sphere(&vantage, center, inserted->floats[3][place])
               : si_distance_to_point(&vantage, center);
}

static void add_one_by_one(const growing_search *search, const si_inserted *inserted,
                           uint64_t first, si_nearest_heap *heap)
{
    for (uint64_t place = first; place < inserted->count; place++) {
        if (!passes(search, inserted, place))
            continue;
        const si_near_element element = {distance_to(search, inserted, place), place};
        if (element.distance <= search->nearest->max_distance)
            si_nearest_heap_add(heap, &element);
    }
}

/* What the second index finds, the nearest first; its ids are places. */
typedef struct arranged_finds {
    uint64_t asked;
    uint64_t count;
    uint64_t *places;
    double *distances;
} arranged_finds;

static void free_finds(arranged_finds *finds)
{
    si_free(finds->places);
    si_free(finds->distances);
}

/* No more need be asked for: no other is as near as the k-th that passes. */
static bool are_enough(const growing_search *search, const si_inserted *inserted,
                       const arranged_finds *finds, uint64_t k)
{
    uint64_t passed = 0;
    if (finds->count < finds->asked)
        return true;
    for (uint64_t i = 0; i < finds->count; i++) {
        passed += passes(search, inserted, finds->places[i]);
        if (passed == k)
            return finds->distances[finds->count - 1] > finds->distances[i];
    }
    return false;
}

static si_result ask_arranged(const growing_search *search, const si_inserted *inserted,
                              arranged_finds *finds, si_error *error)
{
    si_nearest_query nearest = *search->nearest;
    finds->places = si_allocate(finds->asked, sizeof *finds->places);
    finds->distances = si_allocate(finds->asked, sizeof *finds->distances);
    if (!finds->places || !finds->distances)
        return si_fail_memory(error);
    const si_column column = {SI_FIELD_ID, finds->places};
    nearest.filter = NULL;
    nearest.k = finds->asked;
    return si_index_find_nearest(inserted->arranged, &nearest, &column, 1, finds->distances,
                                 &finds->count, error);
}

static void add_finds(const growing_search *search, const si_inserted *inserted,
                      const arranged_finds *finds, si_nearest_heap *heap)
{
    for (uint64_t i = 0; i < finds->count; i++) {
        const si_near_element element = {finds->distances[i], finds->places[i]};
        if (passes(search, inserted, element.position))
            si_nearest_heap_add(heap, &element);
    }
}

/* More than are wanted are asked for, as of those that are equally far the first to arrive are
 * wanted, and as some may not pass the filter; ever more until they are enough, but no great part
 * of all: `*found` is false then. */
static si_result add_arranged(const growing_search *search, const si_inserted *inserted,
                              si_nearest_heap *heap, bool *found, si_error *error)
{
    enum { MORE = 8, GREAT_PART = 16 };
    uint64_t asked = heap->capacity;
    *found = false;
    while (!*found && si_multiply_u64(asked, MORE, &asked) &&
           asked <= inserted->arranged_count / GREAT_PART) {
        arranged_finds finds = {.asked = asked};
        si_result result = ask_arranged(search, inserted, &finds, error);
        *found = result == SI_OK && are_enough(search, inserted, &finds, heap->capacity);
        if (*found)
            add_finds(search, inserted, &finds, heap);
        free_finds(&finds);
        SI_TRY(result);
    }
    return SI_OK;
}

/* ---- merging ---- */

static void put_inserted(const growing_search *search, const si_inserted *inserted,
                         const si_near_element *element, uint64_t row)
{
    search->distances[row] = element->distance;
    for (size_t i = 0; i < search->column_count; i++) {
        const si_column *column = &search->columns[i];
        size_t size = si_element_field(inserted->kind, column->field)->size;
        si_inserted_copy(inserted, column->field, &element->position, 1,
                         (char *)column->data + row * size);
    }
}

static void move_row(const growing_search *search, const si_inserted *inserted, uint64_t from,
                     uint64_t to)
{
    search->distances[to] = search->distances[from];
    for (size_t i = 0; i < search->column_count; i++) {
        const si_column *column = &search->columns[i];
        size_t size = si_element_field(inserted->kind, column->field)->size;
        memmove((char *)column->data + to * size, (char *)column->data + from * size, size);
    }
}

/* Of equal distance, those of the base come first. */
static bool last_is_inserted(const growing_search *search, uint64_t base_count,
                             const si_nearest_heap *heap, uint64_t inserted_count)
{
    return inserted_count > 0 && (base_count == 0 || heap->elements[inserted_count - 1].distance >=
                                                         search->distances[base_count - 1]);
}

/* From the last row to the first, so that none is overwritten before it has moved. */
static void merge(growing_search *search, const si_inserted *inserted, const si_nearest_heap *heap)
{
    uint64_t base = search->base_count, added = heap->count;
    while (base + added > search->nearest->k)
        if (last_is_inserted(search, base, heap, added))
            added--;
        else
            base--;
    search->count = base + added;
    while (base + added > 0) {
        uint64_t row = base + added - 1;
        if (last_is_inserted(search, base, heap, added))
            put_inserted(search, inserted, &heap->elements[--added], row);
        else
            move_row(search, inserted, --base, row);
    }
}

static si_result add_inserted(void *context, const si_inserted *inserted, si_error *error)
{
    growing_search *search = context;
    si_nearest_heap heap = {.capacity = si_min_u64(search->nearest->k, inserted->count)};
    search->count = search->base_count;
    if (heap.capacity == 0)
        return SI_OK;
    heap.elements = si_allocate(heap.capacity, sizeof *heap.elements);
    if (!heap.elements)
        return si_fail_memory(error);
    bool found;
    si_result result = add_arranged(search, inserted, &heap, &found, error);
    if (result == SI_OK) {
        add_one_by_one(search, inserted, found ? inserted->arranged_count : 0, &heap);
        si_nearest_heap_sort(&heap);
        merge(search, inserted, &heap);
    }
    si_free(heap.elements);
    return result;
}

/* ---- the whole ---- */

static si_result find_all(si_growing_index *growing, growing_search *search, si_error *error)
{
    SI_TRY(si_index_find_nearest(si_growing_index_base(growing), search->nearest, search->columns,
                                 search->column_count, search->distances, &search->base_count,
                                 error));
    return si_growing_index_read_inserted(growing, add_inserted, search, error);
}

/* Merging needs the distances, also where nobody else does. */
static si_result find_without_distances(si_growing_index *growing, growing_search *search,
                                        si_error *error)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    si_nearest_query nearest = *search->nearest;
    si_growing_index_get_info(growing, &info);
    nearest.k = si_min_u64(nearest.k, info.element_count);
    search->nearest = &nearest;
    search->distances = si_allocate(nearest.k, sizeof *search->distances);
    si_result result = search->distances ? find_all(growing, search, error) : si_fail_memory(error);
    si_free(search->distances);
    return result;
}

si_result si_growing_index_nearest(si_growing_index *growing, const si_nearest_query *nearest,
                                   const si_column *columns, size_t column_count, double *distances,
                                   uint64_t *count, si_error *error)
{
    growing_search search = {.nearest = nearest,
                             .columns = columns,
                             .column_count = column_count,
                             .distances = distances};
    SI_TRY(distances ? find_all(growing, &search, error)
                     : find_without_distances(growing, &search, error));
    *count = search.count;
    return SI_OK;
}
