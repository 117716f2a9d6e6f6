/* Comparison of 64 numbers with one, 16 at a time. */
static inline uint64_t where_equal(const uint32_t *numbers, uint32_t wanted)
{
    const __m512i all = _mm512_set1_epi32((int)wanted);
    uint64_t found = 0;
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i += 16)
        found |= (uint64_t)_mm512_cmpeq_epi32_mask(_mm512_loadu_si512(numbers + i), all) << i;
    return found;
}
