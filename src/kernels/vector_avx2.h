/* The vectors of vector_portable.h, which explains them, in AVX2. */
#ifndef SI_KERNELS_VECTOR_AVX2_H
#define SI_KERNELS_VECTOR_AVX2_H

#include <immintrin.h>
#include <stdint.h>

#define SI_VECTOR_WIDTH 8

typedef __m256 si_vector;
typedef __m256i si_lanes;

static inline si_vector si_broadcast(float x)
{
    return _mm256_set1_ps(x);
}

static inline si_lanes si_first_lanes(unsigned count)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

static inline si_vector si_load(const float *values, si_lanes first)
{
    return _mm256_maskload_ps(values, first);
}

static inline si_vector si_select(si_lanes lanes, si_vector a, si_vector otherwise)
{
    return _mm256_blendv_ps(otherwise, a, _mm256_castsi256_ps(lanes));
}

static inline si_vector si_min(si_vector a, si_vector b)
{
    return _mm256_min_ps(a, b);
}

static inline si_vector si_max(si_vector a, si_vector b)
{
    return _mm256_max_ps(a, b);
}

static inline si_vector si_abs(si_vector a)
{
    return _mm256_andnot_ps(_mm256_set1_ps(-0.0F), a);
}

static inline si_vector si_sqrt(si_vector a)
{
    return _mm256_sqrt_ps(a);
}

static inline si_lanes si_both(si_lanes a, si_lanes b)
{
    return _mm256_and_si256(a, b);
}

static inline si_lanes si_either(si_lanes a, si_lanes b)
{
    return _mm256_or_si256(a, b);
}

static inline si_lanes si_except(si_lanes a, si_lanes b)
{
    return _mm256_andnot_si256(b, a);
}

static inline si_lanes si_where_le(si_lanes among, si_vector a, si_vector b)
{
    return si_both(among, _mm256_castps_si256(_mm256_cmp_ps(a, b, _CMP_LE_OQ)));
}

static inline si_lanes si_where_lt(si_lanes among, si_vector a, si_vector b)
{
    return si_both(among, _mm256_castps_si256(_mm256_cmp_ps(a, b, _CMP_LT_OQ)));
}

static inline uint64_t si_bits(si_lanes lanes)
{
    return (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(lanes));
}

#endif
