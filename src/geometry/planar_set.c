/*
 * Whether a convex set in the plane comes near the origin, by the algorithm of Gilbert, Johnson and
 * Keerthi. It keeps a segment between two points of the set. The point of the set that is least
 * along the shortest way v to the segment tells whether the line across v there has the whole set
 * behind it; if not, the segment is replaced by a nearer one that ends in that point.
 */
#include "geometry/planar_set.h"

#include <math.h>
#include <string.h>

typedef struct segment {
    double a[2];
    double b[2]; /* may be the same */
} segment;

static double dot(const double a[2], const double b[2])
{
    return a[0] * b[0] + a[1] * b[1];
}

static double cross(const double a[2], const double b[2])
{
    return a[0] * b[1] - a[1] * b[0];
}

/* The segment as seen from the origin. The way to a point inside it is across the segment to the
 * last digit, which that to the point itself would not be where the segment is long and near. */
typedef struct sight {
    double way[2]; /* of any length */
    double distance;
} sight;

/* Of an end that is nearest the segment keeps nothing but that. */
static sight look_at(segment *s)
{
    double axis[2] = {s->b[0] - s->a[0], s->b[1] - s->a[1]};
    double along = -dot(s->a, axis), square = dot(axis, axis);
    if (along > 0 && along < square) {
        double moment = cross(s->a, axis);
        double sign = moment < 0 ? -1 : 1;
        return (sight){{sign * axis[1], -sign * axis[0]}, fabs(moment) / sqrt(square)};
    }
    if (along <= 0)
        memcpy(s->b, s->a, sizeof s->b);
    else
        memcpy(s->a, s->b, sizeof s->a);
    return (sight){{s->a[0], s->a[1]}, sqrt(dot(s->a, s->a))};
}

static bool triangle_holds_origin(const segment *s, const double c[2])
{
    double x = cross(s->a, s->b), y = cross(s->b, c), z = cross(c, s->a);
    return (x >= 0 && y >= 0 && z >= 0 && x + y + z > 0) ||
           (x <= 0 && y <= 0 && z <= 0 && x + y + z < 0);
}

/* Takes the nearer of the segments from an end to `c`. */
static sight move_to(segment *s, const double c[2])
{
    segment other = {{s->b[0], s->b[1]}, {c[0], c[1]}};
    memcpy(s->b, c, sizeof s->b);
    sight seen = look_at(s), seen_other = look_at(&other);
    if (seen_other.distance >= seen.distance)
        return seen;
    *s = other;
    return seen_other;
}

bool si_planar_set_is_near(const void *set, si_least_point least_point, double radius)
{
    /* A polygon of a box takes four steps or so, a smooth outline halves the arc each time. */
    enum { MOST_STEPS = 64 };
    const double any_direction[2] = {1, 0};
    segment s;
    double least[2];
    least_point(set, any_direction, s.a);
    memcpy(s.b, s.a, sizeof s.b);
    sight seen = look_at(&s);
    for (int step = 0; step < MOST_STEPS; step++) {
        if (seen.distance <= radius)
            return true;
        least_point(set, seen.way, least);
        double behind = dot(seen.way, least) / sqrt(dot(seen.way, seen.way));
        if (behind > radius || behind >= seen.distance * (1 - 0x1p-50))
            return false;
        if (triangle_holds_origin(&s, least))
            return true;
        seen = move_to(&s, least);
    }
    return false;
}
