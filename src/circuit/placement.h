/* Where a cell stands in the circuit: its morphology's points are turned and moved there. */
#ifndef SI_CIRCUIT_PLACEMENT_H
#define SI_CIRCUIT_PLACEMENT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct si_placement {
    double center[3]; /* what comes to lie at the position: the soma center of a recentered
                         morphology, else the origin */
    double rotation[3][3];
    double position[3];
} si_placement;

/* From a quaternion (w, x, y, z) of any length but 0; false: of length 0, or not finite. */
bool si_rotation_from_quaternion(const double quaternion[4], double rotation[3][3]);

/* Rx * Ry * Rz, from the angles about x, y and z in radians: a point is turned about z first, then
 * about y, then about x, all of them axes of the world, as SONATA has it. False: not finite. */
bool si_rotation_from_angles(const double angles[3], double rotation[3][3]);

/* placed = rotation * (point - center) + position, in double precision, rounded once. */
void si_place_points(const si_placement *placement, const float (*points)[3], size_t count,
                     float (*placed)[3]);

#endif
