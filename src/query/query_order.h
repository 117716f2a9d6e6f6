/* The order in which many queries are run: neighbours one after another, so that they find in the
 * processor's caches what the ones before have fetched. */
#ifndef SI_QUERY_QUERY_ORDER_H
#define SI_QUERY_QUERY_ORDER_H

#include "base/error.h"

typedef struct si_query_place {
    uint64_t key; /* place of the center on the Hilbert curve */
    uint64_t query;
} si_query_place;

/* Fills `places`, which has room for 2 * count, the second half for scratch. The first `count` are
 * then in order. */
void si_query_order(const si_query *queries, uint64_t count, si_query_place *places);

#endif
