/* The elements nearest to a point. */
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
