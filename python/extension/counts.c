/* Counts and emptiness. */
#include "arguments.h"
#include "groups.h"
#include "wanted.h"

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

static PyObject *run_counts(core_index *self, si_shape shape, PyObject *const *values)
{
    si_query query;
    si_filter *filter;
    if (!core_read_query(shape, values[0], values[1], values[2], &query) ||
        !core_read_filter(self, values + 6, &filter))
        return NULL;
    query.filter = filter;
    PyObject *group_by = values[3];
    PyObject *counts = group_by && group_by != Py_None ? core_count_groups(self, &query, group_by)
                                                       : count_all(self, &query);
    si_filter_free(filter);
    return core_by_population(counts, values[4], values[5]);
}

CORE_METHOD(core_box_counts)
{
    static core_parameters parameters = {.method = "box_counts",
                                         .positional_count = 2,
                                         .count = 6 + CORE_WANTED_COUNT,
                                         .names = {"corner", "opposite_corner", "accuracy",
                                                   "group_by", "populations", "population_mode",
                                                   CORE_WANTED_NAMES}};
    PyObject *values[CORE_MOST_PARAMETERS];
    if (!core_read_arguments(&parameters, args, count, keywords, values))
        return NULL;
    return run_counts((core_index *)self, SI_SHAPE_BOX, values);
}

CORE_METHOD(core_sphere_counts)
{
    static core_parameters parameters = {.method = "sphere_counts",
                                         .positional_count = 2,
                                         .count = 6 + CORE_WANTED_COUNT,
                                         .names = {"center", "radius", "accuracy", "group_by",
                                                   "populations", "population_mode",
                                                   CORE_WANTED_NAMES}};
    PyObject *values[CORE_MOST_PARAMETERS];
    if (!core_read_arguments(&parameters, args, count, keywords, values))
        return NULL;
    return run_counts((core_index *)self, SI_SHAPE_SPHERE, values);
}

/* ---- emptiness ---- */

static PyObject *run_empty(const core_index *self, si_shape shape, PyObject *const *values)
{
    si_query query;
    si_filter *filter;
    int empty = 0;
    si_error error;
    si_result status;
    if (!core_read_query(shape, values[0], values[1], values[2], &query) ||
        !core_read_filter(self, values + 5, &filter))
        return NULL;
    query.filter = filter;
    Py_BEGIN_ALLOW_THREADS;
    status = core_empty(self, &query, &empty, &error);
    Py_END_ALLOW_THREADS;
    si_filter_free(filter);
    if (status != SI_OK) {
        core_raise(&error);
        return NULL;
    }
    return core_by_population(PyBool_FromLong(empty), values[3], values[4]);
}

CORE_METHOD(core_box_empty)
{
    static core_parameters parameters = {.method = "box_empty",
                                         .positional_count = 2,
                                         .count = 5 + CORE_WANTED_COUNT,
                                         .names = {"corner", "opposite_corner", "accuracy",
                                                   "populations", "population_mode",
                                                   CORE_WANTED_NAMES}};
    PyObject *values[CORE_MOST_PARAMETERS];
    if (!core_read_arguments(&parameters, args, count, keywords, values))
        return NULL;
    return run_empty((core_index *)self, SI_SHAPE_BOX, values);
}

CORE_METHOD(core_sphere_empty)
{
    static core_parameters parameters = {.method = "sphere_empty",
                                         .positional_count = 2,
                                         .count = 5 + CORE_WANTED_COUNT,
                                         .names = {"center", "radius", "accuracy", "populations",
                                                   "population_mode", CORE_WANTED_NAMES}};
    PyObject *values[CORE_MOST_PARAMETERS];
    if (!core_read_arguments(&parameters, args, count, keywords, values))
        return NULL;
    return run_empty((core_index *)self, SI_SHAPE_SPHERE, values);
}
