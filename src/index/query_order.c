#include "index/query_order.h"

#include <math.h>
#include <string.h>

#include "index/hilbert.h"

/* A radix sort on the highest bits of the keys: what they leave unsorted is close together. */
enum { DIGIT_BITS = 11, DIGITS = 3, DIGIT_VALUES = 1 << DIGIT_BITS };

/* Where a corner is infinite, the other one stands for the center, and the origin for both. */
static float center_of(const si_query *query, unsigned axis)
{
    float lower = query->lower[axis], upper = query->upper[axis];
    if (isfinite(lower) && isfinite(upper))
        return 0.5f * lower + 0.5f * upper;
    return isfinite(lower) ? lower : isfinite(upper) ? upper : 0;
}

static float largest_coordinate(const si_query *queries, uint64_t count)
{
    float largest = 0;
    for (uint64_t i = 0; i < count; i++)
        for (unsigned axis = 0; axis < 3; axis++)
            largest = fmaxf(largest, fabsf(center_of(&queries[i], axis)));
    return largest;
}

static void place_queries(const si_query *queries, uint64_t count, si_query_place *places)
{
    const si_hilbert_window window = si_hilbert_window_for(largest_coordinate(queries, count));
    const unsigned sorted_bits = DIGIT_BITS * DIGITS;
    unsigned dropped = window.key_bits > sorted_bits ? window.key_bits - sorted_bits : 0;
    for (uint64_t i = 0; i < count; i++) {
        float center[3];
        for (unsigned axis = 0; axis < 3; axis++)
            center[axis] = center_of(&queries[i], axis);
        si_grid_cell cell = si_grid_cell_of(center);
        places[i] = (si_query_place){si_hilbert_window_key(&window, &cell) >> dropped, i};
    }
}

static void sort_by_digit(const si_query_place *from, uint64_t count, unsigned digit,
                          si_query_place *to)
{
    uint64_t next[DIGIT_VALUES] = {0}, sum = 0;
    const unsigned shift = digit * DIGIT_BITS;
    for (uint64_t i = 0; i < count; i++)
        next[from[i].key >> shift & (DIGIT_VALUES - 1)]++;
    for (unsigned value = 0; value < DIGIT_VALUES; value++) {
        uint64_t with_value = next[value];
        next[value] = sum;
        sum += with_value;
    }
    for (uint64_t i = 0; i < count; i++)
        to[next[from[i].key >> shift & (DIGIT_VALUES - 1)]++] = from[i];
}

void si_query_order(const si_query *queries, uint64_t count, si_query_place *places)
{
    place_queries(queries, count, places);
    sort_by_digit(places, count, 0, places + count);
    sort_by_digit(places + count, count, 1, places);
    sort_by_digit(places, count, 2, places + count);
    memcpy(places, places + count, count * sizeof *places);
}
