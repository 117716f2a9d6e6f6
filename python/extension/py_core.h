/*
 * What the files of the extension module spatial_index._core share: the state of the module, the
 * index objects, errors.
 *
 * The extension uses the limited API of CPython 3.11 and none of NumPy's C API, so that one build
 * serves every later version of both. Nothing is static but constants: what the module keeps is in
 * core_state, of which each interpreter has its own.
 *
 * Functions that return a PyObject * or a bool have set a Python exception where they return NULL
 * or false.
 */
#ifndef SPATIAL_INDEX_PYTHON_CORE_H
#define SPATIAL_INDEX_PYTHON_CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <spatial_index/spatial_index.h>

#include "py_arrays.h"
#include "py_fields.h"
#include "py_mpi.h"

#define CORE_ERROR_COUNT (SI_ERROR_CANCELLED + 1)
#define CORE_MOST_IDLE 16

/* All that the module keeps. Objects hold a pointer to it; their types keep the module alive. */
typedef struct core_state {
    PyTypeObject *index_type;
    PyObject *index_classes; /* by kind, what opened indexes are made of; NULL until they are set */

    PyObject *errors[CORE_ERROR_COUNT]; /* by si_result; NULL where there is no class for one */
    PyObject *base_error;
    PyObject *shape_error;
    PyObject *field_error;
    PyObject *accuracy_type_error;

    PyObject *results_class;
    PyObject *values_of;    /* spatial_index.wanted.values_of; imported at the first use */
    PyObject *merge_groups; /* spatial_index.grouping.merge_groups, likewise */
    PyObject *field_names[CORE_KIND_COUNT][CORE_MOST_FIELDS]; /* interned */

    core_array_state arrays;

    /* Batches hold results until they are copied into arrays of their exact size. */
    si_batch *idle_batches[CORE_MOST_IDLE];
    size_t idle_batch_count;

    core_mpi mpi;
} core_state;

/* The state of the module object. */
static inline core_state *core_state_of(PyObject *module)
{
    return PyModule_GetState(module);
}

/* Puts a reference, which is consumed, in the place of another. */
static inline void core_set_reference(PyObject **place, PyObject *value)
{
    PyObject *before = *place;
    *place = value;
    Py_XDECREF(before);
}

/* ---- indexes ---- */

/* An opened index, with what belongs to it. The Python object holds one reference, and each call
 * that runs holds one, so that close() may be called while other threads query. */
typedef struct core_index {
    size_t references; /* guarded by the GIL */
    core_state *state;
    const si_index *index;
    PyObject *owner; /* a capsule that closes the index; those of one folder share it */
    si_element_kind kind;
    si_dataset *dataset;  /* NULL: not yet opened */
    PyObject *attributes; /* an object that reads them in place of a data set; NULL: none */
    bool has_grown;       /* elements have been inserted */
} core_index;

/* The index of a Python object, for the duration of a call; NULL with ValueError after close(). */
core_index *core_hold(PyObject *object);
void core_let_go(core_index *self);

bool core_add_index_type(PyObject *module);
/* Takes over the index, also on failure. */
PyObject *core_index_adopt(core_state *state, si_index *index);

/* ---- errors ---- */

bool core_import_errors(core_state *state);
/* Raises what the library reported. */
/* The same with a text that is an object already. */
void core_raise_text(core_state *state, si_result result, PyObject *text);
void core_raise(core_state *state, const si_error *error);
/* Raise with a sentence; `format` as in PyErr_Format. All return NULL, which is also false. */
PyObject *core_raise_argument_error(core_state *state, const char *format, ...);
PyObject *core_raise_shape_error(core_state *state, const char *format, ...);
PyObject *core_raise_accuracy_error(core_state *state, PyObject *value);
PyObject *core_raise_field_error(core_state *state, const char *format, ...);

/* ---- values ---- */

/* Is it a str with this text? */
bool core_is_string(PyObject *value, const char *text);

/* A converter for PyArg_ParseTuple: bytes, which keep the text, or None, which is NULL. */
int core_text_or_none(PyObject *value, void *text);

/* Columns from a tuple of pairs of a field and an array, which keep the data; their length. */
bool core_read_columns(PyObject *pairs, size_t most, si_input_column *columns, size_t *column_count,
                       uint64_t *count);

/* ---- what the module and the type Index offer ---- */

#define CORE_FAST_METHOD(name)                                                                     \
    PyObject *name(PyObject *object, PyObject *const *args, Py_ssize_t count)

CORE_FAST_METHOD(core_query);
CORE_FAST_METHOD(core_counts);
CORE_FAST_METHOD(core_empty);
CORE_FAST_METHOD(core_insert);
PyObject *core_insert_many(PyObject *object, PyObject *args);
PyObject *core_query_many(PyObject *object, PyObject *args);
PyObject *core_counts_many(PyObject *object, PyObject *args);
PyObject *core_nearest(PyObject *object, PyObject *args);
PyObject *core_nearest_many(PyObject *object, PyObject *args);
PyObject *core_grid(PyObject *object, PyObject *args);

PyObject *core_open(PyObject *module, PyObject *args);
PyObject *core_set_index_classes(PyObject *module, PyObject *classes);
PyObject *core_space_filling_order(PyObject *module, PyObject *points);
PyObject *core_arrow_schema(PyObject *module, PyObject *description);
PyObject *core_arrow_array(PyObject *module, PyObject *description);
PyObject *core_build_segments(PyObject *module, PyObject *args);
PyObject *core_build_synapses(PyObject *module, PyObject *args);
PyObject *core_population_size(PyObject *module, PyObject *args);
PyObject *core_node_ids(PyObject *module, PyObject *args);
PyObject *core_build_circuit(PyObject *module, PyObject *args);
PyObject *core_build_elements(PyObject *module, PyObject *args);

#endif
