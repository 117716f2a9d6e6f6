/* Many queries in one call: arrays of shapes in, flat arrays and offsets out. */
#include "arguments.h"
#include "found.h"
#include "grown.h"
#include "wanted.h"

typedef struct query_batch {
    si_query *queries;
    uint64_t count;
    unsigned threads;
    si_filter *filter; /* of all of them; NULL: none */
} query_batch;

/* ---- shapes ---- */

static PyArrayObject *doubles_of(PyObject *value)
{
    return (PyArrayObject *)PyArray_FROMANY(value, NPY_DOUBLE, 0, 0,
                                            NPY_ARRAY_CARRAY_RO | NPY_ARRAY_FORCECAST);
}

static bool is_points(PyArrayObject *array)
{
    return PyArray_NDIM(array) == 2 && PyArray_DIM(array, 1) == 3;
}

static bool check_shapes(bool is_sphere, PyArrayObject *first, PyArrayObject *second)
{
    if (!is_points(first))
        return core_raise_shape_error("%s have the wrong shape, expected (N, 3)",
                                      is_sphere ? "centers" : "corners");
    if (is_sphere) {
        bool fits = PyArray_NDIM(second) == 0 ||
                    (PyArray_NDIM(second) == 1 && PyArray_DIM(second, 0) == PyArray_DIM(first, 0));
        return fits || core_raise_shape_error("radii have the wrong shape, expected one or (%zd,)",
                                              (Py_ssize_t)PyArray_DIM(first, 0));
    }
    if (!is_points(second) || PyArray_DIM(second, 0) != PyArray_DIM(first, 0))
        return core_raise_shape_error("opposite corners have the wrong shape, expected (%zd, 3)",
                                      (Py_ssize_t)PyArray_DIM(first, 0));
    return true;
}

static si_result make_query(bool is_sphere, const double *first, const double *second,
                            si_accuracy accuracy, si_query *query, si_error *error)
{
    return is_sphere ? si_sphere_query(first, *second, accuracy, query, error)
                     : si_box_query(first, second, accuracy, query, error);
}

static si_result make_queries(bool is_sphere, PyArrayObject *first, PyArrayObject *second,
                              si_accuracy accuracy, const query_batch *batch, uint64_t *done,
                              si_error *error)
{
    const double *points = PyArray_DATA(first), *others = PyArray_DATA(second);
    size_t stride = is_sphere ? PyArray_NDIM(second) > 0 : 3;
    si_result status = SI_OK;
    for (*done = 0; status == SI_OK && *done < batch->count; ++*done) {
        status = make_query(is_sphere, points + 3 * *done, others + stride * *done, accuracy,
                            &batch->queries[*done], error);
        batch->queries[*done].filter = batch->filter;
    }
    return status;
}

static bool fill_batch(query_batch *batch, bool is_sphere, PyArrayObject *first,
                       PyArrayObject *second, si_accuracy accuracy)
{
    si_error error;
    si_result status;
    uint64_t done;
    batch->count = (uint64_t)PyArray_DIM(first, 0);
    batch->queries = PyMem_RawCalloc(batch->count, sizeof *batch->queries);
    if (!batch->queries)
        return PyErr_NoMemory();
    Py_BEGIN_ALLOW_THREADS;
    status = make_queries(is_sphere, first, second, accuracy, batch, &done, &error);
    Py_END_ALLOW_THREADS;
    if (status == SI_OK)
        return true;
    PyMem_RawFree(batch->queries);
    return core_raise_argument_error("query %llu: %s", (unsigned long long)(done - 1),
                                     error.message);
}

static bool open_batch(query_batch *batch, const core_index *self, int is_sphere, PyObject *first,
                       PyObject *second, PyObject *accuracy, unsigned threads, PyObject *conditions)
{
    si_accuracy chosen = SI_BEST_EFFORT;
    *batch = (query_batch){.threads = threads};
    if (!core_read_accuracy(accuracy, &chosen) ||
        !core_make_filter(self, conditions, &batch->filter))
        return false;
    PyArrayObject *points = doubles_of(first), *others = points ? doubles_of(second) : NULL;
    bool done = others && check_shapes(is_sphere, points, others) &&
                fill_batch(batch, is_sphere, points, others, chosen);
    Py_XDECREF(points);
    Py_XDECREF(others);
    if (!done)
        si_filter_free(batch->filter);
    return done;
}

static void close_batch(query_batch *batch)
{
    PyMem_RawFree(batch->queries);
    si_filter_free(batch->filter);
}

/* ---- queries ---- */

static PyObject *new_offsets(uint64_t query_count)
{
    npy_intp shape = (npy_intp)query_count + 1;
    return PyArray_SimpleNew(1, &shape, NPY_INT64);
}

static bool match(const core_plan *plan, const query_batch *batch, si_matches *matches,
                  int64_t *offsets)
{
    if (!core_search(plan->self, batch->queries, batch->count, batch->threads, matches))
        return false;
    memcpy(offsets, si_matches_offsets(matches), (batch->count + 1) * sizeof *offsets);
    return true;
}

