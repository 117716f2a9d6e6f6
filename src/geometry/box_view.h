/*
 * A box as seen from both ends of an axis, in double precision. Differences of floats are exact, or
 * nearly so, and nothing is lost far from the origin. An oriented box is seen in its own
 * coordinates.
 */
#ifndef SI_GEOMETRY_BOX_VIEW_H
#define SI_GEOMETRY_BOX_VIEW_H

#include <stdbool.h>

#include "geometry/scalar_math.h"

typedef struct si_box_view {
    double lower[2][3]; /* from each end to the corners of the box */
    double upper[2][3];
    double axis[3]; /* from the first end to the second */
} si_box_view;

/* The box may be infinite. */
si_box_view si_view_box(const float p1[3], const float p2[3], const float lower[3],
                        const float upper[3]);

static inline double si_squared_gap_of_end(const si_box_view *view, int end)
{
    double gap[3];
    for (int k = 0; k < 3; k++)
        gap[k] = si_gap(0, view->lower[end][k], view->upper[end][k]);
    return si_dot(gap, gap);
}

bool si_axis_meets_view(const si_box_view *view);

/* The axis with a ball swept along it; radius 0 is the bare axis. */
bool si_capsule_meets_view(const si_box_view *view, double radius);

/* The solid cylinder with flat caps. Zero length is the ball of the radius. */
bool si_cylinder_meets_view(const si_box_view *view, double radius);

#endif
