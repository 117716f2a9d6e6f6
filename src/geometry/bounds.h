/*
 * The arithmetic of bounding boxes, in 32-bit floats with one rounding per operation, so that the
 * scalar functions, the loops over columns, the kernels and every machine compute the same bits.
 *
 * A box never holds -0: every bound ends with "+ 0", so that a union does not depend on its order.
 */
#ifndef SI_GEOMETRY_BOUNDS_H
#define SI_GEOMETRY_BOUNDS_H

#include <float.h>
#include <math.h>

#include "geometry/scalar_math.h"
#include "geometry/shapes.h"

/* The bounding boxes of a leaf's elements as columns. */
typedef struct si_box_columns {
    float lower[3][SI_MATCH_CAPACITY];
    float upper[3][SI_MATCH_CAPACITY];
} si_box_columns;

void si_bound_each_cylinder(const si_cylinders *cylinders, unsigned count, si_box_columns *boxes);

static inline float si_max_square(float largest, float coordinate)
{
    return si_max_float(largest, coordinate * coordinate);
}

/*
 * The divisor D of the reach of a cylinder: FLT_MIN + FLT_EPSILON * L + v.v, where v = p2 - p1 and
 * L is the greatest of the squares of the radius and of all coordinates.
 */
static inline float si_reach_divisor(float largest_square, float vx, float vy, float vz)
{
    return (FLT_MIN + FLT_EPSILON * largest_square) + ((vx * vx + vy * vy) + vz * vz);
}

/*
 * How far a cylinder reaches beyond its end points along one axis: sqrt(1 - v^2 / D) * radius.
 *
 * Always 0 <= reach <= radius: D >= v^2 because rounding is monotone and only terms >= 0 are added,
 * so the quotient is 0 .. 1. Where the squares overflow (coordinates of some 1e19 and more) D is
 * infinite and the quotient 0 or NaN; the reach is then the radius, which is that of the capsule
 * and so never too little.
 */
static inline float si_cylinder_reach(float v, float divisor, float radius)
{
    float reach = sqrtf(1.0F - v * v / divisor) * radius;
    return divisor <= FLT_MAX ? reach : radius;
}

static inline float si_lower_bound(float a, float b, float reach)
{
    return si_min_float(a - reach, b - reach) + 0.0F;
}

static inline float si_upper_bound(float a, float b, float reach)
{
    return si_max_float(a + reach, b + reach) + 0.0F;
}

/* The box of the end points with the radius added. It holds si_bound_cylinder, and where the
 * cylinder reaches a 32-bit float in real numbers, so does this box. */
static inline si_box si_grow_ends(const float p1[3], const float p2[3], float radius)
{
    si_box box;
    for (int axis = 0; axis < 3; axis++) {
        box.lower[axis] = si_lower_bound(p1[axis], p2[axis], radius);
        box.upper[axis] = si_upper_bound(p1[axis], p2[axis], radius);
    }
    return box;
}

#endif
