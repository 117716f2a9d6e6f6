/* Puts cells into the column. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sample_circuit/sample_circuit.h"
#include "sample_circuit/vector.h"

/* 300 cells stand in a column of 100 um radius; more cells make a wider one, as dense. */
static double column_radius(size_t cell_count)
{
    return 100 * sqrt((double)cell_count / 300);
}

/* By the shares of the catalogue. Where there are more morphologies, cells take them in turn. */
static uint32_t choose_model(si_sample_random *random)
{
    unsigned shares = 0;
    for (size_t i = 0; i < si_sample_model_count; i++)
        shares += si_sample_models[i].share;
    uint64_t share = si_sample_random_below(random, shares);
    uint32_t model = 0;
    while (share >= si_sample_models[model].share)
        share -= si_sample_models[model++].share;
    return model;
}

/* Anywhere in the layer, but where the layer allows it not with dendrites above the surface. */
static double choose_height(const si_sample_layer *layer, double extent, si_sample_random *random)
{
    double top = fmin(layer->top, SI_SAMPLE_COLUMN_TOP - extent);
    double lowest = layer->bottom + 10;
    return si_sample_random_uniform(random, lowest, fmax(top, lowest + 50));
}

static void choose_position(double radius, const si_sample_layer *layer, double extent,
                            si_sample_random *random, double position[3])
{
    do {
        position[0] = si_sample_random_uniform(random, -radius, radius);
        position[2] = si_sample_random_uniform(random, -radius, radius);
    } while (position[0] * position[0] + position[2] * position[2] > radius * radius);
    position[1] = choose_height(layer, extent, random);
}

static bool is_free(const si_sample_cell *cells, size_t count, const double position[3])
{
    const double closest = 20;
    for (size_t i = 0; i < count; i++) {
        double apart[3];
        memcpy(apart, position, sizeof(apart));
        si_sample_add_scaled(apart, cells[i].position, -1);
        if (si_sample_dot(apart, apart) < closest * closest)
            return false;
    }
    return true;
}

/* A turn about the vertical, after it a slight tilt. */
static void choose_orientation(si_sample_random *random, double q[4])
{
    double half_turn[2];
    si_sample_random_on_circle(random, half_turn);
    double w = half_turn[0], y = half_turn[1];
    double tilt_x = si_sample_random_normal(random, 0, 0.03);
    double tilt_z = si_sample_random_normal(random, 0, 0.03);
    /* (1, tilt_x, 0, tilt_z) times (w, 0, y, 0) */
    q[0] = w;
    q[1] = tilt_x * w - tilt_z * y;
    q[2] = y;
    q[3] = tilt_z * w + tilt_x * y;
    double length = sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    for (int i = 0; i < 4; i++)
        q[i] /= length;
}

static void fill_rotation(si_sample_cell *cell)
{
    const double *q = cell->orientation;
    double w = q[0], x = q[1], y = q[2], z = q[3];
    const double rotation[3][3] = {
        {1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)},
        {2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)},
        {2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)},
    };
    memcpy(cell->rotation, rotation, sizeof(rotation));
}

static void place_cell(si_sample_circuit *circuit, size_t number)
{
    si_sample_cell *cell = &circuit->cells[number];
    size_t model_count = circuit->plan.morphology_count;
    si_sample_random random;
    si_sample_random_start(&random, circuit->plan.seed, SI_SAMPLE_FOR_PLACEMENT, number);
    uint32_t model = choose_model(&random);
    cell->model = model_count > si_sample_model_count ? (uint32_t)(number % model_count) : model;
    const si_sample_mtype *mtype = &si_sample_mtypes[circuit->models[cell->model].mtype];
    double radius = column_radius(circuit->plan.cell_count);
    double extent = (double)si_sample_morphology_top(&circuit->morphologies[cell->model]);
    /* Somas keep apart if they can. */
    int attempts = 50;
    do
        choose_position(radius, &si_sample_layers[mtype->layer], extent, &random, cell->position);
    while (--attempts > 0 && !is_free(circuit->cells, number, cell->position));
    choose_orientation(&random, cell->orientation);
    fill_rotation(cell);
}

si_result si_sample_place_cells(si_sample_circuit *circuit, si_error *error)
{
    circuit->cells = calloc(circuit->plan.cell_count, sizeof(*circuit->cells));
    if (circuit->cells == NULL)
        return si_sample_fail_memory(error);
    for (size_t i = 0; i < circuit->plan.cell_count; i++)
        place_cell(circuit, i);
    return SI_OK;
}

void si_sample_place_point(const si_sample_cell *cell, const float point[3], float placed[3])
{
    const double local[3] = {(double)point[0], (double)point[1], (double)point[2]};
    for (int i = 0; i < 3; i++)
        placed[i] = (float)(si_sample_dot(cell->rotation[i], local) + cell->position[i]);
}
