/*
 * What the files of the extension module spatial_index._core share.
 *
 * Functions that return a PyObject * or a bool have set a Python exception where they return NULL
 * or false.
 */
#ifndef SPATIAL_INDEX_PYTHON_CORE_H
#define SPATIAL_INDEX_PYTHON_CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#define NPY_NO_DEPRECATED_API NPY_1_22_API_VERSION
#define PY_ARRAY_UNIQUE_SYMBOL spatial_index_core_numpy
#ifndef CORE_IMPORTS_NUMPY
#define NO_IMPORT_ARRAY
#endif
#include <numpy/arrayobject.h>

#include <stdbool.h>

#include <spatial_index/spatial_index.h>

/* An opened index. Its Python classes derive from this type. */
typedef struct core_index {
    PyObject_HEAD const si_index *index;
    PyObject *owner; /* a capsule that closes the index; those of one folder share it */
    si_element_kind kind;
    si_dataset *dataset; /* NULL: not yet opened */
    bool has_grown;      /* elements have been inserted */
} core_index;

/* ---- errors ---- */

bool core_import_errors(void);
/* Raises what the library reported. */
void core_raise(const si_error *error);
/* Raise with a sentence; `format` as in PyErr_Format. */
PyObject *core_raise_argument_error(const char *format, ...);
PyObject *core_raise_shape_error(const char *format, ...);
PyObject *core_raise_field_error(const char *format, ...);

/* ---- the type and what opens indexes ---- */

bool core_add_index_type(PyObject *module);
/* `owner` is not consumed. */
PyObject *core_index_wrap(const si_index *index, PyObject *owner);
/* Takes over the index, also on failure. */
PyObject *core_index_adopt(si_index *index);
PyObject *core_open(PyObject *module, PyObject *args);
PyObject *core_set_index_classes(PyObject *module, PyObject *classes);

/* ---- what depends on whether the index has grown ---- */

void core_get_info(const core_index *self, si_index_info *info);
si_result core_count(const core_index *self, const si_query *query, uint64_t *count,
                     si_error *error);
si_result core_empty(const core_index *self, const si_query *query, bool *empty, si_error *error);
si_result core_append_all(const core_index *self, si_builder *builder, si_error *error);

/* ---- methods ---- */

#define CORE_METHOD(name)                                                                          \
    PyObject *name(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *keywords)

CORE_METHOD(core_insert);
CORE_METHOD(core_box_query);
CORE_METHOD(core_sphere_query);
CORE_METHOD(core_capsule_query);
CORE_METHOD(core_cylinder_query);
CORE_METHOD(core_oriented_box_query);
CORE_METHOD(core_box_counts);
CORE_METHOD(core_sphere_counts);
CORE_METHOD(core_capsule_counts);
CORE_METHOD(core_cylinder_counts);
CORE_METHOD(core_oriented_box_counts);
CORE_METHOD(core_box_empty);
CORE_METHOD(core_sphere_empty);
CORE_METHOD(core_capsule_empty);
CORE_METHOD(core_cylinder_empty);
CORE_METHOD(core_oriented_box_empty);

/* A converter for PyArg_ParseTuple: bytes, which keep the text, or None, which is NULL. */
int core_text_or_none(PyObject *value, void *text);

PyObject *core_insert_many(PyObject *self, PyObject *args);
PyObject *core_query_many(PyObject *self, PyObject *args);
PyObject *core_space_filling_order(PyObject *module, PyObject *points);
PyObject *core_nearest(PyObject *self, PyObject *args);
PyObject *core_counts_many(PyObject *self, PyObject *args);
PyObject *core_grid(PyObject *self, PyObject *args);

/* ---- functions that build ---- */

/* Columns from a tuple of pairs of a field and an array, which keep the data; their length. */
bool core_read_columns(PyObject *pairs, size_t most, si_input_column *columns, size_t *column_count,
                       uint64_t *count);

PyObject *core_arrow_schema(PyObject *module, PyObject *description);
PyObject *core_arrow_array(PyObject *module, PyObject *description);

PyObject *core_build_segments(PyObject *module, PyObject *args);
PyObject *core_build_synapses(PyObject *module, PyObject *args);
PyObject *core_population_size(PyObject *module, PyObject *args);
PyObject *core_build_circuit(PyObject *module, PyObject *args);
PyObject *core_build_elements(PyObject *module, PyObject *args);

#endif
