#include "unit/grid/grid_oracle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geometry/predicates.h"

si_grid make_grid(double lower, double upper, uint64_t x, uint64_t y, uint64_t z)
{
    si_grid grid = SI_GRID_INIT;
    const uint64_t shape[3] = {x, y, z};
    for (int axis = 0; axis < 3; axis++) {
        grid.lower[axis] = lower;
        grid.upper[axis] = upper;
        grid.shape[axis] = shape[axis];
    }
    return grid;
}

void make_adversarial(test_elements *elements, uint64_t seed)
{
    for (uint64_t i = 0; i < elements->count; i++) {
        unsigned way = (unsigned)(random_bits(&seed) % 6);
        bool is_soma = memcmp(elements->first[i], elements->second[i], sizeof(float[3])) == 0;
        for (int axis = 0; axis < 3; axis++) {
            float *first = &elements->first[i][axis], *second = &elements->second[i][axis];
            if (way < 3)
                *first = roundf(*first);
            if (way < 2)
                *second = roundf(*second);
            if (way == 3 && axis != (int)(i % 3))
                *second = *first = roundf(*first);
            if (way == 4)
                *second = -*first;
            if (way == 5 && axis == (int)(i % 3))
                *second = nextafterf(*first = roundf(*first), random_float(&seed, -1e3f, 1e3f));
            if (is_soma)
                *second = *first;
        }
    }
}

double grid_face(const si_grid *grid, int axis, uint64_t face)
{
    double lower = grid->lower[axis], upper = grid->upper[axis];
    if (face == grid->shape[axis])
        return upper;
    return lower + (double)face * ((upper - lower) / (double)grid->shape[axis]);
}

int64_t voxel_by_search(const si_grid *grid, int axis, double place)
{
    int64_t voxel = -1;
    for (uint64_t face = 0; face <= grid->shape[axis]; face++)
        if (place >= grid_face(grid, axis, face))
            voxel = (int64_t)face;
    return voxel;
}

uint64_t voxels_of(const si_grid *grid)
{
    return grid->shape[0] * grid->shape[1] * grid->shape[2];
}

/* -1: outside */
static int64_t find_voxel(const si_grid *grid, const double place[3])
{
    int64_t number = 0;
    for (int axis = 0; axis < 3; axis++) {
        int64_t voxel = voxel_by_search(grid, axis, place[axis]);
        if (voxel < 0 || voxel >= (int64_t)grid->shape[axis])
            return -1;
        number = number * (int64_t)grid->shape[axis] + voxel;
    }
    return number;
}

void oracle_counts(const test_elements *elements, const si_grid *grid,
                   bool (*passes)(const test_elements *elements, uint64_t i), uint64_t *counts)
{
    memset(counts, 0, voxels_of(grid) * sizeof *counts);
    for (uint64_t i = 0; i < elements->count; i++) {
        double center[3];
        for (int axis = 0; axis < 3; axis++) {
            float first = elements->first[i][axis], second = elements->second[i][axis];
            float middle = 0.5f * first + 0.5f * second;
            center[axis] = (double)(elements->kind == SI_SEGMENT ? middle : first);
        }
        int64_t voxel = find_voxel(grid, center);
        if (voxel >= 0 && (!passes || passes(elements, i)))
            counts[voxel]++;
    }
}

/* ---- lengths ---- */

static int compare_parameters(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Where the line from a to b crosses any face, with 0 and 1. */
static size_t list_crossings(const si_grid *grid, const double a[3], const double b[3],
                             double *crossings)
{
    size_t count = 0;
    crossings[count++] = 0;
    crossings[count++] = 1;
    for (int axis = 0; axis < 3; axis++)
        for (uint64_t face = 0; face <= grid->shape[axis] && a[axis] != b[axis]; face++) {
            double t = (grid_face(grid, axis, face) - a[axis]) / (b[axis] - a[axis]);
            if (t > 0 && t < 1)
                crossings[count++] = t;
        }
    qsort(crossings, count, sizeof *crossings, compare_parameters);
    return count;
}

/* Between two crossings a line is in the voxel that its middle there is in. */
static void add_line(const si_grid *grid, const double a[3], const double b[3], double *crossings,
                     double *lengths, double *errors)
{
    size_t count = list_crossings(grid, a, b, crossings);
    double length = sqrt((b[0] - a[0]) * (b[0] - a[0]) + (b[1] - a[1]) * (b[1] - a[1]) +
                         (b[2] - a[2]) * (b[2] - a[2]));
    for (size_t i = 0; i + 1 < count; i++) {
        double t = 0.5 * crossings[i] + 0.5 * crossings[i + 1], place[3];
        for (int axis = 0; axis < 3; axis++)
            place[axis] = a[axis] + t * (b[axis] - a[axis]);
        int64_t voxel = find_voxel(grid, place);
        if (voxel < 0)
            continue;
        lengths[voxel] += (crossings[i + 1] - crossings[i]) * length;
        errors[voxel] += 4e-15 * length;
    }
}

void oracle_lengths(const test_elements *elements, const si_grid *grid, double *lengths,
                    double *errors)
{
    size_t faces = grid->shape[0] + grid->shape[1] + grid->shape[2] + 5;
    double *crossings = malloc(faces * sizeof *crossings), diagonal = 0;
    memset(lengths, 0, voxels_of(grid) * sizeof *lengths);
    for (int axis = 0; axis < 3; axis++)
        diagonal += (grid->upper[axis] - grid->lower[axis]) / (double)grid->shape[axis];
    for (uint64_t i = 0; i < voxels_of(grid); i++)
        errors[i] = 1e-13 * diagonal * (double)elements->count;
    for (uint64_t i = 0; i < elements->count; i++) {
        double ends[2][3];
        for (int axis = 0; axis < 3; axis++) {
            ends[0][axis] = (double)elements->first[i][axis];
            ends[1][axis] = (double)elements->second[i][axis];
        }
        add_line(grid, ends[0], ends[1], crossings, lengths, errors);
    }
    free(crossings);
}

/* ---- touching ---- */

static bool touches(const test_elements *elements, uint64_t i, const si_query_shape *query)
{
    const float *first = elements->first[i], *second = elements->second[i];
    if (elements->kind == SI_SEGMENT)
        return si_query_meets_cylinder(query, first, second, elements->radius[i]);
    if (elements->kind == SI_SPHERE)
        return si_query_meets_sphere(query, first, elements->radius[i]);
    return si_query_meets_point(query, first);
}

void oracle_touching(const test_elements *elements, const si_grid *grid, uint64_t *counts)
{
    const uint64_t *shape = grid->shape;
    for (uint64_t number = 0; number < voxels_of(grid); number++) {
        const uint64_t voxel[3] = {number / shape[2] / shape[1], number / shape[2] % shape[1],
                                   number % shape[2]};
        double lower[3], upper[3];
        si_query_shape query;
        for (int axis = 0; axis < 3; axis++) {
            lower[axis] = grid_face(grid, axis, voxel[axis]);
            upper[axis] = grid_face(grid, axis, voxel[axis] + 1);
        }
        si_query_box(lower, upper, grid->accuracy, (si_query *)&query, NULL);
        counts[number] = 0;
        for (uint64_t i = 0; i < elements->count; i++)
            counts[number] += touches(elements, i, &query);
    }
}
