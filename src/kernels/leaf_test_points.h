/* Leaves of points: in the box of the query first, then in its shape. */

static inline si_verdict judge_points(const si_query_shape *query, const si_vector_query *q,
                                      si_lanes in_box, const si_vector_point *position)
{
    if (q->solid)
        return judge_points_by_solid(q->solid, in_box, position);
    if (query->shape != SI_SHAPE_SPHERE)
        return si_all_sure(in_box);
    return si_compare(in_box, si_squared_distance_of(position, &q->center), q->squared_radius);
}

static si_leaf_masks leaf_test_points(const si_query_shape *query, const si_points *points,
                                      unsigned count)
{
    solid_vector solid;
    const si_vector_query q = si_broadcast_query(query, &solid);
    si_leaf_masks masks = {0, 0};
    for (unsigned i = 0; i < count; i += SI_VECTOR_WIDTH) {
        si_lanes lanes = si_first_lanes(count - i);
        si_vector_point position = si_load_point(points->position, i, lanes);
        si_lanes in_box = si_where_in_box(lanes, &position, &q.box);
        si_note(&masks, i, judge_points(query, &q, in_box, &position));
    }
    return masks;
}
