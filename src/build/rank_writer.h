/*
 * A multi-index of which each rank of a cluster has a run of the elements. Parts begin at multiples
 * of the grain in the order of all elements, as if one process wrote them all; so a rank gives the
 * elements before the first such place in its run to the rank before it.
 */
#ifndef SI_BUILD_RANK_WRITER_H
#define SI_BUILD_RANK_WRITER_H

#include "cluster/cluster.h"
#include "sort/intake.h"

typedef struct si_run_parts {
    si_cluster *cluster;
    si_intake *intake; /* this rank's run, after the last element was added */
    si_element_kind kind;
    const char *folder; /* of all parts */
    uint64_t grain;     /* 0: SI_PARTS_GRAIN */
    const si_build_watch *watch;
} si_run_parts;

/* What a rank holds at most, besides its intake. */
uint64_t si_run_parts_bytes(const si_element_type *type, uint64_t grain);

/* All ranks together. `*element_count` receives the number of all elements, and on rank 0
 * `*checksum` what tells the multi-index from any other. */
si_result si_run_parts_write(const si_run_parts *run, uint64_t *element_count, uint64_t *checksum,
                             si_error *error);

#endif
