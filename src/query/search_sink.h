/*
 * What a search hands on: the sink, and the test of a leaf, which ends in it.
 *
 * Both searches, the one in memory (search.c) and the one by level (search_by_level.c), test leaves
 * here, so they find the same.
 */
#ifndef SI_QUERY_SEARCH_SINK_H
#define SI_QUERY_SEARCH_SINK_H

#include "query/filter.h"
#include "query/tree.h"

/* Where found elements go. Both functions return false to end the search. */
typedef struct si_search_sink {
    void *context;
    /* Elements of a leaf, one bit each, at least one. */
    bool (*leaf)(void *context, uint64_t leaf, uint64_t mask);
    /* Whole leaves [first, end): every element in them is found. */
    bool (*leaves)(void *context, uint64_t first, uint64_t end);
    si_column_set needed; /* columns of found elements that the sink reads */
    /* Called before the leaves that were found are released: the sink reads from them what it still
     * needs. NULL: it reads nothing. */
    void (*flush)(void *context);
    bool first_only; /* the sink ends the search at the first element */
} si_search_sink;

/* Columns that are read of leaves that lie wholly inside; of others, all floats besides. */
static inline si_column_set si_sink_columns(const si_query *query, const si_search_sink *sink)
{
    si_column_set columns = sink->needed;
    if (query->filter)
        si_filter_add_columns(query->filter, &columns);
    return columns;
}

static inline uint64_t si_leaf_match(const si_index *index, const si_query *query, uint64_t leaf)
{
    return index->type->match(si_shape_of(query), si_index_leaf_floats(index, leaf),
                              si_layout_leaf_size(&index->layout, leaf));
}

/* The cheaper test comes first: usually that is the filter. */
static inline uint64_t si_leaf_match_filtered(const si_index *index, const si_query *query,
                                              uint64_t leaf)
{
    if (!si_filter_is_quick(query->filter)) {
        uint64_t mask = si_leaf_match(index, query, leaf);
        return mask == 0 ? 0 : si_filter_leaf(query->filter, index, leaf, mask);
    }
    uint64_t mask = si_filter_leaf(query->filter, index, leaf, si_tree_leaf_mask(index, leaf));
    return mask == 0 ? 0 : mask & si_leaf_match(index, query, leaf);
}

/* Hands the elements of a leaf that the query finds to the sink. False: it ends the search. */
static inline bool si_sink_test_leaf(const si_index *index, const si_query *query,
                                     const si_search_sink *sink, uint64_t leaf)
{
    uint64_t mask = query->filter ? si_leaf_match_filtered(index, query, leaf)
                                  : si_leaf_match(index, query, leaf);
    return mask == 0 || sink->leaf(sink->context, leaf, mask);
}

/* The same for leaves [first, end) that lie wholly inside the query's shape. */
static inline bool si_sink_take_leaves(const si_index *index, const si_query *query,
                                       const si_search_sink *sink, uint64_t first, uint64_t end)
{
    if (!query->filter)
        return sink->leaves(sink->context, first, end);
    for (uint64_t leaf = first; leaf < end; leaf++) {
        uint64_t mask = si_filter_leaf(query->filter, index, leaf, si_tree_leaf_mask(index, leaf));
        if (mask != 0 && !sink->leaf(sink->context, leaf, mask))
            return false;
    }
    return true;
}

#endif
