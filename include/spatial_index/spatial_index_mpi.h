/*
 * SpatialIndex with MPI: the processes of a job build a multi-index together. This is a separate
 * library (spatial_index_mpi); opening the index does not need it.
 */
#ifndef SI_SPATIAL_INDEX_SPATIAL_INDEX_MPI_H
#define SI_SPATIAL_INDEX_SPATIAL_INDEX_MPI_H

#include "spatial_index/spatial_index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Opens a cluster of all processes of MPI_COMM_WORLD for si_build_options.cluster. Initializes
 * MPI unless it is initialized already. All processes must make this and the other calls, and
 * the calls that build, each from one thread. */
SI_API si_result si_mpi_cluster_open(si_cluster **cluster, si_error *error);

/* Finalizes MPI if opening initialized it. NULL is accepted. */
SI_API void si_mpi_cluster_close(si_cluster *cluster);

SI_API unsigned si_mpi_cluster_rank(const si_cluster *cluster);
SI_API unsigned si_mpi_cluster_size(const si_cluster *cluster);

/* Returns 1 on the lowest rank with `is_one` set, 0 elsewhere, so that a single process reports
 * what all of them know. */
SI_API int si_mpi_cluster_is_first(const si_cluster *cluster, int is_one);

/* For programs that open several clusters in succession: initializes MPI, which cannot be
 * initialized again after it was finalized, so that closing a cluster does not finalize it.
 * *has_started is 0 if MPI was initialized already; otherwise call si_mpi_end before the process
 * ends. */
SI_API si_result si_mpi_start(int *has_started, si_error *error);
SI_API void si_mpi_end(void);

/* Ends all processes of the job, which otherwise wait for a process that failed. */
SI_API void si_mpi_abort(int exit_code);

#ifdef __cplusplus
}
#endif

#endif
