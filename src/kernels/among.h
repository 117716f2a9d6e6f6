/* Which of a leaf's values are among those wanted: the sets that kernels test against. */
#ifndef SI_KERNELS_AMONG_H
#define SI_KERNELS_AMONG_H

#include <stdint.h>

/* Part of each word: (word >> shift) & mask. Wanted are the values from `least` on, `range` of
 * them, that have a bit. */
typedef struct si_word_set {
    unsigned shift;
    uint64_t mask;
    uint64_t least;
    uint64_t range; /* at least 1 */
    const uint64_t *bits;
} si_word_set;

/* Wanted are bytes whose high half h has its bit, h % 8, in row h / 8 at the place of the low half.
 */
typedef struct si_byte_set {
    uint8_t rows[2][16];
} si_byte_set;

static inline void si_byte_set_add(si_byte_set *set, uint8_t value)
{
    set->rows[value >> 7][value & 15] |= (uint8_t)(1u << (value >> 4 & 7));
}

#endif
