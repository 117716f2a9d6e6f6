/* Elements inserted into an opened index. Queries find them at once. */
#include "py_core.h"

/* Kinds that grow have three columns at most. */
#define MOST_INSERTED_COLUMNS 3

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
        core_raise(self->state, &error);
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
    si_input_column columns[MOST_INSERTED_COLUMNS];
    size_t column_count;
    uint64_t count;
    PyObject *pairs;
    if (!PyArg_ParseTuple(args, "O!:_insert_many", &PyTuple_Type, &pairs) ||
        !core_read_columns(pairs, MOST_INSERTED_COLUMNS, columns, &column_count, &count))
        return NULL;
    core_index *self = core_hold(object);
    PyObject *done = self ? insert(self, columns, column_count, count) : NULL;
    core_let_go(self);
    return done;
}
