/*
 * The algorithm of Gilbert, Johnson and Keerthi, in the plane. A segment between two points of the
 * set is kept, of which the point v is nearest to the origin. The point of the set that is least
 * along v tells whether the line across v there has the whole set behind it; if not, the segment is
 * replaced by a nearer one that ends in that point.
 */
#include "geometry/planar_set.h"

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

/* Of an end that is nearest the segment keeps nothing but that. */
static void find_nearest(segment *s, double nearest[2])
{
    double way[2] = {s->b[0] - s->a[0], s->b[1] - s->a[1]};
    double along = -dot(s->a, way), length = dot(way, way);
    if (along <= 0)
        memcpy(s->b, s->a, sizeof s->b);
    else if (along >= length)
        memcpy(s->a, s->b, sizeof s->a);
    double t = along > 0 && along < length ? along / length : 0;
    for (int k = 0; k < 2; k++)
        nearest[k] = s->a[k] + t * way[k];
}

static bool triangle_holds_origin(const segment *s, const double c[2])
{
    double x = cross(s->a, s->b), y = cross(s->b, c), z = cross(c, s->a);
    return (x >= 0 && y >= 0 && z >= 0 && x + y + z > 0) ||
           (x <= 0 && y <= 0 && z <= 0 && x + y + z < 0);
}

/* Takes the nearer of the segments from an end to `c`. */
static void move_to(segment *s, const double c[2], double nearest[2])
{
    segment other = {{s->b[0], s->b[1]}, {c[0], c[1]}};
    double nearest_of_other[2];
    memcpy(s->b, c, sizeof s->b);
    find_nearest(s, nearest);
    find_nearest(&other, nearest_of_other);
    if (dot(nearest_of_other, nearest_of_other) < dot(nearest, nearest)) {
        *s = other;
        memcpy(nearest, nearest_of_other, sizeof nearest_of_other);
    }
}

bool si_planar_set_is_near(const void *set, si_least_point least_point, double radius)
{
    /* A polygon of a box takes four steps or so, a smooth outline halves the arc each time. */
    enum { MOST_STEPS = 64 };
    const double any_direction[2] = {1, 0};
    segment s;
    double nearest[2], least[2];
    least_point(set, any_direction, s.a);
    memcpy(s.b, s.a, sizeof s.b);
    memcpy(nearest, s.a, sizeof nearest);
    for (int step = 0; step < MOST_STEPS; step++) {
        double squared = dot(nearest, nearest);
        if (squared <= radius * radius)
            return true;
        least_point(set, nearest, least);
        double behind = dot(nearest, least);
        if (behind >= squared * (1 - 0x1p-50) ||
            (behind > 0 && behind * behind > radius * radius * squared))
            return false;
        if (triangle_holds_origin(&s, least))
            return true;
        move_to(&s, least, nearest);
    }
    return false;
}
