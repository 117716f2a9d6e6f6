/* Checks of queries that callers hand in: every function that runs a query calls si_query_check. */
#include <math.h>

#include "geometry/query_shape.h"

si_result si_accuracy_check(si_accuracy accuracy, si_error *error)
{
    if (accuracy == SI_CENTER)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the accuracy is %d (center), which only queries by box can have",
                       (int)accuracy);
    if (accuracy != SI_BEST_EFFORT && accuracy != SI_BOUNDING_BOX && accuracy != SI_EXACT)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the accuracy of a query is %d, expected %d (best effort), %d "
                       "(bounding box) or %d (exact)",
                       (int)accuracy, (int)SI_BEST_EFFORT, (int)SI_BOUNDING_BOX, (int)SI_EXACT);
    return SI_OK;
}

static si_result check_box(const si_query_shape *query, si_error *error)
{
    for (unsigned axis = 0; axis < 3; axis++)
        if (!(query->lower[axis] <= query->upper[axis]))
            return si_fail(error, SI_ERROR_ARGUMENT,
                           "the query's box runs from %g to %g along %c: use si_query_box or a "
                           "similar function to make queries",
                           (double)query->lower[axis], (double)query->upper[axis], "xyz"[axis]);
    return SI_OK;
}

static bool is_finite(const float values[3])
{
    return isfinite(values[0]) && isfinite(values[1]) && isfinite(values[2]);
}

/* Capsules, cylinders and oriented boxes. */
static si_result check_solid(const si_query_shape *query, si_error *error)
{
    const double *axes = query->axes[0];
    bool finite = is_finite(query->center) && is_finite(query->end) &&
                  is_finite(query->half_size) && isfinite(query->radius);
    for (int i = 0; i < 9; i++)
        finite = finite && isfinite(axes[i]);
    if (!finite)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "a coordinate of the query is not finite: use si_query_box or a similar "
                       "function to make queries");
    return SI_OK;
}

si_result si_query_check(const si_query *made, si_error *error)
{
    const si_query_shape *query = si_shape_of(made);
    SI_TRY(si_require(query, "query", error));
    if (query->struct_size != sizeof *query)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "struct_size of the query is %zu, expected %zu: use si_query_box or a "
                       "similar function to make queries",
                       query->struct_size, sizeof *query);
    SI_TRY(si_accuracy_check(query->accuracy, error));
    if ((int)query->shape < SI_SHAPE_BOX || query->shape > SI_SHAPE_CENTERS)
        return si_fail(
            error, SI_ERROR_ARGUMENT,
            "%d is not a query shape: use si_query_box or a similar function to make queries",
            (int)query->shape);
    SI_TRY(check_box(query, error));
    if (query->shape == SI_SHAPE_BOX || query->shape == SI_SHAPE_CENTERS)
        return SI_OK;
    if (!(query->radius >= 0))
        return si_fail(
            error, SI_ERROR_ARGUMENT,
            "the radius of the query is %g: use si_query_box or a similar function to make queries",
            (double)query->radius);
    return query->shape == SI_SHAPE_SPHERE ? SI_OK : check_solid(query, error);
}
