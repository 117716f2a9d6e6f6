/*
 * How far elements are from a point. Distances of single elements, in double precision; kernels
 * (kernel_set.h) leave out most of the elements that are too far.
 *
 * The distance is that to the surface, 0 inside. With SI_BEST_EFFORT a cylinder is the capsule
 * around its axis, with SI_EXACT it has flat caps; with SI_BOUNDING_BOX every element is its
 * bounding box, as si_bound_* gives it.
 */
#ifndef SI_GEOMETRY_DISTANCES_H
#define SI_GEOMETRY_DISTANCES_H

#include "geometry/shapes.h"

/* The point from which distances are measured. Coordinates are finite. */
typedef struct si_vantage {
    float point[3];
    si_accuracy accuracy;
    float cutoff; /* elements that are surely farther do not matter; may be infinite */
} si_vantage;

/* What parts of elements may lie outside their bounding boxes, and so outside the boxes of nodes.
 */
typedef enum si_overhang {
    SI_OVERHANG_NONE,
    SI_OVERHANG_ROUNDING, /* slivers that rounding cuts off */
    SI_OVERHANG_CAPS      /* also the round caps of capsules */
} si_overhang;

/* The error is below some 1e-15 of the lengths involved; distances are exact where the quantities
 * are small integers. */
double si_distance_to_point(const si_vantage *vantage, const float position[3]);
double si_distance_to_sphere(const si_vantage *vantage, const float center[3], float radius);
double si_distance_to_cylinder(const si_vantage *vantage, const float p1[3], const float p2[3],
                               float radius);

/* What the squares of distances in 32-bit floats are compared with: a square that is greater says
 * that the element is farther than `distance`, in real numbers and by the functions above. */
float si_distance_threshold(double distance);

#endif
