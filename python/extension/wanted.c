#include "wanted.h"

#include "fields.h"

/* Fewer are soon in a filter, sooner than other threads would have got the GIL. */
#define FEW_VALUES 10000

static const struct wanted_keyword {
    const char *name;
    const char *field;
} wanted_keywords[CORE_WANTED_COUNT] = {
    {"section_types", "section_type"}, {"somas", "is_soma"},      {"gids", "gid"},
    {"pre_gids", "pre_gid"},           {"post_gids", "post_gid"}, {"ids", "id"}};

/* ---- values ---- */

static bool is_array_of_values(PyObject *value)
{
    return PyArray_Check(value) && PyArray_TYPE((PyArrayObject *)value) == NPY_UINT64 &&
           PyArray_NDIM((PyArrayObject *)value) == 1 && PyArray_ISCARRAY_RO((PyArrayObject *)value);
}

/* That module needs this one, so it is imported when it is first called. */
static PyObject *convert(const char *keyword, PyObject *value)
{
    static PyObject *function;
    if (!function) {
        PyObject *module = PyImport_ImportModule("spatial_index.wanted");
        function = module ? PyObject_GetAttrString(module, "values_of") : NULL;
        Py_XDECREF(module);
    }
    PyObject *array = function ? PyObject_CallFunction(function, "sO", keyword, value) : NULL;
    if (array && !is_array_of_values(array)) {
        PyErr_SetString(PyExc_TypeError, "expected a contiguous array of uint64");
        Py_CLEAR(array);
    }
    return array;
}

/* Arrays as the library takes them, where `values` are none; both keep them alive. */
typedef struct wanted_values {
    size_t count;
    PyObject *arrays[CORE_WANTED_COUNT];
    uint64_t singles[CORE_WANTED_COUNT];
    si_condition conditions[CORE_WANTED_COUNT];
} wanted_values;

/* Numbers that need no array. */
static bool read_single(size_t keyword, PyObject *value, uint64_t *single)
{
    if (PyBool_Check(value)) {
        *single = value == Py_True;
        return keyword == 1;
    }
    if (!PyLong_CheckExact(value) || keyword == 1)
        return false;
    *single = PyLong_AsUnsignedLongLong(value);
    if (!PyErr_Occurred())
        return keyword != 0 || *single <= UINT8_MAX;
    PyErr_Clear();
    return false;
}

static bool add_value(wanted_values *wanted, size_t keyword, si_field field, PyObject *value)
{
    si_condition *condition = &wanted->conditions[wanted->count];
    PyObject **array = &wanted->arrays[wanted->count];
    uint64_t *single = &wanted->singles[wanted->count];
    *array = NULL;
    *condition = (si_condition){field, single, 1};
    if (!read_single(keyword, value, single)) {
        *array = is_array_of_values(value) && keyword > 1
                     ? Py_NewRef(value)
                     : convert(wanted_keywords[keyword].name, value);
        if (!*array)
            return false;
        condition->values = PyArray_DATA((PyArrayObject *)*array);
        condition->count = (size_t)PyArray_SIZE((PyArrayObject *)*array);
    }
    wanted->count++;
    return true;
}

static bool has_field(const core_kind *kind, const char *name, si_field *field)
{
    for (size_t i = 0; i < kind->builtin_count; i++)
        if (strcmp(kind->fields[i].name, name) == 0) {
            *field = kind->fields[i].column;
            return true;
        }
    return false;
}

static bool add_keyword(wanted_values *wanted, const core_kind *kind, size_t keyword,
                        PyObject *value)
{
    const struct wanted_keyword *about = &wanted_keywords[keyword];
    si_field field;
    if (!has_field(kind, about->field, &field))
        return core_raise_argument_error("Unsupported argument: %s. The elements of this %s index "
                                         "have no %s.",
                                         about->name, kind->name, about->field);
    return add_value(wanted, keyword, field, value);
}

/* ---- filters ---- */

static bool create_filter(const core_index *self, const wanted_values *wanted, si_filter **filter)
{
    si_error error;
    size_t count = 0;
    for (size_t i = 0; i < wanted->count; i++)
        count += wanted->conditions[i].count;
    PyThreadState *state = count > FEW_VALUES ? PyEval_SaveThread() : NULL;
    si_result result = si_filter_create(self->kind, wanted->conditions, wanted->count, filter,
                                        &error);
    if (state)
        PyEval_RestoreThread(state);
    if (result != SI_OK)
        core_raise(&error);
    return result == SI_OK;
}

bool core_read_filter(const core_index *self, PyObject *const *values, si_filter **filter)
{
    wanted_values wanted;
    bool done = true;
    wanted.count = 0;
    *filter = NULL;
    for (size_t i = 0; done && i < CORE_WANTED_COUNT; i++)
        if (values[i] && values[i] != Py_None)
            done = add_keyword(&wanted, core_kind_of(self->kind), i, values[i]);
    if (done && wanted.count > 0)
        done = create_filter(self, &wanted, filter);
    for (size_t i = 0; i < wanted.count; i++)
        Py_XDECREF(wanted.arrays[i]);
    return done;
}

static void raise_unknown(PyObject *keywords)
{
    PyObject *name, *value;
    Py_ssize_t place = 0;
    while (PyDict_Next(keywords, &place, &name, &value)) {
        bool is_known = false;
        for (size_t i = 0; i < CORE_WANTED_COUNT; i++)
            is_known |= PyUnicode_CompareWithASCIIString(name, wanted_keywords[i].name) == 0;
        if (!is_known)
            PyErr_Format(PyExc_TypeError, "got an unexpected keyword argument '%U'", name);
    }
}

bool core_make_filter(const core_index *self, PyObject *keywords, si_filter **filter)
{
    PyObject *values[CORE_WANTED_COUNT];
    Py_ssize_t known = 0;
    for (size_t i = 0; i < CORE_WANTED_COUNT; i++) {
        values[i] = PyDict_GetItemString(keywords, wanted_keywords[i].name);
        known += values[i] != NULL;
    }
    if (known == PyDict_GET_SIZE(keywords))
        return core_read_filter(self, values, filter);
    raise_unknown(keywords);
    return false;
}
