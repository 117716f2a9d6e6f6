/*
 * Counts elements in every voxel that they touch. Kernels decide about most elements, which touch
 * one voxel or two; each of the others is tested against all voxels that its bounding box touches.
 */
#include "grid/grid_touching.h"

#include <math.h>

#include "grid/grid_pairs.h"
#include "kernels/kernel_set.h"

static float lower_face(const si_grid_frame *frame, int axis, int32_t voxel)
{
    return (float)si_voxel_face(&frame->voxels.axes[axis], voxel);
}

static float upper_face(const si_grid_frame *frame, int axis, int32_t voxel)
{
    return (float)si_voxel_face(&frame->voxels.axes[axis], voxel + 1);
}

si_query_shape si_grid_query(const si_grid_frame *frame, const int32_t first[3],
                             const int32_t last[3])
{
    si_query_shape query = {.shape = SI_SHAPE_BOX, .accuracy = frame->accuracy};
    for (int axis = 0; axis < 3; axis++) {
        query.lower[axis] = lower_face(frame, axis, first[axis]);
        query.upper[axis] = upper_face(frame, axis, last[axis]);
    }
    return query;
}

/* ---- the box of an element ---- */

/* The radius of spheres and cylinders is the last column. */
static void grow_by_radius(const si_element_type *type, const float *floats, si_box *box)
{
    unsigned vectors = type->float_count / 3;
    float radius = type->float_count % 3 ? floats[3 * vectors * SI_LEAF_CAPACITY] : 0;
    for (unsigned axis = 0; axis < 3; axis++) {
        float first = floats[axis * SI_LEAF_CAPACITY];
        float second = floats[(3 * (vectors - 1) + axis) * SI_LEAF_CAPACITY];
        box->lower[axis] = nextafterf(fminf(first, second) - radius, -INFINITY);
        box->upper[axis] = nextafterf(fmaxf(first, second) + radius, INFINITY);
    }
}

/* A box that holds the whole element where bounding boxes do not decide (SI_EXACT). */
static si_box box_of_element(const si_grid_frame *frame, const float *floats)
{
    si_box box;
    if (frame->accuracy != SI_EXACT)
        return frame->type->bound(floats, 1);
    grow_by_radius(frame->type, floats, &box);
    return box;
}

/* ---- voxels ---- */

/* A voxel near the right one, from which the right one is found. */
static int32_t guess_voxel(const si_voxel_axis *axis, float place)
{
    double guess = ((double)place - axis->lower) * axis->per_micrometre;
    guess = guess > 0 ? guess : 0;
    return guess < axis->count - 1 ? (int32_t)guess : axis->count - 1;
}

/* The first voxel whose upper face is at `place` or beyond; `count` if there is none. */
static int32_t first_touched(const si_grid_frame *frame, int axis, float place)
{
    const si_voxel_axis *voxels = &frame->voxels.axes[axis];
    int32_t voxel = guess_voxel(voxels, place);
    while (voxel > 0 && upper_face(frame, axis, voxel - 1) >= place)
        voxel--;
    while (voxel < voxels->count && upper_face(frame, axis, voxel) < place)
        voxel++;
    return voxel;
}

/* The last voxel whose lower face is at `place` or below; -1 if there is none. */
static int32_t last_touched(const si_grid_frame *frame, int axis, float place)
{
    const si_voxel_axis *voxels = &frame->voxels.axes[axis];
    int32_t voxel = guess_voxel(voxels, place);
    while (voxel < voxels->count - 1 && lower_face(frame, axis, voxel + 1) <= place)
        voxel++;
    while (voxel >= 0 && lower_face(frame, axis, voxel) > place)
        voxel--;
    return voxel;
}

static bool lies_in(const si_box *box, const si_query_shape *query)
{
    for (int axis = 0; axis < 3; axis++)
        if (box->lower[axis] < query->lower[axis] || box->upper[axis] > query->upper[axis])
            return false;
    return true;
}

static void test_voxel(si_grid_pairs *pairs, const float *floats, const si_box *box,
                       const int32_t voxel[3])
{
    const si_grid_frame *frame = pairs->frame;
    const uint64_t number = si_voxel_number(&frame->voxels, voxel);
    si_query_shape query = si_grid_query(frame, voxel, voxel);
    if (frame->accuracy == SI_BOUNDING_BOX || lies_in(box, &query))
        si_grid_add(pairs->adder, number, 1);
    else if (frame->type->float_count == 7)
        si_grid_pairs_add(pairs, floats, &query, number);
    else if (frame->type->match(&query, floats, 1))
        si_grid_add(pairs->adder, number, 1);
}

static void test_element(si_grid_pairs *pairs, const float *floats)
{
    const si_grid_frame *frame = pairs->frame;
    si_box box = box_of_element(frame, floats);
    int32_t first[3], last[3], voxel[3];
    for (int axis = 0; axis < 3; axis++) {
        first[axis] = first_touched(frame, axis, box.lower[axis]);
        last[axis] = last_touched(frame, axis, box.upper[axis]);
    }
    for (voxel[0] = first[0]; voxel[0] <= last[0]; voxel[0]++)
        for (voxel[1] = first[1]; voxel[1] <= last[1]; voxel[1]++)
            for (voxel[2] = first[2]; voxel[2] <= last[2]; voxel[2]++)
                test_voxel(pairs, floats, &box, voxel);
}

static void test_elements(const si_grid_frame *frame, si_grid_adder *adder, const float *floats,
                          uint64_t mask)
{
    si_grid_pairs pairs;
    pairs.frame = frame;
    pairs.adder = adder;
    pairs.count = 0;
    for (; mask; mask &= mask - 1)
        test_element(&pairs, floats + __builtin_ctzll(mask));
    si_grid_pairs_flush(&pairs);
}

/* ---- a leaf at once ---- */

/* The kernel decides about elements that touch one voxel, or the two on either side of a face. */
void si_grid_add_touching(const si_grid_frame *frame, si_grid_adder *adder, const float *floats,
                          uint64_t mask)
{
    const si_grid_lines lines = si_grid_lines_of(frame->type, floats);
    uint32_t numbers[SI_LEAF_CAPACITY], others[SI_LEAF_CAPACITY];
    si_kernels()->voxels->touch(&frame->voxels, lines.first, lines.second, lines.radii, numbers,
                                others);
    uint64_t undecided = si_grid_add_ones(adder, numbers, mask);
    si_grid_add_ones(adder, others, mask);
    if (undecided)
        test_elements(frame, adder, floats, undecided);
}
