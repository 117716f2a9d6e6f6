/* The elements nearest to a point, or to each of many. */
#ifndef SI_SPATIAL_INDEX_NEAREST_H
#define SI_SPATIAL_INDEX_NEAREST_H

#include <stddef.h>
#include <stdint.h>

#include "spatial_index/index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A query for the elements nearest to a point, made by si_query_nearest. */
typedef struct si_nearest_query {
    size_t struct_size; /* set by si_query_nearest */
    si_accuracy accuracy;
    float point[3];
    uint64_t k;              /* number of elements to find, if there are as many */
    double max_distance;     /* only elements within this distance; may be infinite */
    const si_filter *filter; /* only elements that pass are found; NULL (the default): all */
} si_nearest_query;

/* Makes a query for the k elements nearest to a point. The point is rounded to 32-bit floats,
 * the distance is not. SI_ERROR_ARGUMENT: a point that is not finite, a NaN or negative
 * distance, or an unknown accuracy. */
SI_API si_result si_query_nearest(const double point[3], uint64_t k, double max_distance,
                                  si_accuracy accuracy, si_nearest_query *nearest, si_error *error);

/* Stores columns of the elements found, nearest first and elements of equal distance in index
 * order, and their distances. `distances` may be NULL; it and the columns have room for `k` values.
 * `*count` receives the number of elements.
 *
 * The distance is that from the point to the surface of the element, 0 inside, in double
 * precision. With SI_BEST_EFFORT a segment is the capsule around its axis, with SI_EXACT the
 * cylinder with flat caps; with SI_BOUNDING_BOX every element is its bounding box. */
SI_API si_result si_index_find_nearest(const si_index *index, const si_nearest_query *nearest,
                                       const si_column *columns, size_t column_count,
                                       double *distances, uint64_t *count, si_error *error);

/* Finds the elements nearest to each of many points, on `threads` threads (0: one per processor, or
 * 32 if the index is read explicitly). k, the maximum distance, the accuracy and the filter are
 * those of `nearest`; its point is not used.
 *
 * The columns, `distances` and `offsets` have room for point_count * k values; those of point i
 * begin at i * k, in the order and with the distances of si_index_find_nearest. Where fewer than k
 * elements are found, the other values are 0, and their distances infinite. `offsets` are the
 * distances along the axes of segments, from their first ends to the places that are nearest to
 * the point; they are 0 for somas and all other elements. `counts` receives the number of elements
 * found for each point. `distances`, `offsets` and `counts` may be NULL.
 *
 * SI_ERROR_ARGUMENT: a point that is not finite. */
SI_API si_result si_index_nearest_many(const si_index *index, const si_nearest_query *nearest,
                                       const float (*points)[3], uint64_t point_count,
                                       unsigned threads, const si_column *columns,
                                       size_t column_count, double *distances, double *offsets,
                                       uint64_t *counts, si_error *error);

#ifdef __cplusplus
}
#endif

#endif
