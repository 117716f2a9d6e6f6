/* Indexes of elements that are arrays, or lie in other indexes. */
#include "py_build.h"

#define MOST_INPUTS 8

/* ---- arrays ---- */

/* (field, array): the package has made the arrays contiguous and of the type that the field has. */
static bool read_column(PyObject *pair, si_input_column *column, uint64_t *count)
{
    int field;
    PyObject *array;
    core_view view;
    if (!PyArg_ParseTuple(pair, "iO", &field, &array))
        return false;
    if (!core_view_array(array, "fdLQIB", &view) || view.dimensions < 1) {
        PyErr_SetString(PyExc_TypeError, "columns are contiguous arrays");
        return false;
    }
    *column = (si_input_column){(si_field)field, view.data};
    *count = (uint64_t)view.shape[0];
    return true;
}

static si_result append_columns(si_builder *builder, const si_input_column *columns,
                                size_t column_count, uint64_t count, si_error *error)
{
    si_result result;
    Py_BEGIN_ALLOW_THREADS;
    result = si_builder_append(builder, columns, column_count, count, error);
    Py_END_ALLOW_THREADS;
    return result;
}

bool core_read_columns(PyObject *pairs, size_t most, si_input_column *columns, size_t *column_count,
                       uint64_t *count)
{
    *count = 0;
    *column_count = (size_t)PyTuple_Size(pairs);
    if (*column_count > most) {
        PyErr_SetString(PyExc_TypeError, "too many columns");
        return false;
    }
    for (size_t i = 0; i < *column_count; i++)
        if (!read_column(PyTuple_GetItem(pairs, (Py_ssize_t)i), &columns[i], count))
            return false;
    return true;
}

static bool append_arrays(core_state *state, si_builder *builder, PyObject *pairs)
{
    si_input_column columns[MOST_INPUTS];
    size_t column_count;
    uint64_t count;
    si_error error;
    if (!core_read_columns(pairs, MOST_INPUTS, columns, &column_count, &count))
        return false;
    if (append_columns(builder, columns, column_count, count, &error) == SI_OK)
        return true;
    core_raise(state, &error);
    return false;
}

/* ---- other indexes ---- */

static bool append_index(si_builder *builder, PyObject *object)
{
    si_error error;
    si_result result;
    core_index *source = core_hold(object);
    if (!source)
        return false;
    Py_BEGIN_ALLOW_THREADS;
    result = si_builder_append_index(builder, source->index, &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK)
        core_raise(source->state, &error);
    core_let_go(source);
    return result == SI_OK;
}

/* One after another, so that they need not be in memory at the same time. */
static bool append_parts(core_state *state, si_builder *builder, PyObject *parts)
{
    PyObject *iterator = PyObject_GetIter(parts), *part;
    bool done = iterator != NULL;
    while (done && (part = PyIter_Next(iterator)) != NULL) {
        done = PyTuple_Check(part) ? append_arrays(state, builder, part)
                                   : append_index(builder, part);
        Py_DECREF(part);
    }
    Py_XDECREF(iterator);
    return done && !PyErr_Occurred();
}

/* build_elements(kind, parts, folder, options): parts, any iterable, are tuples of columns and
 * indexes. */
PyObject *core_build_elements(PyObject *module, PyObject *args)
{
    int kind;
    PyObject *parts, *options;
    const char *folder;
    core_build build;
    si_builder *builder;
    si_index *index = NULL;
    si_error error;
    if (!PyArg_ParseTuple(args, "iOO&O!:build_elements", &kind, &parts, core_text_or_none, &folder,
                          &PyDict_Type, &options) ||
        !core_build_begin(&build, module, options))
        return NULL;
    si_result result = si_builder_create((si_element_kind)kind, folder, &build.options, &builder,
                                         &error);
    if (result == SI_OK) {
        if (!append_parts(build.state, builder, parts)) {
            si_builder_abort(builder);
            return NULL;
        }
        Py_BEGIN_ALLOW_THREADS;
        result = si_builder_finish(builder, core_build_place(&build, &index), &build.report,
                                   &error);
        Py_END_ALLOW_THREADS;
    }
    return core_build_end(&build, result, index, &error);
}
