/* Queries from a shape's parts: numbers, or the Python objects that a caller passes. */
#include "py_shapes.h"

#include <math.h>

#define POINT CORE_PART_POINT
#define RADIUS CORE_PART_RADIUS

const core_shape_info core_shape_infos[CORE_SHAPE_COUNT] = {
    [CORE_BOX] = {2,
                  {POINT, POINT},
                  {"corner", "opposite_corner"},
                  {"corners", "opposite_corners"}},
    [CORE_SPHERE] = {2, {POINT, RADIUS}, {"center", "radius"}, {"centers", "radii"}},
    [CORE_CAPSULE] = {3,
                      {POINT, POINT, RADIUS},
                      {"end", "other_end", "radius"},
                      {"ends", "other_ends", "radii"}},
    [CORE_CYLINDER] = {3,
                       {POINT, POINT, RADIUS},
                       {"end", "other_end", "radius"},
                       {"ends", "other_ends", "radii"}},
    [CORE_ORIENTED_BOX] = {3,
                           {POINT, POINT, CORE_PART_ORIENTATION},
                           {"center", "half_size", "orientation"},
                           {"centers", "half_sizes", "orientations"}},
};

/* ---- accuracy ---- */

bool core_is_string(PyObject *value, const char *text)
{
    return PyUnicode_Check(value) && PyUnicode_CompareWithASCIIString(value, text) == 0;
}

bool core_read_accuracy(core_state *state, PyObject *value, si_accuracy *accuracy)
{
    if (!value || value == Py_None || core_is_string(value, "best_effort"))
        *accuracy = SI_BEST_EFFORT;
    else if (core_is_string(value, "bounding_box"))
        *accuracy = SI_BOUNDING_BOX;
    else if (core_is_string(value, "exact"))
        *accuracy = SI_EXACT;
    else
        return core_raise_accuracy_error(state, value);
    return true;
}

bool core_read_manner(core_state *state, PyObject *accuracy, core_shape_kind shape,
                      core_manner *manner)
{
    *manner = (core_manner){SI_BEST_EFFORT, false};
    if (!accuracy || accuracy == Py_None)
        return true;
    manner->by_centers = core_is_string(accuracy, "center");
    if (!manner->by_centers)
        return core_read_accuracy(state, accuracy, &manner->accuracy);
    return shape == CORE_BOX ||
           core_raise_argument_error(state,
                                     "Invalid geometry: accuracy='center' is only for boxes.");
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

si_result core_make_query(core_shape_kind shape, const double *const parts[CORE_SHAPE_PARTS],
                          Py_ssize_t orientation_length, core_manner manner,
                          const si_filter *filter, si_query *query, si_error *error)
{
    si_accuracy accuracy = manner.accuracy;
    si_result result;
    double axes[2][3];
    switch (shape) {
    case CORE_BOX:
        result = manner.by_centers ? si_query_box(parts[0], parts[1], SI_CENTER, query, error)
                                   : si_query_box(parts[0], parts[1], accuracy, query, error);
        break;
    case CORE_SPHERE:
        result = si_query_sphere(parts[0], *parts[1], accuracy, query, error);
        break;
    case CORE_CAPSULE:
        result = si_query_capsule(parts[0], parts[1], *parts[2], accuracy, query, error);
        break;
    case CORE_CYLINDER:
        result = si_query_cylinder(parts[0], parts[1], *parts[2], accuracy, query, error);
        break;
    default:
        result = orientation_length == 4 ? si_quaternion_axes(parts[2], axes, error)
                                         : split_matrix(parts[2], axes, error);
        if (result == SI_OK)
            result = si_query_oriented_box(parts[0], axes, parts[1], accuracy, query, error);
    }
    if (result == SI_OK)
        query->filter = filter;
    return result;
}

/* ---- queries from objects ---- */

static bool read_radius(PyObject *value, double *radius)
{
    *radius = PyFloat_AsDouble(value);
    return *radius != -1.0 || !PyErr_Occurred();
}

static bool read_orientation(core_state *state, PyObject *value, double orientation[9],
                             Py_ssize_t *length)
{
    core_view view;
    PyObject *array = core_array_of_doubles(state, value);
    if (!array || !core_view_array(array, "d", &view)) {
        Py_XDECREF(array);
        return false;
    }
    bool is_quaternion = view.dimensions == 1 && view.shape[0] == 4;
    bool is_matrix = view.dimensions == 2 && view.shape[0] == 3 && view.shape[1] == 3;
    *length = is_quaternion ? 4 : 9;
    if (is_quaternion || is_matrix)
        memcpy(orientation, view.data, (size_t)*length * sizeof *orientation);
    else
        core_raise_shape_error(state, "Invalid shape of orientation, expected (4,) or (3, 3)");
    Py_DECREF(array);
    return is_quaternion || is_matrix;
}

bool core_read_query(core_state *state, core_shape_kind shape, PyObject *const *parts,
                     core_manner manner, const si_filter *filter, si_query *query)
{
    double values[CORE_SHAPE_PARTS][9];
    const double *const numbers[CORE_SHAPE_PARTS] = {values[0], values[1], values[2]};
    const core_shape_info *info = &core_shape_infos[shape];
    Py_ssize_t orientation_length = 0;
    si_error error;
    for (int part = 0; part < info->part_count; part++) {
        bool done = false;
        if (info->parts[part] == CORE_PART_POINT)
            done = core_read_point(state, parts[part], info->names[part], values[part]);
        else if (info->parts[part] == CORE_PART_RADIUS)
            done = read_radius(parts[part], values[part]);
        else
            done = read_orientation(state, parts[part], values[part], &orientation_length);
        if (!done)
            return false;
    }
    if (core_make_query(shape, numbers, orientation_length, manner, filter, query, &error) == SI_OK)
        return true;
    core_raise(state, &error);
    return false;
}
