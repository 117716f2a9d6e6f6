/*
 * How far elements are from a point: the exact distance of one, and for many a look in 32-bit
 * floats that tells which are surely farther than another distance.
 *
 * The distance is that to the surface, 0 inside. With SI_BEST_EFFORT a cylinder is the capsule
 * around its axis, with SI_EXACT it has flat caps; with SI_BOUNDING_BOX every element is its
 * bounding box, as si_bound_* gives it.
 */
#ifndef SI_GEOMETRY_DISTANCES_H
#define SI_GEOMETRY_DISTANCES_H

#include "geometry/shapes.h"

/* Where one looks from. Coordinates are finite. */
typedef struct si_vantage {
    float point[3];
    si_accuracy accuracy;
    float cutoff; /* what is surely farther does not matter; may be infinite */
} si_vantage;

/* What of elements may lie outside their bounding boxes, and so outside those of nodes. */
typedef enum si_overhang {
    SI_OVERHANG_NONE,
    SI_OVERHANG_ROUNDING, /* what rounding cut off */
    SI_OVERHANG_CAPS      /* the round caps of capsules, too */
} si_overhang;

/*
 * In double precision: right but for some 1e-15 of the lengths involved; exact where the quantities
 * are small integers.
 */
double si_distance_to_point(const si_vantage *vantage, const float position[3]);
double si_distance_to_sphere(const si_vantage *vantage, const float center[3], float radius);
double si_distance_to_cylinder(const si_vantage *vantage, const float p1[3], const float p2[3],
                               float radius);

/* What kernels leave out is farther, in real numbers and by the functions above. */
typedef struct si_distance_kernels {
    /* Lower bounds for the elements below each child of a node: a bound that is greater than
     * si_distance_threshold of a distance says that they are all farther. That of an absent child
     * is infinite, all others are finite. `count` is a multiple of 16. */
    void (*bound_nodes)(const si_vantage *vantage, si_overhang overhang,
                        const si_node_boxes *children, unsigned count, float *bounds);
    /* The least of `count` values, which is a multiple of 16, and its place. */
    unsigned (*find_least)(const float *values, unsigned count, float *least);
    /* Elements that may be within the cutoff. */
    uint64_t (*near_points)(const si_vantage *vantage, const si_points *points, unsigned count);
    uint64_t (*near_spheres)(const si_vantage *vantage, const si_spheres *spheres, unsigned count);
    uint64_t (*near_cylinders)(const si_vantage *vantage, const si_cylinders *cylinders,
                               unsigned count);
} si_distance_kernels;

float si_distance_threshold(double distance);

#endif
