#include "arguments.h"

/* ---- parameters ---- */

static bool intern_names(core_parameters *parameters)
{
    for (Py_ssize_t i = 0; i < parameters->count; i++)
        if (!parameters->interned[i]) {
            parameters->interned[i] = PyUnicode_InternFromString(parameters->names[i]);
            if (!parameters->interned[i])
                return false;
        }
    return true;
}

/* The names of keywords in a caller's code are interned, so identity nearly always finds them. */
static Py_ssize_t find_parameter(const core_parameters *parameters, PyObject *name)
{
    for (Py_ssize_t i = 0; i < parameters->count; i++)
        if (parameters->interned[i] == name)
            return i;
    for (Py_ssize_t i = 0; i < parameters->count; i++)
        if (PyUnicode_Compare(parameters->interned[i], name) == 0)
            return i;
    return -1;
}

static bool read_keywords(const core_parameters *parameters, PyObject *const *args,
                          PyObject *keywords, PyObject *values[CORE_MOST_PARAMETERS])
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(keywords); i++) {
        PyObject *name = PyTuple_GET_ITEM(keywords, i);
        Py_ssize_t place = find_parameter(parameters, name);
        if (place < 0 || values[place]) {
            PyErr_Format(PyExc_TypeError,
                         place < 0 ? "%s() got an unexpected keyword argument '%U'"
                                   : "%s() got multiple values for argument '%U'",
                         parameters->method, name);
            return false;
        }
        values[place] = args[i];
    }
    return true;
}

bool core_read_arguments(core_parameters *parameters, PyObject *const *args, Py_ssize_t count,
                         PyObject *keywords, PyObject *values[CORE_MOST_PARAMETERS])
{
    if (!parameters->interned[parameters->count - 1] && !intern_names(parameters))
        return false;
    if (count > parameters->positional_count) {
        PyErr_Format(PyExc_TypeError, "%s() takes %zd positional arguments, but %zd were given",
                     parameters->method, parameters->positional_count, count);
        return false;
    }
    for (Py_ssize_t i = 0; i < parameters->count; i++)
        values[i] = i < count ? args[i] : NULL;
    if (keywords && !read_keywords(parameters, args + count, keywords, values))
        return false;
    for (Py_ssize_t i = 0; i < parameters->positional_count; i++)
        if (!values[i]) {
            PyErr_Format(PyExc_TypeError, "%s() misses the argument '%s'", parameters->method,
                         parameters->names[i]);
            return false;
        }
    return true;
}

/* ---- values ---- */

bool core_is_string(PyObject *value, const char *string)
{
    return PyUnicode_Check(value) && PyUnicode_CompareWithASCIIString(value, string) == 0;
}

bool core_read_accuracy(PyObject *value, si_accuracy *accuracy)
{
    if (!value || value == Py_None || core_is_string(value, "best_effort"))
        *accuracy = SI_BEST_EFFORT;
    else if (core_is_string(value, "bounding_box"))
        *accuracy = SI_BOUNDING_BOX;
    else if (core_is_string(value, "exact"))
        *accuracy = SI_EXACT;
    else
        return core_raise_argument_error(
            "Invalid geometry: %S. accuracy is 'best_effort', 'bounding_box' or 'exact', "
            "of boxes also 'center'.",
            value);
    return true;
}

/* The conversion may run Python code, which may change the list that the items are from. */
static bool read_items(PyObject *const *items, double point[3])
{
    PyObject *held[3] = {Py_NewRef(items[0]), Py_NewRef(items[1]), Py_NewRef(items[2])};
    bool done = true;
    for (int axis = 0; axis < 3 && done; axis++) {
        point[axis] = PyFloat_AsDouble(held[axis]);
        done = point[axis] != -1.0 || !PyErr_Occurred();
    }
    for (int axis = 0; axis < 3; axis++)
        Py_DECREF(held[axis]);
    return done;
}

static void raise_point_shape(PyArrayObject *array, const char *name)
{
    PyObject *shape = PyObject_GetAttrString((PyObject *)array, "shape");
    if (shape)
        core_raise_shape_error("Invalid shape of %s: %R, expected (3,)", name, shape);
    Py_XDECREF(shape);
}

/* Whatever NumPy can cast. */
static bool read_any_point(PyObject *value, const char *name, double point[3])
{
    PyArrayObject *array = (PyArrayObject *)PyArray_FROMANY(
        value, NPY_DOUBLE, 0, 0, NPY_ARRAY_CARRAY_RO | NPY_ARRAY_FORCECAST);
    if (!array)
        return false;
    bool is_point = PyArray_NDIM(array) == 1 && PyArray_DIM(array, 0) == 3;
    if (is_point)
        memcpy(point, PyArray_DATA(array), 3 * sizeof *point);
    else
        raise_point_shape(array, name);
    Py_DECREF(array);
    return is_point;
}

static bool read_array(PyArrayObject *array, double point[3])
{
    const char *data = PyArray_BYTES(array);
    npy_intp stride = PyArray_STRIDE(array, 0);
    int type = PyArray_TYPE(array);
    if (!PyArray_ISBEHAVED_RO(array) || (type != NPY_DOUBLE && type != NPY_FLOAT))
        return false;
    for (int axis = 0; axis < 3; axis++, data += stride)
        point[axis] = type == NPY_DOUBLE ? *(const double *)(const void *)data
                                         : (double)*(const float *)(const void *)data;
    return true;
}

bool core_read_point(PyObject *value, const char *name, double point[3])
{
    if (PyTuple_CheckExact(value) && PyTuple_GET_SIZE(value) == 3) {
        if (read_items(&PyTuple_GET_ITEM(value, 0), point))
            return true;
    } else if (PyList_CheckExact(value) && PyList_GET_SIZE(value) == 3) {
        if (read_items(&PyList_GET_ITEM(value, 0), point))
            return true;
    } else if (PyArray_CheckExact(value) && PyArray_NDIM((PyArrayObject *)value) == 1 &&
               PyArray_DIM((PyArrayObject *)value, 0) == 3) {
        if (read_array((PyArrayObject *)value, point))
            return true;
    }
    PyErr_Clear();
    return read_any_point(value, name, point);
}

/* ---- populations ---- */

static PyObject *only_population(PyObject *populations)
{
    if (!populations)
        return Py_NewRef(Py_None);
    if (populations == Py_None || PyUnicode_Check(populations))
        return Py_NewRef(populations);
    PyObject *list = PySequence_List(populations);
    if (!list)
        return NULL;
    PyObject *only = NULL;
    if (PyList_GET_SIZE(list) == 1)
        only = Py_NewRef(PyList_GET_ITEM(list, 0));
    else
        core_raise_argument_error("Invalid populations=%R: this index has one population.",
                                  populations);
    Py_DECREF(list);
    return only;
}

PyObject *core_by_population(PyObject *result, PyObject *populations, PyObject *mode)
{
    if (!result || !mode || mode == Py_None || core_is_string(mode, "single"))
        return result;
    PyObject *dict = NULL, *name = only_population(populations);
    if (name && (dict = PyDict_New()) && PyDict_SetItem(dict, name, result) < 0)
        Py_CLEAR(dict);
    Py_XDECREF(name);
    Py_DECREF(result);
    return dict;
}
