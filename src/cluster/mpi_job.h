/*
 * What the commands and the Python package need of MPI besides its cluster. The functions are
 * exported by the library spatial_index_mpi, where those programs look them up by name; no public
 * header declares them.
 */
#ifndef SI_CLUSTER_MPI_JOB_H
#define SI_CLUSTER_MPI_JOB_H

#include "spatial_index/spatial_index_mpi.h"

/* Returns 1 on the lowest rank with `is_one` set, 0 elsewhere, so that a single process reports
 * what all of them know. */
SI_API int si_mpi_cluster_is_first(const si_cluster *cluster, int is_one);

/* For programs that open several clusters in succession: initializes MPI, which cannot be
 * initialized again after it was finalized, so that closing a cluster does not finalize it.
 * *has_started is 0 if MPI was initialized already; otherwise call si_mpi_end before the process
 * ends. */
SI_API si_result si_mpi_start(int *has_started, si_error *error);
SI_API void si_mpi_end(void);

/* All ranks give the same value of an argument, `own` of `bytes` bytes, or none (NULL): `*settled`
 * receives it, or NULL if no rank gives one. Give it to free(). A rank that gives none so learns
 * what the others have been given. SI_ERROR_ARGUMENT on all ranks, with `name` in the message: two
 * ranks give different values. */
SI_API si_result si_mpi_cluster_settle(si_cluster *cluster, const char *name, const void *own,
                                       size_t bytes, void **settled, size_t *settled_bytes,
                                       si_error *error);

/* Ends all processes of the job, which otherwise wait for a process that failed. */
SI_API void si_mpi_abort(int exit_code);

#endif
