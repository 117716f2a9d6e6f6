#include "geometry/voxels.h"

#include <float.h>
#include <math.h>

#include "geometry/kernel_set.h"

si_voxel_axis si_voxel_axis_make(double lower, double upper, int32_t count)
{
    return (si_voxel_axis){lower, upper, (upper - lower) / count, count};
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
        return (si_voxel_locator){.margin = 2};
    return (si_voxel_locator){(float)axis->lower, scale, (float)margin, (float)axis->count};
}

void si_voxels_of_middles(const si_voxel_axis *axis, const si_voxel_locator *locator,
                          const float *first, const float *second, int32_t *voxels)
{
    int32_t undecided[SI_MATCH_CAPACITY];
    if (!si_kernels()->voxels->locate(locator, first, second, voxels, undecided))
        return;
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i++)
        if (undecided[i]) {
            float middle = first == second ? first[i] : 0.5F * first[i] + 0.5F * second[i];
            voxels[i] = si_voxel_of(axis, (double)middle);
        }
}
