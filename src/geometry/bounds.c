/* Bounding boxes of single elements, and of leaves by loops over columns that compilers turn into
 * vectors. */
#include "geometry/bounds.h"

si_box si_box_nothing(void)
{
    return (si_box){{FLT_MAX, FLT_MAX, FLT_MAX}, {-FLT_MAX, -FLT_MAX, -FLT_MAX}};
}

void si_box_unite(si_box *box, const si_box *other)
{
    for (int axis = 0; axis < 3; axis++) {
        box->lower[axis] = si_min_float(box->lower[axis], other->lower[axis]);
        box->upper[axis] = si_max_float(box->upper[axis], other->upper[axis]);
    }
}

si_box si_bound_sphere(const float center[3], float radius)
{
    si_box box;
    for (int axis = 0; axis < 3; axis++) {
        box.lower[axis] = center[axis] - radius + 0.0F;
        box.upper[axis] = center[axis] + radius + 0.0F;
    }
    return box;
}

si_box si_bound_cylinder(const float p1[3], const float p2[3], float radius)
{
    float largest = radius * radius;
    float v[3];
    for (int axis = 0; axis < 3; axis++) {
        largest = si_max_square(si_max_square(largest, p1[axis]), p2[axis]);
        v[axis] = p2[axis] - p1[axis];
    }
    float divisor = si_reach_divisor(largest, v[0], v[1], v[2]);
    si_box box;
    for (int axis = 0; axis < 3; axis++) {
        float reach = si_cylinder_reach(v[axis], divisor, radius);
        box.lower[axis] = si_lower_bound(p1[axis], p2[axis], reach);
        box.upper[axis] = si_upper_bound(p1[axis], p2[axis], reach);
    }
    return box;
}

static void compute_reach_divisors(const si_cylinders *cylinders, unsigned count,
                                   float *restrict divisors)
{
    const si_cylinders c = *cylinders;
    for (unsigned i = 0; i < count; i++) {
        float largest = c.radius[i] * c.radius[i];
        for (int axis = 0; axis < 3; axis++)
            largest = si_max_square(si_max_square(largest, c.p1[axis][i]), c.p2[axis][i]);
        divisors[i] = si_reach_divisor(largest, c.p2[0][i] - c.p1[0][i], c.p2[1][i] - c.p1[1][i],
                                       c.p2[2][i] - c.p1[2][i]);
    }
}

void si_bound_each_cylinder(const si_cylinders *cylinders, unsigned count, si_box_columns *boxes)
{
    float divisors[SI_MATCH_CAPACITY];
    compute_reach_divisors(cylinders, count, divisors);
    for (int axis = 0; axis < 3; axis++) {
        const float *p1 = cylinders->p1[axis];
        const float *p2 = cylinders->p2[axis];
        const float *radius = cylinders->radius;
        float *restrict lower = boxes->lower[axis];
        float *restrict upper = boxes->upper[axis];
        for (unsigned i = 0; i < count; i++) {
            float reach = si_cylinder_reach(p2[i] - p1[i], divisors[i], radius[i]);
            lower[i] = si_lower_bound(p1[i], p2[i], reach);
            upper[i] = si_upper_bound(p1[i], p2[i], reach);
        }
    }
}

static float smallest_value(const float *values, unsigned count)
{
    float result = FLT_MAX;
    for (unsigned i = 0; i < count; i++)
        result = si_min_float(result, values[i]);
    return result;
}

static float greatest_value(const float *values, unsigned count)
{
    float result = -FLT_MAX;
    for (unsigned i = 0; i < count; i++)
        result = si_max_float(result, values[i]);
    return result;
}

si_box si_bound_points(const si_points *points, unsigned count)
{
    si_box box;
    for (int axis = 0; axis < 3; axis++) {
        box.lower[axis] = smallest_value(points->position[axis], count) + 0.0F;
        box.upper[axis] = greatest_value(points->position[axis], count) + 0.0F;
    }
    return box;
}

si_box si_bound_spheres(const si_spheres *spheres, unsigned count)
{
    si_box box = si_box_nothing();
    for (unsigned i = 0; i < count; i++) {
        float center[3] = {spheres->center[0][i], spheres->center[1][i], spheres->center[2][i]};
        si_box one = si_bound_sphere(center, spheres->radius[i]);
        si_box_unite(&box, &one);
    }
    return box;
}

si_box si_bound_cylinders(const si_cylinders *cylinders, unsigned count)
{
    si_box_columns boxes;
    si_bound_each_cylinder(cylinders, count, &boxes);
    si_box box;
    for (int axis = 0; axis < 3; axis++) {
        box.lower[axis] = smallest_value(boxes.lower[axis], count);
        box.upper[axis] = greatest_value(boxes.upper[axis], count);
    }
    return box;
}
