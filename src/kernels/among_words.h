/* Membership in a set of words, one word at a time, without branches. */
#include "geometry/shapes.h"
#include "kernels/among.h"

static uint64_t words_among(const uint64_t *column, const si_word_set *wanted)
{
    const si_word_set set = *wanted;
    uint64_t found = 0;
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i++) {
        uint64_t place = (column[i] >> set.shift & set.mask) - set.least;
        uint64_t is_inside = place < set.range;
        place &= -is_inside;
        found |= (set.bits[place / 64] >> place % 64 & is_inside) << i;
    }
    return found;
}
