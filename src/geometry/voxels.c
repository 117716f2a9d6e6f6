/* Voxels of places, in double precision, and the locators that find most of them in floats. */
#include "geometry/voxels.h"

#include <float.h>
#include <math.h>

si_voxel_axis si_voxel_axis_make(double lower, double upper, int32_t count)
{
    return (si_voxel_axis){lower, upper, (upper - lower) / count, count / (upper - lower), count};
}

/* A step of 64 units of the last place: si_voxel_of then guesses right to one voxel, and no two
 * faces are the same. */
bool si_voxel_axis_is_sound(const si_voxel_axis *axis)
{
    double largest = fmax(fabs(axis->lower), fabs(axis->upper));
    return axis->step >= 64 * DBL_EPSILON * largest && axis->step >= DBL_MIN / DBL_EPSILON;
}

int32_t si_voxel_of(const si_voxel_axis *axis, double place)
{
    if (!(place >= axis->lower))
        return -1;
    if (place >= axis->upper)
        return axis->count;
    double guess = (place - axis->lower) / axis->step;
    int32_t voxel = guess < axis->count ? (int32_t)guess : axis->count - 1;
    while (place < si_voxel_face(axis, voxel))
        voxel--;
    while (place >= si_voxel_face(axis, voxel + 1))
        voxel++;
    return voxel;
}

static si_voxel_locator undecided_locator(void)
{
    return (si_voxel_locator){.margin = 2};
}

/*
 * With u = 2^-24, the float (x - lower) * scale errs by u |lower| / step for `lower`, by u for each
 * of the difference, the scale and the product, and by another u where 1 is added, all times the
 * number of voxels at most. The margin is twice that.
 */
si_voxel_locator si_voxel_locator_of(const si_voxel_axis *axis)
{
    float scale = (float)(1 / axis->step);
    double voxels = 4.0 * axis->count + 8 + fabs(axis->lower) / axis->step;
    double margin = 0x1p-23 * voxels;
    bool is_useful = margin < 0.25 && isnormal(scale);
    if (!is_useful)
        return undecided_locator();
    return (si_voxel_locator){(float)axis->lower, scale, (float)margin, (float)axis->count};
}

si_voxel_grid si_voxel_grid_make(const double lower[3], const double upper[3],
                                 const int32_t counts[3])
{
    si_voxel_grid grid;
    double voxels = 1;
    for (int axis = 0; axis < 3; axis++) {
        grid.axes[axis] = si_voxel_axis_make(lower[axis], upper[axis], counts[axis]);
        grid.locators[axis] = si_voxel_locator_of(&grid.axes[axis]);
        voxels *= counts[axis];
    }
    for (int axis = 0; axis < 3 && voxels > SI_VOXEL_UNDECIDED; axis++)
        grid.locators[axis] = undecided_locator();
    return grid;
}
