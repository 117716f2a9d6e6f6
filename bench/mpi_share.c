/*
 * How much processor time the processes of an MPI job spend in calls of MPI, where they mostly wait
 * for each other, and how much outside: preloaded, it stands before the calls that the library for
 * MPI makes, and in the end every process tells what it has counted.
 *
 *   mpirun -n 2 -x LD_PRELOAD=libmpi_share.so spatial-index-nodes ...
 */
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

static double in_calls;
static unsigned long long call_count;

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Calls come from one thread only, at a time and in all. */
#define COUNTED(call)                                                                              \
    do {                                                                                           \
        double begin = seconds_of(CLOCK_THREAD_CPUTIME_ID);                                        \
        int code = P##call;                                                                        \
        in_calls += seconds_of(CLOCK_THREAD_CPUTIME_ID) - begin;                                   \
        call_count++;                                                                              \
        return code;                                                                               \
    } while (0)

int MPI_Init_thread(int *argument_count, char ***arguments, int required, int *provided)
{
    COUNTED(MPI_Init_thread(argument_count, arguments, required, provided));
}

int MPI_Comm_dup(MPI_Comm communicator, MPI_Comm *copy)
{
    COUNTED(MPI_Comm_dup(communicator, copy));
}

int MPI_Win_allocate(MPI_Aint bytes, int unit, MPI_Info info, MPI_Comm communicator, void *base,
                     MPI_Win *window)
{
    COUNTED(MPI_Win_allocate(bytes, unit, info, communicator, base, window));
}

int MPI_Win_free(MPI_Win *window)
{
    COUNTED(MPI_Win_free(window));
}

int MPI_Win_lock_all(int assertion, MPI_Win window)
{
    COUNTED(MPI_Win_lock_all(assertion, window));
}

int MPI_Win_unlock_all(MPI_Win window)
{
    COUNTED(MPI_Win_unlock_all(window));
}

int MPI_Win_flush(int rank, MPI_Win window)
{
    COUNTED(MPI_Win_flush(rank, window));
}

int MPI_Fetch_and_op(const void *own, void *before, MPI_Datatype type, int rank, MPI_Aint place,
                     MPI_Op operation, MPI_Win window)
{
    COUNTED(MPI_Fetch_and_op(own, before, type, rank, place, operation, window));
}

int MPI_Barrier(MPI_Comm communicator)
{
    COUNTED(MPI_Barrier(communicator));
}

int MPI_Allgather(const void *own, int own_count, MPI_Datatype own_type, void *all, int count,
                  MPI_Datatype type, MPI_Comm communicator)
{
    COUNTED(MPI_Allgather(own, own_count, own_type, all, count, type, communicator));
}

int MPI_Allreduce(const void *own, void *all, int count, MPI_Datatype type, MPI_Op operation,
                  MPI_Comm communicator)
{
    COUNTED(MPI_Allreduce(own, all, count, type, operation, communicator));
}

int MPI_Alltoallv(const void *sent, const int *sent_counts, const int *sent_places,
                  MPI_Datatype sent_type, void *received, const int *counts, const int *places,
                  MPI_Datatype type, MPI_Comm communicator)
{
    COUNTED(MPI_Alltoallv(sent, sent_counts, sent_places, sent_type, received, counts, places, type,
                          communicator));
}

int MPI_Finalize(void)
{
    int rank = 0;
    PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
    double all = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    fprintf(stderr,
            "rank %d: %.2f s of processor time, %.2f s in %llu calls of MPI, %.2f s outside\n",
            rank, all, in_calls, call_count, all - in_calls);
    return PMPI_Finalize();
}
