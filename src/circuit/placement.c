/* Rotations from quaternions and angles, and placing points. Operations are in the order of the
 * reference, because others change the last bits. */
#include "circuit/placement.h"

#include <math.h>

/* The order of the operations is that of the reference: other orders change last bits. */
static void rotation_from_unit(double w, double x, double y, double z, double rotation[3][3])
{
    double n = w * w + x * x + y * y + z * z;
    rotation[0][0] = 1 - 2 * (y * y + z * z) / n;
    rotation[0][1] = 2 * (x * y - z * w) / n;
    rotation[0][2] = 2 * (x * z + y * w) / n;
    rotation[1][0] = 2 * (x * y + z * w) / n;
    rotation[1][1] = 1 - 2 * (x * x + z * z) / n;
    rotation[1][2] = 2 * (y * z - x * w) / n;
    rotation[2][0] = 2 * (x * z - y * w) / n;
    rotation[2][1] = 2 * (y * z + x * w) / n;
    rotation[2][2] = 1 - 2 * (x * x + y * y) / n;
}

bool si_rotation_from_quaternion(const double quaternion[4], double rotation[3][3])
{
    double w = quaternion[0], x = quaternion[1], y = quaternion[2], z = quaternion[3];
    double norm = sqrt(w * w + x * x + y * y + z * z);
    if (!isfinite(norm) || norm == 0)
        return false;
    rotation_from_unit(w / norm, x / norm, y / norm, z / norm, rotation);
    return true;
}

bool si_rotation_from_angles(const double angles[3], double rotation[3][3])
{
    if (!isfinite(angles[0]) || !isfinite(angles[1]) || !isfinite(angles[2]))
        return false;
    double cx = cos(angles[0]), sx = sin(angles[0]);
    double cy = cos(angles[1]), sy = sin(angles[1]);
    double cz = cos(angles[2]), sz = sin(angles[2]);
    rotation[0][0] = cy * cz;
    rotation[0][1] = -cy * sz;
    rotation[0][2] = sy;
    rotation[1][0] = sx * sy * cz + cx * sz;
    rotation[1][1] = -sx * sy * sz + cx * cz;
    rotation[1][2] = -sx * cy;
    rotation[2][0] = -cx * sy * cz + sx * sz;
    rotation[2][1] = cx * sy * sz + sx * cz;
    rotation[2][2] = cx * cy;
    return true;
}

void si_place_points(const si_placement *placement, const float (*points)[3], size_t count,
                     float (*placed)[3])
{
    const si_placement p = *placement;
    for (size_t i = 0; i < count; i++) {
        double x = (double)points[i][0] - p.center[0];
        double y = (double)points[i][1] - p.center[1];
        double z = (double)points[i][2] - p.center[2];
        for (int row = 0; row < 3; row++)
            placed[i][row] = (float)(p.rotation[row][0] * x + p.rotation[row][1] * y +
                                     p.rotation[row][2] * z + p.position[row]);
    }
}
