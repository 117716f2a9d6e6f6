/* Many queries in one call: arrays of shapes in, flat arrays and offsets out. */
#include "arguments.h"
#include "found.h"
#include "shapes.h"
#include "wanted.h"

typedef struct query_batch {
    si_query *queries;
    uint64_t count;
    unsigned threads;
    si_filter *filter; /* of all of them; NULL: none */
} query_batch;

/* ---- shapes ---- */

/* The parts of many shapes, an array for each. */
typedef struct batch_parts {
    si_shape shape;
    PyArrayObject *arrays[3];
    npy_intp lengths[3]; /* numbers of one shape */
    npy_intp strides[3]; /* 0: all shapes have the same */
} batch_parts;

static const char *const part_names[][3] = {
    [SI_SHAPE_BOX] = {"corners", "opposite corners"},
    [SI_SHAPE_SPHERE] = {"centers", "radii"},
    [SI_SHAPE_CAPSULE] = {"ends", "other ends", "radii"},
    [SI_SHAPE_CYLINDER] = {"ends", "other ends", "radii"},
    [SI_SHAPE_ORIENTED_BOX] = {"centers", "half sizes", "orientations"},
};

static PyArrayObject *doubles_of(PyObject *value)
{
    return (PyArrayObject *)PyArray_FROMANY(value, NPY_DOUBLE, 0, 0,
                                            NPY_ARRAY_CARRAY_RO | NPY_ARRAY_FORCECAST);
}

static bool is_points(PyArrayObject *array)
{
    return PyArray_NDIM(array) == 2 && PyArray_DIM(array, 1) == 3;
}

static bool ends_with(PyArrayObject *array, int rank, npy_intp side)
{
    int own = PyArray_NDIM(array);
    bool fits = own >= rank;
    for (int i = 1; i <= rank && fits; i++)
        fits = PyArray_DIM(array, own - i) == side;
    return fits;
}

/* For each of `count` shapes a number (rank 0), a row of `side` numbers (1) or a square (2), or one
 * of these for all. */
static bool fits(batch_parts *parts, int part, npy_intp count, int rank, npy_intp side)
{
    PyArrayObject *array = parts->arrays[part];
    int own = PyArray_NDIM(array);
    if (!ends_with(array, rank, side) || own > rank + 1 ||
        (own == rank + 1 && PyArray_DIM(array, 0) != count))
        return false;
    parts->lengths[part] = rank == 0 ? 1 : rank == 1 ? side : side * side;
    parts->strides[part] = own == rank ? 0 : parts->lengths[part];
    return true;
}

static bool check_points(batch_parts *parts, int part, npy_intp count, bool may_be_one)
{
    if (fits(parts, part, count, 1, 3) && (may_be_one || parts->strides[part]))
        return true;
    return core_raise_shape_error("%s have the wrong shape, expected (%zd, 3)",
                                  part_names[parts->shape][part], (Py_ssize_t)count);
}

static bool check_radii(batch_parts *parts, int part, npy_intp count)
{
    return fits(parts, part, count, 0, 0) ||
           core_raise_shape_error("radii have the wrong shape, expected one or (%zd,)",
                                  (Py_ssize_t)count);
}

static bool check_orientations(batch_parts *parts, npy_intp count)
{
    return fits(parts, 2, count, 1, 4) || fits(parts, 2, count, 2, 3) ||
           core_raise_shape_error("orientations have the wrong shape, expected (%zd, 4) or (%zd, "
                                  "3, 3), or one (4,) or (3, 3)",
                                  (Py_ssize_t)count, (Py_ssize_t)count);
}

static bool check_parts(batch_parts *parts)
{
    si_shape shape = parts->shape;
    if (!is_points(parts->arrays[0]))
        return core_raise_shape_error("%s have the wrong shape, expected (N, 3)",
                                      part_names[shape][0]);
    npy_intp count = PyArray_DIM(parts->arrays[0], 0);
    parts->lengths[0] = parts->strides[0] = 3;
    if (shape == SI_SHAPE_SPHERE)
        return check_radii(parts, 1, count);
    if (!check_points(parts, 1, count, shape == SI_SHAPE_ORIENTED_BOX))
        return false;
    if (shape == SI_SHAPE_ORIENTED_BOX)
        return check_orientations(parts, count);
    return shape == SI_SHAPE_BOX || check_radii(parts, 2, count);
}

static void close_parts(batch_parts *parts)
{
    for (int part = 0; part < 3; part++)
        Py_CLEAR(parts->arrays[part]);
}

