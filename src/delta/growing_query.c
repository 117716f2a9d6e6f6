/*
 * Queries of an index that grows: what its base finds, then what has been inserted and is found, by
 * the second index and, of the latest, by kernels.
 */
#include <stdlib.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "delta/growing_index.h"
#include "geometry/shapes.h"
#include "kernels/match.h"
#include "query/filter.h"
#include "query/search.h"

/* What kernels test at once. */
#define ELEMENTS_AT_ONCE 64

/* Places that a query finds without asking for memory. */
#define PLACES_AT_HAND 512

typedef struct growing_query {
    const si_query *query;
    const si_column *columns;
    size_t column_count;
    uint64_t capacity;
    uint64_t count; /* found */
    int empty;
} growing_query;

/* ---- the latest ---- */

static uint64_t match_latest(const si_inserted *inserted, const si_query *query, uint64_t first,
                             unsigned count)
{
    const float *const *floats = inserted->floats;
    const si_spheres spheres = {{floats[0] + first, floats[1] + first, floats[2] + first},
                                inserted->kind == SI_SPHERE ? floats[3] + first : NULL};
    const si_points points = {{floats[0] + first, floats[1] + first, floats[2] + first}};
    return inserted->kind == SI_SPHERE ? si_match_spheres(query, &spheres, count)
                                       : si_match_points(query, &points, count);
}

/* Calls `found` with each set of the latest that is not empty; false from it ends that. */
static void search_latest(const si_inserted *inserted, const si_query *query,
                          bool (*found)(void *context, uint64_t first, uint64_t mask),
                          void *context)
{
    for (uint64_t first = inserted->arranged_count; first < inserted->count;
         first += ELEMENTS_AT_ONCE) {
        unsigned count = (unsigned)si_min_u64(ELEMENTS_AT_ONCE, inserted->count - first);
        uint64_t mask = match_latest(inserted, query, first, count);
        if (mask != 0 && !found(context, first, mask))
            return;
    }
}

static bool add_count(void *context, uint64_t first, uint64_t mask)
{
    (void)first;
    *(uint64_t *)context += (uint64_t)__builtin_popcountll(mask);
    return true;
}

static bool stop_at_first(void *context, uint64_t first, uint64_t mask)
{
    (void)first, (void)mask;
    *(int *)context = 0;
    return false;
}

/* ---- what has been inserted ---- */

/* Without a filter: that is for ids, and the ids of the second index are places. */
static si_query without_filter(const si_query *query)
{
    si_query plain = *query;
    plain.filter = NULL;
    return plain;
}

static si_result count_unfiltered(const si_inserted *inserted, const si_query *query,
                                  uint64_t *count, si_error *error)
{
    *count = 0;
    if (inserted->arranged)
        SI_TRY(si_index_count(inserted->arranged, query, count, error));
    search_latest(inserted, query, add_count, count);
    return SI_OK;
}

/* Places of inserted elements, in order of their arrival when all are there. */
typedef struct place_list {
    uint64_t *places;
    uint64_t count;
    uint64_t at_hand[PLACES_AT_HAND];
} place_list;

static bool add_places(void *context, uint64_t first, uint64_t mask)
{
    place_list *list = context;
    for (; mask; mask &= mask - 1)
        list->places[list->count++] = first + (uint64_t)__builtin_ctzll(mask);
    return true;
}

