/* Coordinates along an axis and across it. */
#ifndef SI_GEOMETRY_AXIS_BASIS_H
#define SI_GEOMETRY_AXIS_BASIS_H

#include "geometry/scalar_math.h"

/* `v` must not be 0. */
static inline void si_normalise(double v[3])
{
    si_scale_to_unit(v);
    double length = sqrt(si_dot(v, v));
    for (int k = 0; k < 3; k++)
        v[k] /= length;
}

/* An orthonormal basis: `along` the axis, which has a length, and `across` it. Nothing is rounded
 * where the axis is parallel to one of the coordinates'. */
static inline void si_make_basis(const double axis[3], double along[3], double across[2][3])
{
    int least = 0;
    for (int k = 0; k < 3; k++) {
        along[k] = axis[k];
        least = fabs(axis[k]) < fabs(axis[least]) ? k : least;
    }
    si_normalise(along);
    double unit[3] = {least == 0, least == 1, least == 2};
    si_cross(along, unit, across[0]);
    si_normalise(across[0]);
    si_cross(along, across[0], across[1]);
}

/* Of the greatest component: ldexp(v, -exponent) has none of more than 1. */
static inline int si_exponent_of(const double v[3], double radius)
{
    int exponent;
    frexp(fmax(fmax(fabs(v[0]), fabs(v[1])), fmax(fabs(v[2]), radius)), &exponent);
    return exponent;
}

#endif
