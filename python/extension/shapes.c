#include "shapes.h"

#include <math.h>

#include "arguments.h"

int core_part_count(si_shape shape)
{
    return shape == SI_SHAPE_BOX || shape == SI_SHAPE_CENTERS || shape == SI_SHAPE_SPHERE ? 2 : 3;
}

bool core_read_manner(PyObject *value, si_shape *shape, si_accuracy *accuracy)
{
    *accuracy = SI_BEST_EFFORT;
    if (!value || !core_is_string(value, "center"))
        return core_read_accuracy(value, accuracy);
    if (*shape != SI_SHAPE_BOX)
        return core_raise_argument_error("Invalid geometry: accuracy 'center' goes with boxes.");
    *shape = SI_SHAPE_CENTERS;
    return true;
}

/* ---- queries from numbers ---- */

/* The columns of a rotation matrix are where it turns the coordinate axes to. The third must be
 * across both others; whether it is the one way or the other makes no difference to a box. */
static si_result split_matrix(const double *matrix, double axes[2][3], si_error *error)
{
    double third[3], square = 0, other_square = 0, product = 0;
    for (int k = 0; k < 3; k++) {
        axes[0][k] = matrix[3 * k];
        axes[1][k] = matrix[3 * k + 1];
        third[k] = matrix[3 * k + 2];
    }
    for (int k = 0; k < 3; k++) {
        int i = (k + 1) % 3, j = (k + 2) % 3;
        double across = axes[0][i] * axes[1][j] - axes[0][j] * axes[1][i];
        square += across * across;
        other_square += third[k] * third[k];
        product += across * third[k];
    }
    if (fabs(product) >= (1 - 1e-10) * sqrt(square * other_square) && other_square > 0)
        return SI_OK;
    *error = (si_error){SI_ERROR_ARGUMENT,
                        "the columns of the orientation are not at right angles"};
    return SI_ERROR_ARGUMENT;
}

static si_result make_oriented_box(const core_shape *numbers, si_accuracy accuracy, si_query *query,
                                   si_error *error)
{
    double axes[2][3];
    const double *orientation = numbers->parts[2];
    si_result result = numbers->orientation_length == 4
                           ? si_quaternion_axes(orientation, axes, error)
                           : split_matrix(orientation, axes, error);
    return result == SI_OK ? si_query_oriented_box(numbers->parts[0], axes, numbers->parts[1],
                                                   accuracy, query, error)
                           : result;
}

si_result core_make_query(si_shape shape, const core_shape *numbers, si_accuracy accuracy,
                          si_query *query, si_error *error)
{
    const double *const *parts = numbers->parts;
    switch (shape) {
    case SI_SHAPE_BOX:
        return si_query_box(parts[0], parts[1], accuracy, query, error);
    case SI_SHAPE_CENTERS:
        return si_query_box(parts[0], parts[1], SI_CENTER, query, error);
    case SI_SHAPE_SPHERE:
        return si_query_sphere(parts[0], *parts[1], accuracy, query, error);
    case SI_SHAPE_CAPSULE:
        return si_query_capsule(parts[0], parts[1], *parts[2], accuracy, query, error);
    case SI_SHAPE_CYLINDER:
        return si_query_cylinder(parts[0], parts[1], *parts[2], accuracy, query, error);
    default:
        return make_oriented_box(numbers, accuracy, query, error);
    }
}

/* ---- queries from objects ---- */

static bool read_radius(PyObject *value, double *radius)
{
    *radius = PyFloat_AsDouble(value);
    return *radius != -1.0 || !PyErr_Occurred();
}

static bool read_orientation(PyObject *value, double orientation[9], npy_intp *length)
{
    PyArrayObject *array = (PyArrayObject *)PyArray_FROMANY(
        value, NPY_DOUBLE, 0, 0, NPY_ARRAY_CARRAY_RO | NPY_ARRAY_FORCECAST);
    if (!array)
        return false;
    const npy_intp *dims = PyArray_DIMS(array);
    bool is_quaternion = PyArray_NDIM(array) == 1 && dims[0] == 4;
    bool is_matrix = PyArray_NDIM(array) == 2 && dims[0] == 3 && dims[1] == 3;
    *length = is_quaternion ? 4 : 9;
    if (is_quaternion || is_matrix)
        memcpy(orientation, PyArray_DATA(array), (size_t)*length * sizeof *orientation);
    else
        core_raise_shape_error("orientation has the wrong shape, expected (4,) or (3, 3)");
    Py_DECREF(array);
    return is_quaternion || is_matrix;
}

static bool read_last_part(si_shape shape, PyObject *part, double values[9], npy_intp *length)
{
    return shape == SI_SHAPE_ORIENTED_BOX ? read_orientation(part, values, length)
                                          : read_radius(part, values);
}

/* Those of box_query and its like. */
static const char *name_of_point(si_shape shape, int part)
{
    switch (shape) {
    case SI_SHAPE_BOX:
    case SI_SHAPE_CENTERS:
        return part == 0 ? "corner" : "opposite_corner";
    case SI_SHAPE_CAPSULE:
    case SI_SHAPE_CYLINDER:
        return part == 0 ? "end" : "other_end";
    default:
        return part == 0 ? "center" : "half_size";
    }
}

static bool read_parts(si_shape shape, PyObject *const *parts, double values[3][9],
                       npy_intp *orientation_length)
{
    if (!core_read_point(parts[0], name_of_point(shape, 0), values[0]))
        return false;
    if (shape == SI_SHAPE_SPHERE)
        return read_radius(parts[1], values[1]);
    return core_read_point(parts[1], name_of_point(shape, 1), values[1]) &&
           (core_part_count(shape) == 2 ||
            read_last_part(shape, parts[2], values[2], orientation_length));
}

bool core_read_query(si_shape shape, PyObject *const *parts, PyObject *accuracy, si_query *query)
{
    double values[3][9];
    core_shape numbers = {{values[0], values[1], values[2]}, 0};
    si_accuracy chosen;
    si_error error;
    if (!core_read_manner(accuracy, &shape, &chosen) ||
        !read_parts(shape, parts, values, &numbers.orientation_length))
        return false;
    if (core_make_query(shape, &numbers, chosen, query, &error) == SI_OK)
        return true;
    core_raise(&error);
    return false;
}
