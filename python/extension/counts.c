/* Counts, counts by group, and emptiness. */
#include "arguments.h"
#include "fields.h"
#include "grown.h"

/* ---- groups ---- */

static PyObject *dict_of_groups(const si_group_counts *groups)
{
    PyObject *dict = PyDict_New();
    for (uint64_t i = 0; dict && i < groups->group_count; i++) {
        PyObject *key = PyLong_FromUnsignedLongLong(groups->keys[i]);
        PyObject *count = PyLong_FromUnsignedLongLong(groups->counts[i]);
        if (!key || !count || PyDict_SetItem(dict, key, count) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(key);
        Py_XDECREF(count);
    }
    return dict;
}

static bool is_integer(const core_field *field)
{
    return field->type == NPY_UINT64 || field->type == NPY_UINT32 || field->type == NPY_UINT8 ||
           field->type == NPY_BOOL;
}

/* In the oldest scripts synapses are grouped by `gid`, which is that of the cell they are on. */
static bool is_old_name(const core_index *self, PyObject *name)
{
    return self->kind == SI_SYNAPSE && core_is_string(name, "gid");
}

static bool read_group_field(const core_index *self, PyObject *name, si_field *column)
{
    if (is_old_name(self, name)) {
        *column = SI_FIELD_POST_GID;
        return PyErr_WarnEx(PyExc_DeprecationWarning,
                            "group_by='gid' is called group_by='post_gid' now", 1) == 0;
    }
    const core_kind *kind = core_kind_of(self->kind);
    const core_field *field = PyUnicode_Check(name) ? core_find_field(kind, name) : NULL;
    if (!field || !is_integer(field))
        return core_raise_argument_error(
            "Unsupported argument: group_by=%R. It is a field of integers of the %s index.", name,
            kind->name);
    *column = field->column;
    return true;
}

static PyObject *count_groups(const core_index *self, const si_query *query, PyObject *name)
{
    si_field column;
    si_group_counts groups;
    si_error error;
    si_result status;
    if (!read_group_field(self, name, &column))
        return NULL;
    if (self->growing)
        return core_grown_groups(self, query);
    Py_BEGIN_ALLOW_THREADS;
    status = si_index_count_groups(self->index, query, column, &groups, &error);
    Py_END_ALLOW_THREADS;
    if (status != SI_OK) {
        core_raise(&error);
        return NULL;
    }
    PyObject *dict = dict_of_groups(&groups);
    si_group_counts_free(&groups);
    return dict;
}

/* ---- counts ---- */

static PyObject *count_all(const core_index *self, const si_query *query)
{
    uint64_t count = 0;
    si_error error;
    si_result status;
    Py_BEGIN_ALLOW_THREADS;
    status = core_count(self, query, &count, &error);
    Py_END_ALLOW_THREADS;
    if (status == SI_OK)
        return PyLong_FromUnsignedLongLong(count);
    core_raise(&error);
    return NULL;
}

static PyObject *run_counts(const core_index *self, si_shape shape, PyObject *const *values)
{
    si_query query;
    if (!core_read_query(shape, values[0], values[1], values[2], &query))
        return NULL;
    PyObject *group_by = values[3];
    PyObject *counts = group_by && group_by != Py_None ? count_groups(self, &query, group_by)
                                                       : count_all(self, &query);
    return core_by_population(counts, values[4], values[5]);
}

CORE_METHOD(core_box_counts)
{
    static core_parameters parameters = {.method = "box_counts",
                                         .positional_count = 2,
                                         .count = 6,
                                         .names = {"corner", "opposite_corner", "accuracy",
                                                   "group_by", "populations", "population_mode"}};
    PyObject *values[CORE_MOST_PARAMETERS];
    if (!core_read_arguments(&parameters, args, count, keywords, values))
        return NULL;
    return run_counts((core_index *)self, SI_SHAPE_BOX, values);
}

CORE_METHOD(core_sphere_counts)
{
    static core_parameters parameters = {
        .method = "sphere_counts",
        .positional_count = 2,
        .count = 6,
        .names = {"center", "radius", "accuracy", "group_by", "populations", "population_mode"}};
    PyObject *values[CORE_MOST_PARAMETERS];
    if (!core_read_arguments(&parameters, args, count, keywords, values))
        return NULL;
    return run_counts((core_index *)self, SI_SHAPE_SPHERE, values);
}

/* ---- emptiness ---- */

static PyObject *run_empty(const core_index *self, si_shape shape, PyObject *const *values)
{
    si_query query;
    int empty = 0;
    si_error error;
    si_result status;
    if (!core_read_query(shape, values[0], values[1], values[2], &query))
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    status = core_empty(self, &query, &empty, &error);
    Py_END_ALLOW_THREADS;
    if (status != SI_OK) {
        core_raise(&error);
        return NULL;
    }
    return core_by_population(PyBool_FromLong(empty), values[3], values[4]);
}

CORE_METHOD(core_box_empty)
{
    static core_parameters parameters = {
        .method = "box_empty",
        .positional_count = 2,
        .count = 5,
        .names = {"corner", "opposite_corner", "accuracy", "populations", "population_mode"}};
    PyObject *values[CORE_MOST_PARAMETERS];
    if (!core_read_arguments(&parameters, args, count, keywords, values))
        return NULL;
    return run_empty((core_index *)self, SI_SHAPE_BOX, values);
}

CORE_METHOD(core_sphere_empty)
{
    static core_parameters parameters = {
        .method = "sphere_empty",
        .positional_count = 2,
        .count = 5,
        .names = {"center", "radius", "accuracy", "populations", "population_mode"}};
    PyObject *values[CORE_MOST_PARAMETERS];
    if (!core_read_arguments(&parameters, args, count, keywords, values))
        return NULL;
    return run_empty((core_index *)self, SI_SHAPE_SPHERE, values);
}
