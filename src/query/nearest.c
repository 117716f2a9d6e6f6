/*
 * Queries for the elements nearest to a point, and to each of many points.
 *
 * Many points are searched for in the order of a Hilbert curve, and the distance of the farthest
 * element found near one limits the search for the next: no distance changes by more than the way
 * between the points (the triangle inequality).
 */
#include "spatial_index/nearest.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "geometry/query_shape.h"
#include "query/filter.h"
#include "query/gather.h"
#include "query/nearest_results.h"
#include "query/query_threads.h"
#include "spatial_index/batch.h"

/* ---- the query ---- */

static si_result check_nearest(const si_nearest_query *nearest, si_error *error)
{
    if (nearest->struct_size != sizeof *nearest)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "struct_size of the query is %zu, expected %zu: make queries by "
                       "si_query_nearest",
                       nearest->struct_size, sizeof *nearest);
    SI_TRY(si_accuracy_check(nearest->accuracy, error));
    if (!(nearest->max_distance >= 0))
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the maximum distance is %g, expected 0 or a positive number",
                       nearest->max_distance);
    return SI_OK;
}

static bool is_finite(const float point[3])
{
    return isfinite(point[0]) && isfinite(point[1]) && isfinite(point[2]);
}

static si_result check_point(const float point[3], si_error *error)
{
    if (!is_finite(point))
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the query point is (%g, %g, %g), expected three finite 32-bit floats",
                       (double)point[0], (double)point[1], (double)point[2]);
    return SI_OK;
}

si_result si_query_nearest(const double point[3], uint64_t k, double max_distance,
                           si_accuracy accuracy, si_nearest_query *nearest, si_error *error)
{
    SI_TRY(si_require(point, "point", error));
    SI_TRY(si_require(nearest, "nearest", error));
    si_nearest_query made = {.struct_size = sizeof made,
                             .accuracy = accuracy,
                             .point = {(float)point[0], (float)point[1], (float)point[2]},
                             .k = k,
                             .max_distance = max_distance};
    SI_TRY(check_nearest(&made, error));
    SI_TRY(check_point(made.point, error));
    *nearest = made;
    return SI_OK;
}

/* Checks what a search for one point and one for many have in common. */
static si_result check_search(const si_index *index, const si_nearest_query *nearest,
                              const si_column *columns, size_t column_count, si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    SI_TRY(si_require(nearest, "nearest", error));
    if (column_count > 0)
        SI_TRY(si_require(columns, "columns", error));
    if (column_count > SI_FIELD_COUNT)
        return si_fail(error, SI_ERROR_ARGUMENT, "%zu columns, expected at most %d", column_count,
                       (int)SI_FIELD_COUNT);
    SI_TRY(check_nearest(nearest, error));
    SI_TRY(si_filter_check(nearest->filter, index, error));
    return si_gather_check(index, columns, column_count, true, error);
}

/* ---- one point ---- */

si_result si_index_find_nearest(const si_index *index, const si_nearest_query *nearest,
                                const si_column *columns, size_t column_count, double *distances,
                                uint64_t *count, si_error *error)
{
    const si_nearest_output output = {columns, column_count, distances, NULL};
    si_nearest_search search;
    SI_TRY(si_require(count, "count", error));
    SI_TRY(check_search(index, nearest, columns, column_count, error));
    SI_TRY(check_point(nearest->point, error));
    *count = 0;
    si_result result = si_nearest_search_begin(&search, index, nearest, error);
    if (result == SI_OK)
        result = si_nearest_search_run(&search, nearest->point, nearest->max_distance, error);
    if (result == SI_OK)
        result = si_nearest_results_store(&search, &output, 0, error);
    if (result == SI_OK)
        *count = search.found.count;
    si_nearest_search_end(&search);
    return result;
}

/* ---- many points ---- */

typedef struct nearest_many {
    const si_index *index;
    const si_nearest_query *nearest;
    const float (*points)[3];
    uint64_t point_count;
    const uint64_t *order;
    const si_nearest_output *output;
    uint64_t *counts;
    si_nearest_search *searches; /* one a thread */
} nearest_many;

static double distance_between(const float a[3], const float b[3])
{
    double x = (double)a[0] - (double)b[0], y = (double)a[1] - (double)b[1],
           z = (double)a[2] - (double)b[2];
    return sqrt(x * x + y * y + z * z);
}

/* A distance within which there are as many elements as are wanted, by what the search before
 * found; it is rounded up by more than distances can be wrong. */
