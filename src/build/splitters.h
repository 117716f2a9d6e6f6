/*
 * Where the order of all records of a cluster is cut into ranges, one for each rank: found by
 * samples, so that the ranges are nearly alike.
 */
#ifndef SI_BUILD_SPLITTERS_H
#define SI_BUILD_SPLITTERS_H

#include "cluster/cluster.h"
#include "element/hilbert.h"
#include "sort/record_cursor.h"

typedef struct si_splitters {
    const si_element_type *type;
    unsigned count; /* one less than ranks */
    char *records;  /* the first ones of all ranges but the first, in order */
    uint64_t *keys; /* of the records, in the window */
    si_hilbert_window window;
} si_splitters;

/* The records to be shared out. */
typedef struct si_splitting {
    si_cluster *cluster;
    const si_element_type *type;
    si_record_cursor *cursor; /* over this rank's; in the end it is at the first one again */
    uint64_t count;           /* of this rank's */
    uint64_t count_of_all;
    float largest;         /* coordinate of all, in size */
    uint64_t most_samples; /* that have a place in the memory of a rank, with what sorting takes */
} si_splitting;

/* All ranks together. Release it with si_splitters_free, also after a failure. */
si_result si_splitters_find(si_splitters *splitters, const si_splitting *splitting,
                            si_error *error);
void si_splitters_free(si_splitters *splitters);

#define SI_SPLIT_AT_A_TIME 128

/* The ranks that records which lie side by side belong to, at most SI_SPLIT_AT_A_TIME of them. */
void si_splitters_targets(const si_splitters *splitters, const char *records, uint64_t count,
                          uint32_t *targets);

#endif
