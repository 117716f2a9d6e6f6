/*
 * The voxels of the elements of a leaf, in 32-bit floats: by their middles, or by what they touch.
 * Elements so near to a face that floats cannot decide are marked SI_VOXEL_UNDECIDED.
 *
 * Everything is loops of a fixed length without branches, which compilers turn into vectors.
 */
#include <string.h>

typedef struct voxel_place {
    int32_t voxel;
    bool is_near; /* so near to a face that the voxel may be the next one */
} voxel_place;

/* A coordinate in voxels, plus 1, so that truncation rounds down. */
static inline float voxel_coordinate(const si_voxel_locator *locator, float coordinate)
{
    return (coordinate - locator->lower) * locator->scale + 1.0F;
}

/* Coordinates far outside the grid are moved to the middle of a voxel just outside. */
static inline voxel_place find_voxel_place(const si_voxel_locator *locator, float coordinate,
                                           float margin)
{
    const float last = locator->count + 1.5F;
    float number = voxel_coordinate(locator, coordinate);
    number = number > 0.5F ? number : 0.5F;
    number = number < last ? number : last;
    int32_t voxel = (int32_t)number;
    float part = number - (float)voxel;
    return (voxel_place){voxel - 1, (part < margin) | (part > 1.0F - margin)};
}

static inline uint32_t encode_voxel(bool is_outside, bool is_undecided, uint32_t number)
{
    number = is_undecided ? SI_VOXEL_UNDECIDED : number;
    return is_outside ? SI_VOXEL_OUTSIDE : number;
}

/* ---- middles ---- */

static inline __attribute__((always_inline)) void locate_middles_of(const si_voxel_grid *grid,
                                                                    const float *const first[3],
                                                                    const float *const second[3],
                                                                    bool is_one_column,
                                                                    uint32_t *restrict numbers)
{
    const si_voxel_locator locators[3] = {grid->locators[0], grid->locators[1], grid->locators[2]};
    const int32_t counts[3] = {grid->axes[0].count, grid->axes[1].count, grid->axes[2].count};
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i++) {
        bool is_outside = false, is_near = false;
        uint32_t number = 0;
        for (int axis = 0; axis < 3; axis++) {
            float a = first[axis][i], b = second[axis][i];
            float middle = is_one_column ? a : 0.5F * a + 0.5F * b;
            voxel_place at = find_voxel_place(&locators[axis], middle, locators[axis].margin);
            bool is_beyond = (at.voxel < 0) | (at.voxel >= counts[axis]);
            is_outside |= is_beyond & !at.is_near;
            is_near |= at.is_near;
            number = number * (uint32_t)counts[axis] + (uint32_t)at.voxel;
        }
        numbers[i] = encode_voxel(is_outside, is_near, number);
    }
}

static void locate_middles(const si_voxel_grid *grid, const float *const first[3],
                           const float *const second[3], uint32_t *numbers)
{
    if (first[0] == second[0])
        locate_middles_of(grid, first, first, true, numbers);
    else
        locate_middles_of(grid, first, second, false, numbers);
}

/* ---- what touches ---- */

/* Lines with balls swept along them; v leads from end to end. */
typedef struct swept_lines {
    const float *const *first;
    const float *const *second;
    const float *radii;
    float squares[3][SI_MATCH_CAPACITY]; /* of the components of v */
    float square[SI_MATCH_CAPACITY];     /* v.v; -1 for balls */
} swept_lines;

static void measure_swept_lines(swept_lines *lines)
{
    for (int axis = 0; axis < 3; axis++) {
        const float *first = lines->first[axis], *second = lines->second[axis];
        for (unsigned i = 0; i < SI_MATCH_CAPACITY; i++) {
            float v = second[i] - first[i];
            lines->squares[axis][i] = v * v;
        }
    }
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i++) {
        float square = lines->squares[0][i] + lines->squares[1][i] + lines->squares[2][i];
        bool is_ball = (lines->first[0][i] == lines->second[0][i]) &
                       (lines->first[1][i] == lines->second[1][i]) &
                       (lines->first[2][i] == lines->second[2][i]);
        lines->square[i] = is_ball ? -1 : square;
    }
}

/*
 * Whether a swept line surely reaches `gap` voxels farther than its ends. Along an axis, of which
 * v^2 is v.v less `across`, a cylinder of radius r reaches r sqrt(across / v.v); the reach of its
 * bounding box, in 32-bit floats, errs by less than 2^-21 under the root.
 */
static inline bool surely_reaches(float gap, float radius, float square, float across)
{
    float needed = gap * gap * square * (1 + 0x1p-18F) + radius * radius * square * 0x1p-18F;
    bool is_ordinary = (square > 0x1p-100F) & (square < 0x1p100F);
    return (gap < 0) | (square < 0) | (is_ordinary & (needed < radius * radius * across));
}

