/* The lines of a leaf's elements, and adding to single voxels. */
#include "grid/grid_frame.h"

_Static_assert(SI_LEAF_CAPACITY == SI_MATCH_CAPACITY, "kernels take a leaf at once");

si_grid_lines si_grid_lines_of(const si_element_type *type, const float *floats)
{
    static const float no_radii[SI_LEAF_CAPACITY];
    const unsigned vectors = type->float_count / 3;
    const float *second = floats + 3 * (vectors - 1) * SI_LEAF_CAPACITY;
    si_grid_lines lines = {.radii = type->float_count % 3 ? floats + 3 * vectors * SI_LEAF_CAPACITY
                                                          : no_radii};
    for (int axis = 0; axis < 3; axis++) {
        lines.first[axis] = floats + (unsigned)axis * SI_LEAF_CAPACITY;
        lines.second[axis] = second + (unsigned)axis * SI_LEAF_CAPACITY;
    }
    return lines;
}

void si_grid_add_voxel(const si_grid_frame *frame, si_grid_adder *adder, const int32_t voxel[3],
                       uint64_t amount)
{
    if (si_voxel_is_in_grid(&frame->voxels, voxel))
        si_grid_add(adder, si_voxel_number(&frame->voxels, voxel), amount);
}

uint64_t si_grid_add_ones(si_grid_adder *adder, const uint32_t *numbers, uint64_t mask)
{
    si_voxel_groups groups;
    si_kernels()->voxels->group(numbers, mask, &groups);
    for (unsigned i = 0; i < groups.count; i++)
        si_grid_add(adder, groups.numbers[i], (uint64_t)__builtin_popcountll(groups.members[i]));
    for (; groups.others; groups.others &= groups.others - 1)
        si_grid_add(adder, numbers[__builtin_ctzll(groups.others)], 1);
    return groups.undecided;
}
