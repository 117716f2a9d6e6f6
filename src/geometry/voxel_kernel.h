/* Loops of a fixed length, which compilers make vectors of. */

/* Voxels are numbered from 1 here, so that truncation is rounding down. What is out of reach is
 * drawn to the middle of a voxel outside. */
static bool locate(const si_voxel_locator *locator, const float *first, const float *second,
                   int32_t *voxels, int32_t *undecided)
{
    const float lower = locator->lower, scale = locator->scale, margin = locator->margin;
    const float last = locator->count + 1.5F;
    const bool is_one_column = first == second;
    int32_t any = 0;
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i++) {
        float middle = is_one_column ? first[i] : 0.5F * first[i] + 0.5F * second[i];
        float number = (middle - lower) * scale + 1.0F;
        number = number > 0.5F ? number : 0.5F;
        number = number < last ? number : last;
        int32_t voxel = (int32_t)number;
        float part = number - (float)voxel;
        int32_t is_near = (part < margin) | (part > 1.0F - margin);
        voxels[i] = voxel - 1;
        undecided[i] = is_near;
        any |= is_near;
    }
    return any != 0;
}

static unsigned place_in_window(const si_voxel_window *window, const int32_t *const voxels[3],
                                int32_t *places)
{
    const int32_t *x = voxels[0], *y = voxels[1], *z = voxels[2];
    const int32_t x0 = window->origin[0], y0 = window->origin[1], z0 = window->origin[2];
    const int32_t nx = window->size[0], ny = window->size[1], nz = window->size[2];
    const int32_t none = nx * ny * nz;
    unsigned outside = 0;
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i++) {
        int32_t is_inside = (x[i] >= x0) & (x[i] - x0 < nx) & (y[i] >= y0) & (y[i] - y0 < ny) &
                            (z[i] >= z0) & (z[i] - z0 < nz);
        uint32_t row = (uint32_t)(x[i] - x0) * (uint32_t)ny + (uint32_t)(y[i] - y0);
        uint32_t at = row * (uint32_t)nz + (uint32_t)(z[i] - z0);
        places[i] = is_inside ? (int32_t)at : none;
        outside += !is_inside;
    }
    return outside;
}

static void measure(const float *const first[3], const float *const second[3], double *lengths)
{
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i++) {
        double x = (double)second[0][i] - (double)first[0][i];
        double y = (double)second[1][i] - (double)first[1][i];
        double z = (double)second[2][i] - (double)first[2][i];
        lengths[i] = __builtin_sqrt(x * x + y * y + z * z);
    }
}

static const si_voxel_kernels voxel_kernels = {locate, place_in_window, measure};
