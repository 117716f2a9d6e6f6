/* Vectors of three doubles. */
#ifndef SI_SAMPLE_CIRCUIT_VECTOR_H
#define SI_SAMPLE_CIRCUIT_VECTOR_H

#include <math.h>

static inline double si_sample_dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline double si_sample_length(const double v[3])
{
    return sqrt(si_sample_dot(v, v));
}

static inline void si_sample_add_scaled(double v[3], const double direction[3], double factor)
{
    for (int i = 0; i < 3; i++)
        v[i] += factor * direction[i];
}

static inline void si_sample_subtract(const float a[3], const float b[3], double difference[3])
{
    for (int i = 0; i < 3; i++)
        difference[i] = (double)a[i] - (double)b[i];
}

/* Makes the length 1; a zero vector becomes the vertical. */
static inline void si_sample_normalise(double v[3])
{
    double length = si_sample_length(v);
    if (length == 0) {
        v[1] = length = 1;
    }
    for (int i = 0; i < 3; i++)
        v[i] /= length;
}

#endif
