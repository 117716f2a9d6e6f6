/*
 * Tests of one shape against another, in double precision: balls, capsules, cylinders with flat
 * caps and axis-parallel boxes. Shapes are closed: what touches meets.
 *
 * One source for each algorithm: ball_cylinder.c, capsule_box.c, capsule_pairs.c, cylinder_box.c
 * and cylinder_pair.c.
 */
#ifndef SI_GEOMETRY_SHAPE_PAIRS_H
#define SI_GEOMETRY_SHAPE_PAIRS_H

#include <stdbool.h>

/* Capsule (a segment with a ball swept along it) against box. Radius 0 is the bare segment. The box
 * may be infinite. */
bool si_capsule_meets_box(const float p1[3], const float p2[3], float radius, const float lower[3],
                          const float upper[3]);

/* Cylinder against box, which may be infinite. A cylinder of zero length is the ball of its radius.
 */
bool si_cylinder_meets_box(const float p1[3], const float p2[3], float radius, const float lower[3],
                           const float upper[3]);

/* Ball against cylinder. The center and the radius of the ball are finite. A cylinder of zero
 * length is the ball of its radius, one of radius 0 the bare segment. */
bool si_ball_meets_cylinder(const float center[3], float ball_radius, const float p1[3],
                            const float p2[3], float radius);

/* The axis and radius of a capsule, or of a cylinder that has a length. */
typedef struct si_axis {
    const float *p1;
    const float *p2;
    float radius;
} si_axis;

bool si_ball_meets_capsule(const float center[3], float radius, const si_axis *capsule);
bool si_capsule_meets_cylinder(const si_axis *capsule, const si_axis *cylinder);
bool si_cylinders_meet(const si_axis *a, const si_axis *b);

#endif
