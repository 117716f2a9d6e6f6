/* Copies the values of the elements in a mask, with compressed stores. Vectors without any such
 * element are not read: they may not be in the processor's cache. */
static void select_floats(const float *column, uint64_t mask, float *values)
{
    for (unsigned i = 0; mask; i += 16, mask >>= 16) {
        __mmask16 lanes = (__mmask16)mask;
        if (!lanes)
            continue;
        _mm512_storeu_ps(values, _mm512_maskz_compress_ps(lanes, _mm512_loadu_ps(column + i)));
        values += __builtin_popcount(lanes);
    }
}

static void select_words(const uint64_t *column, uint64_t mask, uint64_t *values)
{
    for (unsigned i = 0; mask; i += 8, mask >>= 8) {
        __mmask8 lanes = (__mmask8)mask;
        if (!lanes)
            continue;
        _mm512_storeu_si512(values,
                            _mm512_maskz_compress_epi64(lanes, _mm512_loadu_si512(column + i)));
        values += __builtin_popcount(lanes);
    }
}
