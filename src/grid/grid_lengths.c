/* Adds the lengths of axes to a grid: lines that lie in one voxel as a leaf, lines through a few
 * voxels cut by a kernel, longer ones cut one by one. */
#include "grid/grid_lengths.h"

#include <math.h>

#include "kernels/kernel_set.h"

/* ---- lines in several voxels ---- */

typedef struct cut_line {
    const si_grid_frame *frame;
    si_grid_adder *adder;
} cut_line;

/* In damaged files lengths can be any number. */
static uint64_t length_in_integers(const si_voxel_unit *unit, double length)
{
    return (uint64_t)llrint((length < unit->most ? length : unit->most) * unit->scale);
}

static void add_piece(void *context, const int32_t voxel[3], double length)
{
    const cut_line *line = context;
    si_grid_add_voxel(line->frame, line->adder, voxel,
                      length_in_integers(&line->frame->unit, length));
}

/* Some lines of a leaf, side by side. */
typedef struct gathered_lines {
    unsigned count;
    float first[3][SI_LEAF_CAPACITY];
    float second[3][SI_LEAF_CAPACITY];
} gathered_lines;

static void gather_lines(const si_grid_lines *lines, uint64_t mask, gathered_lines *gathered)
{
    gathered->count = (unsigned)__builtin_popcountll(mask);
    for (int axis = 0; axis < 3; axis++) {
        si_kernels()->select_floats(lines->first[axis], mask, gathered->first[axis]);
        si_kernels()->select_floats(lines->second[axis], mask, gathered->second[axis]);
    }
}

/* Cuts one line, through any number of voxels. */
static void add_long_line(cut_line *line, const gathered_lines *lines, unsigned slot)
{
    float p1[3], p2[3];
    for (int axis = 0; axis < 3; axis++) {
        p1[axis] = lines->first[axis][slot];
        p2[axis] = lines->second[axis][slot];
    }
    si_voxels_cut_line(line->frame->voxels.axes, p1, p2, add_piece, line);
}

static void add_cut_lines(cut_line *line, const gathered_lines *lines)
{
    const float *first[3] = {lines->first[0], lines->first[1], lines->first[2]};
    const float *second[3] = {lines->second[0], lines->second[1], lines->second[2]};
    const si_grid_frame *frame = line->frame;
    si_voxel_pieces pieces;
    uint64_t uncut = si_kernels()->voxels->cut_lines(&frame->voxels, first, second, lines->count,
                                                     &frame->unit, &pieces);
    for (unsigned slot = 0; slot < lines->count; slot++) {
        if (uncut >> slot & 1) {
            add_long_line(line, lines, slot);
            continue;
        }
        for (unsigned piece = 0; piece < 4; piece++)
            if (pieces.amounts[piece][slot])
                si_grid_add(line->adder, (uint64_t)pieces.numbers[piece][slot],
                            pieces.amounts[piece][slot]);
    }
}

/* ---- leaves ---- */

static uint64_t sum_of(const uint64_t *amounts, uint64_t members)
{
    uint64_t sum = 0;
    for (; members; members &= members - 1)
        sum += amounts[__builtin_ctzll(members)];
    return sum;
}

/* Adds the lines that lie in one voxel, and returns the others. */
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
    gathered_lines gathered;
    if (cut) {
        gather_lines(&lines, cut, &gathered);
        add_cut_lines(&line, &gathered);
    }
}
