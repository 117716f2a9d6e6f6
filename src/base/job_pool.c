/* A queue of jobs and a pool of threads, under one lock. Threads start when more jobs wait than
 * threads are idle, and live until the pool is freed. */
#include "base/job_pool.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>

#include "base/memory.h"

/* Jobs make system calls and need little stack. */
#define STACK_BYTES (256u << 10)

struct si_job_pool {
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t come;  /* a job, or the end */
    si_job *first;
    si_job **last; /* where the next job is linked */
    unsigned waiting;
    unsigned idle;
    unsigned thread_count;
    unsigned most_threads;
    bool ends;
    pthread_t threads[];
};

static void initialise_pool(si_job_pool *pool)
{
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->come, NULL);
    pool->first = NULL;
    pool->last = &pool->first;
    pool->waiting = pool->idle = pool->thread_count = 0;
}

si_result si_job_pool_create(unsigned most_threads, si_job_pool **pool, si_error *error)
{
    si_job_pool *created = si_allocate_zeroed(1, sizeof *created +
                                                     most_threads * sizeof created->threads[0]);
    if (!created)
        return si_fail_memory(error);
    created->most_threads = most_threads;
    initialise_pool(created);
    *pool = created;
    return SI_OK;
}

void si_job_pool_after_fork(si_job_pool *pool)
{
    initialise_pool(pool);
}

static si_job *take_job(si_job_pool *pool)
{
    si_job *job = pool->first;
    if (!job)
        return NULL;
    pool->first = job->next;
    pool->waiting--;
    if (!pool->first)
        pool->last = &pool->first;
    return job;
}

static void *run_jobs(void *argument)
{
    si_job_pool *pool = argument;
    pthread_mutex_lock(&pool->lock);
    while (!pool->ends) {
        si_job *job = take_job(pool);
        if (!job) {
            pool->idle++;
            pthread_cond_wait(&pool->come, &pool->lock);
            pool->idle--;
            continue;
        }
        pthread_mutex_unlock(&pool->lock);
        job->run(job);
        pthread_mutex_lock(&pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Signals are blocked in the thread: they are for the threads of the program. */
static bool start_thread(si_job_pool *pool)
{
    sigset_t all, former;
    pthread_attr_t attributes;
    if (pool->thread_count == pool->most_threads || pthread_attr_init(&attributes) != 0)
        return false;
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &former);
    bool started = pthread_create(&pool->threads[pool->thread_count], &attributes, run_jobs,
                                  pool) == 0;
    pthread_sigmask(SIG_SETMASK, &former, NULL);
    pthread_attr_destroy(&attributes);
    pool->thread_count += started;
    return started;
}

void si_job_pool_add(si_job_pool *pool, si_job *first, bool helps)
{
    si_job *last = first;
    unsigned count = 1;
    for (; last->next; last = last->next)
        count++;
    pthread_mutex_lock(&pool->lock);
    *pool->last = first;
    pool->last = &last->next;
    pool->waiting += count;
    unsigned wanted = pool->waiting - helps;
    for (unsigned i = 0; i < wanted && i < pool->idle; i++)
        pthread_cond_signal(&pool->come);
    for (unsigned i = pool->idle; i < wanted && start_thread(pool); i++)
        ;
    pthread_mutex_unlock(&pool->lock);
}

bool si_job_pool_help(si_job_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    si_job *job = take_job(pool);
    pthread_mutex_unlock(&pool->lock);
    if (job)
        job->run(job);
    return job != NULL;
}

void si_job_pool_free(si_job_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    assert(!pool->first); /* no job is left */
    pool->ends = true;
    pthread_cond_broadcast(&pool->come);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->come);
    pthread_mutex_destroy(&pool->lock);
    si_free(pool);
}
