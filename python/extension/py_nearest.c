/* The elements nearest to a point, and to each of many. */
#include <string.h>

#include "py_filter.h"
#include "py_plan.h"
#include "py_shapes.h"

static bool read_nearest(const core_index *self, PyObject *args, si_nearest_query *nearest,
                         uint64_t *room, PyObject **fields, PyObject **wanted)
{
    PyObject *place, *accuracy;
    unsigned long long k;
    double point[3], max_distance;
    si_accuracy chosen = SI_BEST_EFFORT;
    si_error error;
    si_index_info info = SI_INDEX_INFO_INIT;
    if (!PyArg_ParseTuple(args, "OKdOOO!:_nearest", &place, &k, &max_distance, &accuracy, fields,
                          &PyDict_Type, wanted) ||
        !core_read_accuracy(self->state, accuracy, &chosen) ||
        !core_read_point(self->state, place, "point", point))
        return false;
    si_index_get_info(self->index, &info);
    k = k < info.element_count ? k : info.element_count;
    *room = k;
    if (si_query_nearest(point, k, max_distance, chosen, nearest, &error) == SI_OK)
        return true;
    core_raise(self->state, &error);
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
        core_raise(self->state, &error);
    return result == SI_OK;
}

/* Where fewer were found than there is room for: a copy of what was, so that no memory is kept. */
static bool shorten(PyObject **array, uint64_t room, uint64_t count)
{
    if (room == count)
        return true;
    PyObject *part = PySequence_GetSlice(*array, 0, (Py_ssize_t)count);
    PyObject *copy = part ? PyObject_CallMethod(part, "copy", NULL) : NULL;
    Py_XDECREF(part);
    core_set_reference(array, copy);
    return copy != NULL;
}

