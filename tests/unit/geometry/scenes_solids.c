#include "scenes_solids.h"

#include "unit/test.h"

#include <math.h>
#include <stdio.h>

static void point_beside(random_source *random, const frame *f, const element *near,
                         double point[3])
{
    bool at_random = random_below(random, 4) == 0;
    double t = f->grid ? 0.5 * random_below(random, 3) : random_between(random, -0.3, 1.3);
    double spread = random_between(random, 0, 3) * (double)near->radius;
    for (int axis = 0; axis < 3; axis++) {
        double p1 = (double)near->p1[axis];
        double along = p1 + t * ((double)near->p2[axis] - p1);
        double shift = f->grid ? f->scale * ((double)random_below(random, 5) - 2)
                               : random_between(random, -spread, spread);
        point[axis] = at_random ? (double)random_coordinate(random, f, axis) : along + shift;
    }
}

/* A way as long as the scene, parallel to the axis of the element, nearly so, across it, along a
 * coordinate axis, or any. */
static void random_way(random_source *random, const frame *f, const element *near, double way[3])
{
    unsigned kind = random_below(random, 6);
    double tilt = kind == 1 ? pow(10, random_between(random, -8, -1)) : 0;
    int axis = (int)random_below(random, 3);
    double v[3], any[3];
    for (int k = 0; k < 3; k++) {
        v[k] = (double)near->p2[k] - (double)near->p1[k];
        any[k] = f->grid ? f->scale * ((double)random_below(random, 9) - 4)
                         : f->scale * random_between(random, -1, 1);
    }
    double factor = random_below(random, 2) ? 1 : random_between(random, -2, 2);
    for (int k = 0; k < 3; k++) {
        int i = (k + 1) % 3, j = (k + 2) % 3;
        way[k] = kind <= 1   ? factor * v[k] + tilt * any[k]
                 : kind == 2 ? (v[i] * any[j] - v[j] * any[i]) / f->scale
                 : kind == 3 ? (k == axis) * any[k]
                             : any[k];
    }
}

/* Far out, ends may be the same until the way between them is long enough. */
static si_query_shape random_axis_query(random_source *random, const frame *f, const element *near,
                                        si_shape shape, si_accuracy accuracy)
{
    si_query_shape query;
    double start[3], way[3];
    double radius = (double)random_length(random, f), before = random_between(random, 0, 1);
    si_result status = SI_ERROR_ARGUMENT;
    for (double stretch = 1; status != SI_OK; stretch = stretch > 1e9 ? 1 : 4 * stretch) {
        double a[3], b[3];
        point_beside(random, f, near, start);
        random_way(random, f, near, way);
        for (int k = 0; k < 3; k++) {
            a[k] = start[k] - (f->grid ? 0 : before) * stretch * way[k];
            b[k] = a[k] + stretch * way[k];
        }
        status = shape == SI_SHAPE_CAPSULE
                     ? si_query_capsule(a, b, radius, accuracy, (si_query *)&query, NULL)
                     : si_query_cylinder(a, b, radius, accuracy, (si_query *)&query, NULL);
    }
    return query;
}

static void random_axes(random_source *random, const frame *f, const element *near,
                        double axes[2][3])
{
    static const double aligned[][2][3] = {{{0, 0, 2}, {0, -3, 0}}, {{3, 4, 0}, {-4, 3, 0}}};
    double way[3], any[3] = {random_between(random, -1, 1), random_between(random, -1, 1),
                             random_between(random, -1, 1)};
    unsigned kind = random_below(random, 4);
    random_way(random, f, near, way);
    for (int k = 0; k < 3; k++) {
        int i = (k + 1) % 3, j = (k + 2) % 3;
        axes[0][k] = kind < 2 ? aligned[kind][0][k] : way[k] / f->scale;
        axes[1][k] = kind < 2 ? aligned[kind][1][k]
                              : (way[i] * any[j] - way[j] * any[i]) / f->scale;
    }
}

static si_query_shape random_oriented_box(random_source *random, const frame *f,
                                          const element *near, si_accuracy accuracy)
{
    si_query_shape query;
    si_result result;
    do {
        double center[3], axes[2][3], half[3];
        point_beside(random, f, near, center);
        random_axes(random, f, near, axes);
        for (int k = 0; k < 3; k++)
            half[k] = (double)random_length(random, f);
        result = si_query_oriented_box(center, axes, half, accuracy, (si_query *)&query, NULL);
    } while (result != SI_OK);
    return query;
}

si_query_shape random_solid_query(random_source *random, const frame *f, const element *near,
                                  si_shape shape, si_accuracy accuracy)
{
    return shape == SI_SHAPE_ORIENTED_BOX ? random_oriented_box(random, f, near, accuracy)
                                          : random_axis_query(random, f, near, shape, accuracy);
}

si_query_shape random_tile(random_source *random, const frame *f, const element *near)
{
    double a[3], b[3];
    si_query_shape query;
    for (int k = 0; k < 3; k++) {
        double middle = (double)(near->shape == CYLINDER ? 0.5F * near->p1[k] + 0.5F * near->p2[k]
                                                         : near->p1[k]);
        double size = random_below(random, 16) ? f->scale * random_between(random, 0, 2) : INFINITY;
        unsigned kind = random_below(random, 6);
        double side = kind < 2   ? middle
                      : kind < 5 ? middle - size * random_between(random, 0, 1)
                                 : (double)random_coordinate(random, f, k);
        a[k] = kind == 0 ? side - size : side;
        b[k] = kind == 0 ? side : isfinite(size) ? side + size : size;
    }
    si_result status = si_query_box(a, b, SI_CENTER, (si_query *)&query, NULL);
    assert_int_equal(status, SI_OK);
    return query;
}

void describe_solid(const si_query_shape *q, char *text, size_t size)
{
    if (q->shape == SI_SHAPE_ORIENTED_BOX)
        snprintf(text, size,
                 "oriented box %.9g %.9g %.9g half %.9g %.9g %.9g axes %.17g %.17g %.17g, %.17g "
                 "%.17g %.17g",
                 (double)q->center[0], (double)q->center[1], (double)q->center[2],
                 (double)q->half_size[0], (double)q->half_size[1], (double)q->half_size[2],
                 q->axes[0][0], q->axes[0][1], q->axes[0][2], q->axes[1][0], q->axes[1][1],
                 q->axes[1][2]);
    else if (q->shape == SI_SHAPE_CENTERS)
        snprintf(text, size, "centers in %.9g %.9g %.9g .. %.9g %.9g %.9g", (double)q->lower[0],
                 (double)q->lower[1], (double)q->lower[2], (double)q->upper[0], (double)q->upper[1],
                 (double)q->upper[2]);
    else
        snprintf(text, size, "%s %.9g %.9g %.9g to %.9g %.9g %.9g r %.9g",
                 q->shape == SI_SHAPE_CAPSULE ? "capsule" : "cylinder", (double)q->center[0],
                 (double)q->center[1], (double)q->center[2], (double)q->end[0], (double)q->end[1],
                 (double)q->end[2], (double)q->radius);
}
