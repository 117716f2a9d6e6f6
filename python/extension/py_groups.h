/* Counts by the values of fields. */
#ifndef SPATIAL_INDEX_PYTHON_GROUPS_H
#define SPATIAL_INDEX_PYTHON_GROUPS_H

#include "py_core.h"

/* A dict {value: count} where `group_by` is a string, {(value, ...): count} where it is an iterable
 * of strings: fields of integers, and attributes of the data set. */
PyObject *core_count_groups(core_index *self, const si_query *query, PyObject *group_by);

#endif
