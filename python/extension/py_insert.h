/* Indexes that elements were inserted into. */
#ifndef SPATIAL_INDEX_PYTHON_INSERT_H
#define SPATIAL_INDEX_PYTHON_INSERT_H

#include "py_plan.h"

/* What depends on whether anything was inserted. All but the first do not want the GIL. */
void core_get_info(const core_index *self, si_index_info *info);
si_result core_grown_count(const core_index *self, const si_query *query, uint64_t *count,
                           si_error *error);
si_result core_grown_empty(const core_index *self, const si_query *query, int *empty,
                           si_error *error);
si_result core_append_all(const core_index *self, si_builder *builder, si_error *error);

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
