/* A set of 64-bit values that is asked very often whether it holds one. */
#ifndef SI_QUERY_VALUE_SET_H
#define SI_QUERY_VALUE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Bits, from the least value to the greatest, where that is not too much for so few values; else a
 * table with open addressing and linear probing, at most half full. */
typedef struct si_value_set {
    uint64_t least;
    uint64_t range; /* values from the least on that have a bit; 0: there is a table */
    uint64_t *bits;
    uint64_t *table; /* a free place holds the least value, whose own place is none */
    unsigned table_bits;
} si_value_set;

/* Values may repeat. Free with si_value_set_free, also after a failure.
 */
si_result si_value_set_make(si_value_set *set, const uint64_t *values, size_t count,
                            si_error *error);
/* `count` values from the least on. */
si_result si_value_set_make_range(si_value_set *set, uint64_t least, uint64_t count,
                                  si_error *error);
void si_value_set_free(si_value_set *set);

bool si_value_table_holds(const si_value_set *set, uint64_t value);

static inline bool si_value_bits_hold(const si_value_set *set, uint64_t value)
{
    uint64_t place = value - set->least;
    return place < set->range && (set->bits[place / 64] >> place % 64 & 1);
}

static inline bool si_value_set_holds(const si_value_set *set, uint64_t value)
{
    return set->table ? si_value_table_holds(set, value) : si_value_bits_hold(set, value);
}

#endif
