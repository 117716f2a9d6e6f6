/*
 * The first look at a leaf, in 32-bit floats: which elements surely meet the query, which possibly.
 * Only those between go on to predicates.h, one by one.
 */
#ifndef SI_GEOMETRY_LEAF_FILTER_H
#define SI_GEOMETRY_LEAF_FILTER_H

#include <float.h>
#include <stdint.h>
#include <string.h>

#include "geometry/bounds.h"
#include "geometry/distance.h"

/* 0 or 1 for each element, bytes so that loops that set them become vector instructions. */
typedef struct si_leaf_flags {
    uint8_t possible[SI_LEAF_CAPACITY];
    uint8_t sure[SI_LEAF_CAPACITY]; /* only where possible */
} si_leaf_flags;

typedef struct si_leaf_masks {
    uint64_t possible;
    uint64_t sure;
} si_leaf_masks;

/* Bit i of the result is byte i. The product moves the lowest bits of eight bytes into the highest
 * byte, each to its place. */
static inline uint64_t si_pack_flags(const uint8_t *flags, unsigned count)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < count; i += 8) {
        uint64_t bytes;
        memcpy(&bytes, flags + i, 8);
        mask |= (bytes * 0x0102040810204080U >> 56) << i;
    }
    return mask;
}

static inline si_leaf_masks si_pack_leaf(const si_leaf_flags *flags)
{
    return (si_leaf_masks){si_pack_flags(flags->possible, SI_LEAF_CAPACITY),
                           si_pack_flags(flags->sure, SI_LEAF_CAPACITY)};
}

/*
 * Comparing squared distances d2 <= r2, both computed in 32-bit floats from the coordinates.
 *
 * With u = 2^-24: differences of coordinates, sums of radii have a relative error of at most u, so
 * d2 one of 5u and r2 one of 3u; the thresholds below add 2u. 2^-19 = 32u is beyond that and beyond
 * what double precision may get wrong. Products that underflow are off by at most 2^-150 each, far
 * less than FLT_MIN. So
 *
 *     d2 <= si_surely_within(r2)    implies  d <= r  in real numbers and in double precision,
 *     d <= r  in either             implies  d2 <= si_possibly_within(r2).
 *
 * An r2 that overflows leaves everything open: nothing is sure, all is possible. A d2 that
 * overflows while the threshold does not belongs to a distance that is greater indeed.
 */
static inline float si_surely_within(float r2)
{
    float threshold = r2 * (1.0F - 0x1p-19F) - FLT_MIN;
    return r2 <= FLT_MAX ? threshold : -1.0F;
}

static inline float si_possibly_within(float r2)
{
    return r2 * (1.0F + 0x1p-19F) + FLT_MIN;
}

static inline float si_sum_of_squares(float x, float y, float z)
{
    return (x * x + y * y) + z * z;
}

static inline float si_squared_gap_float(const float point[3], const float lower[3],
                                         const float upper[3])
{
    return si_sum_of_squares(si_gap_float(point[0], lower[0], upper[0]),
                             si_gap_float(point[1], lower[1], upper[1]),
                             si_gap_float(point[2], lower[2], upper[2]));
}

/* Do the closed intervals meet? */
static inline unsigned si_intervals_meet(float lower, float upper, float other_lower,
                                         float other_upper)
{
    return (unsigned)(lower <= other_upper) & (unsigned)(upper >= other_lower);
}

#endif
