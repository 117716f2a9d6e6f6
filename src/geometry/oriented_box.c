/* Oriented boxes as queries. In the coordinates of the box it is an ordinary one; against a box
 * that is parallel to the axes, separating planes decide. */
#include "geometry/solids.h"

static void turn_to_box_axes(const si_query_shape *query, const double v[3], double turned[3])
{
    for (int k = 0; k < 3; k++)
        turned[k] = si_dot(query->axes[k], v);
}

si_box_view si_view_oriented_box(const si_query_shape *query, const float p1[3], const float p2[3])
{
    const float *const ends[2] = {p1, p2};
    si_box_view view;
    double way[3];
    for (int end = 0; end < 2; end++) {
        double place[3];
        si_subtract(ends[end], query->center, way);
        turn_to_box_axes(query, way, place);
        for (int k = 0; k < 3; k++) {
            view.lower[end][k] = -(double)query->half_size[k] - place[k];
            view.upper[end][k] = (double)query->half_size[k] - place[k];
        }
    }
    si_subtract(p2, p1, way);
    turn_to_box_axes(query, way, view.axis);
    return view;
}

/* The part of the box that is near the query, as its middle seen from the query's and its half
 * size; false where there is none. */
static bool cut_box(const si_query_shape *query, const si_box *box, double middle[3],
                    double half[3])
{
    for (int k = 0; k < 3; k++) {
        double lower = (double)si_max_float(box->lower[k], query->lower[k]);
        double upper = (double)si_min_float(box->upper[k], query->upper[k]);
        if (lower > upper)
            return false;
        double center = (double)query->center[k];
        middle[k] = ((lower - center) + (upper - center)) / 2;
        half[k] = (upper - lower) / 2;
    }
    return true;
}

/*
 * Separating planes: those of the sides of both, and those along an edge of each. The margin is for
 * rounding: nearly parallel edges have a normal that is nearly 0, and then no plane but those of
 * the sides may decide.
 */
static bool normal_separates(const si_query_shape *query, const double middle[3],
                             const double half[3], const double normal[3])
{
    double distance = fabs(si_dot(middle, normal)), reach = 0, size = 0;
    for (int k = 0; k < 3; k++) {
        reach += half[k] * fabs(normal[k]);
        reach += (double)query->half_size[k] * fabs(si_dot(query->axes[k], normal));
        size += fabs(middle[k]) + half[k] + (double)query->half_size[k];
    }
    return distance > reach + size * 0x1p-48;
}

bool si_oriented_box_meets_box(const si_query_shape *query, const si_box *box)
{
    double middle[3], half[3];
    if (!cut_box(query, box, middle, half))
        return false;
    for (int i = 0; i < 3; i++) {
        double unit[3] = {i == 0, i == 1, i == 2};
        if (normal_separates(query, middle, half, query->axes[i]) ||
            normal_separates(query, middle, half, unit))
            return false;
        for (int k = 0; k < 3; k++) {
            double normal[3];
            si_cross(unit, query->axes[k], normal);
            if (normal_separates(query, middle, half, normal))
                return false;
        }
    }
    return true;
}
