/*
 * Leaves of cylinders: a cheap test of the whole leaf, and a close one of what that leaves open.
 *
 * The cheap test rests on two containments. With B the box of the two end points
 * and "grown box" B with the radius subtracted and added in 32-bit floats:
 *
 *   - The bounding box lies in the grown box, to the bit: its bounds are fl(p - reach) with
 *     reach <= radius (see si_cylinder_reach), and rounding is monotone, so fl(p - reach) >=
 *     fl(p - radius). It needs no root and no division.
 *   - The end points lie in the bounding box, since fl(p - reach) <= p, and in the cylinder.
 *
 * So a cylinder whose grown box the query does not meet is no match, and one with an end point in
 * the query always is: the bounding boxes touch, the bounding box and the shape are met. (For a
 * ball: a point p of it is within fl(c - R) .. fl(c + R), since p is a float and rounding is
 * monotone.) Only what is still open needs its bounding box.
 */
static inline si_lanes where_an_end_is_near(si_lanes among, const cylinder_vector *c,
                                            const si_vector_point *center, si_vector squared_radius)
{
    return si_either(si_where_le(among, si_squared_distance_of(&c->p1, center), squared_radius),
                     si_where_le(among, si_squared_distance_of(&c->p2, center), squared_radius));
}

/* `among` are the cylinders whose grown box touches the query; the others are no match. */
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

/* The same with SI_BOUNDING_BOX, where the bounding box alone decides. */
static inline si_verdict judge_bounds_by_ball(const si_vector_query *q, si_lanes among,
                                              const cylinder_vector *c, const si_vector_box *grown)
{
    si_lanes possible = si_where_le(among, si_squared_gap_to_box(&q->center, grown),
                                    si_possibly_within(q->squared_radius));
    si_lanes sure = where_an_end_is_near(possible, c, &q->center,
                                         si_surely_within(q->squared_radius));
    return (si_verdict){sure, si_except(possible, sure)};
}

static inline si_verdict judge_cheaply(const si_query_shape *query, const si_vector_query *q,
                                       si_lanes among, const cylinder_vector *c,
                                       const si_vector_box *grown)
{
    if (query->shape == SI_SHAPE_BOX)
        return judge_by_box(q, among, c);
    if (q->solid)
        return judge_middles_by_solid(query, q->solid, among, c);
    return query->accuracy == SI_BOUNDING_BOX ? judge_bounds_by_ball(q, among, c, grown)
                                              : judge_by_ball(q, among, c);
}

/* The cylinders that judge_cheaply has left open. */
static inline si_verdict judge_closely(const si_query_shape *query, const si_vector_query *q,
                                       si_lanes open, const cylinder_vector *c)
{
    if (q->solid && query->accuracy != SI_BOUNDING_BOX)
        return judge_cylinders_by_solid(q->solid, open, c);
    if (query->accuracy == SI_EXACT)
        return query->shape == SI_SHAPE_BOX ? judge_cylinders_by_box(q, open, c)
                                            : judge_flat_caps_by_ball(q, open, c);
    si_vector_box bounds = bounding_box(c);
    si_lanes touching = si_where_boxes_meet(open, &bounds, &q->box);
    if (query->accuracy == SI_BEST_EFFORT)
        return query->shape == SI_SHAPE_BOX ? judge_capsules_by_box(q, touching, c)
                                            : judge_flat_caps_by_ball(q, touching, c);
    if (query->shape == SI_SHAPE_BOX)
        return si_all_sure(touching);
    if (q->solid)
        return judge_bounds_by_solid(q->solid, touching, &c->p1, &c->p2, &bounds);
    return si_compare(touching, si_squared_gap_to_box(&q->center, &bounds), q->squared_radius);
}

/* The open elements of a leaf, side by side. */
typedef struct open_cylinders {
    unsigned count;
    uint8_t slot[64];
    float columns[7][64];
} open_cylinders;

static inline void gather_open(const si_cylinders *cylinders, uint64_t mask, open_cylinders *open)
{
    open->count = 0;
    for (uint64_t rest = mask; rest; rest &= rest - 1) {
        unsigned from = (unsigned)__builtin_ctzll(rest), to = open->count++;
        open->slot[to] = (uint8_t)from;
        for (int axis = 0; axis < 3; axis++) {
            open->columns[axis][to] = cylinders->p1[axis][from];
            open->columns[axis + 3][to] = cylinders->p2[axis][from];
        }
        open->columns[6][to] = cylinders->radius[from];
    }
}

