/*
 * The first test of a leaf, in 32-bit floats: which elements surely meet the query, and which are
 * undecided. What the leaf_test_*.h share; kernel templates include it after vector_box.h.
 *
 * Comparing squared distances d2 <= r2, both computed in 32-bit floats from the coordinates:
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
#ifndef SI_KERNELS_LEAF_TEST_H
#define SI_KERNELS_LEAF_TEST_H

#include <float.h>
#include <math.h>

#include "geometry/query_shape.h"
#include "kernels/kernel_set.h"

static inline si_vector si_surely_within(si_vector r2)
{
    si_vector threshold = r2 * si_broadcast(1.0F - 0x1p-19F) - si_broadcast(FLT_MIN);
    si_lanes finite = si_where_le(si_first_lanes(SI_VECTOR_WIDTH), r2, si_broadcast(FLT_MAX));
    return si_select(finite, threshold, si_broadcast(-1));
}

static inline si_vector si_possibly_within(si_vector r2)
{
    return r2 * si_broadcast(1.0F + 0x1p-19F) + si_broadcast(FLT_MIN);
}

/* The verdict on the elements of one vector. No lane is in both. */
typedef struct si_verdict {
    si_lanes sure;
    si_lanes undecided;
} si_verdict;

/* Decides by comparing squared distances. */
static inline si_verdict si_compare(si_lanes among, si_vector d2, si_vector r2)
{
    si_lanes sure = si_where_le(among, d2, si_surely_within(r2));
    si_lanes possible = si_where_le(among, d2, si_possibly_within(r2));
    return (si_verdict){sure, si_except(possible, sure)};
}

static inline si_verdict si_all_sure(si_lanes lanes)
{
    return (si_verdict){lanes, si_except(lanes, lanes)};
}

/* Notes the verdict on the elements from `i` on. */
static inline void si_note(si_leaf_masks *masks, unsigned i, si_verdict verdict)
{
    masks->sure |= si_bits(verdict.sure) << i;
    masks->undecided |= si_bits(verdict.undecided) << i;
}

/* The query in every lane. */
typedef struct si_vector_query {
    si_vector_box box;
    si_vector_point center;
    si_vector radius;
    si_vector squared_radius;
    const solid_vector *solid; /* NULL: the query is not a solid */
} si_vector_query;

/* Fills `solid` if the query is one. A tile becomes the closed box that contains the same floats.
 */
static inline si_vector_query si_broadcast_query(const si_query_shape *query, solid_vector *solid)
{
    si_vector radius = si_broadcast(query->radius);
    si_vector_query q = {si_broadcast_box(query->lower, query->upper),
                         si_broadcast_point(query->center), radius, radius * radius, NULL};
    if (query->shape == SI_SHAPE_CENTERS)
        for (int axis = 0; axis < 3; axis++)
            q.box.upper[axis] = si_broadcast(nextafterf(query->upper[axis], -INFINITY));
    if (si_query_is_solid(query)) {
        broadcast_solid(query, solid);
        q.solid = solid;
    }
    return q;
}

#endif
