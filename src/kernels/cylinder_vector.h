/* Cylinders in the lanes of vectors, and their bounding boxes: the arithmetic of geometry/bounds.h,
 * operation by operation. */
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

/* si_reach_divisor, for every lane. */
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

/* si_bound_cylinder, for every lane. The reach is subtracted from the lesser end, where the scalar
 * code takes the lesser of two differences; as rounding is monotone, the bits are the same. */
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