static PyObject *pair_of(const core_plan *plan, PyObject **arrays, PyObject *offsets)
{
    PyObject *result = core_plan_result(plan, arrays);
    PyObject *pair = result ? PyTuple_Pack(2, result, offsets) : NULL;
    Py_XDECREF(result);
    return pair;
}

static PyObject *run_packed(core_plan *plan, const query_batch *batch, PyObject *offsets)
{
    PyObject *arrays[CORE_MOST_COLUMNS] = {NULL};
    PyObject *pair = NULL;
    int64_t *ends = PyArray_DATA((PyArrayObject *)offsets);
    si_matches *matches = core_take_matches();
    if (!matches)
        return NULL;
    if (match(plan, batch, matches, ends)) {
        uint64_t count = (uint64_t)ends[batch->count];
        if (core_new_arrays(plan, count, arrays) && core_copy(plan, matches, count, batch->threads))
            pair = pair_of(plan, arrays, offsets);
    }
    core_give_back(matches);
    for (size_t i = 0; i < plan->column_count; i++)
        Py_XDECREF(arrays[i]);
    return pair;
}

static PyObject *run_grown(core_plan *plan, const query_batch *batch, PyObject *offsets)
{
    PyObject *arrays[CORE_MOST_COLUMNS] = {NULL};
    PyObject *pair = NULL;
    if (core_grown_batch(plan, batch->queries, batch->count, PyArray_DATA((PyArrayObject *)offsets),
                         arrays))
        pair = pair_of(plan, arrays, offsets);
    for (size_t i = 0; i < plan->column_count; i++)
        Py_XDECREF(arrays[i]);
    return pair;
}

static PyObject *run_batch(core_plan *plan, const query_batch *batch)
{
    PyObject *offsets = new_offsets(batch->count);
    if (!offsets)
        return NULL;
    PyObject *pair = plan->self->growing ? run_grown(plan, batch, offsets)
                                         : run_packed(plan, batch, offsets);
    Py_DECREF(offsets);
    return pair;
}

PyObject *core_query_many(PyObject *self, PyObject *args)
{
    int is_sphere;
    PyObject *first, *second, *fields, *accuracy, *conditions, *result = NULL;
    unsigned threads;
    query_batch batch;
    core_plan plan;
    if (!PyArg_ParseTuple(args, "pOOOOIO:_query_many", &is_sphere, &first, &second, &fields,
                          &accuracy, &threads, &conditions) ||
        !open_batch(&batch, (core_index *)self, is_sphere, first, second, accuracy, threads,
                    conditions))
        return NULL;
    if (core_plan_open(&plan, (core_index *)self, fields)) {
        result = run_batch(&plan, &batch);
        core_plan_close(&plan);
    }
    close_batch(&batch);
    return result;
}

/* ---- order ---- */

PyObject *core_space_filling_order(PyObject *module, PyObject *points)
{
    (void)module;
    if (!PyArray_Check(points) || PyArray_TYPE((PyArrayObject *)points) != NPY_FLOAT ||
        !is_points((PyArrayObject *)points) || !PyArray_ISCARRAY_RO((PyArrayObject *)points)) {
        PyErr_SetString(PyExc_TypeError, "expected a contiguous array of float32 of shape (N, 3)");
        return NULL;
    }
    npy_intp count = PyArray_DIM((PyArrayObject *)points, 0);
    PyObject *order = PyArray_SimpleNew(1, &count, NPY_UINT64);
    si_error error;
    if (order && si_space_filling_order(PyArray_DATA((PyArrayObject *)points), (uint64_t)count,
                                        PyArray_DATA((PyArrayObject *)order), &error) != SI_OK) {
        core_raise(&error);
        Py_CLEAR(order);
    }
    return order;
}

/* ---- counts ---- */

static PyObject *count_batch(const core_index *self, const query_batch *batch)
{
    npy_intp shape = (npy_intp)batch->count;
    si_error error;
    si_result status;
    PyObject *counts = PyArray_SimpleNew(1, &shape, NPY_UINT64);
    if (!counts)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    if (self->growing)
        status = core_grown_counts(self, batch->queries, batch->count,
                                   PyArray_DATA((PyArrayObject *)counts), &error);
    else
        status = si_index_count_many(self->index, batch->queries, batch->count, batch->threads,
                                     PyArray_DATA((PyArrayObject *)counts), &error);
    Py_END_ALLOW_THREADS;
    if (status != SI_OK) {
        core_raise(&error);
        Py_CLEAR(counts);
    }
    return counts;
}

PyObject *core_counts_many(PyObject *self, PyObject *args)
{
    int is_sphere;
    PyObject *first, *second, *accuracy, *conditions;
    unsigned threads;
    query_batch batch;
    if (!PyArg_ParseTuple(args, "pOOOIO:_counts_many", &is_sphere, &first, &second, &accuracy,
                          &threads, &conditions) ||
        !open_batch(&batch, (core_index *)self, is_sphere, first, second, accuracy, threads,
                    conditions))
        return NULL;
    PyObject *counts = count_batch((core_index *)self, &batch);
    close_batch(&batch);
    return counts;
}
