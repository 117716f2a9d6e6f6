/* Searching an index: finds the elements of a query in index order. Inserted elements are searched
 * by delta_search.h. */
#ifndef SI_QUERY_SEARCH_H
#define SI_QUERY_SEARCH_H

#include "query/search_sink.h"

/* Checks the query, and its filter against the index; of a multi-index, maps the parts that the
 * query may find something in, so that the search itself cannot fail. */
si_result si_search_check(const si_index *index, const si_query *query, si_error *error);

/* The query has been checked. */
si_result si_search(const si_index *index, const si_query *query, const si_search_sink *sink,
                    si_error *error);

#endif
