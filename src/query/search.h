/* The walk through the tree: finds the elements of a query in index order. */
#ifndef SI_QUERY_SEARCH_H
#define SI_QUERY_SEARCH_H

#include "geometry/query_shape.h"
#include "kernels/match.h"
#include "read/fetch.h"
#include "read/index.h"

/* What a walk tells of what it finds; both return false to stop. */
typedef struct si_search_sink {
    void *context;
    /* Elements of a leaf, one bit each, at least one. */
    bool (*leaf)(void *context, uint64_t leaf, uint64_t mask);
    /* Whole leaves [first, end): every element in them is found. */
    bool (*leaves)(void *context, uint64_t first, uint64_t end);
    si_column_set needed; /* columns that are read of what is found */
    /* What has been found must be read now, if it is ever; NULL: nothing is left to be read. */
    void (*settle)(void *context);
    bool is_soon_over; /* it stops at the first element */
} si_search_sink;

si_result si_search(const si_index *index, const si_query *query, const si_search_sink *sink,
                    si_error *error);

/* That the query makes sense, and its filter with the index; of a multi-index, reaches the parts
 * that it needs. */
si_result si_search_check(const si_index *index, const si_query *query, si_error *error);

/* Elements in whole leaves [first, end). */
uint64_t si_leaves_size(const si_index *index, uint64_t first, uint64_t end);

/* ---- the steps of a walk ---- */

si_node_match si_search_match_node(const si_index *index, const si_query *query, unsigned level,
                                   uint64_t node);

/* Leaves below child `child` of level `level`, where leaves are level 0. */
si_tree_range si_search_leaves_below(const si_index *index, unsigned level, uint64_t child);

/* Columns that are read of leaves that lie wholly inside; of others, all floats besides. */
si_column_set si_search_columns(const si_query *query, const si_search_sink *sink);

/* Hands on what a leaf has, and leaves that lie wholly inside. */
bool si_search_test_leaf(const si_index *index, const si_query *query, const si_search_sink *sink,
                         uint64_t leaf);
bool si_search_take_leaves(const si_index *index, const si_query *query, const si_search_sink *sink,
                           uint64_t first, uint64_t end);

#endif
