/* The vectors of vector_portable.h, which explains them, in AVX-512 (F, BW, DQ, VL). */
#ifndef SI_KERNELS_VECTOR_AVX512_H
#define SI_KERNELS_VECTOR_AVX512_H

#include <immintrin.h>
#include <stdint.h>

#define SI_VECTOR_WIDTH 16

typedef __m512 si_vector;
typedef __mmask16 si_lanes;

static inline si_vector si_broadcast(float x)
{
    return _mm512_set1_ps(x);
}

static inline si_lanes si_first_lanes(unsigned count)
{
    return (si_lanes)(count < SI_VECTOR_WIDTH ? (1U << count) - 1 : 0xFFFF);
}

static inline si_vector si_load(const float *values, si_lanes first)
{
    return _mm512_maskz_loadu_ps(first, values);
}

static inline si_vector si_select(si_lanes lanes, si_vector a, si_vector otherwise)
{
    return _mm512_mask_blend_ps(lanes, otherwise, a);
}

static inline si_vector si_min(si_vector a, si_vector b)
{
    return _mm512_min_ps(a, b);
}

static inline si_vector si_max(si_vector a, si_vector b)
{
    return _mm512_max_ps(a, b);
}

static inline si_vector si_abs(si_vector a)
{
    return _mm512_abs_ps(a);
}

static inline si_vector si_sqrt(si_vector a)
{
    return _mm512_sqrt_ps(a);
}

static inline si_lanes si_both(si_lanes a, si_lanes b)
{
    return _kand_mask16(a, b);
}

static inline si_lanes si_either(si_lanes a, si_lanes b)
{
    return _kor_mask16(a, b);
}

static inline si_lanes si_except(si_lanes a, si_lanes b)
{
    return _kandn_mask16(b, a);
}

static inline si_lanes si_where_le(si_lanes among, si_vector a, si_vector b)
{
    return _mm512_mask_cmp_ps_mask(among, a, b, _CMP_LE_OQ);
}

static inline si_lanes si_where_lt(si_lanes among, si_vector a, si_vector b)
{
    return _mm512_mask_cmp_ps_mask(among, a, b, _CMP_LT_OQ);
}

static inline uint64_t si_bits(si_lanes lanes)
{
    return _cvtmask16_u32(lanes);
}

#endif
