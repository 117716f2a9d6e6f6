/* Many queries in one call: arrays of shapes, or a list of shapes, in; flat arrays and offsets out.
 */
#include "py_filter.h"
#include "py_plan.h"
#include "py_shapes.h"

typedef struct query_batch {
    si_query *queries;
    uint64_t count;
    unsigned threads;
    si_filter *filter; /* of all of them; NULL: none */
} query_batch;

/* ---- arrays of shapes ---- */

/* The parts of many shapes, an array for each. */
typedef struct batch_parts {
    core_shape_kind shape;
    PyObject *arrays[CORE_SHAPE_PARTS];
    core_view views[CORE_SHAPE_PARTS];
    Py_ssize_t lengths[CORE_SHAPE_PARTS]; /* numbers of one shape */
    Py_ssize_t strides[CORE_SHAPE_PARTS]; /* numbers; 0: all shapes have the same */
} batch_parts;

/* For each of `count` shapes a number (rank 0), a row of `side` numbers (1) or a square (2), or one
 * of these for all. */
static bool part_fits(batch_parts *parts, int part, Py_ssize_t count, int rank, Py_ssize_t side)
{
    const core_view *view = &parts->views[part];
    Py_ssize_t own = view->dimensions;
    if (own != rank && own != rank + 1)
        return false;
    for (int i = 1; i <= rank; i++)
        if (view->shape[own - i] != side)
            return false;
    if (own == rank + 1 && view->shape[0] != count)
        return false;
    parts->lengths[part] = rank == 0 ? 1 : rank == 1 ? side : side * side;
    parts->strides[part] = own == rank ? 0 : parts->lengths[part];
    return true;
}

/* Only the half sizes of oriented boxes may be one for all of the points. */
static bool check_part(core_state *state, batch_parts *parts, int part, Py_ssize_t count)
{
    const core_shape_info *info = &core_shape_infos[parts->shape];
    const char *name = info->plural_names[part];
    switch (info->parts[part]) {
    case CORE_PART_POINT:
        if (part_fits(parts, part, count, 1, 3) &&
            (parts->strides[part] > 0 || (part == 1 && parts->shape == CORE_ORIENTED_BOX)))
            return true;
        return core_raise_shape_error(state, "%s have the wrong shape, expected (%zd, 3)", name,
                                      count);
    case CORE_PART_RADIUS:
        return part_fits(parts, part, count, 0, 0) ||
               core_raise_shape_error(state, "%s have the wrong shape, expected one or (%zd,)",
                                      name, count);
    default:
        return part_fits(parts, part, count, 1, 4) || part_fits(parts, part, count, 2, 3) ||
               core_raise_shape_error(state,
                                      "%s have the wrong shape, expected (%zd, 4) or (%zd, 3, 3), "
                                      "or one (4,) or (3, 3)",
                                      name, count, count);
    }
}

static void close_parts(batch_parts *parts)
{
    for (int part = 0; part < CORE_SHAPE_PARTS; part++)
        Py_CLEAR(parts->arrays[part]);
}

/* `values` is a tuple of what the caller passed. */
static bool open_parts(core_state *state, batch_parts *parts, core_shape_kind shape,
                       PyObject *values)
{
    const core_shape_info *info = &core_shape_infos[shape];
    bool done = true;
    *parts = (batch_parts){.shape = shape};
    for (int part = 0; done && part < info->part_count; part++) {
        PyObject *value = PyTuple_GetItem(values, part);
        parts->arrays[part] = value ? core_array_of_doubles(state, value) : NULL;
        if (!parts->arrays[part]) {
            done = false;
        } else if (!core_view_array(parts->arrays[part], "d", &parts->views[part])) {
            core_raise_shape_error(state, "%s have too many dimensions", info->plural_names[part]);
            done = false;
        }
    }
    const core_view *first = &parts->views[0];
    if (done && (first->dimensions != 2 || first->shape[1] != 3)) {
        core_raise_shape_error(state, "%s have the wrong shape, expected (N, 3)",
                               info->plural_names[0]);
        done = false;
    }
    for (int part = 0; done && part < info->part_count; part++)
        done = check_part(state, parts, part, first->shape[0]);
    if (!done)
        close_parts(parts);
    return done;
}

