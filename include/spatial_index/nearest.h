/* The elements nearest to a point. */
#ifndef SI_SPATIAL_INDEX_NEAREST_H
#define SI_SPATIAL_INDEX_NEAREST_H

#include <stddef.h>
#include <stdint.h>

#include "spatial_index/index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Asks for the elements nearest to a point. Made by si_query_nearest. */
typedef struct si_nearest_query {
    size_t struct_size; /* set by si_query_nearest */
    si_accuracy accuracy;
    float point[3];
    uint64_t k;              /* so many, if there are */
    double max_distance;     /* none that is farther; infinite: however far */
    const si_filter *filter; /* the nearest of those that pass; NULL, as made: of all */
} si_nearest_query;

/* The point is rounded to 32-bit floats, the distance is not. SI_ERROR_ARGUMENT: a point that is
 * not finite, a NaN or negative distance, or an unknown accuracy. */
SI_API si_result si_query_nearest(const double point[3], uint64_t k, double max_distance,
                                  si_accuracy accuracy, si_nearest_query *nearest, si_error *error);

/* Writes the columns of the elements found, the nearest first, those of equal distance in index
 * order, and their distances, which may be NULL; each has room for `k` values. `*count` receives
 * how many there are.
 *
 * A distance is that from the point to the surface of the element, 0 inside, in double precision.
 * With SI_BEST_EFFORT a segment is the capsule around its axis, with SI_EXACT the cylinder with
 * flat caps; with SI_BOUNDING_BOX every element is its bounding box. */
SI_API si_result si_index_find_nearest(const si_index *index, const si_nearest_query *nearest,
                                       const si_column *columns, size_t column_count,
                                       double *distances, uint64_t *count, si_error *error);

#ifdef __cplusplus
}
#endif

#endif
