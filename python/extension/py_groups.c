/* Counts by fields, which the library counts, and by attributes: the groups of the ids by which
 * attributes are looked up are merged where these are the same. */
#include "py_groups.h"

#include "py_attributes.h"

#define MOST_NAMES 14

/* What is grouped by. */
typedef struct grouping {
    core_index *self;
    PyObject *names; /* a tuple of strings */
    bool several;    /* keys are tuples, even of one */
    bool has_attributes;
    bool is_attribute[MOST_NAMES];
    size_t places[MOST_NAMES]; /* of a name's field, or that of its row, among those ... */
    size_t counted_count;
    si_field counted[MOST_NAMES]; /* ... that the library counts by */
} grouping;

/* ---- names ---- */

static bool is_integer(const core_field *field)
{
    return field->type == CORE_UINT64 || field->type == CORE_UINT32 || field->type == CORE_UINT8 ||
           field->type == CORE_BOOL;
}

/* In the oldest scripts synapses are grouped by `gid`, which is that of the cell they are on. */
static bool is_old_name(const core_index *self, PyObject *name)
{
    return self->kind == SI_SYNAPSE && core_is_string(name, "gid");
}

static size_t place_of(grouping *by, si_field field)
{
    for (size_t i = 0; i < by->counted_count; i++)
        if (by->counted[i] == field)
            return i;
    by->counted[by->counted_count] = field;
    return by->counted_count++;
}

static bool refuse(const core_index *self, PyObject *name)
{
    return core_raise_argument_error(
        self->state,
        "Unsupported argument: group_by=%R. Expected the name of a field of integers of the %s "
        "index, or several.",
        name, core_kind_of(self->kind)->name);
}

static bool add_attribute(grouping *by, size_t number, PyObject *name)
{
    const core_kind *kind = core_kind_of(by->self->kind);
    PyObject *type, *error, *trace;
    if (!kind->has_attributes)
        return refuse(by->self, name);
    if (core_check_attribute(by->self, name)) {
        by->is_attribute[number] = by->has_attributes = true;
        by->places[number] = place_of(by, kind->id);
        return true;
    }
    PyErr_Fetch(&type, &error, &trace);
    PyErr_NormalizeException(&type, &error, &trace);
    core_raise_argument_error(by->self->state, "Unsupported argument: group_by=%R. %S", name,
                              error);
    Py_XDECREF(type);
    Py_XDECREF(error);
    Py_XDECREF(trace);
    return false;
}

static bool add_name(grouping *by, size_t number, PyObject *name)
{
    if (is_old_name(by->self, name)) {
        by->places[number] = place_of(by, SI_FIELD_POST_GID);
        return PyErr_WarnEx(PyExc_DeprecationWarning,
                            "group_by='gid' is called group_by='post_gid' now", 2) == 0;
    }
    if (!PyUnicode_Check(name))
        return refuse(by->self, name);
    const core_field *field = core_find_field(by->self->state, by->self->kind, name);
    if (!field)
        return add_attribute(by, number, name);
    if (!is_integer(field))
        return refuse(by->self, name);
    by->places[number] = place_of(by, field->column);
    return true;
}

static PyObject *names_of(core_state *state, PyObject *group_by, bool *several)
{
    *several = !PyUnicode_Check(group_by);
    PyObject *names = *several ? PySequence_Tuple(group_by) : PyTuple_Pack(1, group_by);
    if (!names) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            core_raise_argument_error(state,
                                      "Unsupported argument: group_by=%R. Expected the name of a "
                                      "field of integers, or several.",
                                      group_by);
        return NULL;
    }
    Py_ssize_t count = PyTuple_Size(names);
    if (count > 0 && count <= MOST_NAMES)
        return names;
    core_raise_argument_error(state,
                              "Unsupported argument: group_by=%R. It has %zd names, expected 1 to "
                              "%d.",
                              group_by, count, MOST_NAMES);
    Py_DECREF(names);
    return NULL;
}

static bool open_grouping(grouping *by, core_index *self, PyObject *group_by)
{
    *by = (grouping){.self = self};
    by->names = names_of(self->state, group_by, &by->several);
    for (Py_ssize_t i = 0; by->names && i < PyTuple_Size(by->names); i++)
        if (!add_name(by, (size_t)i, PyTuple_GetItem(by->names, i)))
            Py_CLEAR(by->names);
    return by->names != NULL;
}

