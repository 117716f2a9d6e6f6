/*
 * Fetching, level by level, what a search for the nearest elements will visit.
 *
 * The search opens one node after another, always the nearest, and would wait for each. But the
 * number of elements below a node is known, and how far away they are at most; so the nodes of a
 * level that are too far away are known before anything below them is read.
 */
#ifndef SI_QUERY_NEAREST_PREFETCH_H
#define SI_QUERY_NEAREST_PREFETCH_H

#include "kernels/kernel_set.h"
#include "read/fetch.h"

typedef struct si_nearest_plan {
    const si_index *index;
    const si_vantage *vantage;
    si_overhang overhang;
    uint64_t k;
    double max_distance;
    si_column_set leaf_columns;          /* that the search reads */
    si_fetch fetches[SI_MAX_LEVELS + 1]; /* held until the end; of leaves, of level 0 */
} si_nearest_plan;

/* Fetches what will be visited, as far as it takes no more than a share of the cache; the search
 * has to fetch the rest itself. The first members are filled in. */
si_result si_nearest_plan_fetch(si_nearest_plan *plan, si_error *error);
void si_nearest_plan_end(si_nearest_plan *plan);

#endif