static int compare_places(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static si_result find_arranged(const si_inserted *inserted, const si_query *query,
                               uint64_t capacity, place_list *list, si_error *error)
{
    const si_column column = {SI_FIELD_ID, list->places};
    if (!inserted->arranged)
        return SI_OK;
    SI_TRY(si_index_find(inserted->arranged, query, &column, 1, capacity, &list->count, error));
    qsort(list->places, list->count, sizeof *list->places, compare_places);
    return SI_OK;
}

static void filter_places(const si_inserted *inserted, const si_filter *filter, place_list *list)
{
    uint64_t passed = 0;
    for (uint64_t i = 0; i < list->count; i++)
        if (si_filter_passes_id(filter, inserted->ids[list->places[i]]))
            list->places[passed++] = list->places[i];
    list->count = passed;
}

static si_result find_inserted(const si_inserted *inserted, const si_query *query, place_list *list,
                               si_error *error)
{
    uint64_t count;
    si_query plain = without_filter(query);
    list->count = 0;
    list->places = NULL;
    SI_TRY(count_unfiltered(inserted, &plain, &count, error));
    list->places = list->at_hand;
    if (count > PLACES_AT_HAND)
        list->places = si_allocate(count, sizeof *list->places);
    if (!list->places)
        return si_fail_memory(error);
    si_result result = find_arranged(inserted, &plain, count, list, error);
    search_latest(inserted, &plain, add_places, list);
    if (query->filter)
        filter_places(inserted, query->filter, list);
    return result;
}

static void free_places(place_list *list)
{
    if (list->places != list->at_hand)
        si_free(list->places);
}

/* ---- counts and emptiness ---- */

static si_result count_filtered(const si_inserted *inserted, const si_query *query, uint64_t *count,
                                si_error *error)
{
    place_list list;
    si_result result = find_inserted(inserted, query, &list, error);
    *count = list.count;
    free_places(&list);
    return result;
}

static si_result count_inserted(void *context, const si_inserted *inserted, si_error *error)
{
    growing_query *asked = context;
    return asked->query->filter ? count_filtered(inserted, asked->query, &asked->count, error)
                                : count_unfiltered(inserted, asked->query, &asked->count, error);
}

si_result si_growing_index_count(si_growing_index *growing, const si_query *query, uint64_t *count,
                                 si_error *error)
{
    growing_query asked = {.query = query};
    SI_TRY(si_index_count(si_growing_index_base(growing), query, count, error));
    SI_TRY(si_growing_index_read_inserted(growing, count_inserted, &asked, error));
    *count += asked.count;
    return SI_OK;
}

static si_result find_whether_empty(void *context, const si_inserted *inserted, si_error *error)
{
    growing_query *asked = context;
    if (asked->query->filter) {
        SI_TRY(count_filtered(inserted, asked->query, &asked->count, error));
        asked->empty = asked->count == 0;
        return SI_OK;
    }
    search_latest(inserted, asked->query, stop_at_first, &asked->empty);
    if (asked->empty && inserted->arranged)
        return si_index_empty(inserted->arranged, asked->query, &asked->empty, error);
    return SI_OK;
}

si_result si_growing_index_empty(si_growing_index *growing, const si_query *query, int *empty,
                                 si_error *error)
{
    growing_query asked = {.query = query, .empty = 1};
    SI_TRY(si_index_empty(si_growing_index_base(growing), query, empty, error));
    if (!*empty)
        return SI_OK;
    SI_TRY(si_growing_index_read_inserted(growing, find_whether_empty, &asked, error));
    *empty = asked.empty;
    return SI_OK;
}

/* ---- queries ---- */

/* After those of the base, which are counted. */
static void copy_columns(const growing_query *asked, const si_inserted *inserted,
                         const place_list *list)
{
    uint64_t filled = asked->count;
    if (filled >= asked->capacity)
        return;
    for (size_t i = 0; i < asked->column_count; i++) {
        const si_column *column = &asked->columns[i];
        size_t size = si_element_field(inserted->kind, column->field)->size;
        si_inserted_copy(inserted, column->field, list->places,
                         si_min_u64(list->count, asked->capacity - filled),
                         (char *)column->data + filled * size);
    }
}

static si_result add_inserted(void *context, const si_inserted *inserted, si_error *error)
{
    growing_query *asked = context;
    place_list list;
    si_result result = find_inserted(inserted, asked->query, &list, error);
    if (result == SI_OK) {
        copy_columns(asked, inserted, &list);
        asked->count += list.count;
    }
    free_places(&list);
    return result;
}

si_result si_growing_index_query(si_growing_index *growing, const si_query *query,
                                 const si_column *columns, size_t column_count, uint64_t capacity,
                                 uint64_t *count, si_error *error)
{
    growing_query asked = {query, columns, column_count, capacity, 0, 0};
    SI_TRY(si_index_find(si_growing_index_base(growing), query, columns, column_count, capacity,
                         &asked.count, error));
    SI_TRY(si_growing_index_read_inserted(growing, add_inserted, &asked, error));
    *count = asked.count;
    return SI_OK;
}