static si_result make_queries(const batch_parts *parts, core_manner manner,
                              const query_batch *batch, uint64_t *done, si_error *error)
{
    const double *numbers[CORE_SHAPE_PARTS] = {NULL};
    si_result result = SI_OK;
    for (*done = 0; result == SI_OK && *done < batch->count; ++*done) {
        for (int part = 0; part < core_shape_infos[parts->shape].part_count; part++)
            numbers[part] = (const double *)parts->views[part].data +
                            (uint64_t)parts->strides[part] * *done;
        result = core_make_query(parts->shape, numbers, parts->lengths[2], manner, batch->filter,
                                 &batch->queries[*done], error);
    }
    return result;
}

static bool allocate_queries(query_batch *batch, Py_ssize_t count)
{
    batch->count = (uint64_t)count;
    batch->queries = calloc((size_t)count + 1, sizeof *batch->queries);
    return batch->queries || PyErr_NoMemory();
}

static bool fill_from_arrays(core_state *state, query_batch *batch, long shape, PyObject *values,
                             PyObject *accuracy)
{
    core_manner manner;
    batch_parts parts;
    si_error error;
    si_result result = SI_OK;
    uint64_t made = 0;
    if (!core_read_manner(state, accuracy, (core_shape_kind)shape, &manner) ||
        !open_parts(state, &parts, (core_shape_kind)shape, values))
        return false;
    bool done = allocate_queries(batch, parts.views[0].shape[0]);
    if (done) {
        Py_BEGIN_ALLOW_THREADS;
        result = make_queries(&parts, manner, batch, &made, &error);
        Py_END_ALLOW_THREADS;
        if (result != SI_OK)
            core_raise_argument_error(state, "query %llu: %s", (unsigned long long)(made - 1),
                                      error.message);
    }
    close_parts(&parts);
    return done && result == SI_OK;
}

/* ---- lists of shapes ---- */

/* `list` is a tuple of tuples (shape, part, part, part), of any shapes. */
static bool fill_from_list(core_state *state, query_batch *batch, PyObject *list,
                           PyObject *accuracy)
{
    Py_ssize_t count = PyTuple_Size(list);
    if (!allocate_queries(batch, count))
        return false;
    for (Py_ssize_t i = 0; i < count; i++) {
        int shape;
        PyObject *parts[CORE_SHAPE_PARTS];
        core_manner manner;
        if (!PyArg_ParseTuple(PyTuple_GetItem(list, i), "iOOO", &shape, &parts[0], &parts[1],
                              &parts[2]))
            return false;
        if (shape < 0 || shape >= CORE_SHAPE_COUNT) {
            PyErr_SetString(PyExc_TypeError, "expected the number of a shape");
            return false;
        }
        if (!core_read_manner(state, accuracy, (core_shape_kind)shape, &manner) ||
            !core_read_query(state, (core_shape_kind)shape, parts, manner, batch->filter,
                             &batch->queries[i]))
            return false;
    }
    return true;
}

/* ---- batches ---- */

static void close_batch(query_batch *batch)
{
    free(batch->queries);
    si_filter_free(batch->filter);
}

/* `shape` is -1 for a list. To be closed only after success. */
static bool open_batch(query_batch *batch, const core_index *self, int shape, PyObject *values,
                       PyObject *accuracy, unsigned threads, PyObject *wanted)
{
    *batch = (query_batch){.threads = threads};
    if (shape < -1 || shape >= CORE_SHAPE_COUNT) {
        PyErr_SetString(PyExc_TypeError, "expected the number of a shape");
        return false;
    }
    if (!core_make_filter(self, wanted, &batch->filter))
        return false;
    if (shape < 0 ? fill_from_list(self->state, batch, values, accuracy)
                  : fill_from_arrays(self->state, batch, shape, values, accuracy))
        return true;
    close_batch(batch);
    return false;
}

/* ---- elements ---- */