/* What touch_along_axis adds up. */
typedef struct touched_voxels {
    uint32_t number[SI_MATCH_CAPACITY]; /* of the lower one */
    uint32_t other[SI_MATCH_CAPACITY];  /* of the upper one */
    int32_t is_outside[SI_MATCH_CAPACITY];
    int32_t is_undecided[SI_MATCH_CAPACITY];
    int32_t crossings[SI_MATCH_CAPACITY]; /* axes along which the two differ */
} touched_voxels;

/* The margin of a locator is twice its own error. Here the reach of an element and the faces of
 * voxels are rounded as well, each by no more than that error, so twice the margin covers all. */
static void touch_along_axis(const si_voxel_grid *grid, int axis, const swept_lines *lines,
                             touched_voxels *restrict found)
{
    const si_voxel_locator locator = grid->locators[axis];
    const float margin = 2 * locator.margin;
    const int32_t count = grid->axes[axis].count;
    const float *first = lines->first[axis], *second = lines->second[axis], *radii = lines->radii;
    const float *one = lines->squares[axis == 0], *two = lines->squares[axis == 2 ? 1 : 2];
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i++) {
        float least = first[i] < second[i] ? first[i] : second[i];
        float most = first[i] < second[i] ? second[i] : first[i];
        float radius = radii[i] * locator.scale, across = one[i] + two[i];
        voxel_place low = find_voxel_place(&locator, least - radii[i], margin);
        voxel_place high = find_voxel_place(&locator, most + radii[i], margin);
        float face = (float)high.voxel + 1.0F;
        float below = voxel_coordinate(&locator, least) + margin - face;
        float above = face + margin - voxel_coordinate(&locator, most);
        bool reaches_below = surely_reaches(below, radius, lines->square[i], across);
        bool reaches_above = surely_reaches(above, radius, lines->square[i], across);
        bool is_next = low.voxel + 1 == high.voxel;
        bool goes_through = is_next & reaches_below & reaches_above;
        bool crosses = low.voxel != high.voxel;
        bool is_outside = ((high.voxel < 0) & !high.is_near) |
                          ((low.voxel >= count) & !low.is_near);
        bool is_undecided = low.is_near | high.is_near | (low.voxel < 0) | (high.voxel >= count) |
                            (crosses & !goes_through);
        found->is_outside[i] = is_outside ? 1 : found->is_outside[i];
        found->is_undecided[i] = is_undecided ? 1 : found->is_undecided[i];
        found->crossings[i] += crosses ? 1 : 0;
        found->number[i] = found->number[i] * (uint32_t)count + (uint32_t)low.voxel;
        found->other[i] = found->other[i] * (uint32_t)count + (uint32_t)high.voxel;
    }
}

/*
 * An element that lies in one voxel along two axes, and on both sides of a face across the third,
 * touches both voxels with every accuracy: where it reaches farthest across the face, it lies in
 * them along the other axes.
 */
static void find_touched_voxels(const si_voxel_grid *grid, const float *const first[3],
                                const float *const second[3], const float *radii,
                                uint32_t *restrict numbers, uint32_t *restrict others)
{
    swept_lines lines;
    touched_voxels found;
    lines.first = first;
    lines.second = second;
    lines.radii = radii;
    measure_swept_lines(&lines);
    memset(&found, 0, sizeof found);
    for (int axis = 0; axis < 3; axis++)
        touch_along_axis(grid, axis, &lines, &found);
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i++) {
        bool is_outside = found.is_outside[i] != 0;
        bool is_undecided = (found.is_undecided[i] != 0) | (found.crossings[i] > 1);
        bool is_alone = is_outside | is_undecided | (found.crossings[i] == 0);
        numbers[i] = encode_voxel(is_outside, is_undecided, found.number[i]);
        others[i] = encode_voxel(is_alone, false, found.other[i]);
    }
}

#include "kernels/voxel_lines_kernel.h"

/* ---- groups ---- */

static void group_by_voxel(const uint32_t *numbers, uint64_t mask, si_voxel_groups *groups)
{
    unsigned count = 0;
    groups->undecided = mask & where_equal(numbers, SI_VOXEL_UNDECIDED);
    mask &= ~(groups->undecided | where_equal(numbers, SI_VOXEL_OUTSIDE));
    for (; mask && count < SI_MOST_VOXEL_GROUPS; count++) {
        uint32_t number = numbers[__builtin_ctzll(mask)];
        groups->numbers[count] = number;
        groups->members[count] = mask & where_equal(numbers, number);
        mask &= ~groups->members[count];
    }
    groups->count = count;
    groups->others = mask;
}

static const si_voxel_kernels voxel_kernels = {locate_middles, find_touched_voxels, locate_lines,
                                               measure_lines,  cut_lines,           group_by_voxel};
