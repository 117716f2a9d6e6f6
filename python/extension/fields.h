/* Fields as Python's users know them, and which columns of the library they are made of. */
#ifndef SPATIAL_INDEX_PYTHON_FIELDS_H
#define SPATIAL_INDEX_PYTHON_FIELDS_H

#include "core.h"

/* No kind of element has more columns. */
#define CORE_MOST_COLUMNS 14

typedef struct core_field {
    const char *name;
    si_field column;
    int second_column; /* -1: none; else the value is a tuple of two arrays */
    int type;          /* of NumPy; NPY_VOID for the structured ids */
    int components;    /* 3 for positions, else 1 */
    size_t size;       /* bytes of one value with all its components */
    PyObject *interned;
} core_field;

typedef struct core_kind {
    const char *name;
    size_t builtin_count; /* the first fields, which fields=None gives */
    size_t field_count;
    core_field *fields;
    si_field id; /* what attributes are looked up by */
    bool has_attributes;
} core_kind;

bool core_prepare_fields(void);

const core_kind *core_kind_of(si_element_kind kind);

/* NULL where there is none of that name; no exception. */
const core_field *core_find_field(const core_kind *kind, PyObject *name);

/* An array for `count` values of a field. */
PyObject *core_new_array(const core_field *field, npy_intp count);

#endif
