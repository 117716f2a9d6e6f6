/* spatial-index grid: how much of an index is in each voxel of a grid. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "common/answer.h"
#include "common/output.h"
#include "common/program.h"
#include "common/reading.h"
#include "common/signals.h"
#include "grid/grid_options.h"
#include "grid/npy.h"

/* ---- the grid ---- */

/* Of the elements of all populations; what lies at its upper sides is in the grid, too. */
static void set_bounds(si_grid *grid, const cli_populations *populations)
{
    float lower[3] = {FLT_MAX, FLT_MAX, FLT_MAX}, upper[3] = {-FLT_MAX, -FLT_MAX, -FLT_MAX};
    for (size_t i = 0; i < populations->count; i++) {
        si_index_info info = SI_INDEX_INFO_INIT;
        si_index_get_info(populations->populations[i].index, &info);
        for (int axis = 0; axis < 3; axis++) {
            lower[axis] = fminf(lower[axis], info.bounds_min[axis]);
            upper[axis] = fmaxf(upper[axis], info.bounds_max[axis]);
        }
    }
    if (lower[0] > upper[0])
        cli_fail("%s: the index is empty and has no bounds for the grid: use --box",
                 populations->path);
    for (int axis = 0; axis < 3; axis++) {
        grid->lower[axis] = (double)lower[axis];
        grid->upper[axis] = (double)nextafterf(upper[axis], FLT_MAX);
    }
}

/* Of elements that lie in a plane, the bounds are too thin to be divided. */
static void widen(si_grid *grid)
{
    for (int axis = 0; axis < 3; axis++) {
        double least = 1e-6 * fmax(1, fmax(fabs(grid->lower[axis]), fabs(grid->upper[axis])));
        if (grid->upper[axis] - grid->lower[axis] < least)
            grid->upper[axis] = grid->lower[axis] + least;
    }
}

static si_grid make_grid(const cli_grid_options *options, const cli_populations *populations)
{
    si_grid grid = SI_GRID_INIT;
    for (int axis = 0; axis < 3; axis++) {
        grid.lower[axis] = fmin(options->corners[0][axis], options->corners[1][axis]);
        grid.upper[axis] = fmax(options->corners[0][axis], options->corners[1][axis]);
        grid.shape[axis] = options->shape[axis];
    }
    if (!options->has_box) {
        set_bounds(&grid, populations);
        widen(&grid);
    }
    grid.counts_touching = options->counts_touching;
    grid.accuracy = options->accuracy;
    grid.threads = options->threads;
    return grid;
}

/* ---- by voxel ---- */

/* NULL: there is no room for so many. */
static void *allocate_voxels(const si_grid *grid)
{
    uint64_t count, bytes;
    if (__builtin_mul_overflow(grid->shape[0], grid->shape[1], &count) ||
        __builtin_mul_overflow(count, grid->shape[2], &count) ||
        __builtin_mul_overflow(count, 8, &bytes))
        return NULL;
    return malloc(bytes > 0 ? bytes : 1);
}

/* Counts (uint64_t) or lengths (double), for free(). */
static void *measure(const si_grid *grid, const cli_grid_options *options, const si_index *index)
{
    si_error error;
    void *values = allocate_voxels(grid);
    if (!values)
        cli_fail("a grid of %" PRIu64 " x %" PRIu64 " x %" PRIu64 " voxels is too large for the "
                 "memory",
                 grid->shape[0], grid->shape[1], grid->shape[2]);
    si_result result = options->measures_length ? si_index_grid_lengths(index, grid, values, &error)
                                                : si_index_grid_counts(index, grid, values, &error);
    if (result != SI_OK)
        cli_fail("%s", error.message);
    return values;
}

static void put_voxel(cli_answer *answer, const cli_population *population, const si_grid *grid,
                      uint64_t number)
{
    uint64_t row = number / grid->shape[2];
    cli_answer_begin_row(answer, population);
    cli_table_put_unsigned(&answer->table, row / grid->shape[1]);
    cli_table_put_unsigned(&answer->table, row % grid->shape[1]);
    cli_table_put_unsigned(&answer->table, number % grid->shape[2]);
}

static void put_voxels(cli_answer *answer, const cli_grid_options *options,
                       const cli_population *population, const si_grid *grid, const void *values)
{
    const uint64_t *counts = values;
    const double *lengths = values;
    uint64_t voxels = grid->shape[0] * grid->shape[1] * grid->shape[2];
    for (uint64_t i = 0; i < voxels; i++) {
        if (options->measures_length ? lengths[i] == 0 : counts[i] == 0)
            continue;
        put_voxel(answer, population, grid, i);
        if (options->measures_length)
            cli_table_put_double(&answer->table, lengths[i]);
        else
            cli_table_put_unsigned(&answer->table, counts[i]);
        cli_table_end_row(&answer->table);
    }
}

