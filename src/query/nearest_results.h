/* From the elements that a search for the nearest found to the caller's columns. */
#ifndef SI_QUERY_NEAREST_RESULTS_H
#define SI_QUERY_NEAREST_RESULTS_H

#include "query/nearest_search.h"

/* Where the values of found elements go. */
typedef struct si_nearest_output {
    const si_column *columns;
    size_t column_count;
    double *distances; /* NULL: not wanted */
    double *offsets;   /* NULL: not wanted */
} si_nearest_output;

/* Stores what the last search found, from row `first` on. */
si_result si_nearest_results_store(const si_nearest_search *search, const si_nearest_output *output,
                                   uint64_t first, si_error *error);

#endif
