/* Comparison of 64 numbers with one, 8 at a time. */
static inline uint64_t where_equal(const uint32_t *numbers, uint32_t wanted)
{
    const __m256i all = _mm256_set1_epi32((int)wanted);
    uint64_t found = 0;
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i += 8) {
        __m256i some = _mm256_loadu_si256((const __m256i *)(const void *)(numbers + i));
        __m256 equal = _mm256_castsi256_ps(_mm256_cmpeq_epi32(some, all));
        found |= (uint64_t)(uint32_t)_mm256_movemask_ps(equal) << i;
    }
    return found;
}
