#include "oracle_solids.h"

#include <math.h>

#include "oracle_cylinder.h"

static real dot(const real a[3], const real b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void relative(const float point[3], const float origin[3], real way[3])
{
    for (int k = 0; k < 3; k++)
        way[k] = (real)point[k] - (real)origin[k];
}

/* Everything as seen from the query's center. */
typedef struct scene {
    const si_query_shape *query;
    real ends[2][3];
    real radius;
    real way[3]; /* the axis of a capsule or cylinder */
    real size;
    real band;
} scene;

static real largest(const real v[3])
{
    return fmaxl(fabsl(v[0]), fmaxl(fabsl(v[1]), fabsl(v[2])));
}

static scene make_scene(const si_query_shape *query, const element *e)
{
    scene s = {.query = query, .radius = (real)e->radius};
    relative(e->p1, query->center, s.ends[0]);
    relative(e->shape == CYLINDER ? e->p2 : e->p1, query->center, s.ends[1]);
    s.size = s.radius + (real)query->radius + largest(s.ends[0]) + largest(s.ends[1]);
    if (query->shape == SI_SHAPE_ORIENTED_BOX) {
        for (int k = 0; k < 3; k++)
            s.size += (real)query->half_size[k];
    } else {
        relative(query->end, query->center, s.way);
        s.size += largest(s.way);
    }
    s.band = s.size * 0x1p-45L;
    return s;
}

static bool is_ball(const scene *s)
{
    real v[3];
    for (int k = 0; k < 3; k++)
        v[k] = s->ends[1][k] - s->ends[0][k];
    return !(largest(v) > 0);
}

static real_cylinder element_cylinder(const scene *s)
{
    real_cylinder c = {.radius = s->radius};
    for (int k = 0; k < 3; k++) {
        c.p1[k] = s->ends[0][k];
        c.p2[k] = s->ends[1][k];
    }
    return c;
}

static real_cylinder query_cylinder(const scene *s)
{
    real_cylinder c = {{0, 0, 0}, {s->way[0], s->way[1], s->way[2]}, (real)s->query->radius};
    return c;
}

static verdict compare(real distance, real bound, real band)
{
    return distance <= bound - band ? HIT : distance > bound + band ? MISS : TOO_CLOSE;
}

/* By two answers: of smaller shapes and of larger ones. */
static verdict between(bool smaller_meet, bool larger_meet)
{
    return smaller_meet ? HIT : larger_meet ? TOO_CLOSE : MISS;
}

/* ---- coordinates of an oriented box ---- */

static void turn(const si_query_shape *query, const real v[3], real turned[3])
{
    for (int i = 0; i < 3; i++) {
        const real axis[3] = {query->axes[i][0], query->axes[i][1], query->axes[i][2]};
        turned[i] = dot(axis, v);
    }
}

static real_box own_box(const si_query_shape *query)
{
    real_box box;
    for (int k = 0; k < 3; k++) {
        box.lower[k] = -(real)query->half_size[k];
        box.upper[k] = (real)query->half_size[k];
    }
    return box;
}

static real distance_to_own_box(const si_query_shape *query, const real point[3], real growth)
{
    real turned[3], gap[3];
    turn(query, point, turned);
    for (int k = 0; k < 3; k++)
        gap[k] = fmaxl(0, fabsl(turned[k]) - (real)query->half_size[k] - growth);
    return sqrtl(dot(gap, gap));
}

/* ---- distances from an axis ---- */

/* From a cylinder that has a length, flat-capped. */
static real distance_to_cylinder(const real_cylinder *c, const real point[3])
{
    real v[3], u[3];
    for (int k = 0; k < 3; k++) {
        v[k] = c->p2[k] - c->p1[k];
        u[k] = point[k] - c->p1[k];
    }
    real length = sqrtl(dot(v, v));
    real height = dot(u, v) / length;
    for (int k = 0; k < 3; k++)
        u[k] -= height * v[k] / length;
    real beyond = fmaxl(0, fmaxl(-height, height - length));
    return hypotl(beyond, fmaxl(0, sqrtl(dot(u, u)) - c->radius));
}

/* From the segment to the cylinder: the distance of a point of a segment is convex. */
static real segment_to_cylinder(const real start[3], const real way[3], const real_cylinder *c)
{
    const real ratio = 0.618033988749894848204586834365638L;
    real low = 0, high = 1, least = INFINITY;
    for (int i = 0; i < 95; i++) {
        real t[4] = {low, high - ratio * (high - low), low + ratio * (high - low), high};
        real distance[4];
        for (int j = 0; j < 4; j++) {
            real point[3];
            for (int k = 0; k < 3; k++)
                point[k] = start[k] + t[j] * way[k];
            distance[j] = distance_to_cylinder(c, point);
            least = fminl(least, distance[j]);
        }
        if (distance[1] <= distance[2])
            high = t[2];
        else
            low = t[1];
    }
    return least;
}

/* ---- pairs ---- */

/* What is not nearer than the reach by the band may be so to a smaller shape all the same: inside.
 */
static verdict judge_distance(real distance, real reach, real distance_of_smaller, real band)
{
    verdict v = compare(distance, reach, band);
    return v == TOO_CLOSE && distance_of_smaller <= reach ? HIT : v;
}

static bool shrink(real_cylinder *c, real band)
{
    real v[3];
    for (int k = 0; k < 3; k++)
        v[k] = c->p2[k] - c->p1[k];
    real length = sqrtl(dot(v, v));
    for (int k = 0; k < 3; k++) {
        c->p1[k] += band / length * v[k];
        c->p2[k] -= band / length * v[k];
    }
    c->radius -= band;
    return c->radius >= 0 && length > 2 * band;
}

static verdict judge_ball_and_cylinder(const scene *s, real_cylinder c, real reach)
{
    real distance = distance_to_cylinder(&c, s->ends[0]);
    real of_smaller = shrink(&c, s->band) ? distance_to_cylinder(&c, s->ends[0]) : INFINITY;
    return judge_distance(distance, reach, of_smaller, s->band);
}

static verdict judge_segment(const scene *s, const real start[3], const real way[3],
                             real_cylinder c, real reach)
{
    real distance = segment_to_cylinder(start, way, &c);
    real of_smaller = shrink(&c, s->band) ? segment_to_cylinder(start, way, &c) : INFINITY;
    return judge_distance(distance, reach, of_smaller, s->band);
}

static verdict judge_ball(const scene *s)
{
    real_cylinder c = query_cylinder(s);
    if (s->query->shape == SI_SHAPE_CYLINDER)
        return judge_ball_and_cylinder(s, c, s->radius);
    if (s->query->shape == SI_SHAPE_CAPSULE) {
        c.radius = 0;
        return judge_ball_and_cylinder(s, c, s->radius + (real)s->query->radius);
    }
    real_box box = own_box(s->query);
    real distance = distance_to_own_box(s->query, s->ends[0], 0);
    bool empty = box.upper[0] < s->band || box.upper[1] < s->band || box.upper[2] < s->band;
    real of_smaller = empty ? INFINITY : distance_to_own_box(s->query, s->ends[0], -s->band);
    return judge_distance(distance, s->radius, of_smaller, s->band);
}

/* Without radius, the cylinder is judged by whether the box is met if it is larger or smaller. */
static verdict judge_cylinder_and_own_box(const scene *s)
{
    real_cylinder c = element_cylinder(s), turned = {.radius = c.radius};
    real_box box = own_box(s->query), smaller = box;
    turn(s->query, c.p1, turned.p1);
    turn(s->query, c.p2, turned.p2);
    bool empty = false;
    for (int k = 0; k < 3; k++) {
        smaller.lower[k] += s->band;
        smaller.upper[k] -= s->band;
        empty = empty || smaller.upper[k] < smaller.lower[k];
    }
    return between(grown_cylinder_meets_box(&turned, &box, -s->band) ||
                       (!empty && grown_cylinder_meets_box(&turned, &smaller, 0)),
                   grown_cylinder_meets_box(&turned, &box, s->band));
}

static verdict judge_cylinder(const scene *s)
{
    const real origin[3] = {0, 0, 0};
    real_cylinder c = element_cylinder(s), q = query_cylinder(s);
    real way[3] = {c.p2[0] - c.p1[0], c.p2[1] - c.p1[1], c.p2[2] - c.p1[2]};
    if (s->query->shape == SI_SHAPE_ORIENTED_BOX)
        return judge_cylinder_and_own_box(s);
    if (s->query->shape == SI_SHAPE_CAPSULE)
        return judge_segment(s, origin, s->way, c, q.radius);
    if (c.radius <= 0)
        return judge_segment(s, c.p1, way, q, 0);
    if (q.radius <= 0)
        return judge_segment(s, origin, s->way, c, 0);
    return between(grown_cylinders_meet(&c, &q, -s->band), grown_cylinders_meet(&c, &q, s->band));
}

/* ---- bounding boxes ---- */

static real distance_of_segment(const real start[3], const real way[3], const real_box *box)
{
    const real ratio = 0.618033988749894848204586834365638L;
    real low = 0, high = 1, least = INFINITY;
    for (int i = 0; i < 95; i++) {
        real t[4] = {low, high - ratio * (high - low), low + ratio * (high - low), high};
        real distance[4];
        for (int j = 0; j < 4; j++) {
            real gap[3];
            for (int k = 0; k < 3; k++) {
                real x = start[k] + t[j] * way[k];
                gap[k] = fmaxl(0, fmaxl(box->lower[k] - x, x - box->upper[k]));
            }
            distance[j] = sqrtl(dot(gap, gap));
            least = fminl(least, distance[j]);
        }
        if (distance[1] <= distance[2])
            high = t[2];
        else
            low = t[1];
    }
    return least;
}

/* Two boxes meet if an edge of the one does the other, either way round, or a center is inside. */
static bool edge_meets(const real start[3], const real way[3], const real_box *box, real growth)
{
    real low = 0, high = 1;
    for (int k = 0; k < 3; k++) {
        real lower = box->lower[k] - growth, upper = box->upper[k] + growth;
        real a = (lower - start[k]) / way[k], b = (upper - start[k]) / way[k];
        if (way[k] > 0 || way[k] < 0) {
            low = fmaxl(low, fminl(a, b));
            high = fminl(high, fmaxl(a, b));
        } else if (start[k] < lower || start[k] > upper)
            return false;
    }
    return low <= high;
}

static void corner_of(const real_box *box, int choice, real corner[3])
{
    for (int k = 0; k < 3; k++)
        corner[k] = choice >> k & 1 ? box->upper[k] : box->lower[k];
}

/* The edges of a box in other coordinates: `turn_back` from own to those of the other, or not. */
static bool edges_meet(const real_box *box, const real_box *other, const si_query_shape *query,
                       bool turn_back, real growth)
{
    for (int choice = 0; choice < 24; choice++) {
        int axis = choice % 3;
        real corner[3], way[3] = {0, 0, 0}, start[3], turned[3] = {0, 0, 0};
        corner_of(box, choice / 3, corner);
        way[axis] = box->upper[axis] - box->lower[axis];
        if (choice / 3 >> axis & 1)
            continue;
        if (!turn_back) {
            turn(query, corner, start);
            turn(query, way, turned);
        } else
            for (int k = 0; k < 3; k++) {
                const real column[3] = {query->axes[0][k], query->axes[1][k], query->axes[2][k]};
                start[k] = dot(column, corner);
                turned[k] = dot(column, way);
            }
        if (edge_meets(start, turned, other, growth))
            return true;
    }
    return false;
}

static bool oriented_box_meets(const si_query_shape *query, const real_box *box, real growth)
{
    real_box own = own_box(query);
    return edges_meet(box, &own, query, false, growth) ||
           edges_meet(&own, box, query, true, growth);
}

static verdict judge_bounds(const scene *s, const real_box *box)
{
    const si_query_shape *query = s->query;
    if (query->shape == SI_SHAPE_ORIENTED_BOX)
        return between(oriented_box_meets(query, box, -s->band),
                       oriented_box_meets(query, box, s->band));
    real_cylinder c = query_cylinder(s);
    real origin[3] = {0, 0, 0};
    if (query->shape == SI_SHAPE_CAPSULE || c.radius <= 0)
        return compare(distance_of_segment(origin, s->way, box), c.radius, s->band);
    return between(grown_cylinder_meets_box(&c, box, -s->band),
                   grown_cylinder_meets_box(&c, box, s->band));
}

/* That the bounding box of the query, as stored, holds it, tells test_query. */
verdict oracle_of_solid(const si_query_shape *query, const element *e, const si_box *bounds)
{
    scene s = make_scene(query, e);
    if (query->accuracy == SI_BOUNDING_BOX) {
        real_box box;
        for (int k = 0; k < 3; k++) {
            box.lower[k] = fmaxl(-1e40L, (real)bounds->lower[k] - (real)query->center[k]);
            box.upper[k] = fminl(1e40L, (real)bounds->upper[k] - (real)query->center[k]);
        }
        return judge_bounds(&s, &box);
    }
    return is_ball(&s) ? judge_ball(&s) : judge_cylinder(&s);
}

verdict oracle_of_tile(const si_query_shape *query, const element *e)
{
    bool inside = true;
    for (int k = 0; k < 3; k++) {
        /* Halves and their sum are exact here, and round once. */
        double a = (double)e->p1[k], b = (double)(e->shape == CYLINDER ? e->p2[k] : e->p1[k]);
        float middle = (float)((long double)(float)(a / 2) + (long double)(float)(b / 2));
        middle = e->shape == CYLINDER ? middle : e->p1[k];
        inside = inside && middle >= query->lower[k] && middle < query->upper[k];
    }
    return inside ? HIT : MISS;
}
