/*
 * Ball against cylinder with flat caps in 32-bit floats: where si_ball_meets_cylinder surely says
 * yes, and where it surely says no, from where the center of the ball lies as seen from the
 * cylinder.
 *
 * With u = c - p1, w = c - p2 and v = p2 - p1, the point c lies P = |u x v| / |v| from the axis
 * line and H = max(-u.v, w.v) / |v| beyond the ends, negative between them; it is
 * D = sqrt(max(H, 0)^2 + max(P - r, 0)^2) away from the cylinder.
 *
 * With e = 2^-24: the factors of a component of u x v and those of u.v are off by e of each,
 * products and sums by another e, so each component is off by at most 4e and u.v by 6e times |u|
 * |v|, and P, H and D by no more than 20e (|u| + |w|) but for relative errors of 6e. The margin of
 * 2^-18 (|u| + |w| + r + R) = 64e (...) is beyond all that. Squares between 2^-40 and 2^60 keep the
 * products from overflow, and what they lose by underflow below the margin, as |u| + |w| >= |v|.
 * Elsewhere, so for zero length, nothing is certain.
 */
typedef struct cylinder_view {
    si_vector beside; /* P */
    si_vector beyond; /* H */
    si_vector extent; /* |u| + |w| */
    si_lanes certain;
} cylinder_view;

static inline si_vector cross_squared(const si_vector a[3], const si_vector b[3])
{
    return si_sum_of_squares(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2],
                             a[0] * b[1] - a[1] * b[0]);
}

static inline cylinder_view see_from_cylinder(si_lanes among, const si_vector_point *point,
                                              const cylinder_vector *c)
{
    si_vector u[3], w[3], v[3];
    for (int k = 0; k < 3; k++) {
        u[k] = point->at[k] - c->p1.at[k];
        w[k] = point->at[k] - c->p2.at[k];
        v[k] = c->p2.at[k] - c->p1.at[k];
    }
    si_vector uu = dot(u, u), ww = dot(w, w), vv = dot(v, v);
    si_vector length = si_sqrt(vv);
    cylinder_view p = {.beside = si_sqrt(cross_squared(u, v)) / length,
                       .beyond = si_max(-dot(u, v), dot(w, v)) / length,
                       .extent = si_sqrt(uu) + si_sqrt(ww)};
    p.certain = si_where_le(among, si_max(uu, ww), si_broadcast(0x1p60F));
    p.certain = si_where_le(p.certain, si_broadcast(0x1p-40F), vv);
    return p;
}

static inline si_verdict judge_flat_caps_by_ball(const si_vector_query *q, si_lanes among,
                                                 const cylinder_vector *c)
{
    const si_vector none = si_broadcast(0);
    cylinder_view center = see_from_cylinder(among, &q->center, c);
    si_vector beside = si_max(center.beside - c->radius, none);
    si_vector beyond = si_max(center.beyond, none);
    si_vector distance = si_sqrt(beside * beside + beyond * beyond);
    si_vector margin = (center.extent + (c->radius + q->radius)) * si_broadcast(0x1p-18F);
    si_lanes sure = si_where_le(center.certain, distance + margin, q->radius);
    si_lanes away = si_where_lt(center.certain, q->radius + margin, distance);
    return (si_verdict){sure, si_except(among, si_either(sure, away))};
}

static inline si_lanes where_point_is_inside(si_lanes among, const si_vector_point *point,
                                             const cylinder_vector *c)
{
    cylinder_view p = see_from_cylinder(among, point, c);
    si_vector margin = (p.extent + c->radius) * si_broadcast(0x1p-18F);
    among = si_where_le(p.certain, p.beside + margin, c->radius);
    return si_where_le(among, p.beyond + margin, si_broadcast(0));
}
