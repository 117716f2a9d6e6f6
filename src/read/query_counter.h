/* Counting the queries of an index. */
#ifndef SI_READ_QUERY_COUNTER_H
#define SI_READ_QUERY_COUNTER_H

#include <stdatomic.h>
#include <stdint.h>

/* Threads count apart from each other: one number for all would be passed around between their
 * processors at every query. */
#define SI_QUERY_COUNTERS 16

typedef struct si_query_counter {
    _Atomic uint64_t count;
    char apart[56]; /* so that they share no line of a cache */
} si_query_counter;

void si_count_query(si_query_counter counters[SI_QUERY_COUNTERS]);

#endif
