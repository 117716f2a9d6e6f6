/* One pass over the leaves of an index that a grid meets, on several threads. */
#ifndef SI_GRID_GRID_PASS_H
#define SI_GRID_GRID_PASS_H

#include "grid/grid_frame.h"
#include "read/index.h"

/* Leaves of a task: many, so that threads rarely fetch a new task. */
#define SI_GRID_TASK_LEAVES 1024

/* Adds the elements of the index that pass the filter, which may be NULL, to the totals. `threads`
 * is not 0. */
si_result si_grid_pass(const si_index *index, const si_grid_frame *frame, const si_filter *filter,
                       unsigned threads, si_error *error);

#endif
