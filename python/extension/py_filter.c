/* Filters from keywords. Numbers and arrays of uint64 are taken as they are; everything else
 * spatial_index.wanted.values_of makes arrays of. */
#include "py_filter.h"

/* A filter of fewer values is made sooner than other threads would have got the GIL. */
#define FEW_VALUES 10000

static const struct wanted_keyword {
    const char *name;
    const char *field;
} wanted_keywords[CORE_WANTED_COUNT] = {
    {"section_types", "section_type"}, {"somas", "is_soma"},      {"gids", "gid"},
    {"pre_gids", "pre_gid"},           {"post_gids", "post_gid"}, {"ids", "id"}};

/* ---- values ---- */

static bool view_ids(PyObject *value, core_view *view)
{
    return core_view_array(value, CORE_UINT64_FORMATS, view) && view->dimensions == 1 &&
           view->item_size == sizeof(uint64_t);
}

/* That module imports this one, so it is imported at the first use. */
static PyObject *convert(core_state *state, const char *keyword, PyObject *value, core_view *view)
{
    if (!state->values_of) {
        PyObject *module = PyImport_ImportModule("spatial_index.wanted");
        state->values_of = module ? PyObject_GetAttrString(module, "values_of") : NULL;
        Py_XDECREF(module);
        if (!state->values_of)
            return NULL;
    }
    PyObject *array = PyObject_CallFunction(state->values_of, "sO", keyword, value);
    if (array && !view_ids(array, view)) {
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

static bool add_value(core_state *state, wanted_values *wanted, size_t keyword, si_field field,
                      PyObject *value)
{
    si_condition *condition = &wanted->conditions[wanted->count];
    PyObject **array = &wanted->arrays[wanted->count];
    uint64_t *single = &wanted->singles[wanted->count];
    *array = NULL;
    *condition = (si_condition){field, single, 1};
    if (!read_single(keyword, value, single)) {
        core_view view;
        *array = keyword > 1 && view_ids(value, &view)
                     ? Py_NewRef(value)
                     : convert(state, wanted_keywords[keyword].name, value, &view);
        if (!*array)
            return false;
        condition->values = view.data;
        condition->count = (size_t)view.shape[0];
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

static bool add_keyword(const core_index *self, wanted_values *wanted, size_t keyword,
                        PyObject *value)
{
    const core_kind *kind = core_kind_of(self->kind);
    const struct wanted_keyword *about = &wanted_keywords[keyword];
    si_field field;
    if (!has_field(kind, about->field, &field))
        return core_raise_argument_error(self->state,
                                         "Unsupported argument: %s. The elements of this %s index "
                                         "have no %s.",
                                         about->name, kind->name, about->field);
    return add_value(self->state, wanted, keyword, field, value);
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
        core_raise(self->state, &error);
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
            done = add_keyword(self, &wanted, i, values[i]);
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
    if (known == PyDict_Size(keywords))
        return core_read_filter(self, values, filter);
    raise_unknown(keywords);
    return false;
}
