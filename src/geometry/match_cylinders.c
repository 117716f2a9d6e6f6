/*
 * A leaf of cylinders. The filters rest on two containments. With B the box of the two end points
 * and "grown box" B with the radius subtracted and added in 32-bit floats:
 *
 *   - The bounding box lies in the grown box, to the bit: its bounds are fl(p - reach) with
 *     reach <= radius (see si_cylinder_reach), and rounding is monotone, so fl(p - reach) >=
 *     fl(p - radius). It needs no root and no division.
 *   - The end points lie in the bounding box, since fl(p - reach) <= p, and in the cylinder.
 *
 * So whatever the query cannot meet in the grown box is no match, and an end point in the query is
 * always one: the bounding boxes touch, the bounding box and the shape are met. (For a ball: a
 * point p of it is within fl(c - R) .. fl(c + R), since p is a float and rounding is monotone.)
 */
#include "geometry/leaf_filter.h"
#include "geometry/predicates.h"

/* An element of a leaf, the box of its end points, and that box grown by the radius. */
typedef struct grown_cylinder {
    float p1[3];
    float p2[3];
    float radius;
    float lower[3];
    float upper[3];
    float grown_lower[3];
    float grown_upper[3];
} grown_cylinder;

static inline grown_cylinder load(const si_cylinders *cylinders, unsigned i)
{
    grown_cylinder c;
    c.radius = cylinders->radius[i];
    for (int axis = 0; axis < 3; axis++) {
        c.p1[axis] = cylinders->p1[axis][i];
        c.p2[axis] = cylinders->p2[axis][i];
        c.lower[axis] = si_min_float(c.p1[axis], c.p2[axis]);
        c.upper[axis] = si_max_float(c.p1[axis], c.p2[axis]);
        c.grown_lower[axis] = c.lower[axis] - c.radius;
        c.grown_upper[axis] = c.upper[axis] + c.radius;
    }
    return c;
}

static inline unsigned boxes_meet(const float lower[3], const float upper[3], const si_query *query)
{
    unsigned meet = 1;
    for (int axis = 0; axis < 3; axis++)
        meet &= si_intervals_meet(lower[axis], upper[axis], query->lower[axis], query->upper[axis]);
    return meet;
}

