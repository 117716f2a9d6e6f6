/* What a query is to give: which columns of the library, and what is made of them. */
#ifndef SPATIAL_INDEX_PYTHON_PLAN_H
#define SPATIAL_INDEX_PYTHON_PLAN_H

#include "fields.h"

#define CORE_INLINE_OUTPUTS 16

typedef struct core_output {
    PyObject *name;          /* borrowed */
    const core_field *field; /* NULL: an attribute */
    size_t column;           /* the first, or of an attribute that of the ids */
} core_output;

typedef struct core_plan {
    core_index *self;
    PyObject *names; /* keeps the names alive; NULL where others do */
    bool is_single;  /* one array instead of a dict */
    bool is_raw;     /* a list of elements, made from all fields */
    size_t output_count;
    core_output *outputs;
    core_output inline_outputs[CORE_INLINE_OUTPUTS];
    size_t column_count;
    si_column columns[CORE_MOST_COLUMNS]; /* without data */
    const core_field *column_fields[CORE_MOST_COLUMNS];
} core_plan;

/* `fields`: NULL or None, a string, or an iterable of strings. To be closed only after success. */
bool core_plan_open(core_plan *plan, core_index *self, PyObject *fields);
void core_plan_close(core_plan *plan);

/* The result: what `fields` asked for, from an array for each column. */
PyObject *core_plan_result(const core_plan *plan, PyObject *const *arrays);

bool core_import_results(void);

#endif
