#include "index/grid_leaf.h"

#include <math.h>
#include <string.h>

#include "geometry/kernel_set.h"
#include "index/grid_touching.h"

_Static_assert(SI_LEAF_CAPACITY == SI_MATCH_CAPACITY, "kernels take a leaf at once");

/* ---- windows ---- */

void si_grid_window_open(si_grid_window *window, const si_voxel_window *voxels)
{
    const int32_t *size = voxels->size;
    window->voxels = *voxels;
    window->voxel_count = (uint32_t)size[0] * (uint32_t)size[1] * (uint32_t)size[2];
}

static uint64_t voxel_number(const si_grid_frame *frame, int32_t x, int32_t y, int32_t z)
{
    uint64_t row = (uint64_t)x * (uint64_t)frame->axes[1].count + (uint64_t)y;
    return row * (uint64_t)frame->axes[2].count + (uint64_t)z;
}

static void add_to_totals(si_grid_window *window, uint64_t voxel, uint64_t amount)
{
    if (!si_grid_totals_add(window->frame->totals, window->worker, voxel, amount))
        window->out_of_memory = true;
}

static void flush_row(si_grid_window *window, uint64_t *sums, uint64_t voxel)
{
    for (int32_t i = 0; i < window->voxels.size[2]; i++)
        if (sums[i] != 0) {
            add_to_totals(window, voxel + (uint64_t)i, sums[i]);
            sums[i] = 0;
        }
}

void si_grid_window_flush(si_grid_window *window)
{
    const int32_t *origin = window->voxels.origin, *size = window->voxels.size;
    uint64_t *sums = window->sums;
    if (window->voxel_count == 0)
        return;
    for (int32_t x = origin[0]; x < origin[0] + size[0]; x++)
        for (int32_t y = origin[1]; y < origin[1] + size[1]; y++) {
            flush_row(window, sums, voxel_number(window->frame, x, y, origin[2]));
            sums += size[2];
        }
    window->voxel_count = 0;
}

static bool is_in_grid(const si_grid_frame *frame, const int32_t voxel[3])
{
    for (int axis = 0; axis < 3; axis++)
        if (voxel[axis] < 0 || voxel[axis] >= frame->axes[axis].count)
            return false;
    return true;
}

static bool is_in_window(const si_voxel_window *window, const int32_t voxel[3])
{
    for (int axis = 0; axis < 3; axis++)
        if (voxel[axis] < window->origin[axis] ||
            voxel[axis] - window->origin[axis] >= window->size[axis])
            return false;
    return true;
}

void si_grid_add(si_grid_window *window, const int32_t voxel[3], uint64_t amount)
{
    const si_voxel_window *voxels = &window->voxels;
    if (window->voxel_count > 0 && is_in_window(voxels, voxel)) {
        int32_t row = (voxel[0] - voxels->origin[0]) * voxels->size[1] + voxel[1] -
                      voxels->origin[1];
        window->sums[row * voxels->size[2] + voxel[2] - voxels->origin[2]] += amount;
    } else if (is_in_grid(window->frame, voxel)) {
        add_to_totals(window, voxel_number(window->frame, voxel[0], voxel[1], voxel[2]), amount);
    }
}

/* ---- places of a leaf's elements ---- */

typedef struct leaf_places {
    int32_t voxels[3][SI_LEAF_CAPACITY];
    int32_t places[SI_LEAF_CAPACITY]; /* in the window */
    bool all_in_window;
} leaf_places;

static const float *column_of(const float *floats, int number)
{
    return floats + (unsigned)number * SI_LEAF_CAPACITY;
}

/* The middles between two vectors, each of three columns; the same twice: the vectors. */
static void find_places(const si_grid_window *window, const float *first, const float *second,
                        leaf_places *found)
{
    const si_grid_frame *frame = window->frame;
    const int32_t *columns[3] = {found->voxels[0], found->voxels[1], found->voxels[2]};
    for (int axis = 0; axis < 3; axis++)
        si_voxels_of_middles(&frame->axes[axis], &frame->locators[axis], column_of(first, axis),
                             column_of(second, axis), found->voxels[axis]);
    found->all_in_window = window->voxel_count > 0 &&
                           si_kernels()->voxels->place(&window->voxels, columns, found->places) ==
                               0;
}

