/* Indexes that elements were inserted into. */
#ifndef SPATIAL_INDEX_PYTHON_GROWN_H
#define SPATIAL_INDEX_PYTHON_GROWN_H

#include "plan.h"

/* An array for each column of the plan, with what a query finds. Those made stay the caller's, also
 * after a failure. */
bool core_grown_arrays(core_plan *plan, const si_query *query, PyObject **arrays);

/* The same for many queries. Fills the offsets, of which there are query_count + 1. */
bool core_grown_batch(core_plan *plan, const si_query *queries, uint64_t query_count,
                      int64_t *offsets, PyObject **arrays);

/* Does not want the GIL. */
si_result core_grown_counts(const core_index *self, const si_query *queries, uint64_t query_count,
                            uint64_t *counts, si_error *error);

#endif
