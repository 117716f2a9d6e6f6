#include "index/grid_touching.h"

#include <math.h>

#include "geometry/kernel_set.h"

static float lower_face(const si_grid_frame *frame, int axis, int32_t voxel)
{
    return (float)si_voxel_face(&frame->axes[axis], voxel);
}

static float upper_face(const si_grid_frame *frame, int axis, int32_t voxel)
{
    return (float)si_voxel_face(&frame->axes[axis], voxel + 1);
}

si_query si_grid_query(const si_grid_frame *frame, const int32_t first[3], const int32_t last[3])
{
    si_query query = {.shape = SI_SHAPE_BOX, .accuracy = frame->accuracy};
    for (int axis = 0; axis < 3; axis++) {
        query.lower[axis] = lower_face(frame, axis, first[axis]);
        query.upper[axis] = upper_face(frame, axis, last[axis]);
    }
    return query;
}

/* ---- the box of an element ---- */

/* Of spheres and cylinders the radius is the last column. */
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

/* All of the element, not just its bounding box, where that does not decide. */
static si_box box_of_element(const si_grid_frame *frame, const float *floats)
{
    si_box box;
    if (frame->accuracy != SI_EXACT)
        return frame->type->bound(floats, 1);
    grow_by_radius(frame->type, floats, &box);
    return box;
}

/* ---- voxels ---- */

static int32_t first_touched(const si_grid_frame *frame, int axis, float place)
{
    const si_voxel_axis *voxels = &frame->axes[axis];
    int32_t voxel = si_voxel_of(voxels, (double)place);
    voxel = voxel < 0 ? 0 : voxel;
    while (voxel > 0 && upper_face(frame, axis, voxel - 1) >= place)
        voxel--;
    while (voxel < voxels->count && upper_face(frame, axis, voxel) < place)
        voxel++;
    return voxel;
}

static int32_t last_touched(const si_grid_frame *frame, int axis, float place)
{
    const si_voxel_axis *voxels = &frame->axes[axis];
    int32_t voxel = si_voxel_of(voxels, (double)place);
    voxel = voxel < voxels->count ? voxel : voxels->count - 1;
    while (voxel < voxels->count - 1 && lower_face(frame, axis, voxel + 1) <= place)
        voxel++;
    while (voxel >= 0 && lower_face(frame, axis, voxel) > place)
        voxel--;
    return voxel;
}

static bool lies_in(const si_box *box, const si_query *query)
{
    for (int axis = 0; axis < 3; axis++)
        if (box->lower[axis] < query->lower[axis] || box->upper[axis] > query->upper[axis])
            return false;
    return true;
}

static void test_voxel(si_grid_window *window, const float *floats, const si_box *box,
                       const int32_t voxel[3])
{
    const si_grid_frame *frame = window->frame;
    si_query query = si_grid_query(frame, voxel, voxel);
    if (frame->accuracy == SI_BOUNDING_BOX || lies_in(box, &query) ||
        frame->type->match(&query, floats, 1))
        si_grid_add(window, voxel, 1);
}

static void test_element(si_grid_window *window, const float *floats)
{
    si_box box = box_of_element(window->frame, floats);
    int32_t first[3], last[3], voxel[3];
    for (int axis = 0; axis < 3; axis++) {
        first[axis] = first_touched(window->frame, axis, box.lower[axis]);
        last[axis] = last_touched(window->frame, axis, box.upper[axis]);
    }
    for (voxel[0] = first[0]; voxel[0] <= last[0]; voxel[0]++)
        for (voxel[1] = first[1]; voxel[1] <= last[1]; voxel[1]++)
            for (voxel[2] = first[2]; voxel[2] <= last[2]; voxel[2]++)
                test_voxel(window, floats, &box, voxel);
}

/* ---- a leaf at once ---- */

typedef struct leaf_boxes {
    float lower[SI_LEAF_CAPACITY];
    float upper[SI_LEAF_CAPACITY];
} leaf_boxes;

/* Along one axis, what no element of the leaf reaches beyond, but for rounding. */
static void bound_leaf(const si_element_type *type, const float *floats, unsigned axis,
                       leaf_boxes *boxes)
{
    static const float no_radii[SI_LEAF_CAPACITY];
    unsigned vectors = type->float_count / 3;
    const float *first = floats + axis * SI_LEAF_CAPACITY;
    const float *second = floats + (3 * (vectors - 1) + axis) * SI_LEAF_CAPACITY;
    const float *radii = type->float_count % 3 ? floats + 3 * vectors * SI_LEAF_CAPACITY : no_radii;
    for (unsigned i = 0; i < SI_LEAF_CAPACITY; i++) {
        boxes->lower[i] = (first[i] < second[i] ? first[i] : second[i]) - radii[i];
        boxes->upper[i] = (first[i] < second[i] ? second[i] : first[i]) + radii[i];
    }
}

/* The margin of locators is twice their own error. Here the bounds and the faces of voxels are
 * rounded as well, each by no more than that error: twice the margin is enough for all. */
static si_voxel_locator cautious(const si_voxel_locator *locator)
{
    si_voxel_locator made = *locator;
    made.margin = fminf(2 * locator->margin, 2);
    return made;
}

/* Voxels along one axis; those of elements that may be in several are marked. */
static void find_voxels(const si_grid_frame *frame, const float *floats, int axis, int32_t *voxels,
                        int32_t *several)
{
    const si_voxel_locator locator = cautious(&frame->locators[axis]);
    int32_t upper[SI_LEAF_CAPACITY], near_lower[SI_LEAF_CAPACITY], near_upper[SI_LEAF_CAPACITY];
    leaf_boxes boxes;
    bound_leaf(frame->type, floats, (unsigned)axis, &boxes);
    si_kernels()->voxels->locate(&locator, boxes.lower, boxes.lower, voxels, near_lower);
    si_kernels()->voxels->locate(&locator, boxes.upper, boxes.upper, upper, near_upper);
    for (unsigned i = 0; i < SI_LEAF_CAPACITY; i++)
        several[i] |= near_lower[i] | near_upper[i] | (voxels[i] != upper[i]);
}

/* Most elements lie in one voxel, which they touch, and no other. */
void si_grid_add_touching(si_grid_window *window, const float *floats, uint64_t mask)
{
    int32_t voxels[3][SI_LEAF_CAPACITY], several[SI_LEAF_CAPACITY] = {0};
    for (int axis = 0; axis < 3; axis++)
        find_voxels(window->frame, floats, axis, voxels[axis], several);
    for (; mask; mask &= mask - 1) {
        unsigned slot = (unsigned)__builtin_ctzll(mask);
        if (several[slot])
            test_element(window, floats + slot);
        else
            si_grid_add(window, (int32_t[]){voxels[0][slot], voxels[1][slot], voxels[2][slot]}, 1);
    }
}
