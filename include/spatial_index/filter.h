/* Filters: which elements a query may find, by the values of their fields. */
#ifndef SI_SPATIAL_INDEX_FILTER_H
#define SI_SPATIAL_INDEX_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "spatial_index/element.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A filter restricts results by the values of fields. Any number of queries and threads may use
 * it at the same time. */
typedef struct si_filter si_filter;

/* The condition that an integer field (gid, section_type, is_soma, pre_gid, ...) has one of the
 * given values. */
typedef struct si_condition {
    si_field field;
    const uint64_t *values; /* in any order, with or without duplicates */
    size_t count;           /* if 0, no element meets the condition */
} si_condition;

/* Creates a filter for indexes of one element kind. Elements pass if they meet all conditions. A
 * query uses the filter that its member `filter` points to, which must outlive the query.
 * SI_ERROR_ARGUMENT: a field is not an integer, or the kind does not have it. */
SI_API si_result si_filter_create(si_element_kind kind, const si_condition *conditions,
                                  size_t condition_count, si_filter **filter, si_error *error);
SI_API void si_filter_free(si_filter *filter);

#ifdef __cplusplus
}
#endif

#endif
