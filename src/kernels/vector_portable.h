/*
 * Vectors of floats for the kernels, in the vector extensions of gcc and clang, for any processor.
 * vector_avx2.h and vector_avx512.h define the same names for their instructions; a kernel includes
 * one of the three. The operators +, -, * and / round once each.
 */
#ifndef SI_KERNELS_VECTOR_PORTABLE_H
#define SI_KERNELS_VECTOR_PORTABLE_H

#include <stdint.h>
#include <string.h>

/* Three of the operations take several instructions in the vector extensions and one in SSE2, which
 * every x86-64 has. Tests turn SSE2 off to cover the vector extensions. */
#if defined(__SSE2__) && !defined(SI_WITHOUT_SSE2)
#define SI_WITH_SSE2
#include <emmintrin.h>
#endif

#define SI_VECTOR_WIDTH 4

typedef float si_vector __attribute__((vector_size(16)));
/* A set of lanes of a vector. */
typedef int32_t si_lanes __attribute__((vector_size(16)));

static inline si_vector si_broadcast(float x)
{
    return (si_vector){x, x, x, x};
}

/* The first `count` lanes; `count` may exceed SI_VECTOR_WIDTH. */
static inline si_lanes si_first_lanes(unsigned count)
{
    int32_t n = (int32_t)count;
    return (si_lanes){0, 1, 2, 3} < (si_lanes){n, n, n, n};
}

/* Reads the lanes `first`, which are the first ones, and nothing else; the other lanes are 0. */
static inline si_vector si_load(const float *values, si_lanes first)
{
    si_vector v = {0, 0, 0, 0};
    if (first[SI_VECTOR_WIDTH - 1])
        memcpy(&v, values, sizeof v);
    else
        for (int i = 0; first[i]; i++)
            v[i] = values[i];
    return v;
}

static inline si_vector si_select(si_lanes lanes, si_vector a, si_vector otherwise)
{
    return (si_vector)((lanes & (si_lanes)a) | (~lanes & (si_lanes)otherwise));
}

/* a < b ? a : b and a > b ? a : b, also of NaN. */
static inline si_vector si_min(si_vector a, si_vector b)
{
#ifdef SI_WITH_SSE2
    return _mm_min_ps(a, b);
#else
    return si_select(a < b, a, b);
#endif
}

static inline si_vector si_max(si_vector a, si_vector b)
{
#ifdef SI_WITH_SSE2
    return _mm_max_ps(a, b);
#else
    return si_select(a > b, a, b);
#endif
}

static inline si_vector si_abs(si_vector a)
{
    return (si_vector)((si_lanes)a & (si_lanes){INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX});
}

static inline si_vector si_sqrt(si_vector a)
{
    for (int i = 0; i < SI_VECTOR_WIDTH; i++)
        a[i] = __builtin_sqrtf(a[i]);
    return a;
}

/* The lanes of `among` where a <= b. */
static inline si_lanes si_where_le(si_lanes among, si_vector a, si_vector b)
{
    return among & (a <= b);
}

static inline si_lanes si_where_lt(si_lanes among, si_vector a, si_vector b)
{
    return among & (a < b);
}

static inline si_lanes si_both(si_lanes a, si_lanes b)
{
    return a & b;
}

static inline si_lanes si_either(si_lanes a, si_lanes b)
{
    return a | b;
}

static inline si_lanes si_except(si_lanes a, si_lanes b)
{
    return a & ~b;
}

/* Bit i is lane i. */
static inline uint64_t si_bits(si_lanes lanes)
{
#ifdef SI_WITH_SSE2
    return (uint64_t)_mm_movemask_ps((si_vector)lanes);
#else
    si_lanes bits = lanes & (si_lanes){1, 2, 4, 8};
    return (uint64_t)((bits[0] | bits[1]) | (bits[2] | bits[3]));
#endif
}

#endif
