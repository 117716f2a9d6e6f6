/*
 * Box against cylinder with flat caps in 32-bit floats: where si_cylinder_meets_box surely says
 * yes, and where it surely says no.
 *
 * The capsule contains the cylinder, so a box away from the capsule is away from the cylinder; and
 * where the axis meets the box, so does the cylinder. Of the boxes in between, most lie beyond the
 * plane of a cap, or have a point in the cylinder opposite to the middle of the axis, or are so
 * near to an end that they surely meet its cap, or surely do not.
 */

/*
 * With 2m and 2h as in judge_capsules.h, the box lies beyond a cap if 2m.v + 2 sum |v_i| h_i < 0,
 * or if 2m.v - 2 sum |v_i| h_i > 2 v.v. All of that is off by no more than 12u times the sum of the
 * magnitudes; the margin of 2^-19 = 32u is beyond that. In it the radius covers what double
 * precision may get wrong about flat cylinders.
 */
static inline si_lanes where_box_is_beyond_caps(si_lanes among, const axis_and_box *s)
{
    si_vector size[3], middle_size[3];
    for (int k = 0; k < 3; k++) {
        size[k] = si_abs(s->axis[k]);
        middle_size[k] = si_abs(s->double_middle[k]) + s->radius;
    }
    si_vector middle = dot(s->axis, s->double_middle);
    si_vector extent = dot(size, s->double_half);
    si_vector end = dot(s->axis, s->axis) * si_broadcast(2);
    si_vector magnitude = (dot(size, middle_size) + extent) + end;
    si_vector margin = magnitude * si_broadcast(0x1p-19F) + si_broadcast(FLT_MIN);
    among = si_where_le(among, magnitude, si_broadcast(FLT_MAX));
    return si_either(si_where_lt(among, (middle + extent) + margin, si_broadcast(0)),
                     si_where_lt(among, (end + extent) + margin, middle));
}

/* The point of the box that is nearest to the middle of the axis. */
static inline si_vector_point nearest_of_box(const cylinder_vector *c, const si_vector_box *box)
{
    const si_vector half = si_broadcast(0.5F);
    si_vector_point point;
    for (int k = 0; k < 3; k++) {
        si_vector middle = c->p1.at[k] * half + c->p2.at[k] * half;
        point.at[k] = si_min(si_max(middle, box->lower[k]), box->upper[k]);
    }
    return point;
}

/* The end that is nearer to the box, and the ways from there to the other end and from the box. */
typedef struct nearer_end {
    si_vector_point end;
    si_vector along[3];
    si_vector away[3];
} nearer_end;

static inline nearer_end find_nearer_end(const cylinder_vector *c, const axis_and_box *s,
                                         const si_vector_box *box)
{
    nearer_end n;
    si_lanes all = si_first_lanes(SI_VECTOR_WIDTH);
    si_lanes second = si_where_lt(all, si_squared_gap_to_box(&c->p2, box),
                                  si_squared_gap_to_box(&c->p1, box));
    for (int k = 0; k < 3; k++) {
        n.end.at[k] = si_select(second, c->p2.at[k], c->p1.at[k]);
        n.along[k] = si_select(second, -s->axis[k], s->axis[k]);
        n.away[k] = n.end.at[k] - si_min(si_max(n.end.at[k], box->lower[k]), box->upper[k]);
    }
    return n;
}

/*
 * With p the nearer end, v the way to the other one, g the way to p from the point of the box that
 * is nearest, and h the part of g that is across v: the least that the cylinder reaches along g is
 * min(0, g.v) - r |h|, and the most that the box does is -g.g, both from p. Rounding moves g.v by
 * 6u |g| |v|, g.g and r |h| by 6u of each, but |h|^2 by 20u |g|^2, which is added.
 *
 * If g.g <= s |h| for an s < r, the point p - s h / |h| of the cap lies at the box, which it is in
 * if the box is not too small. A point between it and the rim is tried. Where |h| > |g| / 16, it is
 * off by 2^-16 r at most, and 2^-12 r is asked for. The length of the cylinder in that covers what
 * double precision may get wrong. Short axes, whose squares lose to underflow, are left open.
 */
static inline si_verdict judge_cap(si_lanes among, const nearer_end *n, si_vector radius,
                                   const si_vector_box *box)
{
    const si_vector none = si_broadcast(0);
    si_vector gg = dot(n->away, n->away), vv = dot(n->along, n->along);
    si_lanes certain = si_where_le(among, si_broadcast(0x1p-40F), vv);
    si_vector gv = dot(n->away, n->along), hh = none, across[3];
    si_vector g = si_sqrt(gg), v = si_sqrt(vv);
    for (int k = 0; k < 3; k++) {
        across[k] = n->away[k] - n->along[k] * (gv / vv);
        hh = hh + across[k] * across[k];
    }
    si_vector margin = g * ((g + v) + radius) * si_broadcast(0x1p-18F) + si_broadcast(FLT_MIN);
    si_vector h = si_sqrt(hh), most = si_sqrt(hh + gg * si_broadcast(0x1p-18F));
    si_lanes away = si_where_lt(certain, margin, (si_min(gv, none) + gg) - radius * most);
    si_lanes sure = si_where_lt(certain, gg * si_broadcast(0x1p-8F) + si_broadcast(FLT_MIN), hh);
    si_vector step = (gg / h + radius) * si_broadcast(0.5F);
    si_vector room = radius * si_broadcast(0x1p-12F) + v * si_broadcast(0x1p-24F);
    sure = si_where_le(sure, step + room, radius);
    for (int k = 0; k < 3; k++) {
        si_vector rim = -across[k] * (step / h);
        sure = si_where_le(sure, (box->lower[k] - n->end.at[k]) + room, rim);
        sure = si_where_le(sure, rim + room, box->upper[k] - n->end.at[k]);
    }
    return (si_verdict){sure, si_except(among, si_either(sure, away))};
}

static inline si_lanes where_ends_are_same(si_lanes among, const axis_and_box *s)
{
    for (int k = 0; k < 3; k++)
        among = si_where_le(among, si_abs(s->axis[k]), si_broadcast(0));
    return among;
}

static inline si_verdict judge_cylinders_by_box(const si_vector_query *q, si_lanes among,
                                                const cylinder_vector *c)
{
    axis_and_box s = view_box_from(c, &q->box);
    axis_verdict axis = judge_axes(&s, among, c, &q->box);
    si_lanes possible = si_except(axis.near, where_box_is_beyond_caps(axis.near, &s));
    si_lanes balls = where_ends_are_same(possible, &s);
    si_vector_point point = nearest_of_box(c, &q->box);
    nearer_end end = find_nearer_end(c, &s, &q->box);
    si_verdict cap = judge_cap(si_except(possible, balls), &end, c->radius, &q->box);
    si_lanes sure = si_either(si_either(axis.meets, where_point_is_inside(possible, &point, c)),
                              si_either(cap.sure, where_an_end_meets_box(balls, c, &q->box)));
    possible = si_either(si_either(sure, balls), cap.undecided);
    return (si_verdict){sure, si_except(possible, sure)};
}
