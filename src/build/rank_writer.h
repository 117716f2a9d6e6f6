/*
 * Writes the multi-index of a cluster in which each rank has a range of the elements. Parts begin
 * at multiples of the grain in the order of all elements, as if one process wrote them all: so a
 * rank gives the elements before the first such place in its range to the rank before it.
 */
#ifndef SI_BUILD_RANK_WRITER_H
#define SI_BUILD_RANK_WRITER_H

#include "cluster/cluster.h"
#include "sort/sorter.h"

typedef struct si_rank_writing {
    si_cluster *cluster;
    si_sorter *sorter; /* this rank's range, after the last element was added */
    si_element_kind kind;
    const char *folder; /* of all parts */
    uint64_t grain;     /* elements of all parts but the last; 0: as many as is good */
    const si_progress *progress;
} si_rank_writing;

/* What a rank holds at most, besides its sorter. */
uint64_t si_rank_writer_bytes(const si_element_type *type);

/* All ranks together. `*element_count` receives the number of all elements, and on rank 0
 * `*checksum` what tells the multi-index from any other. */
si_result si_rank_write(const si_rank_writing *writing, uint64_t *element_count, uint64_t *checksum,
                        si_error *error);

#endif
