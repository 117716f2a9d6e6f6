/* Sorts the segments of all axons into a grid of cubes, so that dendrites find those nearby. */
#include "sample_circuit/axons.h"

#include <math.h>
#include <stdlib.h>

static const float cube_side = 10;

static si_result add_piece(si_sample_axon_grid *grid, const si_sample_axon_piece *piece,
                           si_error *error)
{
    if (!si_sample_reserve((void **)&grid->pieces, &grid->piece_capacity, grid->piece_count,
                           sizeof(*piece)))
        return si_sample_fail_memory(error);
    grid->pieces[grid->piece_count++] = *piece;
    return SI_OK;
}

static si_result add_section(si_sample_axon_grid *grid, const si_sample_circuit *circuit,
                             uint32_t cell_number, uint32_t section_number, si_error *error)
{
    const si_sample_cell *cell = &circuit->cells[cell_number];
    const si_sample_morphology *morphology = &circuit->morphologies[cell->model];
    const si_sample_section *section = &morphology->sections[section_number];
    const si_sample_point *points = &morphology->points[section->first_point];
    for (uint32_t i = 0; i + 1 < section->point_count; i++) {
        si_sample_axon_piece piece = {.cell = cell_number, .section = section_number, .segment = i};
        float middle[3];
        for (int axis = 0; axis < 3; axis++)
            middle[axis] = (points[i].position[axis] + points[i + 1].position[axis]) / 2;
        si_sample_place_point(cell, middle, piece.middle);
        SI_SAMPLE_TRY(add_piece(grid, &piece, error));
    }
    return SI_OK;
}

static si_result collect_pieces(si_sample_axon_grid *grid, const si_sample_circuit *circuit,
                                si_error *error)
{
    for (uint32_t cell = 0; cell < circuit->plan.cell_count; cell++) {
        const si_sample_morphology *morphology = &circuit->morphologies[circuit->cells[cell].model];
        for (uint32_t section = 0; section < morphology->section_count; section++)
            if (morphology->sections[section].type == SI_SAMPLE_AXON)
                SI_SAMPLE_TRY(add_section(grid, circuit, cell, section, error));
    }
    return SI_OK;
}

static void measure(si_sample_axon_grid *grid)
{
    for (int axis = 0; axis < 3; axis++) {
        float lowest = INFINITY, highest = -INFINITY;
        for (size_t i = 0; i < grid->piece_count; i++) {
            lowest = fminf(lowest, grid->pieces[i].middle[axis]);
            highest = fmaxf(highest, grid->pieces[i].middle[axis]);
        }
        grid->lowest[axis] = lowest;
        grid->extent[axis] = (size_t)((highest - lowest) / cube_side) + 1;
    }
}

/* False if the position is outside of the grid. */
static bool find_cube(const si_sample_axon_grid *grid, const float position[3], size_t *cube)
{
    *cube = 0;
    for (int axis = 0; axis < 3; axis++) {
        float along = (position[axis] - grid->lowest[axis]) / cube_side;
        if (!(along >= 0) || along >= (float)grid->extent[axis])
            return false;
        *cube = *cube * grid->extent[axis] + (size_t)along;
    }
    return true;
}

/* A counting sort. */
static void sort_into_cubes(si_sample_axon_grid *grid, size_t cube_count)
{
    size_t cube = 0;
    for (size_t i = 0; i < grid->piece_count; i++)
        if (find_cube(grid, grid->pieces[i].middle, &cube))
            grid->starts[cube + 1]++;
    for (size_t i = 0; i < cube_count; i++)
        grid->starts[i + 1] += grid->starts[i];
    /* Filled from behind, each start moves down to where its cube begins. */
    for (size_t i = grid->piece_count; i-- > 0;)
        if (find_cube(grid, grid->pieces[i].middle, &cube))
            grid->order[--grid->starts[cube + 1]] = i;
}

si_result si_sample_axon_grid_make(const si_sample_circuit *circuit, si_sample_axon_grid *grid,
                                   si_error *error)
{
    *grid = (si_sample_axon_grid){0};
    SI_SAMPLE_TRY(collect_pieces(grid, circuit, error));
    measure(grid);
    size_t cube_count = grid->extent[0] * grid->extent[1] * grid->extent[2];
    grid->starts = calloc(cube_count + 2, sizeof(*grid->starts));
    grid->order = calloc(grid->piece_count + 1, sizeof(*grid->order));
    if (grid->starts == NULL || grid->order == NULL)
        return si_sample_fail_memory(error);
    sort_into_cubes(grid, cube_count);
    grid->starts[cube_count + 1] = grid->piece_count;
    return SI_OK;
}

void si_sample_axon_grid_free(si_sample_axon_grid *grid)
{
    free(grid->pieces);
    free(grid->starts);
    free(grid->order);
    *grid = (si_sample_axon_grid){0};
}

const size_t *si_sample_axon_grid_near(const si_sample_axon_grid *grid, const float position[3],
                                       size_t *count)
{
    size_t cube;
    *count = 0;
    if (!find_cube(grid, position, &cube))
        return NULL;
    *count = grid->starts[cube + 2] - grid->starts[cube + 1];
    return &grid->order[grid->starts[cube + 1]];
}
