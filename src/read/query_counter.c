/* Counting the queries of an index: each thread adds to a counter of its own. */
#include "read/query_counter.h"

void si_count_query(si_query_counter counters[SI_QUERY_COUNTERS])
{
    static _Atomic unsigned next;
    static _Thread_local unsigned mine; /* 0: none yet */
    if (mine == 0)
        mine = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed) % SI_QUERY_COUNTERS + 1;
    atomic_fetch_add_explicit(&counters[mine - 1].count, 1, memory_order_relaxed);
}
