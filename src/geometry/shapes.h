/*
 * The shapes of elements, one by one and as columns, and their bounding boxes.
 *
 * Elements come in groups of at most 64, one array for each coordinate. `count` is 1 .. 64; nothing
 * beyond `count` is read.
 */
#ifndef SI_GEOMETRY_SHAPES_H
#define SI_GEOMETRY_SHAPES_H

#include <stdint.h>

#include "geometry/query_shape.h"

/* The most elements that are tested together; one bit each in a 64-bit mask. */
#define SI_MATCH_CAPACITY 64

typedef struct si_box {
    float lower[3];
    float upper[3];
} si_box;

/* The box that contains nothing and is neutral in unions: +FLT_MAX .. -FLT_MAX. */
si_box si_box_nothing(void);
/* Grows `box` so that it contains `other`. */
void si_box_unite(si_box *box, const si_box *other);

/*
 * Bounding boxes in 32-bit arithmetic, one rounding per operation. That of a cylinder is the box of
 * its flat-capped shape by the rule written at si_cylinder_reach; it may cut off a sliver that only
 * rounding left outside, but never an end point. Coordinates are finite and the radius is >= 0; the
 * box is then never NaN and never holds -0, but far out (3e38) its bounds may be infinite.
 */
si_box si_bound_sphere(const float center[3], float radius);
si_box si_bound_cylinder(const float p1[3], const float p2[3], float radius);

/* Columns of a leaf: position[axis][i]. */
typedef struct si_points {
    const float *position[3];
} si_points;

typedef struct si_spheres {
    const float *center[3];
    const float *radius;
} si_spheres;

/* A zero-length cylinder (a soma) is the ball of its radius. */
typedef struct si_cylinders {
    const float *p1[3];
    const float *p2[3];
    const float *radius;
} si_cylinders;

/* The union of the bounding boxes of the elements. */
si_box si_bound_points(const si_points *points, unsigned count);
si_box si_bound_spheres(const si_spheres *spheres, unsigned count);
si_box si_bound_cylinders(const si_cylinders *cylinders, unsigned count);

#endif
