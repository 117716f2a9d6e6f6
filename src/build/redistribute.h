/*
 * Redistributes the records of all ranks of a cluster, so that each rank has a range of the order
 * of all of them: a sample sort. Records are passed on in rounds; in each a rank sends and receives
 * no more than has a place in its memory, however unevenly they lie.
 */
#ifndef SI_BUILD_REDISTRIBUTE_H
#define SI_BUILD_REDISTRIBUTE_H

#include "cluster/cluster.h"
#include "sort/sorter.h"

/* All ranks together. `from` holds this rank's records, after the last one was added; `to` receives
 * those of its range. `buffer_records` is the number of records that have a place in each of three
 * buffers. */
si_result si_redistribute(si_cluster *cluster, si_sorter *from, si_sorter *to,
                          uint64_t buffer_records, const si_progress *progress, si_error *error);

#endif
