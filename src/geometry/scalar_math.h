/* Arithmetic on scalars and three-vectors that several tests of shapes share. */
#ifndef SI_GEOMETRY_SCALAR_MATH_H
#define SI_GEOMETRY_SCALAR_MATH_H

#include <math.h>

static inline float si_min_float(float a, float b)
{
    return a < b ? a : b;
}

static inline float si_max_float(float a, float b)
{
    return a > b ? a : b;
}

static inline double si_min_double(double a, double b)
{
    return a < b ? a : b;
}

static inline double si_max_double(double a, double b)
{
    return a > b ? a : b;
}

/* The center of a segment. Halved before the sum, so that no coordinate overflows. */
static inline float si_middle(float a, float b)
{
    return 0.5F * a + 0.5F * b;
}

static inline double si_gap(double x, double lower, double upper)
{
    return x < lower ? lower - x : x > upper ? x - upper : 0;
}

static inline double si_dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline void si_cross(const double a[3], const double b[3], double product[3])
{
    for (int k = 0; k < 3; k++)
        product[k] = a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3];
}

/* |a x b|^2. Where the components are differences of floats of like size, each product is exact, so
 * that the sum is one of few roundings and right at once where a and b are nearly parallel. */
static inline double si_cross_squared(const double a[3], const double b[3])
{
    double x = a[1] * b[2] - a[2] * b[1];
    double y = a[2] * b[0] - a[0] * b[2];
    double z = a[0] * b[1] - a[1] * b[0];
    return x * x + y * y + z * z;
}

/* Scales by a power of two, so that the greatest component is 0.5 .. 1 and no product overflows. */
static inline void si_scale_to_unit(double v[3])
{
    double greatest = fmax(fabs(v[0]), fmax(fabs(v[1]), fabs(v[2])));
    int exponent;
    frexp(greatest, &exponent);
    for (int k = 0; k < 3; k++)
        v[k] = ldexp(v[k], -exponent);
}

/* a - b, exact where the exponents of the floats are within 29 of each other. */
static inline void si_subtract(const float a[3], const float b[3], double difference[3])
{
    for (int axis = 0; axis < 3; axis++)
        difference[axis] = (double)a[axis] - (double)b[axis];
}

static inline double si_squared_distance(const float a[3], const float b[3])
{
    double difference[3];
    si_subtract(a, b, difference);
    return si_dot(difference, difference);
}

static inline double si_squared_gap(const float point[3], const float lower[3],
                                    const float upper[3])
{
    double gap[3];
    for (int axis = 0; axis < 3; axis++)
        gap[axis] = si_gap((double)point[axis], (double)lower[axis], (double)upper[axis]);
    return si_dot(gap, gap);
}

#endif