/* `values` is a tuple of what the caller passed. */
static bool open_parts(batch_parts *parts, int shape, PyObject *values)
{
    *parts = (batch_parts){.shape = (si_shape)shape};
    if (shape < SI_SHAPE_BOX || shape >= SI_SHAPE_CENTERS || !PyTuple_Check(values) ||
        PyTuple_GET_SIZE(values) != core_part_count(parts->shape)) {
        PyErr_SetString(PyExc_TypeError, "expected a shape and a tuple of its parts");
        return false;
    }
    for (int part = 0; part < core_part_count(parts->shape); part++) {
        parts->arrays[part] = doubles_of(PyTuple_GET_ITEM(values, part));
        if (!parts->arrays[part]) {
            close_parts(parts);
            return false;
        }
    }
    if (check_parts(parts))
        return true;
    close_parts(parts);
    return false;
}

static si_result make_queries(const batch_parts *parts, si_shape shape, si_accuracy accuracy,
                              const query_batch *batch, uint64_t *done, si_error *error)
{
    core_shape numbers = {.orientation_length = parts->lengths[2]};
    si_result result = SI_OK;
    for (*done = 0; result == SI_OK && *done < batch->count; ++*done) {
        for (int part = 0; part < core_part_count(shape); part++)
            numbers.parts[part] = (const double *)PyArray_DATA(parts->arrays[part]) +
                                  (uint64_t)parts->strides[part] * *done;
        result = core_make_query(shape, &numbers, accuracy, &batch->queries[*done], error);
        batch->queries[*done].filter = batch->filter;
    }
    return result;
}

static bool fill_batch(query_batch *batch, const batch_parts *parts, si_shape shape,
                       si_accuracy accuracy)
{
    si_error error;
    si_result result;
    uint64_t done;
    batch->count = (uint64_t)PyArray_DIM(parts->arrays[0], 0);
    batch->queries = PyMem_RawCalloc(batch->count, sizeof *batch->queries);
    if (!batch->queries)
        return PyErr_NoMemory();
    Py_BEGIN_ALLOW_THREADS;
    result = make_queries(parts, shape, accuracy, batch, &done, &error);
    Py_END_ALLOW_THREADS;
    if (result == SI_OK)
        return true;
    PyMem_RawFree(batch->queries);
    return core_raise_argument_error("query %llu: %s", (unsigned long long)(done - 1),
                                     error.message);
}

static bool open_batch(query_batch *batch, const core_index *self, int shape, PyObject *values,
                       PyObject *accuracy, unsigned threads, PyObject *wanted)
{
    si_accuracy chosen;
    batch_parts parts;
    *batch = (query_batch){.threads = threads};
    if (!open_parts(&parts, shape, values))
        return false;
    si_shape asked = parts.shape;
    bool done = core_read_manner(accuracy, &asked, &chosen) &&
                core_make_filter(self, wanted, &batch->filter);
    if (done && !fill_batch(batch, &parts, asked, chosen)) {
        si_filter_free(batch->filter);
        done = false;
    }
    close_parts(&parts);
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

static bool match(const core_plan *plan, const query_batch *batch, si_batch *matches,
                  int64_t *offsets)
{
    if (!core_search(plan->self, batch->queries, batch->count, batch->threads, matches))
        return false;
    memcpy(offsets, si_batch_offsets(matches), (batch->count + 1) * sizeof *offsets);
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
    si_batch *matches = core_take_matches();
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

static PyObject *run_batch(core_plan *plan, const query_batch *batch)
{
    PyObject *offsets = new_offsets(batch->count);
    if (!offsets)
        return NULL;
    PyObject *pair = run_packed(plan, batch, offsets);
    Py_DECREF(offsets);
    return pair;
}

PyObject *core_query_many(PyObject *self, PyObject *args)
{
    int shape;
    PyObject *parts, *fields, *accuracy, *wanted, *result = NULL;
    unsigned threads;
    query_batch batch;
    core_plan plan;
    if (!PyArg_ParseTuple(args, "iOOOIO!:_query_many", &shape, &parts, &fields, &accuracy, &threads,
                          &PyDict_Type, &wanted) ||
        !open_batch(&batch, (core_index *)self, shape, parts, accuracy, threads, wanted))
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
    si_result result;
    PyObject *counts = PyArray_SimpleNew(1, &shape, NPY_UINT64);
    if (!counts)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = si_batch_count(self->index, batch->queries, batch->count, batch->threads,
                            PyArray_DATA((PyArrayObject *)counts), &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK) {
        core_raise(&error);
        Py_CLEAR(counts);
    }
    return counts;
}

PyObject *core_counts_many(PyObject *self, PyObject *args)
{
    int shape;
    PyObject *parts, *accuracy, *wanted;
    unsigned threads;
    query_batch batch;
    if (!PyArg_ParseTuple(args, "iOOIO!:_counts_many", &shape, &parts, &accuracy, &threads,
                          &PyDict_Type, &wanted) ||
        !open_batch(&batch, (core_index *)self, shape, parts, accuracy, threads, wanted))
        return NULL;
    PyObject *counts = count_batch((core_index *)self, &batch);
    close_batch(&batch);
    return counts;
}