/* ---- fields alone ---- */

static PyObject *key_of(const grouping *by, const uint64_t *keys)
{
    Py_ssize_t count = PyTuple_Size(by->names);
    if (!by->several)
        return PyLong_FromUnsignedLongLong(keys[0]);
    PyObject *key = PyTuple_New(count);
    for (Py_ssize_t i = 0; key && i < count; i++) {
        PyObject *value = PyLong_FromUnsignedLongLong(keys[by->places[i]]);
        if (!value || PyTuple_SetItem(key, i, value) < 0)
            Py_CLEAR(key);
    }
    return key;
}

static PyObject *dict_of_groups(const grouping *by, const si_group_counts *groups)
{
    PyObject *dict = PyDict_New();
    for (uint64_t i = 0; dict && i < groups->group_count; i++) {
        PyObject *key = key_of(by, groups->keys + i * groups->field_count);
        PyObject *count = PyLong_FromUnsignedLongLong(groups->counts[i]);
        if (!key || !count || PyDict_SetItem(dict, key, count) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(key);
        Py_XDECREF(count);
    }
    return dict;
}

/* ---- with attributes ---- */

static PyObject *array_of(core_state *state, const uint64_t *values, uint64_t count, size_t stride)
{
    void *data;
    PyObject *array = core_new_array(state, CORE_UINT64, count, &data);
    for (uint64_t i = 0; array && i < count; i++)
        ((uint64_t *)data)[i] = values[i * stride];
    return array;
}

static PyObject *column_of(const grouping *by, const si_group_counts *groups, size_t number)
{
    PyObject *keys = array_of(by->self->state, groups->keys + by->places[number],
                              groups->group_count, groups->field_count);
    if (!keys || !by->is_attribute[number])
        return keys;
    PyObject *values = core_read_attribute(by->self, PyTuple_GetItem(by->names, (Py_ssize_t)number),
                                           keys);
    Py_DECREF(keys);
    return values;
}

static PyObject *columns_of(const grouping *by, const si_group_counts *groups)
{
    Py_ssize_t count = PyTuple_Size(by->names);
    PyObject *columns = PyTuple_New(count);
    for (Py_ssize_t i = 0; columns && i < count; i++) {
        PyObject *column = column_of(by, groups, (size_t)i);
        if (!column || PyTuple_SetItem(columns, i, column) < 0)
            Py_CLEAR(columns);
    }
    return columns;
}

/* Groups whose attributes are the same become one. */
static PyObject *merge_groups(const grouping *by, const si_group_counts *groups)
{
    core_state *state = by->self->state;
    if (!state->merge_groups) {
        PyObject *module = PyImport_ImportModule("spatial_index.grouping");
        state->merge_groups = module ? PyObject_GetAttrString(module, "merge_groups") : NULL;
        Py_XDECREF(module);
        if (!state->merge_groups)
            return NULL;
    }
    PyObject *columns = columns_of(by, groups);
    PyObject *counts = columns ? array_of(state, groups->counts, groups->group_count, 1) : NULL;
    PyObject *dict = counts ? PyObject_CallFunction(state->merge_groups, "OOOO", by->names, columns,
                                                    counts, by->several ? Py_True : Py_False)
                            : NULL;
    Py_XDECREF(columns);
    Py_XDECREF(counts);
    return dict;
}

/* ---- counting ---- */

static PyObject *count(const grouping *by, const si_query *query)
{
    si_group_counts groups;
    si_error error;
    si_result result;
    Py_BEGIN_ALLOW_THREADS;
    result = si_index_count_groups(by->self->index, query, by->counted, by->counted_count, &groups,
                                   &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK) {
        core_raise(by->self->state, &error);
        return NULL;
    }
    PyObject *dict = by->has_attributes ? merge_groups(by, &groups) : dict_of_groups(by, &groups);
    si_group_counts_free(&groups);
    return dict;
}

PyObject *core_count_groups(core_index *self, const si_query *query, PyObject *group_by)
{
    grouping by;
    if (!open_grouping(&by, self, group_by))
        return NULL;
    PyObject *dict = count(&by, query);
    Py_DECREF(by.names);
    return dict;
}
