/* The elements nearest to a point. */
#include "arguments.h"
#include "found.h"
#include "wanted.h"

static bool read_nearest(const core_index *self, PyObject *args, si_nearest_query *nearest,
                         PyObject **fields, PyObject **wanted)
{
    PyObject *place, *accuracy;
    unsigned long long k;
    double point[3], max_distance;
    si_accuracy chosen = SI_BEST_EFFORT;
    si_error error;
    si_index_info info = SI_INDEX_INFO_INIT;
    if (!PyArg_ParseTuple(args, "OKdOOO!:_nearest", &place, &k, &max_distance, &accuracy, fields,
                          &PyDict_Type, wanted) ||
        !core_read_accuracy(accuracy, &chosen) || !core_read_point(place, "point", point))
        return false;
    core_get_info(self, &info);
    k = k < info.element_count ? k : info.element_count;
    if (si_query_nearest(point, k, max_distance, chosen, nearest, &error) == SI_OK)
        return true;
    core_raise(&error);
    return false;
}

static bool search(const core_plan *plan, const si_nearest_query *nearest, double *distances,
                   uint64_t *count)
{
    const core_index *self = plan->self;
    si_error error;
    si_result result;
    Py_BEGIN_ALLOW_THREADS;
    result = si_index_find_nearest(self->index, nearest, plan->columns, plan->column_count,
                                   distances, count, &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK)
        core_raise(&error);
    return result == SI_OK;
}

/* Where fewer were found than there is room for. */
static bool shorten(PyObject **array, uint64_t count)
{
    if (PyArray_DIM((PyArrayObject *)*array, 0) == (npy_intp)count)
        return true;
    PyObject *part = PySequence_GetSlice(*array, 0, (Py_ssize_t)count);
    PyObject *copy = part ? PyArray_NewCopy((PyArrayObject *)part, NPY_CORDER) : NULL;
    Py_XDECREF(part);
    Py_XSETREF(*array, copy);
    return copy != NULL;
}

static bool shorten_all(const core_plan *plan, PyObject **arrays, PyObject **distances,
                        uint64_t count)
{
    for (size_t i = 0; i < plan->column_count; i++)
        if (!shorten(&arrays[i], count))
            return false;
    return shorten(distances, count);
}

static PyObject *run_nearest(core_plan *plan, const si_nearest_query *nearest)
{
    PyObject *arrays[CORE_MOST_COLUMNS] = {NULL};
    PyObject *pair = NULL;
    npy_intp room = (npy_intp)nearest->k;
    uint64_t count = 0;
    PyObject *distances = PyArray_SimpleNew(1, &room, NPY_DOUBLE);
    if (distances && core_new_arrays(plan, nearest->k, arrays) &&
        search(plan, nearest, PyArray_DATA((PyArrayObject *)distances), &count) &&
        shorten_all(plan, arrays, &distances, count)) {
        PyObject *result = core_plan_result(plan, arrays);
        pair = result ? PyTuple_Pack(2, result, distances) : NULL;
        Py_XDECREF(result);
    }
    for (size_t i = 0; i < plan->column_count; i++)
        Py_XDECREF(arrays[i]);
    Py_XDECREF(distances);
    return pair;
}

/* _nearest(point, k, max_distance, accuracy, fields, wanted): the result and the distances. */
PyObject *core_nearest(PyObject *self, PyObject *args)
{
    si_nearest_query nearest;
    si_filter *filter;
    PyObject *fields, *wanted, *pair = NULL;
    core_plan plan;
    if (!read_nearest((core_index *)self, args, &nearest, &fields, &wanted) ||
        !core_make_filter((core_index *)self, wanted, &filter))
        return NULL;
    nearest.filter = filter;
    if (core_plan_open(&plan, (core_index *)self, fields)) {
        pair = run_nearest(&plan, &nearest);
        core_plan_close(&plan);
    }
    si_filter_free(filter);
    return pair;
}
