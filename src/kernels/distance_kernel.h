/*
 * Distances of elements and nodes from a point, in 32-bit floats: which elements may be within the
 * cutoff, and how near the elements below a node can be. An element that is left out is surely
 * farther.
 *
 * All comparisons are those of leaf_test.h: squared distances with a relative error of 5u against
 * squared cutoffs with one of 3u, u = 2^-24, and a margin of 32u.
 *
 * Nodes. The box C of a child is the union of the bounding boxes of its elements, and no bounding
 * box of accuracy SI_BOUNDING_BOX, and no point, is nearer than C. Spheres, and cylinders with flat
 * caps, stick out of it by no more than the slack that node_kernel.h derives,
 *
 *     2^-10 (width of C) + 2u M + FLT_MIN,    M the greatest absolute coordinate of C,
 *
 * since the box of a sphere is off by rounding only. A capsule sticks out further. Let a cylinder
 * have the radius r and reach r_i = r sqrt(1 - x_i) beyond its ends along axis i, where the x_i add
 * up to 1. Its capsule reaches r there, so it sticks out by r - r_i. Of the two other axes, j has
 * 1 - x_j >= x_i, so r_j >= r sqrt(x_i), and C is at least 2 r_j wide along it, and likewise along
 * k. As 1 - sqrt(1 - x) <= sqrt(x) for 0 <= x <= 1,
 *
 *     r - r_i <= r sqrt(x_i) <= (lesser width of C along j and k) / 2,
 *
 * which is added to twice the slack above, as these widths may lack what rounding cut off, too.
 */
#include <math.h>
#include <string.h>

static inline si_vector lesser_width_across(const si_vector_box *box, int i)
{
    int j = (i + 1) % 3, k = (i + 2) % 3;
    return si_min(box->upper[j] - box->lower[j], box->upper[k] - box->lower[k]);
}

static inline si_vector gap_beyond_overhang(si_vector x, const si_vector_box *box, int axis,
                                            si_overhang overhang, si_vector slack)
{
    si_vector gap = si_gap_outside(x, box->lower[axis], box->upper[axis]);
    if (overhang == SI_OVERHANG_NONE)
        return gap;
    if (overhang == SI_OVERHANG_CAPS)
        slack = (slack + slack) + si_broadcast(0.5F) * lesser_width_across(box, axis);
    return si_max(gap - slack, si_broadcast(0));
}

static void bound_nodes(const si_vantage *vantage, si_overhang overhang,
                        const si_node_boxes *children, unsigned count, float *bounds)
{
    const si_vector_point p = si_broadcast_point(vantage->point);
    for (unsigned i = 0; i < count; i += SI_VECTOR_WIDTH) {
        si_lanes lanes = si_first_lanes(count - i);
        si_vector_point lower = si_load_point(children->bounds, i, lanes);
        si_vector_point upper = si_load_point(children->bounds + 3, i, lanes);
        si_vector_box box = {{lower.at[0], lower.at[1], lower.at[2]},
                             {upper.at[0], upper.at[1], upper.at[2]}};
        si_vector slack = slack_of(&box);
        si_vector bound = si_sum_of_squares(gap_beyond_overhang(p.at[0], &box, 0, overhang, slack),
                                            gap_beyond_overhang(p.at[1], &box, 1, overhang, slack),
                                            gap_beyond_overhang(p.at[2], &box, 2, overhang, slack));
        si_lanes present = si_where_le(lanes, box.lower[0], box.upper[0]);
        bound = si_select(present, si_min(bound, si_broadcast(FLT_MAX)), si_broadcast(INFINITY));
        memcpy(bounds + i, &bound, sizeof bound);
    }
}

static inline float least_of_lanes(si_vector v)
{
    float lanes[SI_VECTOR_WIDTH];
    memcpy(lanes, &v, sizeof v);
    for (unsigned half = SI_VECTOR_WIDTH / 2; half > 0; half /= 2)
        for (unsigned i = 0; i < half; i++)
            lanes[i] = lanes[i] < lanes[i + half] ? lanes[i] : lanes[i + half];
    return lanes[0];
}

static unsigned find_least(const float *values, unsigned count, float *least)
{
    const si_lanes all = si_first_lanes(SI_VECTOR_WIDTH);
    si_vector v = si_load(values, all);
    for (unsigned i = SI_VECTOR_WIDTH; i < count; i += SI_VECTOR_WIDTH)
        v = si_min(v, si_load(values + i, all));
    *least = least_of_lanes(v);
    for (unsigned i = 0; i < count; i += SI_VECTOR_WIDTH) {
        uint64_t found = si_bits(si_where_le(all, si_load(values + i, all), si_broadcast(*least)));
        if (found)
            return i + (unsigned)__builtin_ctzll(found);
    }
    return 0;
}

/* ---- leaves ---- */

/* True also where overflow has made a distance NaN. */
static inline si_lanes where_possibly_within(si_lanes among, si_vector squared_distance,
                                             si_vector cutoff)
{
    si_vector threshold = si_possibly_within(cutoff * cutoff);
    return si_except(among, si_where_lt(among, threshold, squared_distance));
}

