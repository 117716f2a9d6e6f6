/* Convex sets in a plane, described by a function that returns their least point along a
 * direction. */
#ifndef SI_GEOMETRY_PLANAR_SET_H
#define SI_GEOMETRY_PLANAR_SET_H

#include <stdbool.h>

/* Writes the point of the set that is least along the direction, which may have any length but 0.
 */
typedef void (*si_least_point)(const void *set, const double direction[2], double point[2]);

/*
 * Does the set come within the radius of the origin? Right unless it is within some 2^-48 of the
 * size of its coordinates of touching: "yes" rests on a point of the set, "no" on a line that has
 * the set on its other side.
 */
bool si_planar_set_is_near(const void *set, si_least_point least_point, double radius);

#endif
