/*
 * Children of a node against a query, in 32-bit floats: which ones may hold an element that is
 * found, and of which ones all elements are found.
 *
 * The box C of a child is the union of the bounding boxes of its elements.
 *
 * Box queries, accuracies bounding_box and best_effort. Elements whose bounding box touches the
 * query are in boxes that touch it: `met`. If C lies in the query, so does every bounding box, and
 * every end point or center, which a bounding box always contains; a shape of which one point lies
 * in the query meets it: `inside`.
 *
 * Exact queries do not ask the bounding boxes, out of which a shape may stick: C is grown by the
 * slack below first. (A bound of C less the slack is no greater than any number in the shape, so by
 * monotony of rounding it is no greater, rounded, than the bound of a query that the shape
 * reaches.) `inside` stays: an end point or center in the query is enough.
 *
 * Balls, accuracy bounding_box. A bounding box is no nearer than C, and all is monotone, so a
 * comparison with the margins of leaf_test.h misses none.
 *
 * Balls, best_effort and exact. Points and centers lie in C, but a shape may stick out of its
 * bounding box by rounding. With u = 2^-24 and x = v_i^2 / v.v in real numbers, the quotient that
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
 *
 * Capsules, cylinders and oriented boxes: the same C, grown by the slack where the shapes decide,
 * is not `met` if a plane is between (solid_vector.h), and `inside` where C is surely within the
 * solid.
 *
 * Tiles. Centers of points and balls are in their boxes, and so are those of segments, of which the
 * halves and the sum are rounded monotonously, unless the halves of the least floats are rounded
 * up: FLT_MIN is far more.
 */
typedef struct node_verdict {
    si_lanes met;
    si_lanes inside; /* only where met */
} node_verdict;

static inline si_lanes where_boxes_lie_in(si_lanes among, const si_vector_box *inner,
                                          const si_vector_box *outer)
{
    for (int axis = 0; axis < 3; axis++) {
        among = si_where_le(among, outer->lower[axis], inner->lower[axis]);
        among = si_where_le(among, inner->upper[axis], outer->upper[axis]);
    }
    return among;
}

static inline si_vector slack_of(const si_vector_box *box)
{
    si_vector width = si_broadcast(0);
    si_vector magnitude = si_broadcast(0);
    for (int axis = 0; axis < 3; axis++) {
        width = si_max(width, box->upper[axis] - box->lower[axis]);
        magnitude = si_max(magnitude, si_max(-box->lower[axis], box->upper[axis]));
    }
    return width * si_broadcast(0x1p-10F) + magnitude * si_broadcast(0x1p-23F) +
           si_broadcast(FLT_MIN);
}

static inline si_vector_box box_with_slack(const si_vector_box *box)
{
    si_vector slack = slack_of(box);
    si_vector_box grown;
    for (int axis = 0; axis < 3; axis++) {
        grown.lower[axis] = box->lower[axis] - slack;
        grown.upper[axis] = box->upper[axis] + slack;
    }
    return grown;
}

static inline si_vector reduced_gap(const si_vector_query *q, const si_vector_box *box, int axis,
                                    si_vector slack)
{
    si_vector gap = si_gap_outside(q->center.at[axis], box->lower[axis], box->upper[axis]);
    return si_max(gap - slack, si_broadcast(0));
}

static inline si_vector farthest(const si_vector_query *q, const si_vector_box *box, int axis)
{
    return si_max(q->center.at[axis] - box->lower[axis], box->upper[axis] - q->center.at[axis]);
}

static inline node_verdict judge_nodes_by_ball(const si_vector_query *q, si_lanes touching,
                                               const si_vector_box *box)
{
    si_vector slack = slack_of(box);
    si_vector near = si_sum_of_squares(reduced_gap(q, box, 0, slack), reduced_gap(q, box, 1, slack),
                                       reduced_gap(q, box, 2, slack));
    si_vector far = si_sum_of_squares(farthest(q, box, 0), farthest(q, box, 1),
                                      farthest(q, box, 2));
    si_lanes met = si_where_le(touching, near, si_possibly_within(q->squared_radius));
    return (node_verdict){met, si_where_le(met, far, si_surely_within(q->squared_radius))};
}

static inline node_verdict judge_nodes_by_solid(const solid_vector *s, si_lanes touching,
                                                const si_vector_box *box,
                                                const si_vector_box *reach)
{
    node_verdict verdict = {touching, touching};
    if (!si_bits(touching))
        return verdict;
    seen_box seen = see_box(s, box), seen_reach = see_box(s, reach);
    verdict.met = where_box_may_meet_solid(touching, s, &seen_reach);
    verdict.inside = where_box_is_in_solid(verdict.met, s, &seen);
    return verdict;
}

static inline node_verdict judge_nodes_by_tile(const si_vector_query *q, si_lanes present,
                                               const si_vector_box *box)
{
    si_vector_box grown;
    for (int axis = 0; axis < 3; axis++) {
        grown.lower[axis] = box->lower[axis] - si_broadcast(FLT_MIN);
        grown.upper[axis] = box->upper[axis] + si_broadcast(FLT_MIN);
    }
    si_lanes touching = si_where_boxes_meet(present, &grown, &q->box);
    return (node_verdict){touching, where_boxes_lie_in(touching, &grown, &q->box)};
}

static inline node_verdict judge_nodes(const si_query_shape *query, const si_vector_query *q,
                                       si_lanes present, const si_vector_box *box)
{
    if (query->shape == SI_SHAPE_CENTERS)
        return judge_nodes_by_tile(q, present, box);
    si_vector_box reach = si_query_is_exact(query) ? box_with_slack(box) : *box;
    si_lanes touching = si_where_boxes_meet(present, &reach, &q->box);
    if (query->shape == SI_SHAPE_BOX)
        return (node_verdict){touching, where_boxes_lie_in(touching, box, &q->box)};
    if (q->solid)
        return judge_nodes_by_solid(q->solid, touching, box, &reach);
    return judge_nodes_by_ball(q, touching, box);
}

static si_node_match match_nodes(const si_query_shape *query, const si_node_boxes *children,
                                 unsigned count)
{
    solid_vector solid;
    const si_vector_query q = si_broadcast_query(query, &solid);
    si_node_match match = {0, 0};
    for (unsigned i = 0; i < count; i += SI_VECTOR_WIDTH) {
        si_lanes lanes = si_first_lanes(count - i);
        si_vector_point lower = si_load_point(children->bounds, i, lanes);
        si_vector_point upper = si_load_point(children->bounds + 3, i, lanes);
        si_vector_box box = {{lower.at[0], lower.at[1], lower.at[2]},
                             {upper.at[0], upper.at[1], upper.at[2]}};
        /* An absent child has lower > upper, and would touch an infinite box. */
        si_lanes present = si_where_le(lanes, box.lower[0], box.upper[0]);
        node_verdict verdict = judge_nodes(query, &q, present, &box);
        match.met |= (uint32_t)si_bits(verdict.met) << i;
        match.inside |= (uint32_t)si_bits(verdict.inside) << i;
    }
    return match;
}
