/* Arithmetic on counts and sizes that detects overflow. */
#ifndef SI_BASE_ARITHMETIC_H
#define SI_BASE_ARITHMETIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True if the result fits; `*result` is set only then. */
bool si_multiply_u64(uint64_t a, uint64_t b, uint64_t *result);
bool si_add_u64(uint64_t a, uint64_t b, uint64_t *result);

/* ceil(a / b) for b > 0, without overflow. */
static inline uint64_t si_divide_up(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

static inline uint64_t si_min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static inline uint64_t si_max_u64(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

#endif