static PyObject *run_nearest(core_plan *plan, const si_nearest_query *nearest, uint64_t room)
{
    PyObject *arrays[CORE_MOST_COLUMNS] = {NULL};
    PyObject *pair = NULL;
    uint64_t count = 0;
    void *data;
    PyObject *distances = core_new_array(plan->self->state, CORE_FLOAT64, room, &data);
    bool done = distances && core_new_arrays(plan, room, arrays) &&
                search(plan, nearest, data, &count);
    for (size_t i = 0; done && i < plan->column_count; i++)
        done = shorten(&arrays[i], room, count);
    if (done && shorten(&distances, room, count)) {
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
PyObject *core_nearest(PyObject *object, PyObject *args)
{
    si_nearest_query nearest;
    si_filter *filter;
    PyObject *fields, *wanted, *pair = NULL;
    uint64_t room;
    core_plan plan;
    core_index *self = core_hold(object);
    if (self && read_nearest(self, args, &nearest, &room, &fields, &wanted) &&
        core_make_filter(self, wanted, &filter)) {
        nearest.filter = filter;
        if (core_plan_open(&plan, self, object, fields)) {
            pair = run_nearest(&plan, &nearest, room);
            core_plan_close(&plan);
        }
        si_filter_free(filter);
    }
    core_let_go(self);
    return pair;
}

/* ---- many points ---- */

/* Between so many points, signals are heard. */
enum { POINTS_AT_ONCE = 8192 };

typedef struct many_points {
    si_nearest_query nearest;
    const float (*points)[3];
    uint64_t count;
    unsigned threads;
    double *distances;
    double *offsets;
    uint64_t *counts;
} many_points;

static bool read_many(core_index *self, PyObject *args, many_points *many, PyObject **fields,
                      PyObject **wanted)
{
    PyObject *points, *accuracy;
    unsigned long long k;
    double max_distance;
    si_accuracy chosen = SI_BEST_EFFORT;
    core_view view;
    si_error error;
    if (!PyArg_ParseTuple(args, "OKdOOO!I:_nearest_many", &points, &k, &max_distance, &accuracy,
                          fields, &PyDict_Type, wanted, &many->threads) ||
        !core_read_accuracy(self->state, accuracy, &chosen))
        return false;
    if (!core_view_array(points, "f", &view) || view.dimensions != 2 || view.shape[1] != 3)
        return core_raise_shape_error(self->state, "points have the wrong shape, expected (N, 3)");
    many->points = view.data;
    many->count = (uint64_t)view.shape[0];
    if (si_query_nearest((double[3]){0, 0, 0}, k, max_distance, chosen, &many->nearest, &error) ==
        SI_OK)
        return true;
    core_raise(self->state, &error);
    return false;
}

/* The points from `first` on; their values go where those of the first points do not. */
static si_result search_some(const core_plan *plan, const many_points *many, uint64_t first,
                             si_error *error)
{
    const uint64_t left = many->count - first, row = first * many->nearest.k;
    si_column columns[CORE_MOST_COLUMNS];
    for (size_t i = 0; i < plan->column_count; i++) {
        size_t size = core_type_size(plan->column_fields[i]->type);
        columns[i] = (si_column){plan->columns[i].field,
                                 (char *)plan->columns[i].data + row * size};
    }
    return si_index_nearest_many(plan->self->index, &many->nearest, many->points + first,
                                 left < POINTS_AT_ONCE ? left : POINTS_AT_ONCE, many->threads,
                                 columns, plan->column_count, many->distances + row,
                                 many->offsets + row, many->counts + first, error);
}

static bool search_many(const core_plan *plan, const many_points *many)
{
    si_error error;
    for (uint64_t first = 0; first < many->count; first += POINTS_AT_ONCE) {
        si_result result;
        Py_BEGIN_ALLOW_THREADS;
        result = search_some(plan, many, first, &error);
        Py_END_ALLOW_THREADS;
        if (result != SI_OK)
            core_raise(plan->self->state, &error);
        if (result != SI_OK || PyErr_CheckSignals() != 0)
            return false;
    }
    return true;
}

/* Moves the rows that hold something to the front, and returns their number. */
static uint64_t compact_rows(const many_points *many, void *data, size_t size)
{
    const uint64_t k = many->nearest.k;
    uint64_t filled = 0;
    for (uint64_t i = 0; i < many->count; i++) {
        if (filled != i * k)
            memmove((char *)data + filled * size, (char *)data + i * k * size,
                    many->counts[i] * size);
        filled += many->counts[i];
    }
    return filled;
}

/* A result of the rows that hold something. */
static PyObject *make_many_result(core_plan *plan, const many_points *many, uint64_t room,
                                  PyObject **arrays, PyObject **numbers)
{
    uint64_t filled = compact_rows(many, many->distances, sizeof(double));
    compact_rows(many, many->offsets, sizeof(double));
    for (size_t i = 0; i < plan->column_count; i++) {
        compact_rows(many, plan->columns[i].data, core_type_size(plan->column_fields[i]->type));
        if (!shorten(&arrays[i], room, filled))
            return NULL;
    }
    if (!shorten(&numbers[0], room, filled) || !shorten(&numbers[1], room, filled))
        return NULL;
    PyObject *result = core_plan_result(plan, arrays);
    PyObject *all = result ? PyTuple_Pack(4, result, numbers[0], numbers[1], numbers[2]) : NULL;
    Py_XDECREF(result);
    return all;
}

static PyObject *run_many(core_plan *plan, many_points *many)
{
    core_state *state = plan->self->state;
    PyObject *arrays[CORE_MOST_COLUMNS] = {NULL}, *numbers[3] = {NULL}, *all = NULL;
    void *data[3] = {NULL};
    const uint64_t k = many->nearest.k;
    if (k > 0 && many->count > PY_SSIZE_T_MAX / k)
        return PyErr_NoMemory();
    const uint64_t room = many->count * k;
    bool done = (numbers[0] = core_new_array(state, CORE_FLOAT64, room, &data[0])) &&
                (numbers[1] = core_new_array(state, CORE_FLOAT64, room, &data[1])) &&
                (numbers[2] = core_new_array(state, CORE_UINT64, many->count, &data[2])) &&
                core_new_arrays(plan, room, arrays);
    many->distances = data[0];
    many->offsets = data[1];
    many->counts = data[2];
    if (done && search_many(plan, many))
        all = make_many_result(plan, many, room, arrays, numbers);
    for (size_t i = 0; i < plan->column_count; i++)
        Py_XDECREF(arrays[i]);
    for (size_t i = 0; i < 3; i++)
        Py_XDECREF(numbers[i]);
    return all;
}

/* _nearest_many(points, k, max_distance, accuracy, fields, wanted, threads): the result, distances
 * and offsets of all that is found, one point after another, and how many are found for each. */
PyObject *core_nearest_many(PyObject *object, PyObject *args)
{
    many_points many;
    si_filter *filter;
    PyObject *fields, *wanted, *all = NULL;
    core_plan plan;
    core_index *self = core_hold(object);
    if (self && read_many(self, args, &many, &fields, &wanted) &&
        core_make_filter(self, wanted, &filter)) {
        many.nearest.filter = filter;
        if (core_plan_open(&plan, self, object, fields)) {
            all = run_many(&plan, &many);
            core_plan_close(&plan);
        }
        si_filter_free(filter);
    }
    core_let_go(self);
    return all;
}
