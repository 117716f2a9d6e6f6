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

#ifdef __cplusplus
}
#endif

#endif
