/* Sorting queries by the place of their centers on a Hilbert curve (radix sort). */
#include "query/query_order.h"

#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "element/hilbert.h"
#include "geometry/query_shape.h"

/* A radix sort on the highest bits of the keys: what they leave unsorted is close together. */
enum { DIGIT_BITS = 11, DIGITS = 3, DIGIT_VALUES = 1 << DIGIT_BITS };

/* Where a corner is infinite, the other one stands for the center, and the origin for both. */
static float center_of(const si_query *query, unsigned axis)
{
    float lower = si_shape_of(query)->lower[axis], upper = si_shape_of(query)->upper[axis];
    if (isfinite(lower) && isfinite(upper))
        return 0.5f * lower + 0.5f * upper;
    return isfinite(lower) ? lower : isfinite(upper) ? upper : 0;
}

/* ---- places ---- */

typedef struct place_maker {
    si_hilbert_window window;
    unsigned dropped_bits;
} place_maker;

/* Keys are made of several points at once. */
enum { POINTS_AT_ONCE = 64 };

static place_maker place_maker_for(float largest)
{
    place_maker maker = {.window = si_hilbert_window_for(largest)};
    const unsigned sorted_bits = DIGIT_BITS * DIGITS;
    if (maker.window.key_bits > sorted_bits)
        maker.dropped_bits = maker.window.key_bits - sorted_bits;
    return maker;
}

static void note_largest(float *largest, const float point[3])
{
    for (unsigned axis = 0; axis < 3; axis++)
        *largest = fmaxf(*largest, fabsf(point[axis]));
}

/* Up to POINTS_AT_ONCE of them, the first one of which has the number `first`. */
static void make_places(const place_maker *maker, const float (*points)[3], uint64_t first,
                        uint64_t count, si_query_place *places)
{
    uint64_t keys[POINTS_AT_ONCE];
    si_hilbert_window_keys(&maker->window, points, count, keys);
    for (uint64_t i = 0; i < count; i++)
        places[first + i] = (si_query_place){keys[i] >> maker->dropped_bits, first + i};
}

/* ---- sorting ---- */

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

static void sort_places(si_query_place *places, uint64_t count)
{
    sort_by_digit(places, count, 0, places + count);
    sort_by_digit(places + count, count, 1, places);
    sort_by_digit(places, count, 2, places + count);
    memcpy(places, places + count, count * sizeof *places);
}

/* ---- queries ---- */

static void find_center(const si_query *query, float center[3])
{
    for (unsigned axis = 0; axis < 3; axis++)
        center[axis] = center_of(query, axis);
}

void si_query_order(const si_query *queries, uint64_t count, si_query_place *places)
{
    float centers[POINTS_AT_ONCE][3], center[3], largest = 0;
    for (uint64_t i = 0; i < count; i++) {
        find_center(&queries[i], center);
        note_largest(&largest, center);
    }
    const place_maker maker = place_maker_for(largest);
    for (uint64_t first = 0; first < count; first += POINTS_AT_ONCE) {
        uint64_t some = si_min_u64(count - first, POINTS_AT_ONCE);
        for (uint64_t i = 0; i < some; i++)
            find_center(&queries[first + i], centers[i]);
        make_places(&maker, (const float(*)[3])centers, first, some, places);
    }
    sort_places(places, count);
}

/* ---- points ---- */

static void make_finite(const float point[3], float finite[3])
{
    for (unsigned axis = 0; axis < 3; axis++)
        finite[axis] = isfinite(point[axis]) ? point[axis] : 0;
}

si_result si_space_filling_order(const float (*points)[3], uint64_t count, uint64_t *order,
                                 si_error *error)
{
    if (count > 0) {
        SI_TRY(si_require(points, "points", error));
        SI_TRY(si_require(order, "order", error));
    }
    float finite[POINTS_AT_ONCE][3], point[3], largest = 0;
    uint64_t doubled;
    si_query_place *places = NULL;
    if (si_multiply_u64(count, 2, &doubled))
        places = si_allocate(doubled, sizeof *places);
    if (!places)
        return si_fail_memory(error);
    for (uint64_t i = 0; i < count; i++) {
        make_finite(points[i], point);
        note_largest(&largest, point);
    }
    const place_maker maker = place_maker_for(largest);
    for (uint64_t first = 0; first < count; first += POINTS_AT_ONCE) {
        uint64_t some = si_min_u64(count - first, POINTS_AT_ONCE);
        for (uint64_t i = 0; i < some; i++)
            make_finite(points[first + i], finite[i]);
        make_places(&maker, (const float(*)[3])finite, first, some, places);
    }
    sort_places(places, count);
    for (uint64_t i = 0; i < count; i++)
        order[i] = places[i].query;
    si_free(places);
    return SI_OK;
}
