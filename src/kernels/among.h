/* Sets of values that a filter accepts, in the form that kernels test 64 values against. */
#ifndef SI_KERNELS_AMONG_H
#define SI_KERNELS_AMONG_H

#include <stdint.h>

/* Looks at a part of each word, p = (word >> shift) & mask. The word is in the set if p lies in
 * [least, least + range) and bit p - least of `bits` is set. */
typedef struct si_word_set {
    unsigned shift;
    uint64_t mask;
    uint64_t least;
    uint64_t range; /* at least 1 */
    const uint64_t *bits;
} si_word_set;

/* A byte with the high half h and the low half l is in the set if bit h % 8 of rows[h / 8][l] is
 * set. */
typedef struct si_byte_set {
    uint8_t rows[2][16];
} si_byte_set;

static inline void si_byte_set_add(si_byte_set *set, uint8_t value)
{
    set->rows[value >> 7][value & 15] |= (uint8_t)(1u << (value >> 4 & 7));
}

#endif
