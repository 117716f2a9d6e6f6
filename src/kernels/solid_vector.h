/*
 * Capsules, cylinders and oriented boxes as queries, in 32-bit floats: which points and boxes are
 * surely inside, and which are surely outside because a plane separates them from the query.
 *
 * Everything is seen from the query's center, of an axis one of its ends. With e = 2^-24 and d a
 * point from there: differences of coordinates are off by e of themselves, unit vectors of the axes
 * by e for each component, so coordinates along the axes and across them, and what is made of them
 * by roots of sums of squares, by less than 24e (|d| + the size of the query), |d| the sum of the
 * absolute coordinates. The margins of 2^-18 = 64e are beyond that. What squares lose by underflow
 * is less than 2^-70. Comparisons with infinities and NaN are false, so that they leave the element
 * undecided.
 */
typedef struct solid_vector {
    si_shape shape;
    si_vector origin[3];
    si_vector axes[3][3]; /* unit vectors; of a capsule or cylinder the first only */
    si_vector size[3];    /* along these: half the sides of a box, or the length of the axis */
    si_vector radius;
    si_vector extent; /* the sum of all sizes and the radius */
} solid_vector;

static inline void set_axis_of_solid(const si_query_shape *query, solid_vector *s)
{
    double way[3];
    si_subtract(query->end, query->center, way);
    double length = sqrt(si_dot(way, way));
    for (int k = 0; k < 3; k++)
        s->axes[0][k] = si_broadcast((float)(way[k] / length));
    s->size[0] = si_broadcast((float)length);
    s->extent = s->size[0] + s->radius;
}

static inline void set_sides_of_solid(const si_query_shape *query, solid_vector *s)
{
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++)
            s->axes[i][k] = si_broadcast((float)query->axes[i][k]);
        s->size[i] = si_broadcast(query->half_size[i]);
    }
    s->extent = (s->size[0] + s->size[1]) + s->size[2];
}

static inline void broadcast_solid(const si_query_shape *query, solid_vector *s)
{
    s->shape = query->shape;
    s->radius = si_broadcast(query->radius);
    for (int k = 0; k < 3; k++)
        s->origin[k] = si_broadcast(query->center[k]);
    if (query->shape == SI_SHAPE_ORIENTED_BOX)
        set_sides_of_solid(query, s);
    else
        set_axis_of_solid(query, s);
}

static inline void from_origin(const solid_vector *s, const si_vector point[3], si_vector d[3])
{
    for (int k = 0; k < 3; k++)
        d[k] = point[k] - s->origin[k];
}

static inline si_vector sum_of_absolute(const si_vector d[3])
{
    return (si_abs(d[0]) + si_abs(d[1])) + si_abs(d[2]);
}

/* The error of the coordinates of points within `distance` is at most this. */
static inline si_vector margin_of_places(const solid_vector *s, si_vector distance)
{
    return (distance + s->extent) * si_broadcast(0x1p-18F) + si_broadcast(0x1p-60F);
}

/* ---- where a point is ---- */

/* Writes the way from the axis line to the point and returns the coordinate along the axis. */
static inline si_vector split_along_axis(const solid_vector *s, const si_vector d[3],
                                         si_vector across[3])
{
    si_vector along = dot(d, s->axes[0]);
    for (int k = 0; k < 3; k++)
        across[k] = d[k] - along * s->axes[0][k];
    return along;
}

/* How far the coordinate lies beyond the ends of the axis; negative before the first end. */
static inline si_vector beyond_ends(const solid_vector *s, si_vector along)
{
    return si_max(along - s->size[0], si_min(along, si_broadcast(0)));
}

/* How far the point lies outside the solid, in directions at right angles; negative inside. */
typedef struct excess {
    si_vector part[3];
} excess;

