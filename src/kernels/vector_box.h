/*
 * Points and boxes in the lanes of vectors. A kernel is compiled for one instruction set, so
 * nothing here may have a definition that other files could link to: everything is static.
 */
#ifndef SI_KERNELS_VECTOR_BOX_H
#define SI_KERNELS_VECTOR_BOX_H

/* A point in every lane. */
typedef struct si_vector_point {
    si_vector at[3];
} si_vector_point;

/* A box in every lane. */
typedef struct si_vector_box {
    si_vector lower[3];
    si_vector upper[3];
} si_vector_box;

static inline si_vector_point si_broadcast_point(const float point[3])
{
    return (si_vector_point){
        {si_broadcast(point[0]), si_broadcast(point[1]), si_broadcast(point[2])}};
}

static inline si_vector_box si_broadcast_box(const float lower[3], const float upper[3])
{
    si_vector_box box;
    for (int axis = 0; axis < 3; axis++) {
        box.lower[axis] = si_broadcast(lower[axis]);
        box.upper[axis] = si_broadcast(upper[axis]);
    }
    return box;
}

static inline si_vector_point si_load_point(const float *const columns[3], unsigned i,
                                            si_lanes lanes)
{
    return (si_vector_point){{si_load(columns[0] + i, lanes), si_load(columns[1] + i, lanes),
                              si_load(columns[2] + i, lanes)}};
}

/* The lanes where the closed boxes meet. */
static inline si_lanes si_where_boxes_meet(si_lanes among, const si_vector_box *a,
                                           const si_vector_box *b)
{
    for (int axis = 0; axis < 3; axis++) {
        among = si_where_le(among, a->lower[axis], b->upper[axis]);
        among = si_where_le(among, b->lower[axis], a->upper[axis]);
    }
    return among;
}

static inline si_lanes si_where_in_box(si_lanes among, const si_vector_point *point,
                                       const si_vector_box *box)
{
    for (int axis = 0; axis < 3; axis++) {
        among = si_where_le(among, box->lower[axis], point->at[axis]);
        among = si_where_le(among, point->at[axis], box->upper[axis]);
    }
    return among;
}

static inline si_vector si_sum_of_squares(si_vector x, si_vector y, si_vector z)
{
    return (x * x + y * y) + z * z;
}

static inline si_vector si_squared_distance_of(const si_vector_point *a, const si_vector_point *b)
{
    return si_sum_of_squares(a->at[0] - b->at[0], a->at[1] - b->at[1], a->at[2] - b->at[2]);
}

static inline si_vector dot(const si_vector a[3], const si_vector b[3])
{
    return (a[0] * b[0] + a[1] * b[1]) + a[2] * b[2];
}

/* How far `x` lies outside lower .. upper; 0 inside. A NaN, which infinities may give, is no gap.
 */
static inline si_vector si_gap_outside(si_vector x, si_vector lower, si_vector upper)
{
    return si_max(si_max(lower - x, x - upper), si_broadcast(0));
}

static inline si_vector si_squared_gap_to_box(const si_vector_point *point,
                                              const si_vector_box *box)
{
    return si_sum_of_squares(si_gap_outside(point->at[0], box->lower[0], box->upper[0]),
                             si_gap_outside(point->at[1], box->lower[1], box->upper[1]),
                             si_gap_outside(point->at[2], box->lower[2], box->upper[2]));
}

#endif
