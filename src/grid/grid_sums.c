/* Checks a grid that a caller hands in, and sets up what adding to it needs. */
#include "grid/grid_sums.h"

#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/struct_size.h"
#include "grid/grid_pass.h"
#include "query/filter.h"

/* Farther out, differences of 32-bit floats may be infinite. */
#define FARTHEST_CORNER 1e38

/* A line in a voxel is at most 2^46 units long: the rounding to a unit is far below the error of
 * the length. */
#define UNITS_BITS 46

/* ---- checks ---- */

static si_result check_axis(const si_grid *grid, int axis, si_error *error)
{
    double lower = grid->lower[axis], upper = grid->upper[axis];
    char name = "xyz"[axis];
    if (!(lower < upper) || !(fabs(lower) <= FARTHEST_CORNER) || !(fabs(upper) <= FARTHEST_CORNER))
        return si_fail(
            error, SI_ERROR_ARGUMENT,
            "the grid runs from %g to %g along %c, expected two increasing numbers within %g of 0",
            lower, upper, name, FARTHEST_CORNER);
    if (grid->shape[axis] < 1 || grid->shape[axis] > SI_MOST_VOXELS_OF_AXIS)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the grid has %llu voxels along %c, expected 1 .. %d",
                       (unsigned long long)grid->shape[axis], name, SI_MOST_VOXELS_OF_AXIS);
    si_voxel_axis voxels = si_voxel_axis_make(lower, upper, (int32_t)grid->shape[axis]);
    if (!si_voxel_axis_is_sound(&voxels))
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "voxels of %g along %c are too small: double precision cannot distinguish "
                       "their faces at %g",
                       voxels.step, name, fmax(fabs(lower), fabs(upper)));
    return SI_OK;
}

static si_result count_voxels(const si_grid *grid, uint64_t *count, si_error *error)
{
    uint64_t bytes;
    if (!si_multiply_u64(grid->shape[0], grid->shape[1], count) ||
        !si_multiply_u64(*count, grid->shape[2], count) ||
        !si_multiply_u64(*count, sizeof(uint64_t), &bytes))
        return si_fail(error, SI_ERROR_LIMIT, "a grid of %llu x %llu x %llu voxels is too large",
                       (unsigned long long)grid->shape[0], (unsigned long long)grid->shape[1],
                       (unsigned long long)grid->shape[2]);
    return SI_OK;
}

static si_result check_grid(const si_grid *grid, uint64_t *voxel_count, si_error *error)
{
    for (int axis = 0; axis < 3; axis++)
        SI_TRY(check_axis(grid, axis, error));
    SI_TRY(count_voxels(grid, voxel_count, error));
    return si_accuracy_check(grid->accuracy, error);
}

static si_result check_regions(const si_regions *regions, si_error *error)
{
    static const si_type integers[] = {SI_TYPE_UINT8, SI_TYPE_INT8,  SI_TYPE_UINT16,
                                       SI_TYPE_INT16, SI_TYPE_INT32, SI_TYPE_UINT32,
                                       SI_TYPE_INT64, SI_TYPE_UINT64};
    if (!regions->ids)
        return si_fail(error, SI_ERROR_ARGUMENT, "the regions of the voxels are NULL");
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
        if (regions->type == integers[i])
            return SI_OK;
    return si_fail(error, SI_ERROR_ARGUMENT, "regions of type %d, expected integers",
                   (int)regions->type);
}

static si_result check_lengths(const si_index *index, si_error *error)
{
    if (index->layout.kind != SI_SEGMENT)
        return si_fail(error, SI_ERROR_ARGUMENT, "elements of kind %s have no length",
                       index->type->name);
    return SI_OK;
}

/* ---- beginning ---- */

static void set_unit(si_grid_frame *frame)
{
    double square = 0;
    int exponent;
    for (int axis = 0; axis < 3; axis++)
        square += frame->voxels.axes[axis].step * frame->voxels.axes[axis].step;
    /* The margin covers the rounding of steps and lengths. */
    frame->unit.most = sqrt(square) * (1 + 1e-9);
    frexp(frame->unit.most, &exponent);
    frame->unit.scale = ldexp(1, UNITS_BITS - exponent);
}

/* The number of threads that have something to do, at most `wanted`. */
static unsigned useful_threads(const si_index *index, unsigned wanted)
{
    uint64_t useful = si_divide_up(index->layout.leaf_count, SI_GRID_TASK_LEAVES);
    return (unsigned)si_min_u64(wanted ? wanted : si_processor_count(), si_max_u64(useful, 1));
}

static void set_frame(si_grid_sums *sums, const si_index *index, const si_grid *grid,
                      si_grid_measure measure)
{
    si_grid_frame *frame = &sums->frame;
    *frame = (si_grid_frame){.type = index->type,
                             .measure = measure,
                             .accuracy = grid->accuracy,
                             .totals = &sums->totals};
    const int32_t counts[3] = {(int32_t)grid->shape[0], (int32_t)grid->shape[1],
                               (int32_t)grid->shape[2]};
    frame->voxels = si_voxel_grid_make(grid->lower, grid->upper, counts);
    set_unit(frame);
}

si_result si_grid_sums_begin(si_grid_sums *sums, const si_index *index, const si_grid *given,
                             bool wants_lengths, si_error *error)
{
    si_grid read = SI_GRID_INIT;
    const si_grid *grid = &read;
    memset(sums, 0, sizeof *sums);
    SI_TRY(si_struct_read(&read, sizeof read, given, SI_SIZE_THROUGH(si_grid, threads), "si_grid",
                          error));
    SI_TRY(check_grid(grid, &sums->voxel_count, error));
    SI_TRY(si_filter_check(grid->filter, index, error));
    if (wants_lengths)
        SI_TRY(check_lengths(index, error));
    sums->filter = grid->filter;
    sums->threads = useful_threads(index, grid->threads);
    set_frame(sums, index, grid,
              wants_lengths           ? SI_GRID_LENGTHS
              : grid->counts_touching ? SI_GRID_TOUCHING
                                      : SI_GRID_CENTERS);
    return SI_OK;
}

si_result si_grid_sums_begin_regions(si_grid_sums *sums, const si_index *index, const si_grid *grid,
                                     const si_regions *regions, bool wants_lengths, si_error *error)
{
    SI_TRY(si_grid_sums_begin(sums, index, grid, wants_lengths, error));
    SI_TRY(check_regions(regions, error));
    sums->totals.regions = *regions;
    sums->totals.tables = si_allocate_zeroed(sums->threads, sizeof *sums->totals.tables);
    return sums->totals.tables ? SI_OK : si_fail_memory(error);
}

void si_grid_sums_free_tables(si_grid_sums *sums)
{
    for (unsigned i = 0; sums->totals.tables && i < sums->threads; i++)
        si_region_table_free(&sums->totals.tables[i]);
    si_free(sums->totals.tables);
}

double si_grid_micrometres(const si_grid_frame *frame, uint64_t low, uint64_t high)
{
    return (double)((unsigned __int128)high << 64 | low) / frame->unit.scale;
}