static void add_at(si_grid_window *window, const leaf_places *found, unsigned slot, uint64_t amount)
{
    si_grid_add(window,
                (int32_t[]){found->voxels[0][slot], found->voxels[1][slot], found->voxels[2][slot]},
                amount);
}

/* ---- centres ---- */

static void add_centres(si_grid_window *window, const float *floats, uint64_t mask)
{
    leaf_places found;
    bool has_two_ends = window->frame->type->float_count == 7;
    find_places(window, floats, has_two_ends ? column_of(floats, 3) : floats, &found);
    if (found.all_in_window && mask == UINT64_MAX)
        for (unsigned slot = 0; slot < SI_LEAF_CAPACITY; slot++)
            window->sums[found.places[slot]]++;
    else
        for (; mask; mask &= mask - 1)
            add_at(window, &found, (unsigned)__builtin_ctzll(mask), 1);
}

/* ---- lengths ---- */

/* In damaged files lengths may be anything. */
static uint64_t in_units(const si_grid_frame *frame, double length)
{
    double bounded = length < frame->longest ? length : frame->longest;
    return (uint64_t)llrint(bounded * frame->units);
}

static void add_piece(void *context, const int32_t voxel[3], double length)
{
    si_grid_window *window = context;
    si_grid_add(window, voxel, in_units(window->frame, length));
}

static bool are_same_voxel(const leaf_places *a, const leaf_places *b, unsigned slot)
{
    return a->voxels[0][slot] == b->voxels[0][slot] && a->voxels[1][slot] == b->voxels[1][slot] &&
           a->voxels[2][slot] == b->voxels[2][slot];
}

static void cut_line(si_grid_window *window, const float *floats, unsigned slot)
{
    float p1[3], p2[3];
    for (int axis = 0; axis < 3; axis++) {
        p1[axis] = column_of(floats, axis)[slot];
        p2[axis] = column_of(floats, axis + 3)[slot];
    }
    si_voxels_cut_line(window->frame->axes, p1, p2, add_piece, window);
}

static void measure_lines(const float *floats, double *lengths)
{
    const float *first[3], *second[3];
    for (int axis = 0; axis < 3; axis++) {
        first[axis] = column_of(floats, axis);
        second[axis] = column_of(floats, axis + 3);
    }
    si_kernels()->voxels->measure(first, second, lengths);
}

/* A line is in a voxel where both its ends are. */
static void add_lengths(si_grid_window *window, const float *floats, uint64_t mask)
{
    leaf_places first, second;
    double lengths[SI_LEAF_CAPACITY];
    find_places(window, floats, floats, &first);
    find_places(window, column_of(floats, 3), column_of(floats, 3), &second);
    measure_lines(floats, lengths);
    bool all_in_window = first.all_in_window && second.all_in_window;
    for (; mask; mask &= mask - 1) {
        unsigned slot = (unsigned)__builtin_ctzll(mask);
        if (all_in_window && first.places[slot] == second.places[slot])
            window->sums[first.places[slot]] += in_units(window->frame, lengths[slot]);
        else if (are_same_voxel(&first, &second, slot))
            add_at(window, &first, slot, in_units(window->frame, lengths[slot]));
        else
            cut_line(window, floats, slot);
    }
}

void si_grid_add_leaf(si_grid_window *window, const float *floats, uint64_t mask)
{
    if (window->frame->measure == SI_GRID_CENTRES)
        add_centres(window, floats, mask);
    else if (window->frame->measure == SI_GRID_LENGTHS)
        add_lengths(window, floats, mask);
    else
        si_grid_add_touching(window, floats, mask);
}

/* ---- boxes ---- */

/* The middle of two places next to zero may be rounded to zero. Voxels by touching have rounded
 * faces, and exact shapes may stick out of their boxes; what is beyond is added all the same. */
bool si_grid_voxels_of_box(const si_grid_frame *frame, const si_box *box, int32_t first[3],
                           int32_t last[3])
{
    const int32_t beyond = frame->measure == SI_GRID_TOUCHING ? 1 : 0;
    const double least = 0x1p-149;
    for (int axis = 0; axis < 3; axis++) {
        const si_voxel_axis *voxels = &frame->axes[axis];
        first[axis] = si_voxel_of(voxels, (double)box->lower[axis] - least) - beyond;
        last[axis] = si_voxel_of(voxels, (double)box->upper[axis] + least) + beyond;
        if (last[axis] < 0 || first[axis] >= voxels->count || last[axis] < first[axis])
            return false;
    }
    return true;
}
