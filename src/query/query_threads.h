/* How many threads share many queries. */
#ifndef SI_QUERY_QUERY_THREADS_H
#define SI_QUERY_QUERY_THREADS_H

#include "base/arithmetic.h"
#include "base/parallel.h"
#include "read/index.h"

/* Enough work that threads need not ask for more all the time, little enough to share out. */
#define SI_QUERIES_PER_TASK 32

/* Where nothing else is asked for, so many threads query an index that is read explicitly: they
 * wait for the storage more than for processors. */
#define SI_WAITING_THREADS 32

/* Below this, work on one thread is over before another one has started. */
#define SI_QUERIES_PER_THREAD 4

static inline unsigned si_query_threads(const si_index *index, unsigned wanted,
                                        uint64_t query_count)
{
    uint64_t useful = query_count / SI_QUERIES_PER_THREAD;
    if (useful <= 1)
        return 1;
    if (wanted == 0 && index->cache)
        wanted = SI_WAITING_THREADS;
    return (unsigned)si_min_u64(wanted ? wanted : si_processor_count(), useful);
}

#endif