static inline excess excess_of(const solid_vector *s, const si_vector d[3])
{
    const si_vector nothing = si_broadcast(-FLT_MAX);
    excess e = {{nothing, nothing, nothing}};
    if (s->shape == SI_SHAPE_ORIENTED_BOX) {
        for (int i = 0; i < 3; i++)
            e.part[i] = si_abs(dot(d, s->axes[i])) - s->size[i];
        return e;
    }
    si_vector across[3];
    si_vector along = split_along_axis(s, d, across);
    si_vector squared = dot(across, across);
    if (s->shape == SI_SHAPE_CYLINDER) {
        e.part[0] = si_sqrt(squared) - s->radius;
        e.part[1] = si_max(-along, along - s->size[0]);
    } else {
        si_vector beyond = beyond_ends(s, along);
        e.part[0] = si_sqrt(squared + beyond * beyond) - s->radius;
    }
    return e;
}

static inline si_vector greatest_excess(const excess *e)
{
    return si_max(e->part[0], si_max(e->part[1], e->part[2]));
}

static inline si_vector distance_of_excess(const excess *e)
{
    const si_vector none = si_broadcast(0);
    si_vector x = si_max(e->part[0], none), y = si_max(e->part[1], none),
              z = si_max(e->part[2], none);
    return si_sqrt(si_sum_of_squares(x, y, z));
}

static inline si_lanes where_point_is_in_solid(si_lanes among, const solid_vector *s,
                                               const si_vector d[3])
{
    excess e = excess_of(s, d);
    si_vector margin = margin_of_places(s, sum_of_absolute(d));
    return si_where_le(among, greatest_excess(&e) + margin, si_broadcast(0));
}

/* ---- planes between the solid and something ---- */

/* Approximately the way from the nearest point of the solid (of a capsule: of its axis) to the
 * point. */
static inline void find_way_out(const solid_vector *s, const si_vector d[3], si_vector way[3])
{
    const si_vector none = si_broadcast(0);
    if (s->shape == SI_SHAPE_ORIENTED_BOX) {
        for (int k = 0; k < 3; k++)
            way[k] = none;
        for (int i = 0; i < 3; i++) {
            si_vector x = dot(d, s->axes[i]);
            si_vector beyond = si_max(x - s->size[i], si_min(x + s->size[i], none));
            for (int k = 0; k < 3; k++)
                way[k] = way[k] + beyond * s->axes[i][k];
        }
        return;
    }
    si_vector across[3], outer = si_broadcast(1);
    si_vector beyond = beyond_ends(s, split_along_axis(s, d, across));
    if (s->shape == SI_SHAPE_CYLINDER)
        outer = si_max(outer - s->radius / si_sqrt(dot(across, across)), none);
    for (int k = 0; k < 3; k++)
        way[k] = beyond * s->axes[0][k] + outer * across[k];
}

/* Never less than the length, despite underflow. */
static inline si_vector length_of(const si_vector v[3])
{
    return si_sqrt(dot(v, v)) + si_broadcast(0x1p-70F);
}

/* How far the solid reaches along `n`: the greatest n.d of its points. */
static inline si_vector reach_of_solid(const solid_vector *s, const si_vector n[3])
{
    if (s->shape == SI_SHAPE_ORIENTED_BOX)
        return (s->size[0] * si_abs(dot(n, s->axes[0])) + s->size[1] * si_abs(dot(n, s->axes[1]))) +
               s->size[2] * si_abs(dot(n, s->axes[2]));
    si_vector end = si_max(s->size[0] * dot(n, s->axes[0]), si_broadcast(0));
    if (s->shape == SI_SHAPE_CAPSULE)
        return end + s->radius * length_of(n);
    si_vector across[3];
    for (int k = 0; k < 3; k++) {
        int i = (k + 1) % 3, j = (k + 2) % 3;
        across[k] = n[i] * s->axes[0][j] - n[j] * s->axes[0][i];
    }
    return end + s->radius * length_of(across);
}

