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
 * Only what is open then needs its bounding box.
 */
typedef struct cylinder_vector {
    si_vector_point p1;
    si_vector_point p2;
    si_vector radius;
    si_vector_box ends; /* the box of the end points */
} cylinder_vector;

static inline cylinder_vector load_cylinders(const si_cylinders *cylinders, unsigned i,
                                             si_lanes lanes)
{
    cylinder_vector c = {.p1 = si_load_point(cylinders->p1, i, lanes),
                         .p2 = si_load_point(cylinders->p2, i, lanes),
                         .radius = si_load(cylinders->radius + i, lanes)};
    for (int axis = 0; axis < 3; axis++) {
        c.ends.lower[axis] = si_min(c.p1.at[axis], c.p2.at[axis]);
        c.ends.upper[axis] = si_max(c.p1.at[axis], c.p2.at[axis]);
    }
    return c;
}

static inline si_vector_box grown_box(const cylinder_vector *c)
{
    si_vector_box box;
    for (int axis = 0; axis < 3; axis++) {
        box.lower[axis] = c->ends.lower[axis] - c->radius;
        box.upper[axis] = c->ends.upper[axis] + c->radius;
    }
    return box;
}

/* si_reach_divisor. */
static inline si_vector reach_divisor(const cylinder_vector *c)
{
    si_vector largest = c->radius * c->radius;
    si_vector v[3];
    for (int axis = 0; axis < 3; axis++) {
        largest = si_max(largest, c->p1.at[axis] * c->p1.at[axis]);
        largest = si_max(largest, c->p2.at[axis] * c->p2.at[axis]);
        v[axis] = c->p2.at[axis] - c->p1.at[axis];
    }
    return (si_broadcast(FLT_MIN) + si_broadcast(FLT_EPSILON) * largest) +
           si_sum_of_squares(v[0], v[1], v[2]);
}

/* si_bound_cylinder, operation by operation: -reach is added to the lesser end, where the scalar
 * code takes the lesser of two differences, which is the same as rounding is monotone. */
static inline si_vector_box bounding_box(const cylinder_vector *c)
{
    si_vector divisor = reach_divisor(c);
    si_lanes finite = si_where_le(si_first_lanes(SI_VECTOR_WIDTH), divisor, si_broadcast(FLT_MAX));
    si_vector_box box;
    for (int axis = 0; axis < 3; axis++) {
        si_vector v = c->p2.at[axis] - c->p1.at[axis];
        si_vector reach = si_sqrt(si_broadcast(1) - v * v / divisor) * c->radius;
        reach = si_select(finite, reach, c->radius);
        box.lower[axis] = c->ends.lower[axis] - reach;
        box.upper[axis] = c->ends.upper[axis] + reach;
    }
    return box;
}

static inline si_lanes where_an_end_is_near(si_lanes among, const cylinder_vector *c,
                                            const si_vector_point *center, si_vector squared_radius)
{
    return si_either(si_where_le(among, si_squared_distance_of(&c->p1, center), squared_radius),
                     si_where_le(among, si_squared_distance_of(&c->p2, center), squared_radius));
}

/* Among those whose grown box touches that of the query: the others are no match. */
static inline si_verdict judge_by_box(const si_vector_query *q, si_lanes among,
                                      const cylinder_vector *c)
{
    si_lanes sure = si_either(si_where_in_box(among, &c->p1, &q->box),
                              si_where_in_box(among, &c->p2, &q->box));
    return (si_verdict){sure, si_except(among, sure)};
}

/* No point of the cylinder is nearer to the center than the box of its end points, less the radius;
 * si_ball_meets_cylinder says the same in double precision. */
static inline si_verdict judge_by_ball(const si_vector_query *q, si_lanes among,
                                       const cylinder_vector *c)
{
    si_vector sum = q->radius + c->radius;
    si_lanes possible = si_where_le(among, si_squared_gap_to_box(&q->center, &c->ends),
                                    si_possibly_within(sum * sum));
    si_lanes sure = where_an_end_is_near(possible, c, &q->center,
                                         si_surely_within(q->squared_radius));
    return (si_verdict){sure, si_except(possible, sure)};
}

/* The same where the bounding box is all that counts. */
static inline si_verdict judge_bounds_by_ball(const si_vector_query *q, si_lanes among,
                                              const cylinder_vector *c, const si_vector_box *grown)
{
    si_lanes possible = si_where_le(among, si_squared_gap_to_box(&q->center, grown),
                                    si_possibly_within(q->squared_radius));
    si_lanes sure = where_an_end_is_near(possible, c, &q->center,
                                         si_surely_within(q->squared_radius));
    return (si_verdict){sure, si_except(possible, sure)};
}

static inline si_verdict judge_cheaply(const si_query *query, const si_vector_query *q,
                                       si_lanes among, const cylinder_vector *c,
                                       const si_vector_box *grown)
{
    if (query->shape == SI_SHAPE_BOX)
        return judge_by_box(q, among, c);
    return query->accuracy == SI_BEST_EFFORT ? judge_by_ball(q, among, c)
                                             : judge_bounds_by_ball(q, among, c, grown);
}

/* Those that judge_cheaply left open. */
static inline si_verdict judge_by_bounds(const si_query *query, const si_vector_query *q,
                                         si_lanes open, const cylinder_vector *c)
{
    si_vector_box bounds = bounding_box(c);
    si_lanes touching = si_where_boxes_meet(open, &bounds, &q->box);
    if (query->accuracy == SI_BEST_EFFORT)
        return (si_verdict){si_except(open, open), touching};
    if (query->shape == SI_SHAPE_BOX)
        return si_all_sure(touching);
    return si_compare(touching, si_squared_gap_to_box(&q->center, &bounds), q->squared_radius);
}

static si_leaf_masks filter_cylinders(const si_query *query, const si_cylinders *cylinders,
                                      unsigned count)
{
    const si_vector_query q = si_broadcast_query(query);
    si_leaf_masks masks = {0, 0};
    for (unsigned i = 0; i < count; i += SI_VECTOR_WIDTH) {
        si_lanes lanes = si_first_lanes(count - i);
        cylinder_vector c = load_cylinders(cylinders, i, lanes);
        si_vector_box grown = grown_box(&c);
        lanes = si_where_boxes_meet(lanes, &grown, &q.box);
        if (!si_bits(lanes))
            continue;
        si_verdict verdict = judge_cheaply(query, &q, lanes, &c, &grown);
        if (si_bits(verdict.undecided)) {
            si_verdict rest = judge_by_bounds(query, &q, verdict.undecided, &c);
            verdict = (si_verdict){si_either(verdict.sure, rest.sure), rest.undecided};
        }
        si_note(&masks, i, verdict);
    }
    return masks;
}
