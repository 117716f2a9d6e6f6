/* box_query and sphere_query. */
#include "arguments.h"
#include "plan.h"

/*
 * Results are not counted beforehand: they go to a scratch buffer, and from there into arrays of
 * their exact size. Only what does not fit is asked for a second time.
 */
#define SCRATCH_BYTES (512 * 1024)
#define MOST_SCRATCH 16

static void *idle_scratch[MOST_SCRATCH];
static size_t idle_count;

/* Both are called with the GIL held. */
static void *take_scratch(void)
{
    if (idle_count > 0)
        return idle_scratch[--idle_count];
    void *scratch = PyMem_RawMalloc(SCRATCH_BYTES);
    return scratch ? scratch : PyErr_NoMemory();
}

static void give_scratch_back(void *scratch)
{
    if (idle_count < MOST_SCRATCH)
        idle_scratch[idle_count++] = scratch;
    else
        PyMem_RawFree(scratch);
}

/* Shares the buffer out to the columns; gives the number of elements that fit. */
static uint64_t place_columns(core_plan *plan, char *scratch)
{
    size_t row = 0;
    for (size_t i = 0; i < plan->column_count; i++)
        row += plan->column_fields[i]->size;
    uint64_t capacity = SCRATCH_BYTES / row / 16 * 16;
    for (size_t i = 0; i < plan->column_count; i++) {
        plan->columns[i].data = scratch;
        scratch += capacity * plan->column_fields[i]->size;
    }
    return capacity;
}

static bool search(core_plan *plan, const si_query *query, uint64_t capacity, uint64_t *count)
{
    si_error error;
    si_result status;
    Py_BEGIN_ALLOW_THREADS;
    status = si_index_query(plan->self->index, query, plan->columns, plan->column_count, capacity,
                            count, &error);
    Py_END_ALLOW_THREADS;
    if (status != SI_OK)
        core_raise(&error);
    return status == SI_OK;
}

static bool new_arrays(const core_plan *plan, uint64_t count, PyObject **arrays)
{
    for (size_t i = 0; i < plan->column_count; i++) {
        arrays[i] = core_new_array(plan->column_fields[i], (npy_intp)count);
        if (!arrays[i])
            return false;
    }
    return true;
}

static void copy_columns(const core_plan *plan, uint64_t count, PyObject *const *arrays)
{
    for (size_t i = 0; i < plan->column_count; i++)
        memcpy(PyArray_DATA((PyArrayObject *)arrays[i]), plan->columns[i].data,
               count * plan->column_fields[i]->size);
}

static bool search_into(core_plan *plan, const si_query *query, uint64_t count,
                        PyObject *const *arrays)
{
    for (size_t i = 0; i < plan->column_count; i++)
        plan->columns[i].data = PyArray_DATA((PyArrayObject *)arrays[i]);
    return search(plan, query, count, &count);
}

static bool fill_arrays(core_plan *plan, const si_query *query, PyObject **arrays)
{
    uint64_t count = 0;
    char *scratch = take_scratch();
    if (!scratch)
        return false;
    uint64_t capacity = place_columns(plan, scratch);
    bool done = search(plan, query, capacity, &count) && new_arrays(plan, count, arrays);
    if (done && count <= capacity)
        copy_columns(plan, count, arrays);
    give_scratch_back(scratch);
    return done && (count <= capacity || search_into(plan, query, count, arrays));
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
