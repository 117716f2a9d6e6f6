/* Counts and emptiness. */
#include "arguments.h"
#include "groups.h"
#include "shapes.h"
#include "wanted.h"

/* ---- counts ---- */

static PyObject *count_all(const core_index *self, const si_query *query)
{
    uint64_t count = 0;
    si_error error;
    si_result result;
    Py_BEGIN_ALLOW_THREADS;
    result = core_count(self, query, &count, &error);
    Py_END_ALLOW_THREADS;
    if (result == SI_OK)
        return PyLong_FromUnsignedLongLong(count);
    core_raise(&error);
    return NULL;
}

static PyObject *run_counts(core_index *self, si_shape shape, PyObject *const *values)
{
    si_query query;
    si_filter *filter;
    PyObject *const *rest = values + core_part_count(shape);
    if (!core_read_query(shape, values, rest[0], &query) ||
        !core_read_filter(self, rest + 4, &filter))
        return NULL;
    query.filter = filter;
    PyObject *group_by = rest[1];
    PyObject *counts = group_by && group_by != Py_None ? core_count_groups(self, &query, group_by)
                                                       : count_all(self, &query);
    si_filter_free(filter);
    return core_by_population(counts, rest[2], rest[3]);
}

#define COUNTS_METHOD(name, shape, part_count, ...)                                                \
    CORE_METHOD(core_##name##_counts)                                                              \
    {                                                                                              \
        static core_parameters parameters = {.method = #name "_counts",                            \
                                             .positional_count = (part_count),                     \
                                             .count = (part_count) + 4 + CORE_WANTED_COUNT,        \
                                             .names = {__VA_ARGS__, "accuracy", "group_by",        \
                                                       "populations", "population_mode",           \
                                                       CORE_WANTED_NAMES}};                        \
        PyObject *values[CORE_MOST_PARAMETERS];                                                    \
        if (!core_read_arguments(&parameters, args, count, keywords, values))                      \
            return NULL;                                                                           \
        return run_counts((core_index *)self, shape, values);                                      \
    }

COUNTS_METHOD(box, SI_SHAPE_BOX, 2, "corner", "opposite_corner")
COUNTS_METHOD(sphere, SI_SHAPE_SPHERE, 2, "center", "radius")
COUNTS_METHOD(capsule, SI_SHAPE_CAPSULE, 3, "end", "other_end", "radius")
COUNTS_METHOD(cylinder, SI_SHAPE_CYLINDER, 3, "end", "other_end", "radius")
COUNTS_METHOD(oriented_box, SI_SHAPE_ORIENTED_BOX, 3, "center", "half_size", "orientation")

/* ---- emptiness ---- */

static PyObject *run_empty(const core_index *self, si_shape shape, PyObject *const *values)
{
    si_query query;
    si_filter *filter;
    bool empty = 0;
    si_error error;
    si_result result;
    PyObject *const *rest = values + core_part_count(shape);
    if (!core_read_query(shape, values, rest[0], &query) ||
        !core_read_filter(self, rest + 3, &filter))
        return NULL;
    query.filter = filter;
    Py_BEGIN_ALLOW_THREADS;
    result = core_empty(self, &query, &empty, &error);
    Py_END_ALLOW_THREADS;
    si_filter_free(filter);
    if (result != SI_OK) {
        core_raise(&error);
        return NULL;
    }
    return core_by_population(PyBool_FromLong(empty), rest[1], rest[2]);
}

#define EMPTY_METHOD(name, shape, part_count, ...)                                                 \
    CORE_METHOD(core_##name##_empty)                                                               \
    {                                                                                              \
        static core_parameters parameters = {.method = #name "_empty",                             \
                                             .positional_count = (part_count),                     \
                                             .count = (part_count) + 3 + CORE_WANTED_COUNT,        \
                                             .names = {__VA_ARGS__, "accuracy", "populations",     \
                                                       "population_mode", CORE_WANTED_NAMES}};     \
        PyObject *values[CORE_MOST_PARAMETERS];                                                    \
        if (!core_read_arguments(&parameters, args, count, keywords, values))                      \
            return NULL;                                                                           \
        return run_empty((core_index *)self, shape, values);                                       \
    }

EMPTY_METHOD(box, SI_SHAPE_BOX, 2, "corner", "opposite_corner")
EMPTY_METHOD(sphere, SI_SHAPE_SPHERE, 2, "center", "radius")
EMPTY_METHOD(capsule, SI_SHAPE_CAPSULE, 3, "end", "other_end", "radius")
EMPTY_METHOD(cylinder, SI_SHAPE_CYLINDER, 3, "end", "other_end", "radius")
EMPTY_METHOD(oriented_box, SI_SHAPE_ORIENTED_BOX, 3, "center", "half_size", "orientation")
