/* Filters: which elements a query may find, by the values of their fields. */
#ifndef SI_SPATIAL_INDEX_FILTER_H
#define SI_SPATIAL_INDEX_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "spatial_index/element.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Which elements are wanted, as far as their fields tell. May be used by any number of queries and
 * threads at once. */
typedef struct si_filter si_filter;

/* That an integer field (gid, section_type, is_soma, pre_gid, ...) has one of these values. */
typedef struct si_condition {
    si_field field;
    const uint64_t *values; /* in any order; may repeat */
    size_t count;           /* 0: no element meets the condition */
} si_condition;

/* A filter for indexes of one kind of element: elements pass that meet all conditions. Set as the
 * `filter` of queries, where it must live as long as they are used. SI_ERROR_ARGUMENT: a field that
 * is no integer, or not of this kind. */
SI_API si_result si_filter_create(si_element_kind kind, const si_condition *conditions,
                                  size_t condition_count, si_filter **filter, si_error *error);
SI_API void si_filter_free(si_filter *filter);

#ifdef __cplusplus
}
#endif

#endif
