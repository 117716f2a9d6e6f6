/* A cluster whose ranks are the processes of an MPI job. */
#include "cluster/mpi_job.h"

#include <limits.h>
#include <mpi.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "cluster/cluster.h"

typedef struct mpi_cluster {
    si_cluster cluster; /* must be first */
    MPI_Comm communicator;
    MPI_Win window; /* of the counter, which rank 0 has */
    uint64_t *counter;
    int has_initialised;
    int *counts; /* 4 of each rank */
} mpi_cluster;

static si_result check(int code, const char *what, si_error *error)
{
    char reason[MPI_MAX_ERROR_STRING];
    int length = 0;
    if (code == MPI_SUCCESS)
        return SI_OK;
    MPI_Error_string(code, reason, &length);
    return si_fail(error, SI_ERROR_IO, "MPI cannot %s: %.*s", what, length, reason);
}

static si_result gather(si_cluster *cluster, const void *own, size_t bytes, void *all,
                        si_error *error)
{
    mpi_cluster *self = (mpi_cluster *)cluster;
    return check(
        MPI_Allgather(own, (int)bytes, MPI_BYTE, all, (int)bytes, MPI_BYTE, self->communicator),
        "gather", error);
}

/* MPI counts in int. False where that is not enough. */
static bool find_places(const uint64_t *bytes, int *counts, int *places, unsigned size)
{
    uint64_t place = 0;
    for (unsigned rank = 0; rank < size; rank++) {
        if (bytes[rank] > INT_MAX || place > INT_MAX)
            return false;
        counts[rank] = (int)bytes[rank];
        places[rank] = (int)place;
        place += bytes[rank];
    }
    return true;
}

static si_result exchange(si_cluster *cluster, const void *sent, const uint64_t *sent_bytes,
                          void *received, const uint64_t *received_bytes, si_error *error)
{
    mpi_cluster *self = (mpi_cluster *)cluster;
    unsigned size = cluster->size;
    int *counts = self->counts;
    if (!find_places(sent_bytes, counts, counts + size, size) ||
        !find_places(received_bytes, counts + 2 * size, counts + 3 * size, size)) {
        /* The others would wait for ever. */
        MPI_Abort(self->communicator, 2);
        return si_fail(error, SI_ERROR_LIMIT, "cannot exchange more than 2 GiB at once");
    }
    return check(MPI_Alltoallv(sent, counts, counts + size, MPI_BYTE, received, counts + 2 * size,
                               counts + 3 * size, MPI_BYTE, self->communicator),
                 "exchange", error);
}

static si_result add(si_cluster *cluster, uint64_t count, uint64_t *before, si_error *error)
{
    mpi_cluster *self = (mpi_cluster *)cluster;
    SI_TRY(check(MPI_Fetch_and_op(&count, before, MPI_UINT64_T, 0, 0, MPI_SUM, self->window),
                 "take a share", error));
    return check(MPI_Win_flush(0, self->window), "take a share", error);
}

static const si_cluster_calls calls = {gather, exchange, add};

static bool is_finalised(void)
{
    int answer = 0;
    MPI_Finalized(&answer);
    return answer != 0;
}

si_result si_mpi_start(int *has_started, si_error *error)
{
    int is_initialised = 0, provided;
    *has_started = 0;
    if (is_finalised())
        return si_fail(
            error, SI_ERROR_UNSUPPORTED,
            "this process has already finalized MPI and cannot build with other processes");
    MPI_Initialized(&is_initialised);
    if (is_initialised)
        return SI_OK;
    SI_TRY(check(MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided), "start", error));
    *has_started = 1;
    return SI_OK;
}

static bool is_running(void)
{
    int answer = 0;
    MPI_Initialized(&answer);
    return answer && !is_finalised();
}

void si_mpi_end(void)
{
    if (is_running())
        MPI_Finalize();
}

void si_mpi_abort(int exit_code)
{
    if (is_running())
        MPI_Abort(MPI_COMM_WORLD, exit_code);
}

static si_result create_counter(mpi_cluster *self, si_error *error)
{
    MPI_Aint bytes = self->cluster.rank == 0 ? sizeof *self->counter : 0;
    SI_TRY(check(MPI_Win_allocate(bytes, sizeof *self->counter, MPI_INFO_NULL, self->communicator,
                                  &self->counter, &self->window),
                 "make a window", error));
    if (self->cluster.rank == 0) {
        MPI_Win_lock(MPI_LOCK_EXCLUSIVE, 0, 0, self->window);
        *self->counter = 0;
        MPI_Win_unlock(0, self->window);
    }
    MPI_Barrier(self->communicator);
    return check(MPI_Win_lock_all(0, self->window), "lock a window", error);
}

static si_result start(mpi_cluster *self, si_error *error)
{
    int rank, size;
    SI_TRY(si_mpi_start(&self->has_initialised, error));
    SI_TRY(check(MPI_Comm_dup(MPI_COMM_WORLD, &self->communicator), "copy a communicator", error));
    MPI_Comm_rank(self->communicator, &rank);
    MPI_Comm_size(self->communicator, &size);
    self->cluster = (si_cluster){.calls = &calls, .rank = (unsigned)rank, .size = (unsigned)size};
    self->cluster.errors = si_allocate((size_t)size, sizeof *self->cluster.errors);
    self->counts = si_allocate((size_t)size, 4 * sizeof *self->counts);
    if (!self->cluster.errors || !self->counts) {
        MPI_Abort(self->communicator, 2);
        return si_fail_memory(error);
    }
    return create_counter(self, error);
}

