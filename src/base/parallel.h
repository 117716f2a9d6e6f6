/* Tasks divided among threads. */
#ifndef SI_BASE_PARALLEL_H
#define SI_BASE_PARALLEL_H

#include <stdint.h>

#include "base/error.h"

/* Does piece `task` of the work on thread `worker` (0 .. threads-1). */
typedef si_result (*si_task)(void *context, unsigned worker, uint64_t task, si_error *error);

/* The number of processors this process may run on, at least 1. */
unsigned si_processor_count(void);

/* Runs tasks 0 .. task_count-1, each once, on `threads` threads, the caller's among them (0: one
 * for each processor). Tasks start in ascending order. After a failure no new task starts; of the
 * failed tasks the lowest one's error is returned, so that the sentence does not depend on timing.
 */
si_result si_parallel(unsigned threads, uint64_t task_count, si_task task, void *context,
                      si_error *error);

#endif