static inline float squared_distance(const float a[3], const float b[3])
{
    return si_sum_of_squares(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

static void filter_by_box(const si_query *query, const si_cylinders *cylinders, unsigned count,
                          si_leaf_flags *restrict flags)
{
    const si_query q = *query;
    const si_cylinders columns = *cylinders;
    for (unsigned i = 0; i < count; i++) {
        grown_cylinder c = load(&columns, i);
        flags->possible[i] = (uint8_t)boxes_meet(c.grown_lower, c.grown_upper, &q);
        flags->sure[i] = (uint8_t)(boxes_meet(c.p1, c.p1, &q) | boxes_meet(c.p2, c.p2, &q));
    }
}

static inline unsigned an_end_is_within(const grown_cylinder *c, const float center[3], float r2)
{
    return (unsigned)(squared_distance(c->p1, center) <= r2) |
           (unsigned)(squared_distance(c->p2, center) <= r2);
}

static void filter_bounds_by_ball(const si_query *query, const si_cylinders *cylinders,
                                  unsigned count, si_leaf_flags *restrict flags)
{
    const si_query q = *query;
    const si_cylinders columns = *cylinders;
    float sure = si_surely_within(q.radius * q.radius);
    float possible = si_possibly_within(q.radius * q.radius);
    for (unsigned i = 0; i < count; i++) {
        grown_cylinder c = load(&columns, i);
        float d2 = si_squared_gap_float(q.center, c.grown_lower, c.grown_upper);
        flags->possible[i] = (uint8_t)(boxes_meet(c.grown_lower, c.grown_upper, &q) &
                                       (unsigned)(d2 <= possible));
        flags->sure[i] = (uint8_t)an_end_is_within(&c, q.center, sure);
    }
}

/* No point of the cylinder is nearer to the center than the box of its end points, less the radius;
 * si_ball_meets_cylinder says the same in double precision. */
static void filter_by_ball(const si_query *query, const si_cylinders *cylinders, unsigned count,
                           si_leaf_flags *restrict flags)
{
    const si_query q = *query;
    const si_cylinders columns = *cylinders;
    float sure = si_surely_within(q.radius * q.radius);
    for (unsigned i = 0; i < count; i++) {
        grown_cylinder c = load(&columns, i);
        float sum = q.radius + c.radius;
        float d2 = si_squared_gap_float(q.center, c.lower, c.upper);
        flags->possible[i] = (uint8_t)(boxes_meet(c.grown_lower, c.grown_upper, &q) &
                                       (unsigned)(d2 <= si_possibly_within(sum * sum)));
        flags->sure[i] = (uint8_t)an_end_is_within(&c, q.center, sure);
    }
}

static si_leaf_masks filter(const si_query *query, const si_cylinders *cylinders, unsigned count)
{
    si_leaf_flags flags = {0};
    if (query->shape == SI_SHAPE_BOX)
        filter_by_box(query, cylinders, count, &flags);
    else if (query->accuracy == SI_BOUNDING_BOX)
        filter_bounds_by_ball(query, cylinders, count, &flags);
    else
        filter_by_ball(query, cylinders, count, &flags);
    return si_pack_leaf(&flags);
}

static uint64_t decide(const si_query *query, const si_cylinders *cylinders, uint64_t undecided)
{
    uint64_t met = 0;
    for (uint64_t rest = undecided; rest; rest &= rest - 1) {
        unsigned i = (unsigned)__builtin_ctzll(rest);
        float p1[3] = {cylinders->p1[0][i], cylinders->p1[1][i], cylinders->p1[2][i]};
        float p2[3] = {cylinders->p2[0][i], cylinders->p2[1][i], cylinders->p2[2][i]};
        met |= (uint64_t)si_query_meets_cylinder(query, p1, p2, cylinders->radius[i]) << i;
    }
    return met;
}

/* Which bounding boxes touch that of the query. */
static uint64_t match_bounds(const si_query *query, const si_cylinders *cylinders, unsigned count)
{
    si_box_columns boxes;
    si_bound_each_cylinder(cylinders, count, &boxes);
    uint8_t flags[SI_LEAF_CAPACITY] = {0};
    const si_query q = *query;
    for (unsigned i = 0; i < count; i++) {
        unsigned meet = 1;
        for (int axis = 0; axis < 3; axis++)
            meet &= si_intervals_meet(boxes.lower[axis][i], boxes.upper[axis][i], q.lower[axis],
                                      q.upper[axis]);
        flags[i] = (uint8_t)meet;
    }
    return si_pack_flags(flags, SI_LEAF_CAPACITY);
}

/* From so many undecided elements on, the bounding boxes of the whole leaf at once are cheaper than
 * theirs one by one. */
enum { MANY_UNDECIDED = 12 };

uint64_t si_match_cylinders(const si_query *query, const si_cylinders *cylinders, unsigned count)
{
    si_reach reach = si_query_reach(query);
    if (reach != SI_REACH_ORDINARY)
        return reach == SI_REACH_EVERYTHING ? UINT64_MAX >> (SI_LEAF_CAPACITY - count) : 0;
    si_leaf_masks masks = filter(query, cylinders, count);
    uint64_t undecided = masks.possible & ~masks.sure;
    if (__builtin_popcountll(undecided) >= MANY_UNDECIDED) {
        undecided &= match_bounds(query, cylinders, count);
        if (query->shape == SI_SHAPE_BOX && query->accuracy == SI_BOUNDING_BOX)
            return masks.sure | undecided;
    }
    return masks.sure | decide(query, cylinders, undecided);
}