/* Moves bits from places among the open elements to places in the leaf. */
static inline uint64_t scatter_bits(uint64_t bits, const uint8_t *slots)
{
    uint64_t mask = 0;
    for (; bits; bits &= bits - 1)
        mask |= UINT64_C(1) << slots[__builtin_ctzll(bits)];
    return mask;
}

static si_leaf_masks test_open_cylinders(const si_query_shape *query, const si_vector_query *q,
                                         const si_cylinders *cylinders, uint64_t mask)
{
    open_cylinders open;
    gather_open(cylinders, mask, &open);
    si_cylinders columns = {{open.columns[0], open.columns[1], open.columns[2]},
                            {open.columns[3], open.columns[4], open.columns[5]},
                            open.columns[6]};
    si_leaf_masks masks = {0, 0};
    for (unsigned i = 0; i < open.count; i += SI_VECTOR_WIDTH) {
        si_lanes lanes = si_first_lanes(open.count - i);
        cylinder_vector c = load_cylinders(&columns, i, lanes);
        si_verdict verdict = judge_closely(query, q, lanes, &c);
        masks.sure |= scatter_bits(si_bits(verdict.sure), open.slot + i);
        masks.undecided |= scatter_bits(si_bits(verdict.undecided), open.slot + i);
    }
    return masks;
}

/* Middles are computed as by si_middle. */
static inline uint64_t find_middles_in_box(const si_cylinders *cylinders, unsigned count,
                                           const si_vector_box *box)
{
    const si_vector half = si_broadcast(0.5F);
    uint64_t found = 0;
    for (unsigned i = 0; i < count; i += SI_VECTOR_WIDTH) {
        si_lanes lanes = si_first_lanes(count - i);
        si_vector_point p1 = si_load_point(cylinders->p1, i, lanes);
        si_vector_point p2 = si_load_point(cylinders->p2, i, lanes), middle;
        for (int axis = 0; axis < 3; axis++)
            middle.at[axis] = half * p1.at[axis] + half * p2.at[axis];
        found |= si_bits(si_where_in_box(lanes, &middle, box)) << i;
    }
    return found;
}

static si_leaf_masks leaf_test_cylinders(const si_query_shape *query, const si_cylinders *cylinders,
                                         unsigned count)
{
    solid_vector solid;
    const si_vector_query q = si_broadcast_query(query, &solid);
    si_leaf_masks masks = {0, 0};
    if (query->shape == SI_SHAPE_CENTERS)
        return (si_leaf_masks){find_middles_in_box(cylinders, count, &q.box), 0};
    for (unsigned i = 0; i < count; i += SI_VECTOR_WIDTH) {
        si_lanes lanes = si_first_lanes(count - i);
        cylinder_vector c = load_cylinders(cylinders, i, lanes);
        si_vector_box grown = grown_box(&c);
        lanes = si_where_boxes_meet(lanes, &grown, &q.box);
        if (si_bits(lanes))
            si_note(&masks, i, judge_cheaply(query, &q, lanes, &c, &grown));
    }
    if (!masks.undecided)
        return masks;
    si_leaf_masks rest = test_open_cylinders(query, &q, cylinders, masks.undecided);
    return (si_leaf_masks){masks.sure | rest.sure, rest.undecided};
}

/* Tests each cylinder against a box of its own, with the accuracy of the box query `kind`. */
static si_leaf_masks leaf_test_pairs(const si_query_shape *kind, const si_cylinders *cylinders,
                                     const si_node_boxes *boxes, unsigned count)
{
    si_leaf_masks masks = {0, 0};
    si_vector_query q = {.solid = NULL};
    for (unsigned i = 0; i < count; i += SI_VECTOR_WIDTH) {
        si_lanes lanes = si_first_lanes(count - i);
        cylinder_vector c = load_cylinders(cylinders, i, lanes);
        for (int axis = 0; axis < 3; axis++) {
            q.box.lower[axis] = si_load(boxes->bounds[axis] + i, lanes);
            q.box.upper[axis] = si_load(boxes->bounds[axis + 3] + i, lanes);
        }
        si_verdict ends = judge_by_box(&q, lanes, &c);
        si_note(&masks, i, (si_verdict){ends.sure, si_except(lanes, lanes)});
        if (si_bits(ends.undecided))
            si_note(&masks, i, judge_closely(kind, &q, ends.undecided, &c));
    }
    return masks;
}
