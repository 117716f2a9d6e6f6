/*
 * The inserted elements nearest to a point: the delta's packed index is searched for more elements
 * than are wanted, and the elements after it are measured one by one. Where the packed index would
 * have to be searched for too many, all inserted elements are measured one by one.
 */
#include "query/nearest_delta.h"

#include "base/arithmetic.h"
#include "base/memory.h"
#include "geometry/distances.h"
#include "query/filter.h"

/* How many times as many elements each next search of the packed index is for, and the part of all
 * its elements from which on it is not worth a search. */
enum { MORE = 8, GREAT_PART = 16 };

typedef struct delta_search {
    const si_delta *delta;
    const si_nearest_query *nearest;
    si_nearest_heap *heap;
} delta_search;

static bool passes(const delta_search *search, uint64_t place)
{
    const si_filter *filter = search->nearest->filter;
    return !filter || si_filter_passes_id(filter, search->delta->ids[place]);
}

static void add_element(const delta_search *search, uint64_t place, double distance)
{
    const si_near_element element = {distance, search->delta->base_count + place};
    if (passes(search, place) && distance <= search->nearest->max_distance)
        si_nearest_heap_add(search->heap, &element);
}

static void measure_from(const delta_search *search, uint64_t first)
{
    const si_delta *delta = search->delta;
    const float *point = search->nearest->point;
    const si_vantage vantage = {.point = {point[0], point[1], point[2]},
                                .accuracy = search->nearest->accuracy};
    for (uint64_t place = first; place < delta->count; place++) {
        const float center[3] = {delta->floats[0][place], delta->floats[1][place],
                                 delta->floats[2][place]};
        double distance = delta->kind == SI_SPHERE
                              ? si_distance_to_sphere(&vantage, center, delta->floats[3][place])
                              : si_distance_to_point(&vantage, center);
        add_element(search, place, distance);
    }
}

/* What a search of the packed index found, the nearest first; its ids are places. */
typedef struct packed_finds {
    uint64_t wanted;
    uint64_t count;
    uint64_t *places;
    double *distances;
} packed_finds;

/* Elements that are equally far are wanted in the order of insertion, which the packed index does
 * not know; and some do not pass the filter. Enough are found where the last one is farther than
 * the k-th that passes. */
static bool are_enough(const delta_search *search, const packed_finds *finds, uint64_t k)
{
    uint64_t passed = 0;
    if (finds->count < finds->wanted)
        return true;
    for (uint64_t i = 0; i < finds->count; i++) {
        passed += passes(search, finds->places[i]);
        if (passed == k)
            return finds->distances[finds->count - 1] > finds->distances[i];
    }
    return false;
}

static si_result search_packed(const delta_search *search, packed_finds *finds, si_error *error)
{
    si_nearest_query nearest = *search->nearest;
    finds->places = si_allocate(finds->wanted, sizeof *finds->places);
    finds->distances = si_allocate(finds->wanted, sizeof *finds->distances);
    if (!finds->places || !finds->distances)
        return si_fail_memory(error);
    const si_column column = {SI_FIELD_ID, finds->places};
    nearest.filter = NULL;
    nearest.k = finds->wanted;
    return si_index_find_nearest(search->delta->packed, &nearest, &column, 1, finds->distances,
                                 &finds->count, error);
}

/* Adds the packed elements, with ever larger searches until enough are found. `*done` is false
 * where that would take too large a part of all. */
static si_result add_packed(const delta_search *search, uint64_t k, bool *done, si_error *error)
{
    uint64_t wanted = k;
    *done = false;
    while (!*done && si_multiply_u64(wanted, MORE, &wanted) &&
           wanted <= search->delta->packed_count / GREAT_PART) {
        packed_finds finds = {.wanted = wanted};
        si_result result = search_packed(search, &finds, error);
        *done = result == SI_OK && are_enough(search, &finds, k);
        for (uint64_t i = 0; *done && i < finds.count; i++)
            add_element(search, finds.places[i], finds.distances[i]);
        si_free(finds.places);
        si_free(finds.distances);
        SI_TRY(result);
    }
    return SI_OK;
}

si_result si_delta_find_nearest(si_delta *delta, const si_nearest_query *nearest,
                                si_nearest_heap *heap, si_error *error)
{
    const delta_search search = {delta, nearest, heap};
    bool done = false;
    si_delta_lock(delta);
    uint64_t k = si_min_u64(heap->capacity, delta->count);
    si_result result = k > 0 ? add_packed(&search, k, &done, error) : SI_OK;
    if (result == SI_OK)
        measure_from(&search, done ? delta->packed_count : 0);
    si_delta_unlock(delta);
    return result;
}