/* The lanes where a plane across `n` does not surely separate the element from the solid. `least`
 * is the least n.d of the points of the element, which lie within `distance`. Any `n` is valid, so
 * its rounding does not matter. */
static inline si_lanes where_not_behind_plane(si_lanes among, const solid_vector *s,
                                              const si_vector n[3], si_vector least,
                                              si_vector distance)
{
    si_vector size = sum_of_absolute(n) * (distance + s->extent);
    si_vector margin = size * si_broadcast(0x1p-18F) + si_broadcast(FLT_MIN);
    return si_except(among, si_where_lt(among, margin, least - reach_of_solid(s, n)));
}

/* How often the search for a point of the element near the solid goes from one to the other. */
enum { ROUNDS = 2 };

/* ---- boxes ---- */

/* A box with its corners as seen from the origin of the solid. */
typedef struct seen_box {
    si_vector lower[3];
    si_vector upper[3];
    si_vector distance; /* no point of the box is farther away */
} seen_box;

static inline seen_box see_box(const solid_vector *s, const si_vector_box *box)
{
    seen_box seen;
    si_vector farthest[3];
    from_origin(s, box->lower, seen.lower);
    from_origin(s, box->upper, seen.upper);
    for (int k = 0; k < 3; k++)
        farthest[k] = si_max(si_abs(seen.lower[k]), si_abs(seen.upper[k]));
    seen.distance = sum_of_absolute(farthest);
    return seen;
}

static inline void find_middle(const seen_box *box, si_vector middle[3])
{
    for (int k = 0; k < 3; k++)
        middle[k] = (box->lower[k] + box->upper[k]) * si_broadcast(0.5F);
}

/* Where no plane is found between the box and the solid. */
static inline si_lanes where_box_may_meet_solid(si_lanes among, const solid_vector *s,
                                                const seen_box *box)
{
    si_vector point[3], n[3], least = si_broadcast(0);
    find_middle(box, point);
    find_way_out(s, point, n);
    for (int round = 0; round < ROUNDS; round++) {
        for (int k = 0; k < 3; k++)
            point[k] = si_min(si_max(point[k] - n[k], box->lower[k]), box->upper[k]);
        find_way_out(s, point, n);
    }
    for (int k = 0; k < 3; k++)
        least = least + si_min(n[k] * box->lower[k], n[k] * box->upper[k]);
    return where_not_behind_plane(among, s, n, least, box->distance);
}

/* How far a box reaches from its middle along the axis. */
static inline si_vector reach_of_box(const si_vector half[3], const si_vector axis[3])
{
    return (half[0] * si_abs(axis[0]) + half[1] * si_abs(axis[1])) + half[2] * si_abs(axis[2]);
}

/* Or in the direction of each part of an excess. */
static inline void find_reaches(const solid_vector *s, const si_vector half[3],
                                si_vector reaches[3])
{
    for (int i = 0; i < 3; i++)
        reaches[i] = length_of(half);
    if (s->shape == SI_SHAPE_CYLINDER)
        reaches[1] = reach_of_box(half, s->axes[0]);
    if (s->shape == SI_SHAPE_ORIENTED_BOX)
        for (int i = 0; i < 3; i++)
            reaches[i] = reach_of_box(half, s->axes[i]);
}

/* Where the whole box is surely in the solid. */
static inline si_lanes where_box_is_in_solid(si_lanes among, const solid_vector *s,
                                             const seen_box *box)
{
    si_vector middle[3], half[3], reaches[3];
    find_middle(box, middle);
    for (int k = 0; k < 3; k++)
        half[k] = (box->upper[k] - box->lower[k]) * si_broadcast(0.5F);
    find_reaches(s, half, reaches);
    si_vector margin = margin_of_places(s, box->distance);
    excess e = excess_of(s, middle);
    for (int i = 0; i < 3; i++)
        among = si_where_le(among, e.part[i] + reaches[i] + margin, si_broadcast(0));
    return among;
}
