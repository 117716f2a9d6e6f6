/* Counts and lengths by voxel of a grid, and by region of an annotated volume. */
#include "py_filter.h"
#include "py_shapes.h"

/* What the package asks for; see spatial_index/grids.py. */
enum { ELEMENTS, TOUCHING, LENGTH };

typedef struct grid_request {
    const core_index *self;
    si_grid grid;
    bool wants_lengths;
    const core_view *regions; /* NULL: none */
} grid_request;

/* ---- arguments ---- */

#define INTEGER_FORMATS "bBhHiIlLqQ"

/* `regions` is None, or a contiguous array of integers of the shape of the grid. */
static bool read_regions(PyObject *regions, grid_request *request, core_view *view)
{
    if (regions == Py_None)
        return true;
    if (!core_view_array(regions, INTEGER_FORMATS, view) || view->dimensions != 3) {
        PyErr_SetString(PyExc_TypeError, "expected a contiguous array of integers of 3 dimensions");
        return false;
    }
    request->regions = view;
    for (int axis = 0; axis < 3; axis++)
        request->grid.shape[axis] = (uint64_t)view->shape[axis];
    return true;
}

static bool read_request(const core_index *self, PyObject *args, grid_request *request,
                         core_view *view, PyObject **wanted)
{
    PyObject *regions, *accuracy;
    unsigned long long shape[3];
    int measure;
    *request = (grid_request){.self = self, .grid = SI_GRID_INIT};
    si_grid *grid = &request->grid;
    if (!PyArg_ParseTuple(args, "i(ddd)(ddd)(KKK)OOIO!:_grid", &measure, &grid->lower[0],
                          &grid->lower[1], &grid->lower[2], &grid->upper[0], &grid->upper[1],
                          &grid->upper[2], &shape[0], &shape[1], &shape[2], &regions, &accuracy,
                          &grid->threads, &PyDict_Type, wanted) ||
        !core_read_accuracy(self->state, accuracy, &grid->accuracy))
        return false;
    for (int axis = 0; axis < 3; axis++)
        grid->shape[axis] = shape[axis];
    grid->counts_touching = measure == TOUCHING;
    request->wants_lengths = measure == LENGTH;
    return read_regions(regions, request, view);
}

/* ---- by voxel ---- */

static si_result fill(const grid_request *request, void *values, si_error *error)
{
    const core_index *self = request->self;
    if (request->wants_lengths)
        return si_index_grid_lengths(self->index, &request->grid, values, error);
    return si_index_grid_counts(self->index, &request->grid, values, error);
}

static PyObject *by_voxel(const grid_request *request)
{
    core_state *state = request->self->state;
    const uint64_t *shape = request->grid.shape;
    uint64_t count = 1;
    void *data;
    si_error error;
    si_result result;
    for (int axis = 0; axis < 3; axis++) {
        if (shape[axis] > 0 && count > (uint64_t)PY_SSIZE_T_MAX / shape[axis])
            return core_raise_argument_error(state, "the shape of the grid is too large");
        count *= shape[axis];
    }
    PyObject *flat = core_new_array(state, request->wants_lengths ? CORE_FLOAT64 : CORE_UINT64,
                                    count, &data);
    if (!flat)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = fill(request, data, &error);
    Py_END_ALLOW_THREADS;
    PyObject *voxels = NULL;
    if (result == SI_OK)
        voxels = PyObject_CallMethod(flat, "reshape", "nnn", (Py_ssize_t)shape[0],
                                     (Py_ssize_t)shape[1], (Py_ssize_t)shape[2]);
    else
        core_raise(state, &error);
    Py_DECREF(flat);
    return voxels;
}

/* ---- by region ---- */

static bool is_signed(const core_view *regions)
{
    return strchr("bhilq", regions->format);
}

static si_type type_of_regions(const core_view *regions)
{
    switch (regions->item_size) {
    case 1:
        return is_signed(regions) ? SI_TYPE_INT8 : SI_TYPE_UINT8;
    case 2:
        return is_signed(regions) ? SI_TYPE_INT16 : SI_TYPE_UINT16;
    case 4:
        return is_signed(regions) ? SI_TYPE_INT32 : SI_TYPE_UINT32;
    default:
        return is_signed(regions) ? SI_TYPE_INT64 : SI_TYPE_UINT64;
    }
}

typedef struct region_sums {
    si_group_counts counts;
    si_group_lengths lengths;
} region_sums;

static si_result add_up(const grid_request *request, region_sums *sums, si_error *error)
{
    const core_index *self = request->self;
    const si_regions regions = {type_of_regions(request->regions), request->regions->data};
    if (request->wants_lengths)
        return si_index_region_lengths(self->index, &request->grid, &regions, &sums->lengths,
                                       error);
    return si_index_region_counts(self->index, &request->grid, &regions, &sums->counts, error);
}

static bool put(PyObject *dict, uint64_t region, bool has_sign, PyObject *value)
{
    PyObject *key = has_sign ? PyLong_FromLongLong((long long)region)
                             : PyLong_FromUnsignedLongLong(region);
    bool done = key && value && PyDict_SetItem(dict, key, value) == 0;
    Py_XDECREF(key);
    Py_XDECREF(value);
    return done;
}

static PyObject *dict_of(const grid_request *request, const region_sums *sums)
{
    const bool has_sign = is_signed(request->regions), lengths = request->wants_lengths;
    const uint64_t *keys = lengths ? sums->lengths.keys : sums->counts.keys;
    uint64_t count = lengths ? sums->lengths.group_count : sums->counts.group_count;
    PyObject *dict = PyDict_New();
    for (uint64_t i = 0; dict && i < count; i++)
        if (!put(dict, keys[i], has_sign,
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
        core_raise(request->self->state, &error);
    si_group_counts_free(&sums.counts);
    si_group_lengths_free(&sums.lengths);
    return dict;
}

PyObject *core_grid(PyObject *object, PyObject *args)
{
    grid_request request;
    core_view view;
    PyObject *wanted, *sums = NULL;
    si_filter *filter;
    core_index *self = core_hold(object);
    if (self && read_request(self, args, &request, &view, &wanted) &&
        core_make_filter(self, wanted, &filter)) {
        request.grid.filter = filter;
        sums = request.regions ? by_region(&request) : by_voxel(&request);
        si_filter_free(filter);
    }
    core_let_go(self);
    return sums;
}
