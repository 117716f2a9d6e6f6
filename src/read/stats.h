/* Counting what is asked of an index, and reporting it. */
#ifndef SI_READ_STATS_H
#define SI_READ_STATS_H

#include <stdatomic.h>
#include <stdint.h>

#include "spatial_index/spatial_index.h"

/* Threads count apart from each other: one number for all would be passed around between their
 * processors at every query. */
#define SI_QUERY_COUNTERS 16

typedef struct si_query_counter {
    _Atomic uint64_t count;
    char apart[56]; /* so that they share no line of a cache */
} si_query_counter;

void si_count_query(si_query_counter counters[SI_QUERY_COUNTERS]);

/* Writes the report of an index that is being closed, if the environment asks for one. There is
 * nobody to tell where that fails. */
void si_report_usage(const si_index *index);

#endif
