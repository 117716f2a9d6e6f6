/* Adding the elements of a leaf to a grid: each to the voxel of its center, or as grid_lengths.h or
 * grid_touching.h say. */
#include "grid/grid_leaf.h"

#include "geometry/scalar_math.h"
#include "grid/grid_lengths.h"
#include "grid/grid_touching.h"
#include "kernels/kernel_set.h"

/* Adds one element, located in double precision. */
static void add_center(const si_grid_frame *frame, si_grid_adder *adder, const si_grid_lines *lines,
                       unsigned slot)
{
    int32_t voxel[3];
    for (int axis = 0; axis < 3; axis++) {
        const float *first = lines->first[axis], *second = lines->second[axis];
        float middle = first == second ? first[slot] : si_middle(first[slot], second[slot]);
        voxel[axis] = si_voxel_of(&frame->voxels.axes[axis], (double)middle);
    }
    si_grid_add_voxel(frame, adder, voxel, 1);
}

static void add_centers(const si_grid_frame *frame, si_grid_adder *adder, const float *floats,
                        uint64_t mask)
{
    const si_grid_lines lines = si_grid_lines_of(frame->type, floats);
    uint32_t numbers[SI_LEAF_CAPACITY];
    si_kernels()->voxels->locate(&frame->voxels, lines.first, lines.second, numbers);
    uint64_t undecided = si_grid_add_ones(adder, numbers, mask);
    for (; undecided; undecided &= undecided - 1)
        add_center(frame, adder, &lines, (unsigned)__builtin_ctzll(undecided));
}

void si_grid_add_leaf(const si_grid_frame *frame, si_grid_adder *adder, const float *floats,
                      uint64_t mask)
{
    if (frame->measure == SI_GRID_CENTERS)
        add_centers(frame, adder, floats, mask);
    else if (frame->measure == SI_GRID_LENGTHS)
        si_grid_add_lengths(frame, adder, floats, mask);
    else
        si_grid_add_touching(frame, adder, floats, mask);
}
