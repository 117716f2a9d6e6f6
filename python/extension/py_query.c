/*
 * One query: _query, _counts and _empty, which the methods that spatial_index/named_methods.py
 * generates call with all arguments by position:
 *
 *     shape, three parts of it (the last may be None), accuracy, fields or group_by, and the
 *     keywords of the filter
 *
 * Results are held in a batch until arrays of their size are there.
 */
#include "py_filter.h"
#include "py_groups.h"
#include "py_plan.h"
#include "py_shapes.h"

enum {
    SHAPE_ARGUMENT,
    PART_ARGUMENT,
    ACCURACY_ARGUMENT = PART_ARGUMENT + CORE_SHAPE_PARTS,
    OUTPUT_ARGUMENT, /* fields or group_by; None for _empty */
    WANTED_ARGUMENT,
    ARGUMENT_COUNT = WANTED_ARGUMENT + CORE_WANTED_COUNT
};

typedef struct query_request {
    core_index *self;
    si_filter *filter;
    si_query query;
} query_request;

/* To be closed only after success. */
static bool open_request(query_request *request, PyObject *object, PyObject *const *args,
                         Py_ssize_t count)
{
    core_manner manner;
    if (count != ARGUMENT_COUNT) {
        PyErr_SetString(PyExc_TypeError, "expected all arguments by position");
        return false;
    }
    long shape = PyLong_AsLong(args[SHAPE_ARGUMENT]);
    if (shape < 0 || shape >= CORE_SHAPE_COUNT) {
        PyErr_SetString(PyExc_TypeError, "expected the number of a shape");
        return false;
    }
    core_index *self = request->self = core_hold(object);
    if (!self)
        return false;
    if (core_read_manner(self->state, args[ACCURACY_ARGUMENT], (core_shape_kind)shape, &manner) &&
        core_read_filter(self, args + WANTED_ARGUMENT, &request->filter)) {
        if (core_read_query(self->state, (core_shape_kind)shape, args + PART_ARGUMENT, manner,
                            request->filter, &request->query))
            return true;
        si_filter_free(request->filter);
    }
    core_let_go(self);
    return false;
}

static void close_request(query_request *request)
{
    si_filter_free(request->filter);
    core_let_go(request->self);
}

/* ---- elements ---- */

static bool fill_arrays(core_plan *plan, const si_query *query, PyObject **arrays)
{
    core_state *state = plan->self->state;
    si_batch *batch = core_take_batch(state);
    if (!batch)
        return false;
    bool done = core_search(plan->self, query, 1, 1, batch);
    if (done) {
        uint64_t count = si_batch_offsets(batch)[1];
        done = core_new_arrays(plan, count, arrays) && core_copy(plan, batch, count, 1);
    }
    core_give_back_batch(state, batch);
    return done;
}

CORE_FAST_METHOD(core_query)
{
    query_request request;
    core_plan plan;
    PyObject *result = NULL;
    if (!open_request(&request, object, args, count))
        return NULL;
    if (core_plan_open(&plan, request.self, object, args[OUTPUT_ARGUMENT])) {
        PyObject *arrays[CORE_MOST_COLUMNS] = {NULL};
        if (fill_arrays(&plan, &request.query, arrays))
            result = core_plan_result(&plan, arrays);
        for (size_t i = 0; i < plan.column_count; i++)
            Py_XDECREF(arrays[i]);
        core_plan_close(&plan);
    }
    close_request(&request);
    return result;
}

/* ---- counts and emptiness ---- */

CORE_FAST_METHOD(core_counts)
{
    query_request request;
    PyObject *counts = NULL;
    if (!open_request(&request, object, args, count))
        return NULL;
    if (args[OUTPUT_ARGUMENT] != Py_None) {
        counts = core_count_groups(request.self, &request.query, args[OUTPUT_ARGUMENT]);
    } else {
        uint64_t found = 0;
        si_error error;
        si_result result;
        Py_BEGIN_ALLOW_THREADS;
        result = si_index_count(request.self->index, &request.query, &found, &error);
        Py_END_ALLOW_THREADS;
        if (result == SI_OK)
            counts = PyLong_FromUnsignedLongLong(found);
        else
            core_raise(request.self->state, &error);
    }
    close_request(&request);
    return counts;
}

CORE_FAST_METHOD(core_empty)
{
    query_request request;
    bool empty = false;
    si_error error;
    si_result result;
    if (!open_request(&request, object, args, count))
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = si_index_empty(request.self->index, &request.query, &empty, &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK)
        core_raise(request.self->state, &error);
    close_request(&request);
    return result == SI_OK ? PyBool_FromLong(empty) : NULL;
}
