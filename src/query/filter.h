/* Filters, made ready for one kind of element: tests of its columns. */
#ifndef SI_QUERY_FILTER_H
#define SI_QUERY_FILTER_H

#include "read/index.h"

/* NULL, or a filter of the index's kind of element. */
si_result si_filter_check(const si_filter *filter, const si_index *index, si_error *error);

/* Those of the elements `mask` of a leaf that pass. */
uint64_t si_filter_leaf(const si_filter *filter, const si_index *index, uint64_t leaf,
                        uint64_t mask);

/* Whether that costs less than testing the shapes of a leaf. */
bool si_filter_is_quick(const si_filter *filter);

/* For the kinds whose only integer is their id: whether an element of that id passes. */
bool si_filter_passes_id(const si_filter *filter, uint64_t id);

/* Adds the columns that the tests read. */
void si_filter_add_columns(const si_filter *filter, si_column_set *columns);

/* Fetches what the tests of a leaf need. */
void si_filter_prefetch(const si_filter *filter, const si_index *index, uint64_t leaf);

#endif
