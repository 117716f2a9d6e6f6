/* Threads take the next task from an atomic counter until none is left or one has failed. */
#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/memory.h"

typedef struct shared_work {
    si_task task;
    void *context;
    uint64_t task_count;
    _Atomic uint64_t next_task;
    _Atomic int failed;
    pthread_mutex_t lock; /* of the three below */
    uint64_t failed_task;
    si_result result;
    si_error error;
} shared_work;

typedef struct worker {
    shared_work *work;
    unsigned number;
    pthread_t thread;
} worker;

unsigned si_processor_count(void)
{
    cpu_set_t processors;
    /* The call fails on machines with more processors than the set has room for. */
    long count = sched_getaffinity(0, sizeof processors, &processors) == 0
                     ? CPU_COUNT(&processors)
                     : sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : 1;
}

static void record_failure(shared_work *work, uint64_t task, si_result result,
                           const si_error *error)
{
    pthread_mutex_lock(&work->lock);
    if (work->result == SI_OK || task < work->failed_task) {
        work->result = result;
        work->failed_task = task;
        work->error = *error;
    }
    pthread_mutex_unlock(&work->lock);
    atomic_store(&work->failed, 1);
}

static void *run_worker(void *argument)
{
    worker *self = argument;
    shared_work *work = self->work;
    while (!atomic_load(&work->failed)) {
        uint64_t task = atomic_fetch_add(&work->next_task, 1);
        if (task >= work->task_count)
            break;
        si_error error = {.result = SI_OK};
        si_result result = work->task(work->context, self->number, task, &error);
        if (result != SI_OK)
            record_failure(work, task, result, &error);
    }
    return NULL;
}

static void run_workers(shared_work *work, worker *workers, unsigned threads)
{
    unsigned started = 1;
    for (unsigned i = 0; i < threads; i++)
        workers[i] = (worker){.work = work, .number = i};
    /* If no more threads can be started, those that run do all the work. */
    while (started < threads &&
           pthread_create(&workers[started].thread, NULL, run_worker, &workers[started]) == 0)
        started++;
    run_worker(&workers[0]);
    for (unsigned i = 1; i < started; i++)
        pthread_join(workers[i].thread, NULL);
}

si_result si_parallel(unsigned threads, uint64_t task_count, si_task task, void *context,
                      si_error *error)
{
    if (threads == 0)
        threads = si_processor_count();
    if (threads > task_count)
        threads = (unsigned)(task_count > 0 ? task_count : 1);
    worker *workers = si_allocate(threads, sizeof *workers);
    if (!workers)
        return si_fail_memory(error);
    shared_work work = {.task = task,
                        .context = context,
                        .task_count = task_count,
                        .lock = PTHREAD_MUTEX_INITIALIZER};
    run_workers(&work, workers, threads);
    pthread_mutex_destroy(&work.lock);
    si_free(workers);
    if (work.result != SI_OK && error)
        *error = work.error;
    return work.result;
}
