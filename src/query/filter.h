/* Filters, made ready for one kind of element: tests of its columns. */
#ifndef SI_QUERY_FILTER_H
#define SI_QUERY_FILTER_H

#include "read/index.h"

/* Checks that the filter, which may be NULL, is one for the kind of the index. */
si_result si_filter_check(const si_filter *filter, const si_index *index, si_error *error);

/* The elements of `mask` in a leaf that pass. */
uint64_t si_filter_leaf(const si_filter *filter, const si_index *index, uint64_t leaf,
                        uint64_t mask);

/* Whether filtering a leaf costs less than testing the shapes of its elements. */
bool si_filter_is_quick(const si_filter *filter);

/* Whether an element with that id passes, for kinds without other integers. */
bool si_filter_passes_id(const si_filter *filter, uint64_t id);

/* Adds the columns that the tests read. */
void si_filter_add_columns(const si_filter *filter, si_column_set *columns);

/* Fetches what the tests of a leaf need. */
void si_filter_prefetch(const si_filter *filter, const si_index *index, uint64_t leaf);

#endif
