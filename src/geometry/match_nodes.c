/*
 * Children of a node. The box C of a child is the union of the bounding boxes of its elements.
 *
 * Box queries. Elements whose bounding box touches the query are in boxes that touch it: `met`. If
 * C lies in the query, so does every bounding box, and every end point or center, which a bounding
 * box always contains; a shape of which one point lies in the query meets it: `inside`.
 *
 * Balls, accuracy bounding_box. A bounding box is no nearer than C, and all is monotone, so a
 * filter with the margins of leaf_filter.h misses none.
 *
 * Balls, best_effort. Points and centers lie in C, but a shape may stick out of its bounding box by
 * rounding. With u = 2^-24 and x = v_i^2 / v.v in real numbers, the quotient that
 * si_cylinder_reach computes is at most x + 9.1u by rounding (3u for v_i^2, 5u for the sum, u for
 * the division) and 4u by underflow, its difference from 1 is off by another u, so that
 *
 *     reach >= r (sqrt(1 - x) - sqrt(14.2u)) (1 - 2u) > r sqrt(1 - x) - 2^-10 r.
 *
 * (The term FLT_EPSILON L only makes it greater. Where D overflows, reach is r.) Subtracting it
 * from a coordinate errs by another u times the bound. So the shape lies in C grown by 2^-10 r + u
 * M, M the greatest absolute coordinate of C. And r is bounded by C: the quotients sum up to 1, so
 * the least is about 1/3 at most and the greatest reach 0.81 r at least, C is 2 * 0.81 r wide along
 * that axis, but for 2u M: r <= 0.62 (width of C) + 2u M. Hence the
 *
 *     slack = 2^-10 (width of C) + 2u M + FLT_MIN,
 *
 * of which a good third stays for the error of the double precision test, some 2^-50 of the lengths
 * involved. The slack is taken off every gap; what that leaves has a relative error of 2u, as the
 * error of a gap itself, u times the gap, adds at most u times the slack to it.
 *
 * Balls, `inside`: if the farthest corner of C is surely within the radius, then so is an end point
 * or center of every element. In double precision it is compared first, so it is found; its
 * bounding box touches that of the ball, since a float within c +- R is within fl(c - R) .. fl(c +
 * R).
 */
#include "geometry/leaf_filter.h"
#include "geometry/predicates.h"

enum { MAX_CHILDREN = 32 };

typedef struct node_flags {
    uint8_t met[MAX_CHILDREN];
    uint8_t inside[MAX_CHILDREN]; /* only where met */
} node_flags;

typedef struct child_box {
    float lower[3];
    float upper[3];
} child_box;

static inline child_box load(const si_node_boxes *children, unsigned i)
{
    child_box box;
    for (int axis = 0; axis < 3; axis++) {
        box.lower[axis] = children->bounds[axis][i];
        box.upper[axis] = children->bounds[axis + 3][i];
    }
    return box;
}

/* An absent child has lower > upper, and would touch an infinite box. */
static inline unsigned is_present(const child_box *box)
{
    return (unsigned)(box->lower[0] <= box->upper[0]);
}

static inline unsigned touches(const child_box *box, const si_query *query)
{
    unsigned meet = is_present(box);
    for (int axis = 0; axis < 3; axis++)
        meet &= si_intervals_meet(box->lower[axis], box->upper[axis], query->lower[axis],
                                  query->upper[axis]);
    return meet;
}

static inline unsigned lies_in(const child_box *box, const si_query *query)
{
    unsigned within = is_present(box);
    for (int axis = 0; axis < 3; axis++)
        within &= (unsigned)(box->lower[axis] >= query->lower[axis]) &
                  (unsigned)(box->upper[axis] <= query->upper[axis]);
    return within;
}

static inline float slack_of(const child_box *box)
{
    float width = 0;
    float magnitude = 0;
    for (int axis = 0; axis < 3; axis++) {
        width = si_max_float(width, box->upper[axis] - box->lower[axis]);
        magnitude = si_max_float(magnitude, si_max_float(-box->lower[axis], box->upper[axis]));
    }
    return width * 0x1p-10F + magnitude * 0x1p-23F + FLT_MIN;
}

static inline float reduced_gap(const child_box *box, const si_query *query, int axis, float slack)
{
    float gap = si_gap_float(query->center[axis], box->lower[axis], box->upper[axis]);
    return gap > slack ? gap - slack : 0;
}

static inline float farthest(const child_box *box, const si_query *query, int axis)
{
    return si_max_float(query->center[axis] - box->lower[axis],
                        box->upper[axis] - query->center[axis]);
}

static void match_box(const si_query *query, const si_node_boxes *children, unsigned count,
                      node_flags *restrict flags)
{
    const si_query q = *query;
    const si_node_boxes columns = *children;
    for (unsigned i = 0; i < count; i++) {
        child_box box = load(&columns, i);
        flags->met[i] = (uint8_t)touches(&box, &q);
        flags->inside[i] = (uint8_t)lies_in(&box, &q);
    }
}

static void match_ball(const si_query *query, const si_node_boxes *children, unsigned count,
                       node_flags *restrict flags)
{
    const si_query q = *query;
    const si_node_boxes columns = *children;
    float sure = si_surely_within(q.radius * q.radius);
    float possible = si_possibly_within(q.radius * q.radius);
    for (unsigned i = 0; i < count; i++) {
        child_box box = load(&columns, i);
        float slack = slack_of(&box);
        float near = si_sum_of_squares(reduced_gap(&box, &q, 0, slack),
                                       reduced_gap(&box, &q, 1, slack),
                                       reduced_gap(&box, &q, 2, slack));
        float far = si_sum_of_squares(farthest(&box, &q, 0), farthest(&box, &q, 1),
                                      farthest(&box, &q, 2));
        unsigned met = touches(&box, &q) & (unsigned)(near <= possible);
        flags->met[i] = (uint8_t)met;
        flags->inside[i] = (uint8_t)(met & (unsigned)(far <= sure));
    }
}

static void match_all(const si_node_boxes *children, unsigned count, node_flags *restrict flags)
{
    for (unsigned i = 0; i < count; i++) {
        child_box box = load(children, i);
        flags->met[i] = (uint8_t)is_present(&box);
        flags->inside[i] = (uint8_t)is_present(&box);
    }
}

si_node_match si_match_nodes(const si_query *query, const si_node_boxes *children, unsigned count)
{
    node_flags flags = {0};
    si_reach reach = si_query_reach(query);
    if (reach == SI_REACH_EVERYTHING)
        match_all(children, count, &flags);
    else if (query->shape == SI_SHAPE_BOX)
        match_box(query, children, count, &flags);
    else if (reach == SI_REACH_ORDINARY)
        match_ball(query, children, count, &flags);
    return (si_node_match){(uint32_t)si_pack_flags(flags.met, MAX_CHILDREN),
                           (uint32_t)si_pack_flags(flags.inside, MAX_CHILDREN)};
}
