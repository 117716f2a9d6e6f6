/*
 * Searches of a delta, in two steps: its packed index is searched like any other, and the elements
 * after it are tested by the kernels, 64 at a time. Filters come last: they test ids, and the ids
 * of the packed index are places.
 */
#include "query/delta_search.h"

#include <stdlib.h>

#include "base/arithmetic.h"
#include "base/bits.h"
#include "base/memory.h"
#include "geometry/shapes.h"
#include "kernels/match.h"
#include "query/filter.h"

#define ELEMENTS_PER_TEST 64

/* ---- elements that are not packed ---- */

/* The elements [first, first + count) that the query finds, one bit each. */
static uint64_t match_rows(const si_delta *delta, const si_query *query, uint64_t first,
                           unsigned count)
{
    float *const *floats = delta->floats;
    const si_spheres spheres = {{floats[0] + first, floats[1] + first, floats[2] + first},
                                delta->kind == SI_SPHERE ? floats[3] + first : NULL};
    const si_points points = {{floats[0] + first, floats[1] + first, floats[2] + first}};
    return delta->kind == SI_SPHERE ? si_match_spheres(si_shape_of(query), &spheres, count)
                                    : si_match_points(si_shape_of(query), &points, count);
}

/* The next set of found elements from place `*first` on, which it moves to the set's first place;
 * 0: there is none. */
static uint64_t find_next_rows(const si_delta *delta, const si_query *query, uint64_t *first)
{
    for (; *first < delta->count; *first += ELEMENTS_PER_TEST) {
        unsigned count = (unsigned)si_min_u64(ELEMENTS_PER_TEST, delta->count - *first);
        uint64_t mask = match_rows(delta, query, *first, count);
        if (mask != 0)
            return mask;
    }
    return 0;
}

/* ---- counts without a filter, under the lock ---- */

static si_result count_locked(const si_delta *delta, const si_query *query, uint64_t *count,
                              si_error *error)
{
    uint64_t first = delta->packed_count, mask;
    *count = 0;
    if (delta->packed)
        SI_TRY(si_index_count(delta->packed, query, count, error));
    for (; (mask = find_next_rows(delta, query, &first)) != 0; first += ELEMENTS_PER_TEST)
        *count += si_bit_count(mask);
    return SI_OK;
}

/* ---- finding ---- */

static int compare_places(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static si_result find_locked(const si_delta *delta, const si_query *query, si_place_list *list,
                             si_error *error)
{
    uint64_t found, first = delta->packed_count, mask;
    si_query unfiltered = *query;
    unfiltered.filter = NULL;
    SI_TRY(count_locked(delta, &unfiltered, &found, error));
    if (found > SI_PLACES_AT_HAND)
        list->places = si_allocate(found, sizeof *list->places);
    if (!list->places)
        return si_fail_memory(error);
    if (delta->packed) {
        const si_column column = {SI_FIELD_ID, list->places};
        SI_TRY(si_index_find(delta->packed, &unfiltered, &column, 1, found, &list->count, error));
        qsort(list->places, list->count, sizeof *list->places, compare_places);
    }
    for (; (mask = find_next_rows(delta, &unfiltered, &first)) != 0; first += ELEMENTS_PER_TEST)
        for (; mask; mask &= mask - 1)
            list->places[list->count++] = first + (uint64_t)__builtin_ctzll(mask);
    if (query->filter) {
        uint64_t passed = 0;
        for (uint64_t i = 0; i < list->count; i++)
            if (si_filter_passes_id(query->filter, delta->ids[list->places[i]]))
                list->places[passed++] = list->places[i];
        list->count = passed;
    }
    return SI_OK;
}

si_result si_delta_find(si_delta *delta, const si_query *query, si_place_list *list,
                        si_error *error)
{
    list->places = list->at_hand;
    list->count = 0;
    si_delta_lock(delta);
    si_result result = find_locked(delta, query, list, error);
    si_delta_unlock(delta);
    return result;
}

void si_place_list_free(si_place_list *list)
{
    if (list->places != list->at_hand)
        si_free(list->places);
}

/* ---- counts and emptiness ---- */

si_result si_delta_count_found(si_delta *delta, const si_query *query, uint64_t *count,
                               si_error *error)
{
    si_result result;
    if (query->filter) {
        si_place_list list;
        result = si_delta_find(delta, query, &list, error);
        *count = list.count;
        si_place_list_free(&list);
    } else {
        si_delta_lock(delta);
        result = count_locked(delta, query, count, error);
        si_delta_unlock(delta);
    }
    return result;
}

si_result si_delta_find_any(si_delta *delta, const si_query *query, bool *is_any, si_error *error)
{
    si_result result = SI_OK;
    if (query->filter) {
        uint64_t count;
        result = si_delta_count_found(delta, query, &count, error);
        *is_any = count > 0;
        return result;
    }
    si_delta_lock(delta);
    uint64_t first = delta->packed_count;
    *is_any = find_next_rows(delta, query, &first) != 0;
    if (!*is_any && delta->packed) {
        bool empty = true;
        result = si_index_empty(delta->packed, query, &empty, error);
        *is_any = !empty;
    }
    si_delta_unlock(delta);
    return result;
}

/* ---- copying ---- */

void si_delta_copy_columns(si_delta *delta, const uint64_t *places, uint64_t count,
                           const si_column *columns, size_t column_count, uint64_t first)
{
    si_delta_lock(delta);
    for (size_t i = 0; i < column_count; i++) {
        size_t size = si_element_field(delta->kind, columns[i].field)->size;
        si_delta_copy(delta, columns[i].field, places, count,
                      (char *)columns[i].data + first * size);
    }
    si_delta_unlock(delta);
}
