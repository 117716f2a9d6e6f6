/* box_query and sphere_query. */
#include "arguments.h"
#include "plan.h"

/* What holds results until they are copied into arrays of their exact size: one for each thread
 * that searches, used again and again. */
#define MOST_IDLE 16

static si_matches *idle[MOST_IDLE];
static size_t idle_count;

/* Both are called with the GIL held. */
static si_matches *take_matches(void)
{
    si_matches *matches = NULL;
    si_error error;
    if (idle_count > 0)
        return idle[--idle_count];
    if (si_matches_create(&matches, &error) == SI_OK)
        return matches;
    core_raise(&error);
    return NULL;
}

static void give_back(si_matches *matches)
{
    if (idle_count < MOST_IDLE)
        idle[idle_count++] = matches;
    else
        si_matches_free(matches);
}

/* Sooner copied than other threads would have got the GIL. */
#define FEW_RESULTS 1024

static bool search(const core_index *self, const si_query *queries, uint64_t query_count,
                   unsigned threads, si_matches *matches)
{
    si_error error;
    si_result status;
    Py_BEGIN_ALLOW_THREADS;
    status = si_index_match(self->index, queries, query_count, threads, matches, &error);
    Py_END_ALLOW_THREADS;
    if (status != SI_OK)
        core_raise(&error);
    return status == SI_OK;
}

static bool new_arrays(core_plan *plan, uint64_t count, PyObject **arrays)
{
    for (size_t i = 0; i < plan->column_count; i++) {
        arrays[i] = core_new_array(plan->column_fields[i], (npy_intp)count);
        if (!arrays[i])
            return false;
        plan->columns[i].data = PyArray_DATA((PyArrayObject *)arrays[i]);
    }
    return true;
}

static bool copy(const core_plan *plan, const si_matches *matches, uint64_t count, unsigned threads)
{
    si_error error;
    si_result status;
    PyThreadState *state = count > FEW_RESULTS ? PyEval_SaveThread() : NULL;
    status = si_matches_copy(matches, plan->columns, plan->column_count, threads, &error);
    if (state)
        PyEval_RestoreThread(state);
    if (status != SI_OK)
        core_raise(&error);
    return status == SI_OK;
}

static bool fill_arrays(core_plan *plan, const si_query *query, PyObject **arrays)
{
    si_matches *matches = take_matches();
    if (!matches)
        return false;
    bool done = search(plan->self, query, 1, 1, matches);
    if (done) {
        uint64_t count = si_matches_offsets(matches)[1];
        done = new_arrays(plan, count, arrays) && copy(plan, matches, count, 1);
    }
    give_back(matches);
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
    core_plan plan;
    if (!core_read_query(shape, values[0], values[1], values[3], &query) ||
        !core_plan_open(&plan, self, values[2]))
        return NULL;
    PyObject *result = run_plan(&plan, &query);
    core_plan_close(&plan);
    return core_by_population(result, values[4], values[5]);
}

CORE_METHOD(core_box_query)
{
    static core_parameters parameters = {.method = "box_query",
                                         .positional_count = 2,
                                         .count = 6,
                                         .names = {"corner", "opposite_corner", "fields",
                                                   "accuracy", "populations", "population_mode"}};
    PyObject *values[CORE_MOST_PARAMETERS];
    if (!core_read_arguments(&parameters, args, count, keywords, values))
        return NULL;
    return run_query((core_index *)self, SI_SHAPE_BOX, values);
}

CORE_METHOD(core_sphere_query)
{
    static core_parameters parameters = {
        .method = "sphere_query",
        .positional_count = 2,
        .count = 6,
        .names = {"center", "radius", "fields", "accuracy", "populations", "population_mode"}};
    PyObject *values[CORE_MOST_PARAMETERS];
    if (!core_read_arguments(&parameters, args, count, keywords, values))
        return NULL;
    return run_query((core_index *)self, SI_SHAPE_SPHERE, values);
}
