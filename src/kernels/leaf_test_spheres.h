/* Leaves of spheres: the bounding boxes first, then the shapes. */

/* `touching` are the spheres whose bounding box touches that of the query. */
static inline si_verdict judge_spheres(const si_query_shape *query, const si_vector_query *q,
                                       si_lanes touching, const si_vector_point *center,
                                       si_vector radius, const si_vector_box *bounds)
{
    if (query->shape == SI_SHAPE_CENTERS)
        return si_all_sure(si_where_in_box(touching, center, &q->box));
    if (q->solid)
        return query->accuracy == SI_BOUNDING_BOX
                   ? judge_bounds_by_solid(q->solid, touching, center, center, bounds)
                   : judge_balls_by_solid(q->solid, touching, center, radius);
    if (query->shape == SI_SHAPE_BOX) {
        if (query->accuracy == SI_BOUNDING_BOX)
            return si_all_sure(touching);
        return si_compare(touching, si_squared_gap_to_box(center, &q->box), radius * radius);
    }
    if (query->accuracy == SI_BOUNDING_BOX)
        return si_compare(touching, si_squared_gap_to_box(&q->center, bounds), q->squared_radius);
    si_vector sum = q->radius + radius;
    return si_compare(touching, si_squared_distance_of(center, &q->center), sum * sum);
}

static si_leaf_masks leaf_test_spheres(const si_query_shape *query, const si_spheres *spheres,
                                       unsigned count)
{
    solid_vector solid;
    const si_vector_query q = si_broadcast_query(query, &solid);
    si_leaf_masks masks = {0, 0};
    for (unsigned i = 0; i < count; i += SI_VECTOR_WIDTH) {
        si_lanes lanes = si_first_lanes(count - i);
        si_vector_point center = si_load_point(spheres->center, i, lanes);
        si_vector radius = si_load(spheres->radius + i, lanes);
        si_vector_box bounds;
        for (int axis = 0; axis < 3; axis++) {
            bounds.lower[axis] = center.at[axis] - radius;
            bounds.upper[axis] = center.at[axis] + radius;
        }
        si_lanes touching = si_where_boxes_meet(lanes, &bounds, &q.box);
        if (si_bits(touching))
            si_note(&masks, i, judge_spheres(query, &q, touching, &center, radius, &bounds));
    }
    return masks;
}
