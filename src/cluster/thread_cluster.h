/* Ranks that are threads of one process, for tests and simulations. */
#ifndef SI_CLUSTER_THREAD_CLUSTER_H
#define SI_CLUSTER_THREAD_CLUSTER_H

#include "cluster/cluster.h"

/* What each rank does. */
typedef si_result (*si_rank_work)(si_cluster *cluster, void *context, si_error *error);

/* Runs the work on `size` threads at a time, and returns the first rank's failure. `traffic`, which
 * may be NULL, receives that of each rank. */
si_result si_thread_cluster_run(unsigned size, si_rank_work work, void *context,
                                si_cluster_traffic *traffic, si_error *error);

#endif
