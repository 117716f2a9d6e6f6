/*
 * Ranks as threads: each shows where its bytes lie, a barrier, all copy what is theirs, a
 * barrier.
 */
#include "cluster/thread_cluster.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"

struct shared_state;

typedef struct thread_rank {
    si_cluster cluster; /* must be first */
    struct shared_state *shared;
    const void *sent; /* what others read in the step that is done */
    const uint64_t *sent_bytes;
    pthread_t thread;
    si_result result;
    si_error error;
} thread_rank;

typedef struct shared_state {
    pthread_mutex_t lock; /* held until it is known whether there are all ranks */
    int is_complete;
    pthread_barrier_t barrier;
    _Atomic uint64_t counter;
    thread_rank *ranks;
    si_rank_work work;
    void *context;
} shared_state;

static si_result gather(si_cluster *cluster, const void *own, size_t bytes, void *all,
                        si_error *error)
{
    thread_rank *self = (thread_rank *)cluster;
    (void)error;
    self->sent = own;
    pthread_barrier_wait(&self->shared->barrier);
    for (unsigned rank = 0; rank < cluster->size; rank++)
        memcpy((char *)all + rank * bytes, self->shared->ranks[rank].sent, bytes);
    pthread_barrier_wait(&self->shared->barrier);
    return SI_OK;
}

static si_result exchange(si_cluster *cluster, const void *sent, const uint64_t *sent_bytes,
                          void *received, const uint64_t *received_bytes, si_error *error)
{
    thread_rank *self = (thread_rank *)cluster;
    char *to = received;
    (void)error;
    self->sent = sent;
    self->sent_bytes = sent_bytes;
    pthread_barrier_wait(&self->shared->barrier);
    for (unsigned rank = 0; rank < cluster->size; rank++) {
        const thread_rank *other = &self->shared->ranks[rank];
        const char *from = other->sent;
        for (unsigned before = 0; before < cluster->rank; before++)
            from += other->sent_bytes[before];
        if (received_bytes[rank] > 0)
            memcpy(to, from, received_bytes[rank]);
        to += received_bytes[rank];
    }
    pthread_barrier_wait(&self->shared->barrier);
    return SI_OK;
}

static si_result add(si_cluster *cluster, uint64_t count, uint64_t *before, si_error *error)
{
    (void)error;
    *before = atomic_fetch_add(&((thread_rank *)cluster)->shared->counter, count);
    return SI_OK;
}

static const si_cluster_calls calls = {gather, exchange, add};

static void *run_rank(void *context)
{
    thread_rank *self = context;
    pthread_mutex_lock(&self->shared->lock);
    int is_complete = self->shared->is_complete;
    pthread_mutex_unlock(&self->shared->lock);
    if (is_complete)
        self->result = self->shared->work(&self->cluster, self->shared->context, &self->error);
    return NULL;
}

static si_result run_all(shared_state *shared, unsigned size, si_error *error)
{
    si_result result = SI_OK;
    unsigned started = 0;
    pthread_mutex_lock(&shared->lock);
    for (; started < size; started++) {
        thread_rank *self = &shared->ranks[started];
        self->cluster = (si_cluster){.calls = &calls,
                                     .rank = started,
                                     .size = size,
                                     .errors = si_allocate(size, sizeof(si_error))};
        self->shared = shared;
        if (!self->cluster.errors || pthread_create(&self->thread, NULL, run_rank, self) != 0)
            break;
    }
    shared->is_complete = started == size;
    pthread_mutex_unlock(&shared->lock);
    for (unsigned rank = 0; rank < started; rank++)
        pthread_join(shared->ranks[rank].thread, NULL);
    if (started < size)
        return si_fail(error, SI_ERROR_MEMORY, "cannot start rank %u of %u", started, size);
    for (unsigned rank = size; rank-- > 0;)
        if (shared->ranks[rank].result != SI_OK)
            result = si_fail(error, shared->ranks[rank].result, "%s",
                             shared->ranks[rank].error.message);
    return result;
}

si_result si_thread_cluster_run(unsigned size, si_rank_work work, void *context,
                                si_cluster_traffic *traffic, si_error *error)
{
    shared_state shared = {.work = work, .context = context};
    shared.ranks = si_allocate_zeroed(size, sizeof *shared.ranks);
    if (!shared.ranks)
        return si_fail_memory(error);
    pthread_mutex_init(&shared.lock, NULL);
    pthread_barrier_init(&shared.barrier, NULL, size);
    si_result result = run_all(&shared, size, error);
    for (unsigned rank = 0; traffic && rank < size; rank++)
        traffic[rank] = shared.ranks[rank].cluster.traffic;
    for (unsigned rank = 0; rank < size; rank++)
        si_free(shared.ranks[rank].cluster.errors);
    pthread_mutex_destroy(&shared.lock);
    pthread_barrier_destroy(&shared.barrier);
    si_free(shared.ranks);
    return result;
}