si_result si_mpi_cluster_open(si_cluster **cluster, si_error *error)
{
    mpi_cluster *self = si_allocate_zeroed(1, sizeof *self);
    if (!self)
        return si_fail_memory(error);
    self->communicator = MPI_COMM_NULL;
    self->window = MPI_WIN_NULL;
    si_result result = start(self, error);
    if (result == SI_OK)
        *cluster = &self->cluster;
    else
        si_mpi_cluster_close(&self->cluster);
    return result;
}

void si_mpi_cluster_close(si_cluster *cluster)
{
    mpi_cluster *self = (mpi_cluster *)cluster;
    if (!self)
        return;
    if (self->window != MPI_WIN_NULL) {
        MPI_Win_unlock_all(self->window);
        MPI_Win_free(&self->window);
    }
    if (self->communicator != MPI_COMM_NULL)
        MPI_Comm_free(&self->communicator);
    if (self->has_initialised)
        MPI_Finalize();
    si_free(self->cluster.errors);
    si_free(self->counts);
    si_free(self);
}

unsigned si_mpi_cluster_rank(const si_cluster *cluster)
{
    return cluster->rank;
}

unsigned si_mpi_cluster_size(const si_cluster *cluster)
{
    return cluster->size;
}

int si_mpi_cluster_is_first(const si_cluster *cluster, int is_one)
{
    const mpi_cluster *self = (const mpi_cluster *)cluster;
    int own = is_one ? (int)cluster->rank : INT_MAX, first = INT_MAX;
    MPI_Allreduce(&own, &first, 1, MPI_INT, MPI_MIN, self->communicator);
    return is_one && first == (int)cluster->rank;
}

/* ---- arguments ---- */

/* MPI counts in int. */
#define MOST_BYTES_PASSED ((size_t)1 << 30)

/* What ranks compare of their values, which may be large. */
typedef struct outline {
    uint64_t is_given;
    uint64_t bytes;
    uint64_t digest;
} outline;

/* FNV-1a. */
static outline outline_of(const unsigned char *value, size_t bytes)
{
    uint64_t digest = UINT64_C(14695981039346656037);
    for (size_t i = 0; value && i < bytes; i++)
        digest = (digest ^ value[i]) * UINT64_C(1099511628211);
    return (outline){value != NULL, value ? bytes : 0, digest};
}

/* `*giver` is the first rank that gives a value, or the number of ranks. */
static si_result find_giver(const outline *all, unsigned size, const char *name, unsigned *giver,
                            si_error *error)
{
    unsigned first = 0;
    while (first < size && !all[first].is_given)
        first++;
    for (unsigned rank = first; rank < size; rank++)
        if (all[rank].is_given && memcmp(&all[rank], &all[first], sizeof *all) != 0)
            return si_fail(error, SI_ERROR_ARGUMENT,
                           "processes %u and %u of the job give different values of %s: all that "
                           "give one must give the same",
                           first, rank, name);
    *giver = first;
    return SI_OK;
}

/* Room for the value, on all ranks or on none, filled where it is known. */
static si_result copy_value(const mpi_cluster *self, const void *own, size_t bytes, char **copy,
                            si_error *error)
{
    *copy = si_allocate(bytes, 1);
    int has_room = *copy != NULL, all_have = 0;
    SI_TRY(check(MPI_Allreduce(&has_room, &all_have, 1, MPI_INT, MPI_MIN, self->communicator),
                 "agree", error));
    if (!all_have)
        return si_fail_memory(error);
    if (own)
        memcpy(*copy, own, bytes);
    return SI_OK;
}

static si_result pass_value(const mpi_cluster *self, unsigned giver, char *value, size_t bytes,
                            si_error *error)
{
    for (size_t done = 0; done < bytes; done += MOST_BYTES_PASSED) {
        size_t piece = bytes - done < MOST_BYTES_PASSED ? bytes - done : MOST_BYTES_PASSED;
        SI_TRY(check(MPI_Bcast(value + done, (int)piece, MPI_BYTE, (int)giver, self->communicator),
                     "broadcast", error));
    }
    return SI_OK;
}

si_result si_mpi_cluster_settle(si_cluster *cluster, const char *name, const void *own,
                                size_t bytes, void **settled, size_t *settled_bytes,
                                si_error *error)
{
    const mpi_cluster *self = (const mpi_cluster *)cluster;
    const outline said = outline_of(own, bytes);
    outline *all = (void *)cluster->errors;
    char *copy = NULL;
    unsigned giver;
    *settled = NULL;
    *settled_bytes = 0;
    SI_TRY(gather(cluster, &said, sizeof said, all, error));
    SI_TRY(find_giver(all, cluster->size, name, &giver, error));
    if (giver == cluster->size)
        return SI_OK;
    size_t count = (size_t)all[giver].bytes;
    si_result result = copy_value(self, own, count, &copy, error);
    if (result == SI_OK)
        result = pass_value(self, giver, copy, count, error);
    if (result != SI_OK) {
        si_free(copy);
        return result;
    }
    *settled = copy;
    *settled_bytes = count;
    return SI_OK;
}
