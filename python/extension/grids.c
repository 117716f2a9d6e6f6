/* Density grids. */
#include "arguments.h"
#include "wanted.h"

/* What the package asks for; see spatial_index/grids.py. */
enum { ELEMENTS, TOUCHING, LENGTH };

typedef struct grid_request {
    const core_index *self;
    si_grid grid;
    bool wants_lengths;
    PyArrayObject *regions; /* NULL: none */
} grid_request;

/* ---- arguments ---- */

/* `regions` is None, or a contiguous array of integers of the shape of the grid. */
static bool read_regions(PyObject *regions, grid_request *request)
{
    if (regions == Py_None)
        return true;
    if (!PyArray_Check(regions) || !PyTypeNum_ISINTEGER(PyArray_TYPE((PyArrayObject *)regions)) ||
        PyArray_NDIM((PyArrayObject *)regions) != 3 ||
        !PyArray_ISCARRAY_RO((PyArrayObject *)regions)) {
        PyErr_SetString(PyExc_TypeError, "expected a contiguous array of integers of 3 dimensions");
        return false;
    }
    request->regions = (PyArrayObject *)regions;
    for (int axis = 0; axis < 3; axis++)
        request->grid.shape[axis] = (uint64_t)PyArray_DIM(request->regions, axis);
    return true;
}

static bool read_request(PyObject *self, PyObject *args, grid_request *request, PyObject **wanted)
{
    PyObject *regions, *accuracy;
    unsigned long long shape[3];
    int measure;
    *request = (grid_request){.self = (const core_index *)self, .grid = SI_GRID_INIT};
    si_grid *grid = &request->grid;
    if (!PyArg_ParseTuple(args, "i(ddd)(ddd)(KKK)OOIO!:_grid", &measure, &grid->lower[0],
                          &grid->lower[1], &grid->lower[2], &grid->upper[0], &grid->upper[1],
                          &grid->upper[2], &shape[0], &shape[1], &shape[2], &regions, &accuracy,
                          &grid->threads, &PyDict_Type, wanted) ||
        !core_read_accuracy(accuracy, &grid->accuracy))
        return false;
    for (int axis = 0; axis < 3; axis++)
        grid->shape[axis] = shape[axis];
    grid->counts_touching = measure == TOUCHING;
    request->wants_lengths = measure == LENGTH;
    return read_regions(regions, request);
}

/* ---- by voxel ---- */

static si_result fill(const grid_request *request, void *values, si_error *error)
{
    const core_index *self = request->self;
    if (request->wants_lengths)
        return si_index_grid_lengths(self->index, &request->grid, values, error);
    return si_index_grid_counts(self->index, &request->grid, values, error);
}

static PyObject *new_voxels(const grid_request *request)
{
    npy_intp shape[3];
    for (int axis = 0; axis < 3; axis++) {
        if (request->grid.shape[axis] > NPY_MAX_INTP)
            return core_raise_argument_error("the shape of the grid is too large");
        shape[axis] = (npy_intp)request->grid.shape[axis];
    }
    return PyArray_SimpleNew(3, shape, request->wants_lengths ? NPY_DOUBLE : NPY_UINT64);
}

static PyObject *by_voxel(const grid_request *request)
{
    si_error error;
    si_result result;
    PyObject *voxels = new_voxels(request);
    if (!voxels)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = fill(request, PyArray_DATA((PyArrayObject *)voxels), &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK) {
        core_raise(&error);
        Py_CLEAR(voxels);
    }
    return voxels;
}

/* ---- by region ---- */

static si_type type_of_regions(PyArrayObject *regions)
{
    const bool is_signed = PyArray_ISSIGNED(regions);
    switch (PyArray_ITEMSIZE(regions)) {
    case 1:
        return is_signed ? SI_TYPE_INT8 : SI_TYPE_UINT8;
    case 2:
        return is_signed ? SI_TYPE_INT16 : SI_TYPE_UINT16;
    case 4:
        return is_signed ? SI_TYPE_INT32 : SI_TYPE_UINT32;
    default:
        return is_signed ? SI_TYPE_INT64 : SI_TYPE_UINT64;
    }
}

typedef struct region_sums {
    si_group_counts counts;
    si_group_lengths lengths;
} region_sums;

static si_result add_up(const grid_request *request, region_sums *sums, si_error *error)
{
    const core_index *self = request->self;
    const si_regions regions = {type_of_regions(request->regions), PyArray_DATA(request->regions)};
    if (request->wants_lengths)
        return si_index_region_lengths(self->index, &request->grid, &regions, &sums->lengths,
                                       error);
    return si_index_region_counts(self->index, &request->grid, &regions, &sums->counts, error);
}

static bool put(PyObject *dict, uint64_t region, bool is_signed, PyObject *value)
{
    PyObject *key = is_signed ? PyLong_FromLongLong((long long)region)
                              : PyLong_FromUnsignedLongLong(region);
    bool done = key && value && PyDict_SetItem(dict, key, value) == 0;
    Py_XDECREF(key);
    Py_XDECREF(value);
    return done;
}

static PyObject *dict_of(const grid_request *request, const region_sums *sums)
{
    const bool is_signed = PyArray_ISSIGNED(request->regions), lengths = request->wants_lengths;
    const uint64_t *keys = lengths ? sums->lengths.keys : sums->counts.keys;
    uint64_t count = lengths ? sums->lengths.group_count : sums->counts.group_count;
    PyObject *dict = PyDict_New();
    for (uint64_t i = 0; dict && i < count; i++)
        if (!put(dict, keys[i], is_signed,
                 lengths ? PyFloat_FromDouble(sums->lengths.lengths[i])
                         : PyLong_FromUnsignedLongLong(sums->counts.counts[i])))
            Py_CLEAR(dict);
    return dict;
}

static PyObject *by_region(const grid_request *request)
{
    region_sums sums = {0};
    si_error error;
    si_result result;
    PyObject *dict = NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = add_up(request, &sums, &error);
    Py_END_ALLOW_THREADS;
    if (result == SI_OK)
        dict = dict_of(request, &sums);
    else
        core_raise(&error);
    si_group_counts_free(&sums.counts);
    si_group_lengths_free(&sums.lengths);
    return dict;
}

PyObject *core_grid(PyObject *self, PyObject *args)
{
    grid_request request;
    PyObject *wanted;
    si_filter *filter;
    if (!read_request(self, args, &request, &wanted) ||
        !core_make_filter(request.self, wanted, &filter))
        return NULL;
    request.grid.filter = filter;
    PyObject *sums = request.regions ? by_region(&request) : by_voxel(&request);
    si_filter_free(filter);
    return sums;
}
