/* Searches for the elements nearest to points, one after another, in memory that they share. */
#ifndef SI_QUERY_NEAREST_SEARCH_H
#define SI_QUERY_NEAREST_SEARCH_H

#include "kernels/kernel_set.h"
#include "query/nearest_heap.h"
#include "read/fetch.h"
#include "spatial_index/nearest.h"

typedef struct si_nearest_search {
    const si_index *index;
    si_nearest_query nearest; /* its point is that of the search that is run */
    si_delta *delta;          /* the inserted elements; NULL: none */
    si_vantage vantage;
    si_overhang overhang;
    double reach;    /* packed elements that are farther do not matter */
    float threshold; /* nor do children with greater bounds */
    si_nearest_heap found;
    si_fetch fetch; /* of the node or leaf that is looked at */

    struct si_open_node *nodes; /* all that have been opened */
    size_t node_count, node_capacity;
    struct si_open_entry *heap; /* has room for all of them */
    size_t heap_count, heap_capacity;
} si_nearest_search;

/* Prepares searches for what the query wants. Is to be ended, also after an error. */
si_result si_nearest_search_begin(si_nearest_search *search, const si_index *index,
                                  const si_nearest_query *nearest, si_error *error);
void si_nearest_search_end(si_nearest_search *search);

/* Finds the elements nearest to the point; `found` has them, the nearest first. `reach` is the
 * greatest distance that is wanted, or a distance within which there are at least as many elements
 * as are wanted. */
si_result si_nearest_search_run(si_nearest_search *search, const float point[3], double reach,
                                si_error *error);

#endif
