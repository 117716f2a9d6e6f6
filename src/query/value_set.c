/* Making sets of values: as bits where the values lie close together, else as a hash table. */
#include "query/value_set.h"

#include <string.h>

#include "base/memory.h"

/* As much memory for bits as a table would take, or so little that it does not matter. */
#define BITS_PER_VALUE 128
#define BITS_FOR_NOTHING (UINT64_C(1) << 20)

static void find_bounds(const uint64_t *values, size_t count, uint64_t *least, uint64_t *greatest)
{
    *least = *greatest = values[0];
    for (size_t i = 1; i < count; i++) {
        *least = values[i] < *least ? values[i] : *least;
        *greatest = values[i] > *greatest ? values[i] : *greatest;
    }
}

/* ---- bits ---- */

static si_result make_bits(si_value_set *set, const uint64_t *values, size_t count, uint64_t range,
                           si_error *error)
{
    set->bits = si_allocate_zeroed(range / 64 + 1, sizeof *set->bits);
    if (!set->bits)
        return si_fail_memory(error);
    set->range = range;
    for (size_t i = 0; i < count; i++) {
        uint64_t place = values[i] - set->least;
        set->bits[place / 64] |= UINT64_C(1) << place % 64;
    }
    return SI_OK;
}

/* ---- the table ---- */

/* Where the value is, or would be. Products with odd numbers (2^64 / golden ratio, and another)
 * carry what differs in low bits to high ones, and the shift between them what differs in high ones
 * down again: ids that have any pattern in them are spread. */
static size_t place_of(const si_value_set *set, uint64_t value)
{
    uint64_t mixed = value * UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ mixed >> 32) * UINT64_C(0xD6E8FEB86659FD93);
    size_t last = ((size_t)1 << set->table_bits) - 1;
    size_t place = (size_t)(mixed >> (64 - set->table_bits));
    while (set->table[place] != value && set->table[place] != set->least)
        place = (place + 1) & last;
    return place;
}

bool si_value_table_holds(const si_value_set *set, uint64_t value)
{
    return value == set->least || set->table[place_of(set, value)] == value;
}

static si_result make_table(si_value_set *set, const uint64_t *values, size_t count,
                            si_error *error)
{
    set->table_bits = 4;
    while (((size_t)1 << set->table_bits) / 2 < count)
        set->table_bits++;
    set->table = si_allocate((size_t)1 << set->table_bits, sizeof *set->table);
    if (!set->table)
        return si_fail_memory(error);
    for (size_t i = 0; i < (size_t)1 << set->table_bits; i++)
        set->table[i] = set->least;
    for (size_t i = 0; i < count; i++)
        set->table[place_of(set, values[i])] = values[i];
    return SI_OK;
}

si_result si_value_set_make(si_value_set *set, const uint64_t *values, size_t count,
                            si_error *error)
{
    uint64_t greatest;
    *set = (si_value_set){0};
    if (count == 0)
        return SI_OK;
    find_bounds(values, count, &set->least, &greatest);
    uint64_t last = greatest - set->least;
    if (last < BITS_FOR_NOTHING || last / BITS_PER_VALUE < count)
        return make_bits(set, values, count, last + 1, error);
    return make_table(set, values, count, error);
}

si_result si_value_set_make_range(si_value_set *set, uint64_t least, uint64_t count,
                                  si_error *error)
{
    *set = (si_value_set){.least = least};
    if (count == 0)
        return SI_OK;
    set->bits = si_allocate(count / 64 + 1, sizeof *set->bits);
    if (!set->bits)
        return si_fail_memory(error);
    memset(set->bits, 0xff, (count / 64 + 1) * sizeof *set->bits);
    set->range = count;
    return SI_OK;
}

void si_value_set_free(si_value_set *set)
{
    si_free(set->bits);
    si_free(set->table);
    *set = (si_value_set){0};
}
