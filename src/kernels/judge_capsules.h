/*
 * Box against capsule in 32-bit floats, by separating planes: where si_capsule_meets_box surely
 * says yes, and where it surely says no. Everything is computed from differences of coordinates; u
 * = 2^-24.
 *
 * The axis meets the box if the box of its end points does and no projection along an edge of the
 * box separates them. In the plane of the coordinates i and j, with v = p2 - p1, m the way from p1
 * to the middle of the box and h the half widths of the box, separated means |t| > s,
 *
 *     t = v_i m_j - v_j m_i,    s = |v_i| h_j + |v_j| h_i,
 *
 * and (|t| - s) / |(v_i, v_j)| is then how far apart the shadows are, which is no more than the
 * distance of the axis from the box. m and h come doubled here, 2m = (L - p1) + (U - p1) and
 * 2h = U - L, so nothing is rounded by halving. 2m is off by at most 4u W, W = |m| + h, the errors
 * of the factors of t and s and those of products and sums are u of each, so |t| - s is off by no
 * more than 12u M with M = |v_i| W_j + |v_j| W_i, also counted double; the margin of 2^-19 M = 32u
 * M is beyond that and what double precision adds. FLT_MIN is beyond what products lose that
 * underflow. Where M is infinite or NaN nothing is certain.
 */
typedef struct shadow {
    si_lanes meets;   /* the shadow of the axis line surely meets that of the box */
    si_lanes is_away; /* they are surely more than the radius apart */
} shadow;

typedef struct axis_and_box {
    si_vector axis[3];          /* v */
    si_vector double_middle[3]; /* 2m */
    si_vector double_half[3];   /* 2h */
    si_vector radius;
} axis_and_box;

/* Where the squares of the radius and of the length of the shadow lose to underflow, nothing is
 * away. */
static inline si_lanes where_shadow_is_away(si_lanes among, const axis_and_box *s, int i, int j,
                                            si_vector double_gap)
{
    const si_vector smallest = si_broadcast(0x1p-100F);
    si_vector length = s->axis[i] * s->axis[i] + s->axis[j] * s->axis[j];
    si_vector square = s->radius * s->radius;
    si_vector reach = square * length * si_broadcast(4 * (1 + 0x1p-18F)) + si_broadcast(FLT_MIN);
    among = si_where_le(si_where_le(among, smallest, length), smallest, square);
    double_gap = si_max(double_gap, si_broadcast(0));
    return si_where_lt(among, reach, double_gap * double_gap);
}

static inline shadow compare_shadows(si_lanes among, const axis_and_box *s, int i, int j)
{
    si_vector a = s->axis[i] * s->double_middle[j];
    si_vector b = s->axis[j] * s->double_middle[i];
    si_vector extent = si_abs(s->axis[i]) * s->double_half[j] +
                       si_abs(s->axis[j]) * s->double_half[i];
    si_vector distance = si_abs(a - b);
    si_vector magnitude = (si_abs(a) + si_abs(b)) + extent;
    si_vector margin = magnitude * si_broadcast(0x1p-19F) + si_broadcast(FLT_MIN);
    si_lanes finite = si_where_le(among, magnitude, si_broadcast(FLT_MAX));
    return (shadow){si_where_le(finite, distance + margin, extent),
                    where_shadow_is_away(finite, s, i, j, (distance - extent) - margin)};
}

static inline axis_and_box view_box_from(const cylinder_vector *c, const si_vector_box *box)
{
    axis_and_box s = {.radius = c->radius};
    for (int k = 0; k < 3; k++) {
        s.axis[k] = c->p2.at[k] - c->p1.at[k];
        s.double_middle[k] = (box->lower[k] - c->p1.at[k]) + (box->upper[k] - c->p1.at[k]);
        s.double_half[k] = box->upper[k] - box->lower[k];
    }
    return s;
}

static inline si_vector squared_gap_between(const si_vector_box *a, const si_vector_box *b)
{
    si_vector gap[3];
    for (int k = 0; k < 3; k++)
        gap[k] = si_max(si_max(a->lower[k] - b->upper[k], b->lower[k] - a->upper[k]),
                        si_broadcast(0));
    return si_sum_of_squares(gap[0], gap[1], gap[2]);
}

/* An end point within the radius of the box is a sure match. */
static inline si_lanes where_an_end_meets_box(si_lanes among, const cylinder_vector *c,
                                              const si_vector_box *box)
{
    si_vector within = si_surely_within(c->radius * c->radius);
    return si_either(si_where_le(among, si_squared_gap_to_box(&c->p1, box), within),
                     si_where_le(among, si_squared_gap_to_box(&c->p2, box), within));
}

/* `meets`: the axis surely meets the box; `near`: the two may be within the radius. */
typedef struct axis_verdict {
    si_lanes meets;
    si_lanes near;
} axis_verdict;

static inline axis_verdict judge_axes(const axis_and_box *s, si_lanes among,
                                      const cylinder_vector *c, const si_vector_box *box)
{
    axis_verdict verdict;
    verdict.near = si_where_le(among, squared_gap_between(&c->ends, box),
                               si_possibly_within(c->radius * c->radius));
    verdict.meets = si_where_boxes_meet(verdict.near, &c->ends, box);
    for (int k = 0; k < 3; k++) {
        shadow one = compare_shadows(among, s, k, (k + 1) % 3);
        verdict.meets = si_both(verdict.meets, one.meets);
        verdict.near = si_except(verdict.near, one.is_away);
    }
    return verdict;
}

static inline si_verdict judge_capsules_by_box(const si_vector_query *q, si_lanes among,
                                               const cylinder_vector *c)
{
    axis_and_box s = view_box_from(c, &q->box);
    axis_verdict axis = judge_axes(&s, among, c, &q->box);
    si_lanes sure = si_either(axis.meets, where_an_end_meets_box(axis.near, c, &q->box));
    return (si_verdict){sure, si_except(axis.near, sure)};
}
