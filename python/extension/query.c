/* box_query and its like for the other shapes. */
#include "arguments.h"
#include "found.h"
#include "shapes.h"
#include "wanted.h"

static bool fill_arrays(core_plan *plan, const si_query *query, PyObject **arrays)
{
    si_batch *matches = core_take_matches();
    if (!matches)
        return false;
    bool done = core_search(plan->self, query, 1, 1, matches);
    if (done) {
        uint64_t count = si_batch_offsets(matches)[1];
        done = core_new_arrays(plan, count, arrays) && core_copy(plan, matches, count, 1);
    }
    core_give_back(matches);
    return done;
}

static PyObject *run_plan(core_plan *plan, const si_query *query)
{
    PyObject *arrays[CORE_MOST_COLUMNS] = {NULL};
    PyObject *result = NULL;
    if (fill_arrays(plan, query, arrays))
        result = core_plan_result(plan, arrays);
    for (size_t i = 0; i < plan->column_count; i++)
        Py_XDECREF(arrays[i]);
    return result;
}

static PyObject *run_query(core_index *self, si_shape shape, PyObject *const *values)
{
    si_query query;
    si_filter *filter;
    core_plan plan;
    PyObject *result = NULL;
    PyObject *const *rest = values + core_part_count(shape);
    if (!core_read_query(shape, values, rest[1], &query) ||
        !core_read_filter(self, rest + 4, &filter))
        return NULL;
    query.filter = filter;
    if (core_plan_open(&plan, self, rest[0])) {
        result = run_plan(&plan, &query);
        core_plan_close(&plan);
    }
    si_filter_free(filter);
    return core_by_population(result, rest[2], rest[3]);
}

#define QUERY_METHOD(name, shape, part_count, ...)                                                 \
    CORE_METHOD(core_##name##_query)                                                               \
    {                                                                                              \
        static core_parameters parameters = {.method = #name "_query",                             \
                                             .positional_count = (part_count),                     \
                                             .count = (part_count) + 4 + CORE_WANTED_COUNT,        \
                                             .names = {__VA_ARGS__, "fields", "accuracy",          \
                                                       "populations", "population_mode",           \
                                                       CORE_WANTED_NAMES}};                        \
        PyObject *values[CORE_MOST_PARAMETERS];                                                    \
        if (!core_read_arguments(&parameters, args, count, keywords, values))                      \
            return NULL;                                                                           \
        return run_query((core_index *)self, shape, values);                                       \
    }

QUERY_METHOD(box, SI_SHAPE_BOX, 2, "corner", "opposite_corner")
QUERY_METHOD(sphere, SI_SHAPE_SPHERE, 2, "center", "radius")
QUERY_METHOD(capsule, SI_SHAPE_CAPSULE, 3, "end", "other_end", "radius")
QUERY_METHOD(cylinder, SI_SHAPE_CYLINDER, 3, "end", "other_end", "radius")
QUERY_METHOD(oriented_box, SI_SHAPE_ORIENTED_BOX, 3, "center", "half_size", "orientation")
