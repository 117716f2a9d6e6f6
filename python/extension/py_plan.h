/* What a query is to give: which columns of the library, and what is made of them. */
#ifndef SPATIAL_INDEX_PYTHON_PLAN_H
#define SPATIAL_INDEX_PYTHON_PLAN_H

#include "py_core.h"

#define CORE_INLINE_OUTPUTS 16

typedef struct core_output {
    PyObject *name;          /* borrowed */
    const core_field *field; /* NULL: an attribute */
    size_t column;           /* the first, or of an attribute that of the ids */
} core_output;

typedef struct core_plan {
    core_index *self;
    PyObject *object; /* borrowed: the Python object of the index */
    PyObject *names;  /* keeps the names alive; NULL where others do */
    bool is_single;   /* one array instead of a dict */
    bool is_raw;      /* a list of elements, made from all fields */
    size_t output_count;
    core_output *outputs;
    core_output inline_outputs[CORE_INLINE_OUTPUTS];
    size_t column_count;
    si_column columns[CORE_MOST_COLUMNS]; /* without data */
    const core_field *column_fields[CORE_MOST_COLUMNS];
} core_plan;

/* `fields`: NULL or None, a string, or an iterable of strings. To be closed only after success. */
bool core_plan_open(core_plan *plan, core_index *self, PyObject *object, PyObject *fields);
void core_plan_close(core_plan *plan);

/* An array for each column of the plan, which gets its data. Those made stay the caller's, also
 * after a failure. */
bool core_new_arrays(core_plan *plan, uint64_t count, PyObject **arrays);

/* The result: what `fields` asked for, from an array for each column. */
PyObject *core_plan_result(const core_plan *plan, PyObject *const *arrays);

/* ---- from queries to arrays ---- */

bool core_import_results(core_state *state);

/* A batch for results; to be given back. */
si_batch *core_take_batch(core_state *state);
void core_give_back_batch(core_state *state, si_batch *batch);

bool core_search(const core_index *self, const si_query *queries, uint64_t query_count,
                 unsigned threads, si_batch *batch);

/* Fills the arrays of the plan. */
bool core_copy(const core_plan *plan, const si_batch *batch, uint64_t count, unsigned threads);

#endif
