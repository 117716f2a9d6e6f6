/* Elements inserted into an opened index, and what depends on whether there are any. */
#include "py_insert.h"

/* ---- the index, grown or not ---- */

void core_get_info(const core_index *self, si_index_info *info)
{
    if (self->growing)
        si_growing_index_get_info(self->growing, info);
    else
        si_index_get_info(self->index, info);
}

si_result core_grown_count(const core_index *self, const si_query *query, uint64_t *count,
                           si_error *error)
{
    return self->growing ? si_growing_index_count(self->growing, query, count, error)
                         : si_index_count(self->index, query, count, error);
}

si_result core_grown_empty(const core_index *self, const si_query *query, int *empty,
                           si_error *error)
{
    return self->growing ? si_growing_index_empty(self->growing, query, empty, error)
                         : si_index_empty(self->index, query, empty, error);
}

si_result core_append_all(const core_index *self, si_builder *builder, si_error *error)
{
    return self->growing ? si_builder_append_growing(builder, self->growing, error)
                         : si_builder_append_index(builder, self->index, error);
}

/* ---- queries ---- */

/* Results that are not counted beforehand. Kinds that grow have three columns at most. */
#define FEW_RESULTS 256
#define MOST_GROWN_COLUMNS 3
#define MOST_VALUE_BYTES 12

static bool search_grown(const core_plan *plan, const si_query *query, const si_column *columns,
                         uint64_t capacity, uint64_t *count)
{
    si_error error;
    si_result result;
    Py_BEGIN_ALLOW_THREADS;
    result = si_growing_index_query(plan->self->growing, query, columns, plan->column_count,
                                    capacity, count, &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK)
        core_raise(plan->self->state, &error);
    return result == SI_OK;
}

/* Other threads may insert in between: then the first results are as many as were counted. */
bool core_grown_arrays(core_plan *plan, const si_query *query, PyObject **arrays)
{
    char few[MOST_GROWN_COLUMNS][FEW_RESULTS * MOST_VALUE_BYTES]
        __attribute__((aligned(sizeof(uint64_t))));
    si_column columns[MOST_GROWN_COLUMNS];
    uint64_t count = 0;
    for (size_t i = 0; i < plan->column_count; i++)
        columns[i] = (si_column){plan->columns[i].field, few[i]};
    if (!search_grown(plan, query, columns, FEW_RESULTS, &count) ||
        !core_new_arrays(plan, count, arrays))
        return false;
    if (count > FEW_RESULTS)
        return search_grown(plan, query, plan->columns, count, &count);
    for (size_t i = 0; i < plan->column_count; i++)
        memcpy(plan->columns[i].data, few[i], count * core_type_size(plan->column_fields[i]->type));
    return true;
}

/* ---- batches ---- */

si_result core_grown_counts(const core_index *self, const si_query *queries, uint64_t query_count,
                            uint64_t *counts, si_error *error)
{
    si_result result = SI_OK;
    for (uint64_t i = 0; result == SI_OK && i < query_count; i++)
        result = si_growing_index_count(self->growing, &queries[i], &counts[i], error);
    return result;
}

static si_result find_offsets(const core_index *self, const si_query *queries, uint64_t query_count,
                              int64_t *offsets, si_error *error)
{
    si_result result = core_grown_counts(self, queries, query_count, (uint64_t *)offsets + 1,
                                         error);
    offsets[0] = 0;
    for (uint64_t i = 0; result == SI_OK && i < query_count; i++)
        offsets[i + 1] += offsets[i];
    return result;
}

static si_result fill_parts(const core_plan *plan, const si_query *queries, uint64_t query_count,
                            const int64_t *offsets, si_error *error)
{
    si_column columns[CORE_MOST_COLUMNS];
    si_result result = SI_OK;
    for (uint64_t i = 0; result == SI_OK && i < query_count; i++) {
        uint64_t count = (uint64_t)(offsets[i + 1] - offsets[i]);
        for (size_t c = 0; c < plan->column_count; c++)
            columns[c] = (si_column){plan->columns[c].field,
                                     (char *)plan->columns[c].data +
                                         (size_t)offsets[i] *
                                             core_type_size(plan->column_fields[c]->type)};
        result = si_growing_index_query(plan->self->growing, &queries[i], columns,
                                        plan->column_count, count, &count, error);
    }
    return result;
}

