#include <math.h>

#include "base/error.h"
#include "spatial_index/spatial_index.h"

static si_result check_accuracy(si_accuracy accuracy, si_error *error)
{
    if (accuracy != SI_BEST_EFFORT && accuracy != SI_BOUNDING_BOX && accuracy != SI_EXACT)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the accuracy of a query is %d, expected %d (best effort), %d "
                       "(bounding box) or %d (exact)",
                       (int)accuracy, (int)SI_BEST_EFFORT, (int)SI_BOUNDING_BOX, (int)SI_EXACT);
    return SI_OK;
}

static si_result check_coordinates(const double point[3], const char *name, si_error *error)
{
    if (isnan(point[0]) || isnan(point[1]) || isnan(point[2]))
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the %s of a query is (%g, %g, %g), expected three numbers", name, point[0],
                       point[1], point[2]);
    return SI_OK;
}

si_result si_box_query(const double corner[3], const double opposite_corner[3],
                       si_accuracy accuracy, si_query *query, si_error *error)
{
    SI_TRY(check_accuracy(accuracy, error));
    SI_TRY(check_coordinates(corner, "corner", error));
    SI_TRY(check_coordinates(opposite_corner, "opposite corner", error));
    *query = (si_query){.shape = SI_SHAPE_BOX, .accuracy = accuracy};
    for (int axis = 0; axis < 3; axis++) {
        float a = (float)corner[axis];
        float b = (float)opposite_corner[axis];
        query->lower[axis] = a < b ? a : b;
        query->upper[axis] = a < b ? b : a;
    }
    return SI_OK;
}

/* The bounding box is rounded once per operation, as those of the elements are. That of a ball of
 * infinite radius is everything, also where the center lies at infinity. */
si_result si_sphere_query(const double center[3], double radius, si_accuracy accuracy,
                          si_query *query, si_error *error)
{
    SI_TRY(check_accuracy(accuracy, error));
    SI_TRY(check_coordinates(center, "center", error));
    if (isnan(radius) || radius < 0)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the radius of a query is %g, expected 0 or a positive number", radius);
    float r = fabsf((float)radius);
    *query = (si_query){.shape = SI_SHAPE_SPHERE, .accuracy = accuracy, .radius = r};
    for (int axis = 0; axis < 3; axis++) {
        float c = (float)center[axis];
        query->center[axis] = c;
        query->lower[axis] = isinf(r) ? -INFINITY : c - r;
        query->upper[axis] = isinf(r) ? INFINITY : c + r;
    }
    return SI_OK;
}