static bool search_batch(core_plan *plan, const query_batch *batch, int64_t *offsets,
                         PyObject **arrays)
{
    core_state *state = plan->self->state;
    si_batch *found = core_take_batch(state);
    if (!found)
        return false;
    bool done = core_search(plan->self, batch->queries, batch->count, batch->threads, found);
    if (done) {
        memcpy(offsets, si_batch_offsets(found), (batch->count + 1) * sizeof *offsets);
        uint64_t count = (uint64_t)offsets[batch->count];
        done = core_new_arrays(plan, count, arrays) &&
               core_copy(plan, found, count, batch->threads);
    }
    core_give_back_batch(state, found);
    return done;
}

static PyObject *run_batch(core_plan *plan, const query_batch *batch)
{
    PyObject *arrays[CORE_MOST_COLUMNS] = {NULL};
    PyObject *pair = NULL;
    void *data;
    PyObject *offsets = core_new_array(plan->self->state, CORE_INT64, batch->count + 1, &data);
    if (offsets && search_batch(plan, batch, data, arrays)) {
        PyObject *result = core_plan_result(plan, arrays);
        pair = result ? PyTuple_Pack(2, result, offsets) : NULL;
        Py_XDECREF(result);
    }
    for (size_t i = 0; i < plan->column_count; i++)
        Py_XDECREF(arrays[i]);
    Py_XDECREF(offsets);
    return pair;
}

/* _query_many(shape, parts, fields, accuracy, threads, wanted): the result and the offsets. */
PyObject *core_query_many(PyObject *object, PyObject *args)
{
    int shape;
    PyObject *parts, *fields, *accuracy, *wanted, *result = NULL;
    unsigned threads;
    query_batch batch;
    core_plan plan;
    if (!PyArg_ParseTuple(args, "iO!OOIO!:_query_many", &shape, &PyTuple_Type, &parts, &fields,
                          &accuracy, &threads, &PyDict_Type, &wanted))
        return NULL;
    core_index *self = core_hold(object);
    if (self && open_batch(&batch, self, shape, parts, accuracy, threads, wanted)) {
        if (core_plan_open(&plan, self, object, fields)) {
            result = run_batch(&plan, &batch);
            core_plan_close(&plan);
        }
        close_batch(&batch);
    }
    core_let_go(self);
    return result;
}

/* ---- counts ---- */

static PyObject *count_batch(const core_index *self, const query_batch *batch)
{
    void *data;
    si_error error;
    si_result result;
    PyObject *counts = core_new_array(self->state, CORE_UINT64, batch->count, &data);
    if (!counts)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = si_batch_count(self->index, batch->queries, batch->count, batch->threads, data,
                            &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK) {
        core_raise(self->state, &error);
        Py_CLEAR(counts);
    }
    return counts;
}

/* _counts_many(shape, parts, accuracy, threads, wanted) */
PyObject *core_counts_many(PyObject *object, PyObject *args)
{
    int shape;
    PyObject *parts, *accuracy, *wanted, *counts = NULL;
    unsigned threads;
    query_batch batch;
    if (!PyArg_ParseTuple(args, "iO!OIO!:_counts_many", &shape, &PyTuple_Type, &parts, &accuracy,
                          &threads, &PyDict_Type, &wanted))
        return NULL;
    core_index *self = core_hold(object);
    if (self && open_batch(&batch, self, shape, parts, accuracy, threads, wanted)) {
        counts = count_batch(self, &batch);
        close_batch(&batch);
    }
    core_let_go(self);
    return counts;
}

/* ---- order ---- */

/* space_filling_order(points): their numbers along the curve. */
PyObject *core_space_filling_order(PyObject *module, PyObject *points)
{
    core_state *state = core_state_of(module);
    core_view view;
    void *data;
    si_error error;
    if (!core_view_array(points, "f", &view) || view.dimensions != 2 || view.shape[1] != 3) {
        PyErr_SetString(PyExc_TypeError, "expected a contiguous array of float32 of shape (N, 3)");
        return NULL;
    }
    PyObject *order = core_new_array(state, CORE_UINT64, (uint64_t)view.shape[0], &data);
    if (order &&
        si_space_filling_order(view.data, (uint64_t)view.shape[0], data, &error) != SI_OK) {
        core_raise(state, &error);
        Py_CLEAR(order);
    }
    return order;
}
