/* The filter that a caller's keywords ask for: section_types, somas, gids, pre_gids, ... */
#ifndef SPATIAL_INDEX_PYTHON_WANTED_H
#define SPATIAL_INDEX_PYTHON_WANTED_H

#include "py_core.h"

/* section_types, somas, gids, pre_gids, post_gids, ids: in this order the last of the parameters.
 */
#define CORE_WANTED_COUNT 6

/* From the values of the keywords, NULL where one is not given. NULL: everything is wanted. The
 * filter is for si_filter_free(). */
bool core_read_filter(const core_index *self, PyObject *const *values, si_filter **filter);

/* The same from a dict of keywords; any other is a TypeError. */
bool core_make_filter(const core_index *self, PyObject *keywords, si_filter **filter);

#endif
