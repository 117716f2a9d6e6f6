#include "index/grid_lengths.h"

#include <math.h>

#include "geometry/kernel_set.h"

/* ---- lines in several voxels ---- */

typedef struct cut_line {
    const si_grid_frame *frame;
    si_grid_adder *adder;
} cut_line;

/* In damaged files lengths may be anything. */
static uint64_t in_units(const si_voxel_unit *unit, double length)
{
    return (uint64_t)llrint((length < unit->most ? length : unit->most) * unit->scale);
}

static void add_piece(void *context, const int32_t voxel[3], double length)
{
    const cut_line *line = context;
    si_grid_add_voxel(line->frame, line->adder, voxel, in_units(&line->frame->unit, length));
}

static void add_cut_line(cut_line *line, const si_grid_lines *lines, unsigned slot)
{
    float p1[3], p2[3];
    for (int axis = 0; axis < 3; axis++) {
        p1[axis] = lines->first[axis][slot];
        p2[axis] = lines->second[axis][slot];
    }
    si_voxels_cut_line(line->frame->voxels.axes, p1, p2, add_piece, line);
}

/* ---- leaves ---- */

static uint64_t sum_of(const uint64_t *amounts, uint64_t members)
{
    uint64_t sum = 0;
    for (; members; members &= members - 1)
        sum += amounts[__builtin_ctzll(members)];
    return sum;
}

/* Of lines that are in one voxel. Returns those that are not. */
static uint64_t add_whole_lines(const si_grid_frame *frame, si_grid_adder *adder,
                                const si_grid_lines *lines, uint64_t mask)
{
    const si_voxel_kernels *kernels = si_kernels()->voxels;
    uint32_t numbers[SI_LEAF_CAPACITY];
    uint64_t amounts[SI_LEAF_CAPACITY];
    si_voxel_groups groups;
    kernels->locate_lines(&frame->voxels, lines->first, lines->second, numbers);
    kernels->group(numbers, mask, &groups);
    if (groups.count == 0)
        return groups.undecided;
    kernels->measure(lines->first, lines->second, &frame->unit, amounts);
    for (unsigned i = 0; i < groups.count; i++)
        si_grid_add(adder, groups.numbers[i], sum_of(amounts, groups.members[i]));
    for (; groups.others; groups.others &= groups.others - 1) {
        unsigned slot = (unsigned)__builtin_ctzll(groups.others);
        si_grid_add(adder, numbers[slot], amounts[slot]);
    }
    return groups.undecided;
}

void si_grid_add_lengths(const si_grid_frame *frame, si_grid_adder *adder, const float *floats,
                         uint64_t mask)
{
    const si_grid_lines lines = si_grid_lines_of(frame->type, floats);
    cut_line line = {frame, adder};
    uint64_t cut = add_whole_lines(frame, adder, &lines, mask);
    for (; cut; cut &= cut - 1)
        add_cut_line(&line, &lines, (unsigned)__builtin_ctzll(cut));
}
