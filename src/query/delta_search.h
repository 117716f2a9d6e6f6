/*
 * Searches of a delta: the elements inserted into an index that a query finds.
 *
 * These functions lock the delta themselves. The query has been checked.
 */
#ifndef SI_QUERY_DELTA_SEARCH_H
#define SI_QUERY_DELTA_SEARCH_H

#include "delta/delta.h"

/* Places that a query finds without allocating memory. */
#define SI_PLACES_AT_HAND 512

/* Places in order of insertion. */
typedef struct si_place_list {
    uint64_t *places;
    uint64_t count;
    uint64_t at_hand[SI_PLACES_AT_HAND];
} si_place_list;

/* Free with si_place_list_free, after a failure too. */
si_result si_delta_find(si_delta *delta, const si_query *query, si_place_list *list,
                        si_error *error);
void si_place_list_free(si_place_list *list);

si_result si_delta_count_found(si_delta *delta, const si_query *query, uint64_t *count,
                               si_error *error);
si_result si_delta_find_any(si_delta *delta, const si_query *query, bool *is_any, si_error *error);

/* Copies the values of the elements at `count` places to rows of the columns, from row `first` on.
 */
void si_delta_copy_columns(si_delta *delta, const uint64_t *places, uint64_t count,
                           const si_column *columns, size_t column_count, uint64_t first);

#endif
