/* Many queries at once, on several threads. */
#ifndef SI_SPATIAL_INDEX_BATCH_H
#define SI_SPATIAL_INDEX_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "spatial_index/index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What queries have found, before any of it is copied: so it is known how much there is. One object
 * may serve many times, for one thread at a time. */
typedef struct si_batch si_batch;

SI_API si_result si_batch_create(si_batch **matches, si_error *error);
SI_API void si_batch_free(si_batch *matches);

/* Finds what each of the queries finds, on so many threads (0: one for each processor, or 32 where
 * the index is read explicitly, since these wait for the storage). Neighbouring queries are run one
 * after another, but that does not show: results are in the order of the queries, those of a query
 * in index order. What `matches` held before is gone; the index must stay open while it is used. */
SI_API si_result si_batch_find(const si_index *index, const si_query *queries, uint64_t query_count,
                               unsigned threads, si_batch *matches, si_error *error);

/* Where among all results those of each query begin: query_count + 1 numbers, the last one being
 * the number of all results. They live until `matches` is used again. */
SI_API const uint64_t *si_batch_offsets(const si_batch *matches);

/* Writes columns of all results; each has room for all of them. */
SI_API si_result si_batch_copy(const si_batch *matches, const si_column *columns,
                               size_t column_count, unsigned threads, si_error *error);

/* The number of elements that each of the queries finds. */
SI_API si_result si_batch_count(const si_index *index, const si_query *queries,
                                uint64_t query_count, unsigned threads, uint64_t *counts,
                                si_error *error);

/* Writes the order of points along a space-filling curve: `order` receives the numbers of the
 * `count` points, neighbours close together. Points that are not finite come anywhere. */
SI_API si_result si_space_filling_order(const float (*points)[3], uint64_t count, uint64_t *order,
                                        si_error *error);

#ifdef __cplusplus
}
#endif

#endif
