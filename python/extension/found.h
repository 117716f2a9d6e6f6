/* From queries to arrays: what is found is held until arrays of its size are there. */
#ifndef SPATIAL_INDEX_PYTHON_FOUND_H
#define SPATIAL_INDEX_PYTHON_FOUND_H

#include "plan.h"

/* Both want the GIL. */
si_batch *core_take_matches(void);
void core_give_back(si_batch *matches);

bool core_search(const core_index *self, const si_query *queries, uint64_t query_count,
                 unsigned threads, si_batch *matches);

/* An array for each column of the plan, which gets its data. Those made stay the caller's, also
 * after a failure. */
bool core_new_arrays(core_plan *plan, uint64_t count, PyObject **arrays);

bool core_copy(const core_plan *plan, const si_batch *matches, uint64_t count, unsigned threads);

#endif
