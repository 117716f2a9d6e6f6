/* The walk through the tree: finds the elements of a query in index order. */
#ifndef SI_INDEX_SEARCH_H
#define SI_INDEX_SEARCH_H

#include "geometry/query.h"
#include "index/index.h"

/* What a walk tells of what it finds; both return false to stop. */
typedef struct si_search_sink {
    void *context;
    /* Elements of a leaf, one bit each, at least one. */
    bool (*leaf)(void *context, uint64_t leaf, uint64_t mask);
    /* Whole leaves [first, end): every element in them is found. */
    bool (*leaves)(void *context, uint64_t first, uint64_t end);
    si_column_set needed; /* columns that are read of what is found */
} si_search_sink;

void si_search(const si_index *index, const si_query *query, const si_search_sink *sink);

/* That the query makes sense, and its filter with the index. */
si_result si_search_check(const si_index *index, const si_query *query, si_error *error);

/* Elements in whole leaves [first, end). */
uint64_t si_leaves_size(const si_index *index, uint64_t first, uint64_t end);

#endif
