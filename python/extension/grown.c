#include "core.h"

#include "arguments.h"

/* Kinds that grow have three columns at most. */
#define MOST_GROWN_COLUMNS 3

/* ---- the index ---- */

void core_get_info(const core_index *self, si_index_info *info)
{
    si_index_get_info(self->index, info);
}

si_result core_count(const core_index *self, const si_query *query, uint64_t *count,
                     si_error *error)
{
    return si_index_count(self->index, query, count, error);
}

si_result core_empty(const core_index *self, const si_query *query, bool *empty, si_error *error)
{
    return si_index_empty(self->index, query, empty, error);
}

si_result core_append_all(const core_index *self, si_builder *builder, si_error *error)
{
    return si_builder_append_index(builder, self->index, error);
}

/* ---- inserting ---- */

static PyObject *insert(core_index *self, const si_input_column *columns, size_t column_count,
                        uint64_t count)
{
    si_error error;
    si_result result;
    Py_BEGIN_ALLOW_THREADS;
    result = si_index_insert((si_index *)(uintptr_t)self->index, columns, column_count, count,
                             &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK) {
        core_raise(&error);
        return NULL;
    }
    self->has_grown = true;
    Py_RETURN_NONE;
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
PyObject *core_insert(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *keywords)
{
    core_index *self = (core_index *)object;
    double point[3];
    float place[3], radius = 0;
    uint64_t id = 0;
    if (count != 3 || keywords) {
        PyErr_SetString(PyExc_TypeError, "_insert() takes a place, a radius and an id");
        return NULL;
    }
    bool has_radius = args[1] != Py_None, has_id = args[2] != Py_None;
    if (!core_read_point(args[0], place_name(self), point) ||
        (has_radius && !read_radius(args[1], &radius)) || (has_id && !read_id(args[2], &id)))
        return NULL;
    for (int axis = 0; axis < 3; axis++)
        place[axis] = (float)point[axis];
    si_input_column columns[3] = {{place_field(self), place}};
    size_t column_count = 1;
    if (has_radius)
        columns[column_count++] = (si_input_column){SI_FIELD_RADIUS, &radius};
    if (has_id)
        columns[column_count++] = (si_input_column){SI_FIELD_ID, &id};
    return insert(self, columns, column_count, 1);
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
    return insert((core_index *)object, columns, column_count, count);
}
