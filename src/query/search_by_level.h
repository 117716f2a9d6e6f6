/*
 * The walk through the tree where reading is slow: level by level, so that all that is needed of a
 * level is on its way at once, and then the leaves, a group on its way while one is tested. It
 * finds the same in the same order as the walk where all is in memory.
 */
#ifndef SI_QUERY_SEARCH_BY_LEVEL_H
#define SI_QUERY_SEARCH_BY_LEVEL_H

#include "query/search_sink.h"

si_result si_search_by_level(const si_index *index, const si_query *query,
                             const si_search_sink *sink, si_error *error);

#endif