static void answer_voxels(cli_answer *answer, const cli_grid_options *options,
                          const cli_population *population, const si_grid *grid)
{
    void *values = measure(grid, options, population->index);
    if (options->output)
        cli_npy_write(options->output, options->measures_length ? 'f' : 'u', grid->shape, values);
    else
        put_voxels(answer, options, population, grid, values);
    free(values);
}

/* ---- by region ---- */

static void begin_region(cli_answer *answer, const cli_population *population,
                         const si_regions *regions, uint64_t key)
{
    bool is_signed = regions->type == SI_TYPE_INT8 || regions->type == SI_TYPE_INT16 ||
                     regions->type == SI_TYPE_INT32 || regions->type == SI_TYPE_INT64;
    cli_answer_begin_row(answer, population);
    if (is_signed)
        cli_table_put_signed(&answer->table, (int64_t)key);
    else
        cli_table_put_unsigned(&answer->table, key);
}

static void put_region_counts(cli_answer *answer, const cli_population *population,
                              const si_grid *grid, const si_regions *regions)
{
    si_group_counts found;
    si_error error;
    if (si_index_region_counts(population->index, grid, regions, &found, &error) != SI_OK)
        cli_fail("%s", error.message);
    for (uint64_t i = 0; i < found.group_count; i++) {
        begin_region(answer, population, regions, found.keys[i]);
        cli_table_put_unsigned(&answer->table, found.counts[i]);
        cli_table_end_row(&answer->table);
    }
    si_group_counts_free(&found);
}

static void put_region_lengths(cli_answer *answer, const cli_population *population,
                               const si_grid *grid, const si_regions *regions)
{
    si_group_lengths found;
    si_error error;
    if (si_index_region_lengths(population->index, grid, regions, &found, &error) != SI_OK)
        cli_fail("%s", error.message);
    for (uint64_t i = 0; i < found.group_count; i++) {
        begin_region(answer, population, regions, found.keys[i]);
        cli_table_put_double(&answer->table, found.lengths[i]);
        cli_table_end_row(&answer->table);
    }
    si_group_lengths_free(&found);
}

/* ---- the whole ---- */

static void add_columns(cli_answer *answer, const cli_grid_options *options)
{
    cli_answer_add_columns(answer);
    if (options->regions) {
        cli_table_add_column(&answer->table, "region");
    } else {
        cli_table_add_column(&answer->table, "x");
        cli_table_add_column(&answer->table, "y");
        cli_table_add_column(&answer->table, "z");
    }
    cli_table_add_column(&answer->table, options->measures_length ? "length" : "count");
}

static void answer_all(cli_answer *answer, const cli_grid_options *options,
                       const cli_populations *populations, const si_grid *grid,
                       const si_regions *regions)
{
    if (!options->output)
        cli_table_put_header(&answer->table);
    for (size_t i = 0; i < populations->count; i++) {
        const cli_population *population = &populations->populations[i];
        if (!regions->ids)
            answer_voxels(answer, options, population, grid);
        else if (options->measures_length)
            put_region_lengths(answer, population, grid, regions);
        else
            put_region_counts(answer, population, grid, regions);
    }
}

static void read_regions(cli_grid_options *options, cli_volume *volume)
{
    *volume = (cli_volume){.values = NULL};
    if (!options->regions)
        return;
    cli_npy_read(volume, options->regions);
    memcpy(options->shape, volume->shape, sizeof options->shape);
}

int cli_grid_command(int argc, char **argv)
{
    cli_grid_options options = {.format = CLI_CSV, .reading = CLI_OPEN_OPTIONS_INIT};
    cli_populations populations;
    cli_volume volume;
    cli_grid_options_read(&options, argc, argv);
    cli_exit_on_signals();
    read_regions(&options, &volume);
    cli_populations_open(&populations, options.index, &options.reading, &options.populations, NULL);
    if (options.output && populations.count != 1)
        cli_wrong_use(
            "option '--output' takes one population, but there are %zu: use --populations",
            populations.count);
    si_grid grid = make_grid(&options, &populations);
    si_filter *filter = cli_filter_make(&options.filter, populations.kind);
    grid.filter = filter;

    cli_answer answer = {.table.format = options.format,
                         .has_population_column = populations.several};
    add_columns(&answer, &options);
    answer_all(&answer, &options, &populations, &grid, &(si_regions){volume.type, volume.values});
    cli_finish_output();

    cli_table_free(&answer.table);
    si_filter_free(filter);
    free(volume.values);
    cli_populations_close(&populations);
    cli_grid_options_free(&options);
    return CLI_DONE;
}
