/* Threads that wait for a device in the caller's stead, so that many calls are under way at once.
 */
#ifndef SI_BASE_JOB_POOL_H
#define SI_BASE_JOB_POOL_H

#include <stdbool.h>

#include "base/error.h"

/* Part of what a job is about; must live until it has run. */
typedef struct si_job {
    struct si_job *next;
    void (*run)(struct si_job *job);
} si_job;

typedef struct si_job_pool si_job_pool;

/* Threads are started as they are needed, and where none can be had, the callers do all the work.
 */
si_result si_job_pool_create(unsigned most_threads, si_job_pool **pool, si_error *error);
/* No job may be left. */
void si_job_pool_free(si_job_pool *pool);

/* Adds a list of jobs; they are begun in their order. `helps`: the caller is about to run one of
 * them itself, which wants a thread less. */
void si_job_pool_add(si_job_pool *pool, si_job *first, bool helps);

/* Runs a job that waits, on this thread. False: there is none. */
bool si_job_pool_help(si_job_pool *pool);

/* In a process that came of this one by a fork none of the threads are. To be called before the
 * pool is used there; nobody else may use it meanwhile. */
void si_job_pool_after_fork(si_job_pool *pool);

#endif
