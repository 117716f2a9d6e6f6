/* Pairs of a cylinder and a voxel, collected until a kernel can test 64 of them. */
#include "grid/grid_pairs.h"

#include <assert.h>

#include "geometry/predicates.h"
#include "kernels/kernel_set.h"

void si_grid_pairs_add(si_grid_pairs *pairs, const float *floats, const si_query_shape *box,
                       uint64_t voxel)
{
    assert(pairs->count < SI_MATCH_CAPACITY);
    const unsigned at = pairs->count++;
    for (unsigned column = 0; column < 7; column++)
        pairs->cylinders[column][at] = floats[column * SI_LEAF_CAPACITY];
    for (int axis = 0; axis < 3; axis++) {
        pairs->boxes[axis][at] = box->lower[axis];
        pairs->boxes[axis + 3][at] = box->upper[axis];
    }
    pairs->voxels[at] = voxel;
    if (pairs->count == SI_MATCH_CAPACITY)
        si_grid_pairs_flush(pairs);
}

/* Decides a pair that the kernel leaves open. */
static bool pair_touches(const si_grid_pairs *pairs, unsigned at)
{
    si_query_shape query = {.shape = SI_SHAPE_BOX, .accuracy = pairs->frame->accuracy};
    float p1[3], p2[3];
    for (int axis = 0; axis < 3; axis++) {
        query.lower[axis] = pairs->boxes[axis][at];
        query.upper[axis] = pairs->boxes[axis + 3][at];
        p1[axis] = pairs->cylinders[axis][at];
        p2[axis] = pairs->cylinders[axis + 3][at];
    }
    return si_query_meets_cylinder(&query, p1, p2, pairs->cylinders[6][at]);
}

void si_grid_pairs_flush(si_grid_pairs *pairs)
{
    const si_query_shape kind = {.shape = SI_SHAPE_BOX, .accuracy = pairs->frame->accuracy};
    si_cylinders cylinders = {.radius = pairs->cylinders[6]};
    si_node_boxes boxes;
    if (pairs->count == 0)
        return;
    for (int axis = 0; axis < 3; axis++) {
        cylinders.p1[axis] = pairs->cylinders[axis];
        cylinders.p2[axis] = pairs->cylinders[axis + 3];
    }
    for (int side = 0; side < 6; side++)
        boxes.bounds[side] = pairs->boxes[side];
    si_leaf_masks masks = si_kernels()->leaf_test_pairs(&kind, &cylinders, &boxes, pairs->count);
    for (uint64_t rest = masks.sure | masks.undecided; rest; rest &= rest - 1) {
        unsigned at = (unsigned)__builtin_ctzll(rest);
        if (masks.sure >> at & 1 || pair_touches(pairs, at))
            si_grid_add(pairs->adder, pairs->voxels[at], 1);
    }
    pairs->count = 0;
}
