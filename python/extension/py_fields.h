/* Fields as Python's users know them, and the columns of the library that they are made of. */
#ifndef SPATIAL_INDEX_PYTHON_FIELDS_H
#define SPATIAL_INDEX_PYTHON_FIELDS_H

#include <spatial_index/spatial_index.h>

#include "py_arrays.h"

#define CORE_KIND_COUNT (SI_SEGMENT + 1)
#define CORE_MOST_FIELDS 11
/* No kind of element has more columns. */
#define CORE_MOST_COLUMNS 14

typedef struct core_field {
    const char *name;
    si_field column;
    int second_column; /* -1: none; else the value is a tuple of two arrays */
    core_type type;
} core_field;

typedef struct core_kind {
    const char *name;
    size_t builtin_count; /* the first fields, which fields=None gives */
    size_t field_count;
    const core_field *fields;
    si_field id; /* what attributes are looked up by */
    bool has_attributes;
} core_kind;

bool core_prepare_fields(struct core_state *state);

const core_kind *core_kind_of(si_element_kind kind);

/* The name of a field as an object; borrowed. */
PyObject *core_field_name(const struct core_state *state, si_element_kind kind,
                          const core_field *field);

/* NULL where there is no field of this name; no exception. */
const core_field *core_find_field(const struct core_state *state, si_element_kind kind,
                                  PyObject *name);

#endif
