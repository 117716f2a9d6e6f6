/* Membership in a set of bytes, one byte at a time. */
#include "kernels/among_words.h"

static uint64_t bytes_among(const uint8_t *column, const si_byte_set *wanted)
{
    uint64_t found = 0;
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i++) {
        unsigned row = wanted->rows[column[i] >> 7][column[i] & 15];
        found |= (uint64_t)(row >> (column[i] >> 4 & 7) & 1) << i;
    }
    return found;
}
