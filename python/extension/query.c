/* box_query and sphere_query. */
#include "arguments.h"
#include "found.h"
#include "grown.h"
#include "wanted.h"

static bool fill_arrays(core_plan *plan, const si_query *query, PyObject **arrays)
{
    si_matches *matches = core_take_matches();
    if (!matches)
        return false;
    bool done = core_search(plan->self, query, 1, 1, matches);
    if (done) {
        uint64_t count = si_matches_offsets(matches)[1];
        done = core_new_arrays(plan, count, arrays) && core_copy(plan, matches, count, 1);
    }
    core_give_back(matches);
    return done;
}

static PyObject *run_plan(core_plan *plan, const si_query *query)
{
    PyObject *arrays[CORE_MOST_COLUMNS] = {NULL};
    PyObject *result = NULL;
    if (plan->self->growing ? core_grown_arrays(plan, query, arrays)
                            : fill_arrays(plan, query, arrays))
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
    if (!core_read_query(shape, values[0], values[1], values[3], &query) ||
        !core_read_filter(self, values + 6, &filter))
        return NULL;
    query.filter = filter;
    if (core_plan_open(&plan, self, values[2])) {
        result = run_plan(&plan, &query);
        core_plan_close(&plan);
    }
    si_filter_free(filter);
    return core_by_population(result, values[4], values[5]);
}

CORE_METHOD(core_box_query)
{
    static core_parameters parameters = {.method = "box_query",
                                         .positional_count = 2,
                                         .count = 6 + CORE_WANTED_COUNT,
                                         .names = {"corner", "opposite_corner", "fields",
                                                   "accuracy", "populations", "population_mode",
                                                   CORE_WANTED_NAMES}};
    PyObject *values[CORE_MOST_PARAMETERS];
    if (!core_read_arguments(&parameters, args, count, keywords, values))
        return NULL;
    return run_query((core_index *)self, SI_SHAPE_BOX, values);
}

CORE_METHOD(core_sphere_query)
{
    static core_parameters parameters = {.method = "sphere_query",
                                         .positional_count = 2,
                                         .count = 6 + CORE_WANTED_COUNT,
                                         .names = {"center", "radius", "fields", "accuracy",
                                                   "populations", "population_mode",
                                                   CORE_WANTED_NAMES}};
    PyObject *values[CORE_MOST_PARAMETERS];
    if (!core_read_arguments(&parameters, args, count, keywords, values))
        return NULL;
    return run_query((core_index *)self, SI_SHAPE_SPHERE, values);
}