static double reach_after(const si_nearest_search *before, const float point[3])
{
    const si_nearest_heap *found = &before->found;
    const double most = before->nearest.max_distance;
    if (found->count == 0 || found->count < found->capacity)
        return most;
    double size = (double)(fabsf(point[0]) + fabsf(point[1]) + fabsf(point[2]));
    double reach = found->elements[found->count - 1].distance +
                   distance_between(before->nearest.point, point);
    return fmin(reach * (1 + 1e-6) + size * 1e-6, most);
}

/* Rows for which nothing was found hold zeros, and an infinite distance. */
static void clear_rows(const nearest_many *many, uint64_t first, uint64_t end)
{
    const si_nearest_output *output = many->output;
    for (size_t i = 0; i < output->column_count; i++) {
        size_t size = si_element_field(many->index->layout.kind, output->columns[i].field)->size;
        memset((char *)output->columns[i].data + first * size, 0, (end - first) * size);
    }
    for (uint64_t row = first; row < end; row++) {
        if (output->distances)
            output->distances[row] = INFINITY;
        if (output->offsets)
            output->offsets[row] = 0;
    }
}

static si_result search_for_point(nearest_many *many, si_nearest_search *search, uint64_t number,
                                  si_error *error)
{
    const uint64_t k = many->nearest->k;
    const float *point = many->points[number];
    SI_TRY(si_nearest_search_run(search, point, reach_after(search, point), error));
    SI_TRY(si_nearest_results_store(search, many->output, number * k, error));
    clear_rows(many, number * k + search->found.count, (number + 1) * k);
    if (many->counts)
        many->counts[number] = search->found.count;
    return SI_OK;
}

static si_result search_for_some(void *context, unsigned worker, uint64_t task, si_error *error)
{
    nearest_many *many = context;
    uint64_t first = task * SI_QUERIES_PER_TASK;
    uint64_t end = si_min_u64(first + SI_QUERIES_PER_TASK, many->point_count);
    for (uint64_t i = first; i < end; i++)
        SI_TRY(search_for_point(many, &many->searches[worker], many->order[i], error));
    return SI_OK;
}

static si_result search_on_threads(nearest_many *many, unsigned threads, si_error *error)
{
    unsigned begun = 0;
    si_result result = SI_OK;
    many->searches = si_allocate(threads, sizeof *many->searches);
    if (!many->searches)
        return si_fail_memory(error);
    while (result == SI_OK && begun < threads)
        result = si_nearest_search_begin(&many->searches[begun++], many->index, many->nearest,
                                         error);
    if (result == SI_OK)
        result = si_parallel(threads, si_divide_up(many->point_count, SI_QUERIES_PER_TASK),
                             search_for_some, many, error);
    while (begun > 0)
        si_nearest_search_end(&many->searches[--begun]);
    si_free(many->searches);
    return result;
}

/* No value of a field is larger. */
enum { MOST_VALUE_BYTES = 64 };

static si_result check_points(const float (*points)[3], uint64_t count, uint64_t k, si_error *error)
{
    uint64_t rows;
    si_error why;
    if (!si_multiply_u64(count, k, &rows) || rows > SIZE_MAX / MOST_VALUE_BYTES)
        return si_fail(error, SI_ERROR_LIMIT, "%llu points with %llu elements each are too many",
                       (unsigned long long)count, (unsigned long long)k);
    for (uint64_t i = 0; i < count; i++)
        if (check_point(points[i], &why) != SI_OK)
            return si_fail(error, SI_ERROR_ARGUMENT, "point %llu: %s", (unsigned long long)i,
                           why.message);
    return SI_OK;
}

si_result si_index_nearest_many(const si_index *index, const si_nearest_query *nearest,
                                const float (*points)[3], uint64_t point_count, unsigned threads,
                                const si_column *columns, size_t column_count, double *distances,
                                double *offsets, uint64_t *counts, si_error *error)
{
    const si_nearest_output output = {columns, column_count, distances, offsets};
    SI_TRY(check_search(index, nearest, columns, column_count, error));
    if (point_count == 0)
        return SI_OK;
    SI_TRY(si_require(points, "points", error));
    SI_TRY(check_points(points, point_count, nearest->k, error));
    uint64_t *order = si_allocate(point_count, sizeof *order);
    if (!order)
        return si_fail_memory(error);
    nearest_many many = {.index = index,
                         .nearest = nearest,
                         .points = points,
                         .point_count = point_count,
                         .order = order,
                         .output = &output,
                         .counts = counts};
    si_result result = si_space_filling_order(points, point_count, order, error);
    if (result == SI_OK)
        result = search_on_threads(&many, si_query_threads(index, threads, point_count), error);
    si_free(order);
    return result;
}
