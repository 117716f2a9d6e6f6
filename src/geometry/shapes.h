/*
 * Geometry: which elements, given as columns, meet a query.
 *
 * Elements come in groups of at most 64, one array for each coordinate; an answer is a bit mask,
 * bit i for element i. `count` is 1 .. 64; bits from `count` on are 0, and nothing beyond `count`
 * is read.
 *
 * What is decided: with SI_BOUNDING_BOX and SI_BEST_EFFORT an element is found if its bounding box
 * (as si_bound_* gives it, in 32-bit floats) and that of the query touch, and, with SI_BEST_EFFORT,
 * its shape does too: box against cylinder as capsule, ball against cylinder with flat caps. With
 * SI_EXACT the shapes alone decide, and a cylinder has flat caps. The shape tests are those of real
 * arithmetic on the 32-bit coordinates, evaluated in double precision; predicates.h has them for
 * one element. Queries are those of si_query_box and si_query_sphere; a ball of infinite radius
 * finds everything, one of finite radius around a center at infinity nothing.
 */
#ifndef SI_GEOMETRY_SHAPES_H
#define SI_GEOMETRY_SHAPES_H

#include <stdint.h>

#include "spatial_index/spatial_index.h"

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

uint64_t si_match_points(const si_query *query, const si_points *points, unsigned count);
uint64_t si_match_spheres(const si_query *query, const si_spheres *spheres, unsigned count);
uint64_t si_match_cylinders(const si_query *query, const si_cylinders *cylinders, unsigned count);

/* The union of the bounding boxes of the elements. */
si_box si_bound_points(const si_points *points, unsigned count);
si_box si_bound_spheres(const si_spheres *spheres, unsigned count);
si_box si_bound_cylinders(const si_cylinders *cylinders, unsigned count);

/* Boxes of the children of a node: bounds[0..2] are the lower, bounds[3..5] the upper coordinates.
 * A box of an absent child is that of si_box_nothing and never matches. */
typedef struct si_node_boxes {
    const float *bounds[6];
} si_node_boxes;

typedef struct si_node_match {
    uint32_t met; /* children that may hold an element that is found: none that does is missing */
    uint32_t
        inside; /* of them, those of which every element is found, whatever its kind and shape */
} si_node_match;

/* `count` is 1 .. 32. */
si_node_match si_match_nodes(const si_query *query, const si_node_boxes *children, unsigned count);

#endif
