/* Elements against queries that are capsules, cylinders or oriented boxes. An element is in by a
 * point of it that lies in the solid, and out by a plane that separates the two (solid_vector.h).
 */

/* A distance whose square overflows decides nothing. */
static inline si_lanes where_farther(si_lanes among, si_vector distance, si_vector bound)
{
    return si_where_lt(si_where_le(among, distance, si_broadcast(FLT_MAX)), bound, distance);
}

static inline si_verdict judge_points_by_solid(const solid_vector *s, si_lanes among,
                                               const si_vector_point *point)
{
    si_vector d[3];
    from_origin(s, point->at, d);
    excess e = excess_of(s, d);
    si_vector margin = margin_of_places(s, sum_of_absolute(d));
    si_lanes sure = si_where_le(among, greatest_excess(&e) + margin, si_broadcast(0));
    si_lanes away = where_farther(among, distance_of_excess(&e), margin);
    return (si_verdict){sure, si_except(among, si_either(sure, away))};
}

static inline si_verdict judge_balls_by_solid(const solid_vector *s, si_lanes among,
                                              const si_vector_point *center, si_vector radius)
{
    si_vector d[3];
    from_origin(s, center->at, d);
    excess e = excess_of(s, d);
    si_vector distance = distance_of_excess(&e);
    si_vector margin = margin_of_places(s, sum_of_absolute(d) + radius);
    si_lanes sure = si_either(si_where_le(among, greatest_excess(&e) + margin, si_broadcast(0)),
                              si_where_le(among, distance + margin, radius));
    si_lanes away = where_farther(among, distance, radius + margin);
    return (si_verdict){sure, si_except(among, si_either(sure, away))};
}

/* `p1` and `p2` are points of each element; `bounds` is its bounding box. */
static inline si_verdict judge_bounds_by_solid(const solid_vector *s, si_lanes among,
                                               const si_vector_point *p1, const si_vector_point *p2,
                                               const si_vector_box *bounds)
{
    seen_box box = see_box(s, bounds);
    si_vector d1[3], d2[3];
    from_origin(s, p1->at, d1);
    from_origin(s, p2->at, d2);
    si_lanes sure = si_either(where_point_is_in_solid(among, s, d1),
                              where_point_is_in_solid(among, s, d2));
    return (si_verdict){sure, where_box_may_meet_solid(si_except(among, sure), s, &box)};
}

/* Moves to the point of the axis between `start` and start + way that is nearest to `target`. */
static inline void move_along_axis(const si_vector start[3], const si_vector way[3],
                                   const si_vector target[3], si_vector point[3])
{
    si_vector offset[3];
    for (int k = 0; k < 3; k++)
        offset[k] = target[k] - start[k];
    si_vector t = dot(offset, way) / si_max(dot(way, way), si_broadcast(FLT_MIN));
    t = si_max(si_min(t, si_broadcast(1)), si_broadcast(0));
    for (int k = 0; k < 3; k++)
        point[k] = start[k] + t * way[k];
}

/* By the middle of the axis, which decides about most cylinders. No point of a cylinder is farther
 * from it than half the length plus the radius; its bounding box may be, by rounding. */
static inline si_verdict judge_middles_by_solid(const si_query_shape *query, const solid_vector *s,
                                                si_lanes among, const cylinder_vector *c)
{
    const si_vector half = si_broadcast(0.5F);
    si_vector d1[3], d2[3], way[3], middle[3];
    from_origin(s, c->p1.at, d1);
    from_origin(s, c->p2.at, d2);
    for (int k = 0; k < 3; k++) {
        way[k] = (d2[k] - d1[k]) * half;
        middle[k] = (d1[k] + d2[k]) * half;
    }
    si_vector reach = length_of(way) + c->radius;
    si_vector margin = margin_of_places(s,
                                        sum_of_absolute(middle) + sum_of_absolute(way) + c->radius);
    excess e = excess_of(s, middle);
    si_lanes sure = si_where_le(among, greatest_excess(&e) + margin, si_broadcast(0));
    si_lanes open = si_except(among, sure);
    if (query->accuracy != SI_BOUNDING_BOX)
        open = si_except(open, where_farther(open, distance_of_excess(&e), reach + margin));
    return (si_verdict){sure, open};
}

/* In: an end of the axis, or a point between the ends, lies in the solid. Out: a plane has the
 * solid behind it, and in front of it the ball of the radius around each end. */
static inline si_verdict judge_cylinders_by_solid(const solid_vector *s, si_lanes among,
                                                  const cylinder_vector *c)
{
    si_vector d1[3], d2[3], way[3], point[3], near[3], n[3];
    from_origin(s, c->p1.at, d1);
    from_origin(s, c->p2.at, d2);
    for (int k = 0; k < 3; k++) {
        way[k] = d2[k] - d1[k];
        point[k] = d1[k] + way[k] * si_broadcast(0.5F);
    }
    find_way_out(s, point, n);
    for (int round = 0; round < ROUNDS; round++) {
        for (int k = 0; k < 3; k++)
            near[k] = point[k] - n[k];
        move_along_axis(d1, way, near, point);
        find_way_out(s, point, n);
    }
    si_vector distance = si_max(sum_of_absolute(d1), sum_of_absolute(d2));
    si_vector margin = margin_of_places(s, distance);
    excess e = excess_of(s, point);
    si_lanes sure = si_where_le(among, greatest_excess(&e) + margin, si_broadcast(0));
    sure = si_either(sure, si_either(where_point_is_in_solid(among, s, d1),
                                     where_point_is_in_solid(among, s, d2)));
    si_vector least = si_min(dot(n, d1), dot(n, d2)) - c->radius * length_of(n);
    return (si_verdict){
        sure, where_not_behind_plane(si_except(among, sure), s, n, least, distance + c->radius)};
}