bool core_grown_batch(core_plan *plan, const si_query *queries, uint64_t query_count,
                      int64_t *offsets, PyObject **arrays)
{
    si_error error;
    si_result result;
    Py_BEGIN_ALLOW_THREADS;
    result = find_offsets(plan->self, queries, query_count, offsets, &error);
    Py_END_ALLOW_THREADS;
    if (result == SI_OK) {
        if (!core_new_arrays(plan, (uint64_t)offsets[query_count], arrays))
            return false;
        Py_BEGIN_ALLOW_THREADS;
        result = fill_parts(plan, queries, query_count, offsets, &error);
        Py_END_ALLOW_THREADS;
    }
    if (result != SI_OK)
        core_raise(plan->self->state, &error);
    return result == SI_OK;
}

/* ---- inserting ---- */

static bool start_growing(core_index *self)
{
    si_error error;
    if (self->growing || si_growing_index_create(self->index, &self->growing, &error) == SI_OK)
        return true;
    core_raise(self->state, &error);
    return false;
}

static PyObject *insert(core_index *self, const si_input_column *columns, size_t column_count,
                        uint64_t count)
{
    si_error error;
    si_result result;
    if (!start_growing(self))
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = si_growing_index_insert(self->growing, columns, column_count, count, &error);
    Py_END_ALLOW_THREADS;
    if (result == SI_OK)
        Py_RETURN_NONE;
    core_raise(self->state, &error);
    return NULL;
}

static si_field place_field(const core_index *self)
{
    return self->kind == SI_SPHERE ? SI_FIELD_CENTROID : SI_FIELD_POSITION;
}

static const char *place_name(const core_index *self)
{
    return self->kind == SI_SPHERE ? "centroid" : "position";
}

static bool read_radius(PyObject *value, float *radius)
{
    double number = PyFloat_AsDouble(value);
    *radius = (float)number;
    return number != -1.0 || !PyErr_Occurred();
}

static bool read_id(PyObject *value, uint64_t *id)
{
    PyObject *integer = PyNumber_Index(value);
    if (!integer)
        return false;
    *id = PyLong_AsUnsignedLongLong(integer);
    Py_DECREF(integer);
    return !PyErr_Occurred();
}

/* _insert(place, radius, id): one element. The radius of points is None, as is an id that is to be
 * the number of elements. */
CORE_FAST_METHOD(core_insert)
{
    double point[3];
    float place[3], radius = 0;
    uint64_t id = 0;
    if (count != 3) {
        PyErr_SetString(PyExc_TypeError, "_insert() takes a place, a radius and an id");
        return NULL;
    }
    core_index *self = core_hold(object);
    if (!self)
        return NULL;
    bool has_radius = args[1] != Py_None, has_id = args[2] != Py_None;
    PyObject *done = NULL;
    if (core_read_point(self->state, args[0], place_name(self), point) &&
        (!has_radius || read_radius(args[1], &radius)) && (!has_id || read_id(args[2], &id))) {
        si_input_column columns[3] = {{place_field(self), place}};
        size_t column_count = 1;
        for (int axis = 0; axis < 3; axis++)
            place[axis] = (float)point[axis];
        if (has_radius)
            columns[column_count++] = (si_input_column){SI_FIELD_RADIUS, &radius};
        if (has_id)
            columns[column_count++] = (si_input_column){SI_FIELD_ID, &id};
        done = insert(self, columns, column_count, 1);
    }
    core_let_go(self);
    return done;
}

/* _insert_many(columns): pairs of a field and an array, as build_elements takes them. */
PyObject *core_insert_many(PyObject *object, PyObject *args)
{
    si_input_column columns[MOST_GROWN_COLUMNS];
    size_t column_count;
    uint64_t count;
    PyObject *pairs;
    if (!PyArg_ParseTuple(args, "O!:_insert_many", &PyTuple_Type, &pairs) ||
        !core_read_columns(pairs, MOST_GROWN_COLUMNS, columns, &column_count, &count))
        return NULL;
    core_index *self = core_hold(object);
    PyObject *done = self ? insert(self, columns, column_count, count) : NULL;
    core_let_go(self);
    return done;
}
