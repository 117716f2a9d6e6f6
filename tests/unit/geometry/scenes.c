#include "scenes.h"

#include <math.h>
#include <stdio.h>

#include "geometry/predicates.h"
#include "oracle.h"
#include "scenes_solids.h"

uint64_t random_bits(random_source *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

unsigned random_below(random_source *random, unsigned bound)
{
    return (unsigned)(random_bits(random) % bound);
}

double random_between(random_source *random, double low, double high)
{
    return low + (high - low) * (double)(random_bits(random) >> 11) * 0x1p-53;
}

frame random_frame(random_source *random)
{
    frame f = {.grid = random_below(random, 4) == 0};
    static const double exponents[][2] = {{0, 2}, {0, 2}, {-6, -5}, {-1, 6}, {6, 20}, {-6, 37.5}};
    const double *range = exponents[random_below(random, 6)];
    f.scale = pow(10, random_between(random, range[0], range[1]));
    if (f.grid)
        f.scale = exp2((double)random_below(random, 40) - 20);
    bool far = random_below(random, 3) == 0;
    double distance = f.scale * (f.grid ? exp2(random_below(random, 20))
                                        : pow(10, random_between(random, 0, 7)));
    for (int axis = 0; axis < 3; axis++)
        f.origin[axis] = far && distance < 1e38
                             ? distance * (double)((int)random_below(random, 5) - 2)
                             : 0;
    return f;
}

float random_coordinate(random_source *random, const frame *f, int axis)
{
    double x = f->grid ? (double)random_below(random, 17) - 8 : random_between(random, -1, 1);
    return (float)(f->origin[axis] + x * f->scale);
}

float random_length(random_source *random, const frame *f)
{
    if (f->grid)
        return (float)(random_below(random, 5) * f->scale);
    static const double factors[] = {0, 1e-6, 1e-3, 0.03, 0.1, 0.3, 0.3, 1, 3};
    return (float)(factors[random_below(random, 9)] * random_between(random, 0.5, 1) * f->scale);
}

static void draw_axis(random_source *random, const frame *f, element *e)
{
    unsigned kind = random_below(random, 8);
    int main_axis = (int)random_below(random, 3);
    double shrink = kind < 3 ? 1 : pow(10, random_between(random, -7, 0));
    for (int axis = 0; axis < 3; axis++) {
        double step = (double)random_coordinate(random, f, axis) - (double)e->p1[axis];
        bool across = axis != main_axis;
        if (kind == 3 || (kind == 4 && across))
            step = 0; /* zero length; along an axis */
        else if (kind == 5 && across)
            step *= shrink; /* nearly along an axis */
        else if (kind == 6 && !f->grid)
            step *= shrink; /* short */
        e->p2[axis] = (float)((double)e->p1[axis] + step);
    }
}

element random_element(random_source *random, const frame *f, element_shape shape)
{
    element e = {.shape = shape};
    for (int axis = 0; axis < 3; axis++)
        e.p2[axis] = e.p1[axis] = random_coordinate(random, f, axis);
    if (shape == CYLINDER)
        draw_axis(random, f, &e);
    if (shape != POINT)
        e.radius = random_length(random, f);
    return e;
}

si_query_shape box_query(const float lower[3], const float upper[3], si_accuracy accuracy)
{
    si_query_shape query;
    double a[3] = {(double)lower[0], (double)lower[1], (double)lower[2]};
    double b[3] = {(double)upper[0], (double)upper[1], (double)upper[2]};
    si_query_box(a, b, accuracy, (si_query *)&query, NULL);
    return query;
}

si_query_shape sphere_query(const float center[3], float radius, si_accuracy accuracy)
{
    si_query_shape query;
    double c[3] = {(double)center[0], (double)center[1], (double)center[2]};
    si_query_sphere(c, (double)radius, accuracy, (si_query *)&query, NULL);
    return query;
}

/* A point between the element's end points, so that large scenes have matches, too. */
static void point_near(random_source *random, const frame *f, const element *near, float point[3])
{
    unsigned kind = random_below(random, 4);
    double t = random_between(random, -0.2, 1.2);
    double spread = kind == 1 ? 0 : 2 * (double)near->radius;
    for (int axis = 0; axis < 3; axis++) {
        double p1 = (double)near->p1[axis];
        double along = p1 + t * ((double)near->p2[axis] - p1);
        point[axis] = kind < 2 && !f->grid
                          ? (float)(along + random_between(random, -spread, spread))
                          : random_coordinate(random, f, axis);
    }
}

/* Moves one side of the box to where the element's bounding box or end point is. */
static void touch_with_side(random_source *random, const element *near, float lower[3],
                            float upper[3])
{
    int axis = (int)random_below(random, 3);
    si_box box = bound(near);
    float sides[] = {box.upper[axis], box.lower[axis], near->p1[axis], near->p2[axis]};
    float width = upper[axis] - lower[axis];
    lower[axis] = sides[random_below(random, 4)];
    upper[axis] = lower[axis] + width;
}

static si_query_shape random_box_query(random_source *random, const frame *f, const element *near,
                                       si_accuracy accuracy)
{
    float point[3], lower[3], upper[3];
    point_near(random, f, near, point);
    bool same = random_below(random, 16) == 0;
    bool cube = random_below(random, 2) == 0;
    float half = random_length(random, f);
    si_box box = bound(near);
    for (int axis = 0; axis < 3; axis++) {
        float h = cube ? half : random_length(random, f);
        lower[axis] = same ? box.lower[axis] : point[axis] - h;
        upper[axis] = same ? box.upper[axis] : point[axis] + h;
    }
    if (random_below(random, 8) == 0)
        touch_with_side(random, near, lower, upper);
    return box_query(lower, upper, accuracy);
}

static float next_to(random_source *random, float x)
{
    unsigned kind = random_below(random, 4);
    return kind == 0 ? fmaxf(0, nextafterf(x, 0)) : kind == 1 ? nextafterf(x, INFINITY) : x;
}

static si_query_shape random_sphere_query(random_source *random, const frame *f,
                                          const element *near, si_accuracy accuracy)
{
    float center[3];
    point_near(random, f, near, center);
    float radius = random_length(random, f);
    if (random_below(random, 3) == 0) {
        long double d = oracle_distance_to_point(near, center);
        radius = next_to(random, (float)d);
    }
    return sphere_query(center, radius, accuracy);
}

si_query_shape random_query_of(random_source *random, const frame *f, const element *near,
                               si_shape shape)
{
    static const si_accuracy accuracies[] = {SI_BEST_EFFORT, SI_EXACT, SI_EXACT, SI_BOUNDING_BOX};
    si_accuracy accuracy = accuracies[random_below(random, 4)];
    switch (shape) {
    case SI_SHAPE_BOX:
        return random_box_query(random, f, near, accuracy);
    case SI_SHAPE_SPHERE:
        return random_sphere_query(random, f, near, accuracy);
    case SI_SHAPE_CENTERS:
        return random_tile(random, f, near);
    default:
        return random_solid_query(random, f, near, shape, accuracy);
    }
}

si_query_shape random_query(random_source *random, const frame *f, const element *near)
{
    return random_query_of(random, f, near, (si_shape)random_below(random, SI_SHAPE_CENTERS + 1));
}

bool query_meets(const si_query_shape *query, const element *e)
{
    switch (e->shape) {
    case POINT:
        return si_query_meets_point(query, e->p1);
    case SPHERE:
        return si_query_meets_sphere(query, e->p1, e->radius);
    default:
        return si_query_meets_cylinder(query, e->p1, e->p2, e->radius);
    }
}

si_box bound(const element *e)
{
    return e->shape == CYLINDER ? si_bound_cylinder(e->p1, e->p2, e->radius)
                                : si_bound_sphere(e->p1, e->radius);
}

enum { TEXT_SIZE = 400 };

static char *next_text(void)
{
    static char texts[4][TEXT_SIZE];
    static unsigned turn;
    return texts[turn++ % 4];
}

const char *describe_query(const si_query_shape *q)
{
    char *text = next_text();
    static const char *const names[] = {"best_effort", "bounding_box", "exact"};
    const char *accuracy = names[q->accuracy];
    int length = snprintf(text, TEXT_SIZE, "%s ", accuracy);
    char *shape = text + length;
    size_t room = TEXT_SIZE - (size_t)length;
    if (q->shape == SI_SHAPE_BOX)
        snprintf(shape, room, "box %.9g %.9g %.9g .. %.9g %.9g %.9g", (double)q->lower[0],
                 (double)q->lower[1], (double)q->lower[2], (double)q->upper[0], (double)q->upper[1],
                 (double)q->upper[2]);
    else if (q->shape == SI_SHAPE_SPHERE)
        snprintf(shape, room, "sphere %.9g %.9g %.9g r %.9g", (double)q->center[0],
                 (double)q->center[1], (double)q->center[2], (double)q->radius);
    else
        describe_solid(q, shape, room);
    return text;
}

const char *describe_element(const element *e)
{
    static const char *const names[] = {"point", "sphere", "cylinder"};
    char *text = next_text();
    snprintf(text, TEXT_SIZE, "%s %.9g %.9g %.9g to %.9g %.9g %.9g r %.9g", names[e->shape],
             (double)e->p1[0], (double)e->p1[1], (double)e->p1[2], (double)e->p2[0],
             (double)e->p2[1], (double)e->p2[2], (double)e->radius);
    return text;
}
