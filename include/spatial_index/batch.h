/* Many queries at once, on several threads. */
#ifndef SI_SPATIAL_INDEX_BATCH_H
#define SI_SPATIAL_INDEX_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "spatial_index/index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The results of many queries, before they are copied, so that their number is known. A batch
 * can be reused, by one thread at a time. */
typedef struct si_batch si_batch;

SI_API si_result si_batch_create(si_batch **matches, si_error *error);
SI_API void si_batch_free(si_batch *matches);

/* Runs all queries on `threads` threads (0: one per processor, or 32 if the index is read
 * explicitly, because these mostly wait for the storage). The results are in the order of the
 * queries, those of each query in index order. Previous results in the batch are discarded. The
 * index must stay open while the batch is used. */
SI_API si_result si_batch_find(const si_index *index, const si_query *queries, uint64_t query_count,
                               unsigned threads, si_batch *matches, si_error *error);

/* Returns the offset of each query's first result among all results: query_count + 1 numbers,
 * the last of which is the number of all results. They are valid until the batch is used again. */
SI_API const uint64_t *si_batch_offsets(const si_batch *matches);

/* Stores columns of all results; each has room for all of them. */
SI_API si_result si_batch_copy(const si_batch *matches, const si_column *columns,
                               size_t column_count, unsigned threads, si_error *error);

/* Counts the elements that each query finds. */
SI_API si_result si_batch_count(const si_index *index, const si_query *queries,
                                uint64_t query_count, unsigned threads, uint64_t *counts,
                                si_error *error);

/* Computes the order of points along a space-filling curve, which keeps neighbors close
 * together. `order` receives the numbers of the `count` points. Points that are not finite have
 * an arbitrary place. */
SI_API si_result si_space_filling_order(const float (*points)[3], uint64_t count, uint64_t *order,
                                        si_error *error);

#ifdef __cplusplus
}
#endif

#endif
