/* Membership in a set of bytes, 32 at a time: two shuffles look up the row of the low half and the
 * bit of the high half in tables of 16 bytes. */
#include "kernels/among_words.h"

static __m256i repeat_in_lanes(const uint8_t bytes[16])
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)bytes));
}

static uint64_t bytes_among(const uint8_t *column, const si_byte_set *wanted)
{
    static const uint8_t bit_bytes[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const __m256i low_rows = repeat_in_lanes(wanted->rows[0]),
                  high_rows = repeat_in_lanes(wanted->rows[1]);
    const __m256i bits = repeat_in_lanes(bit_bytes), half = _mm256_set1_epi8(15);
    uint64_t found = 0;
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(column + i));
        __m256i low = _mm256_and_si256(bytes, half);
        __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);
        /* The highest bit of a byte selects between the two rows. */
        __m256i row = _mm256_blendv_epi8(_mm256_shuffle_epi8(low_rows, low),
                                         _mm256_shuffle_epi8(high_rows, low), bytes);
        __m256i bit = _mm256_shuffle_epi8(bits, high);
        __m256i hits = _mm256_cmpeq_epi8(_mm256_and_si256(row, bit), bit);
        found |= (uint64_t)(uint32_t)_mm256_movemask_epi8(hits) << i;
    }
    return found;
}
