/* Membership in sets. Words: 8 at a time, a gather loads their bits. Bytes: all 64 at once, two
 * shuffles look up the row of the low half and the bit of the high half in tables of 16 bytes. */
#include "geometry/shapes.h"
#include "kernels/among.h"

#pragma GCC diagnostic push
/* Without optimisation gcc's header defines the intrinsic as a macro that converts the mask. */
#pragma GCC diagnostic ignored "-Wsign-conversion"
static inline __m512i load_words_at(__mmask8 inside, __m512i numbers, const uint64_t *words)
{
    return _mm512_mask_i64gather_epi64(_mm512_setzero_si512(), inside, numbers, words, 8);
}
#pragma GCC diagnostic pop

static uint64_t words_among(const uint64_t *column, const si_word_set *wanted)
{
    const __m512i mask = _mm512_set1_epi64((long long)wanted->mask);
    const __m512i least = _mm512_set1_epi64((long long)wanted->least);
    const __m512i range = _mm512_set1_epi64((long long)wanted->range);
    const __m512i one = _mm512_set1_epi64(1);
    const __m128i shift = _mm_cvtsi32_si128((int)wanted->shift);
    uint64_t found = 0;
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i += 8) {
        __m512i words = _mm512_srl_epi64(_mm512_loadu_si512(column + i), shift);
        __m512i place = _mm512_sub_epi64(_mm512_and_si512(words, mask), least);
        __mmask8 inside = _mm512_cmplt_epu64_mask(place, range);
        __m512i bits = load_words_at(inside, _mm512_srli_epi64(place, 6), wanted->bits);
        /* The rotation uses the lowest six bits of `place` only. */
        __m512i bit = _mm512_rolv_epi64(one, place);
        found |= (uint64_t)_mm512_test_epi64_mask(bits, bit) << i;
    }
    return found;
}

static __m512i repeat_in_lanes(const uint8_t bytes[16])
{
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)bytes));
}

static uint64_t bytes_among(const uint8_t *column, const si_byte_set *wanted)
{
    static const uint8_t bit_bytes[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const __m512i half = _mm512_set1_epi8(15), bytes = _mm512_loadu_si512(column);
    __m512i low = _mm512_and_si512(bytes, half);
    __m512i high = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), half);
    __m512i row = _mm512_mask_blend_epi8(
        _mm512_movepi8_mask(bytes), _mm512_shuffle_epi8(repeat_in_lanes(wanted->rows[0]), low),
        _mm512_shuffle_epi8(repeat_in_lanes(wanted->rows[1]), low));
    return _mm512_test_epi8_mask(row, _mm512_shuffle_epi8(repeat_in_lanes(bit_bytes), high));
}
