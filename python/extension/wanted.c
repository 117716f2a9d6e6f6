#include "wanted.h"

#include "fields.h"

/* ---- conditions ---- */

static bool raise_no_field(const core_kind *kind, const char *keyword, const char *name)
{
    return core_raise_argument_error("Unsupported argument: %s. The elements of this %s index have "
                                     "no %s.",
                                     keyword, kind->name, name);
}

/* `condition` is (keyword, field, array of uint64). */
static bool read_condition(const core_kind *kind, PyObject *condition, si_condition *read)
{
    const char *keyword;
    PyObject *name;
    PyArrayObject *values;
    if (!PyArg_ParseTuple(condition, "sUO!", &keyword, &name, &PyArray_Type, &values))
        return false;
    const core_field *field = core_find_field(kind, name);
    if (!field)
        return raise_no_field(kind, keyword, PyUnicode_AsUTF8(name));
    if (PyArray_TYPE(values) != NPY_UINT64 || !PyArray_ISCARRAY_RO(values)) {
        PyErr_SetString(PyExc_TypeError, "expected a contiguous array of uint64");
        return false;
    }
    *read = (si_condition){field->column, PyArray_DATA(values), (size_t)PyArray_SIZE(values)};
    return true;
}

static bool create_filter(const core_index *self, const si_condition *conditions, size_t count,
                          si_filter **filter)
{
    si_error error;
    si_result status;
    Py_BEGIN_ALLOW_THREADS;
    status = si_filter_create(self->kind, conditions, count, filter, &error);
    Py_END_ALLOW_THREADS;
    if (status != SI_OK)
        core_raise(&error);
    return status == SI_OK;
}

bool core_make_filter(const core_index *self, PyObject *conditions, si_filter **filter)
{
    si_condition read[CORE_WANTED_COUNT];
    *filter = NULL;
    if (!PyTuple_Check(conditions) || PyTuple_GET_SIZE(conditions) > CORE_WANTED_COUNT) {
        PyErr_SetString(PyExc_TypeError, "expected a tuple of conditions");
        return false;
    }
    size_t count = (size_t)PyTuple_GET_SIZE(conditions);
    for (size_t i = 0; i < count; i++)
        if (!read_condition(core_kind_of(self->kind), PyTuple_GET_ITEM(conditions, (Py_ssize_t)i),
                            &read[i]))
            return false;
    return count == 0 || create_filter(self, read, count, filter);
}

/* ---- keywords ---- */

/* That module needs this one, so it is imported when it is first called. */
static PyObject *conditions_of(PyObject *const *values)
{
    static PyObject *function;
    PyObject *arguments[CORE_WANTED_COUNT];
    if (!function) {
        PyObject *module = PyImport_ImportModule("spatial_index.wanted");
        function = module ? PyObject_GetAttrString(module, "conditions_of") : NULL;
        Py_XDECREF(module);
    }
    for (int i = 0; i < CORE_WANTED_COUNT; i++)
        arguments[i] = values[i] ? values[i] : Py_None;
    return function ? PyObject_Vectorcall(function, arguments, CORE_WANTED_COUNT, NULL) : NULL;
}

bool core_read_filter(const core_index *self, PyObject *const *values, si_filter **filter)
{
    bool given = false;
    *filter = NULL;
    for (int i = 0; i < CORE_WANTED_COUNT; i++)
        given |= values[i] && values[i] != Py_None;
    if (!given)
        return true;
    PyObject *conditions = conditions_of(values);
    bool done = conditions && core_make_filter(self, conditions, filter);
    Py_XDECREF(conditions);
    return done;
}
