/* Threads that wait for a device instead of the caller, so that many calls are under way at once.
 */
#ifndef SI_BASE_JOB_POOL_H
#define SI_BASE_JOB_POOL_H

#include <stdbool.h>

#include "base/error.h"

/* The first member of a struct that says what to do; must live until the job has run. */
typedef struct si_job {
    struct si_job *next;
    void (*run)(struct si_job *job);
} si_job;

typedef struct si_job_pool si_job_pool;

/* Threads are started when they are needed. If none can be started, the callers do all the work. */
si_result si_job_pool_create(unsigned most_threads, si_job_pool **pool, si_error *error);
/* No job may be left in the queue. */
void si_job_pool_free(si_job_pool *pool);

/* Adds a list of jobs, which start in their order. `helps`: the caller will run one of them itself,
 * so one thread less is needed. */
void si_job_pool_add(si_job_pool *pool, si_job *first, bool helps);

/* Runs a waiting job on this thread. Returns false if there is none. */
bool si_job_pool_help(si_job_pool *pool);

/* A forked process has none of the threads. It must call this before it uses the pool, while no
 * other thread uses it. */
void si_job_pool_after_fork(si_job_pool *pool);

#endif
