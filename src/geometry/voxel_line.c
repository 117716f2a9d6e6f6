/*
 * Cutting lines at the faces of voxels: from one crossing to the next, along whichever axis
 * comes first.
 *
 * A point of the line is p1 + t v, v = p2 - p1, and it crosses the face f of an axis at
 * t = (f - p1) / v. Each of these is computed by itself, from numbers that are exact, so it errs by
 * no more than its three roundings, in whichever voxel; and as rounding keeps the order, faces are
 * crossed in their order, by the kernels of voxel_lines_kernel.h as by this. A length is a
 * difference of two of them, times the length of the line.
 */
#include <math.h>

#include "geometry/voxels.h"

typedef struct line_axis {
    const si_voxel_axis *axis;
    double from;
    double direction;
    int32_t voxel;
} line_axis;

static double crossing_at(const line_axis *line, int32_t face)
{
    return (si_voxel_face(line->axis, face) - line->from) / line->direction;
}

/* The part [*first, *end] of the line that is between the outermost faces. */
static bool clip_axis(const line_axis *line, double *first, double *end)
{
    if (line->direction == 0) {
        int32_t voxel = si_voxel_of(line->axis, line->from);
        return voxel >= 0 && voxel < line->axis->count;
    }
    double lower = crossing_at(line, 0), upper = crossing_at(line, line->axis->count);
    *first = fmax(*first, fmin(lower, upper));
    *end = fmin(*end, fmax(lower, upper));
    return *first < *end;
}

/* Where the line goes on from t. */
static int32_t voxel_from(const line_axis *line, double t)
{
    const int32_t last = line->axis->count - 1;
    int32_t voxel = si_voxel_of(line->axis, line->from + line->direction * t);
    voxel = voxel < 0 ? 0 : voxel > last ? last : voxel;
    if (line->direction > 0) {
        while (voxel > 0 && crossing_at(line, voxel) > t)
            voxel--;
        while (voxel < last && crossing_at(line, voxel + 1) <= t)
            voxel++;
    } else if (line->direction < 0) {
        while (voxel < last && crossing_at(line, voxel + 1) > t)
            voxel++;
        while (voxel > 0 && crossing_at(line, voxel) <= t)
            voxel--;
    }
    return voxel;
}

static double next_crossing(const line_axis *line)
{
    if (line->direction == 0)
        return INFINITY;
    return crossing_at(line, line->direction > 0 ? line->voxel + 1 : line->voxel);
}

static void cut_between(line_axis lines[3], double t, double end, double length,
                        si_voxel_visitor visitor, void *context)
{
    double leaves_at[3];
    for (int axis = 0; axis < 3; axis++) {
        lines[axis].voxel = voxel_from(&lines[axis], t);
        leaves_at[axis] = next_crossing(&lines[axis]);
    }
    for (;;) {
        int next = leaves_at[1] < leaves_at[0] ? 1 : 0;
        next = leaves_at[2] < leaves_at[next] ? 2 : next;
        double cut_at = fmin(leaves_at[next], end);
        if (cut_at > t) {
            visitor(context, (int32_t[]){lines[0].voxel, lines[1].voxel, lines[2].voxel},
                    (cut_at - t) * length);
            t = cut_at;
        }
        lines[next].voxel += lines[next].direction > 0 ? 1 : -1;
        if (!(leaves_at[next] < end) || lines[next].voxel < 0 ||
            lines[next].voxel >= lines[next].axis->count)
            return;
        leaves_at[next] = next_crossing(&lines[next]);
    }
}

void si_voxels_cut_line(const si_voxel_axis axes[3], const float p1[3], const float p2[3],
                        si_voxel_visitor visitor, void *context)
{
    line_axis lines[3];
    double first = 0, end = 1, square = 0;
    for (int axis = 0; axis < 3; axis++) {
        double direction = (double)p2[axis] - (double)p1[axis];
        lines[axis] = (line_axis){&axes[axis], (double)p1[axis], direction, 0};
        square += direction * direction;
    }
    for (int axis = 0; axis < 3; axis++)
        if (!clip_axis(&lines[axis], &first, &end))
            return;
    if (square > 0)
        cut_between(lines, first, end, sqrt(square), visitor, context);
}