static uint64_t near_points(const si_vantage *vantage, const si_points *points, unsigned count)
{
    const si_vector_point p = si_broadcast_point(vantage->point);
    const si_vector cutoff = si_broadcast(vantage->cutoff);
    uint64_t mask = 0;
    for (unsigned i = 0; i < count; i += SI_VECTOR_WIDTH) {
        si_lanes lanes = si_first_lanes(count - i);
        si_vector_point position = si_load_point(points->position, i, lanes);
        si_vector squared_distance = si_squared_distance_of(&p, &position);
        mask |= si_bits(where_possibly_within(lanes, squared_distance, cutoff)) << i;
    }
    return mask;
}

static inline si_lanes where_spheres_are_near(si_accuracy accuracy, const si_vector_point *p,
                                              si_vector cutoff, si_lanes among,
                                              const si_vector_point *center, si_vector radius)
{
    if (accuracy != SI_BOUNDING_BOX)
        return where_possibly_within(among, si_squared_distance_of(p, center), cutoff + radius);
    si_vector_box box;
    for (int axis = 0; axis < 3; axis++) {
        box.lower[axis] = center->at[axis] - radius;
        box.upper[axis] = center->at[axis] + radius;
    }
    return where_possibly_within(among, si_squared_gap_to_box(p, &box), cutoff);
}

static uint64_t near_spheres(const si_vantage *vantage, const si_spheres *spheres, unsigned count)
{
    const si_vector_point p = si_broadcast_point(vantage->point);
    const si_vector cutoff = si_broadcast(vantage->cutoff);
    uint64_t mask = 0;
    for (unsigned i = 0; i < count; i += SI_VECTOR_WIDTH) {
        si_lanes lanes = si_first_lanes(count - i);
        si_vector_point center = si_load_point(spheres->center, i, lanes);
        si_vector radius = si_load(spheres->radius + i, lanes);
        mask |=
            si_bits(where_spheres_are_near(vantage->accuracy, &p, cutoff, lanes, &center, radius))
            << i;
    }
    return mask;
}

static inline si_vector sum_of_sizes(const si_vector v[3])
{
    return (si_abs(v[0]) + si_abs(v[1])) + si_abs(v[2]);
}

/*
 * Capsules, and so cylinders with flat caps, which are no nearer. With u from the first end to the
 * point, v to the second end and t = u.v / v.v, brought to 0 .. 1, the distance from the axis is
 * |u - t v|. Any t gives at least that; t errs by 5u (|u| / |v| + 2 t), and evaluating the
 * difference by 4u (|u| + |v|), so that the distance errs by less than 20u (|u| + |v|) upwards,
 * where v.v does not underflow: there it errs by |v| at most, some 1e-18. The margin is beyond
 * both. Where a square might overflow, everything counts as near.
 */
static inline si_lanes where_capsules_are_near(const si_vector_point *p, si_vector cutoff,
                                               si_lanes among, const cylinder_vector *c)
{
    si_vector u[3], v[3], offset[3];
    for (int axis = 0; axis < 3; axis++) {
        u[axis] = p->at[axis] - c->p1.at[axis];
        v[axis] = c->p2.at[axis] - c->p1.at[axis];
    }
    si_vector t = si_min(si_max(dot(u, v) / dot(v, v), si_broadcast(0)), si_broadcast(1));
    for (int axis = 0; axis < 3; axis++)
        offset[axis] = u[axis] - t * v[axis];
    si_vector size = sum_of_sizes(u) + sum_of_sizes(v);
    si_vector margin = size * si_broadcast(0x1p-19F) + si_broadcast(0x1p-58F);
    si_lanes near = where_possibly_within(among, dot(offset, offset), cutoff + c->radius + margin);
    si_lanes moderate = si_where_le(among, size, si_broadcast(0x1p60F));
    return si_either(near, si_except(among, moderate));
}

/* With SI_BOUNDING_BOX the grown box stands for the bounding box, which lies in it to the bit. */
static uint64_t near_cylinders(const si_vantage *vantage, const si_cylinders *cylinders,
                               unsigned count)
{
    const si_vector_point p = si_broadcast_point(vantage->point);
    const si_vector cutoff = si_broadcast(vantage->cutoff);
    uint64_t mask = 0;
    for (unsigned i = 0; i < count; i += SI_VECTOR_WIDTH) {
        si_lanes lanes = si_first_lanes(count - i);
        cylinder_vector c = load_cylinders(cylinders, i, lanes);
        si_vector_box grown = grown_box(&c);
        lanes = vantage->accuracy == SI_BOUNDING_BOX
                    ? where_possibly_within(lanes, si_squared_gap_to_box(&p, &grown), cutoff)
                    : where_capsules_are_near(&p, cutoff, lanes, &c);
        mask |= si_bits(lanes) << i;
    }
    return mask;
}

static const si_distance_kernels distance_kernels = {bound_nodes, find_least, near_points,
                                                     near_spheres, near_cylinders};
