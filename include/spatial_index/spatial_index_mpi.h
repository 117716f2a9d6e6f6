/*
 * SpatialIndex with MPI: the processes of a job build one multi-index together. This is a library
 * of its own (spatial_index_mpi): what it builds is opened without.
 */
#ifndef SI_SPATIAL_INDEX_SPATIAL_INDEX_MPI_H
#define SI_SPATIAL_INDEX_SPATIAL_INDEX_MPI_H

#include "spatial_index/spatial_index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All processes of MPI_COMM_WORLD, for si_build_options.cluster. MPI is initialised unless it is.
 * All of them make this and the other calls, and the calls that build, from one thread each. */
SI_API si_result si_mpi_cluster_open(si_cluster **cluster, si_error *error);

/* Finalises MPI if it was initialised by opening. NULL is accepted. */
SI_API void si_mpi_cluster_close(si_cluster *cluster);

SI_API unsigned si_mpi_cluster_rank(const si_cluster *cluster);
SI_API unsigned si_mpi_cluster_size(const si_cluster *cluster);

/* Of the processes that say 1, which is the first? 1 there, 0 elsewhere: so that one tells what all
 * know. */
SI_API int si_mpi_cluster_is_first(const si_cluster *cluster, int is_one);

/* For a process that opens several clusters, one after another: initialises MPI, which cannot be
 * done again once it is finalised, so that closing a cluster does not finalise it. *has_started is
 * 0 where it is initialised already; else si_mpi_end is to be called before the process ends. */
SI_API si_result si_mpi_start(int *has_started, si_error *error);
SI_API void si_mpi_end(void);

/* Ends all processes of the job, which would wait for one that has failed by itself. */
SI_API void si_mpi_abort(int exit_code);

#ifdef __cplusplus
}
#endif

#endif
