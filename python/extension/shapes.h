/* The shapes that queries ask for, and how they come from what a caller passes. */
#ifndef SPATIAL_INDEX_PYTHON_SHAPES_H
#define SPATIAL_INDEX_PYTHON_SHAPES_H

#include "core.h"

/* Numbers that a shape is made of: of a box two corners, of a sphere center and radius, of a
 * capsule or cylinder two ends and the radius, of an oriented box center, half size and orientation
 * (a quaternion or, row by row, a matrix). */
typedef struct core_shape {
    const double *parts[3];
    npy_intp orientation_length; /* 4 or 9 */
} core_shape;

/* How many parts there are. */
typedef enum si_shape {
    SI_SHAPE_BOX,
    SI_SHAPE_SPHERE,
    SI_SHAPE_CAPSULE,
    SI_SHAPE_CYLINDER,
    SI_SHAPE_ORIENTED_BOX,
    SI_SHAPE_CENTERS
} si_shape;

int core_part_count(si_shape shape);

/* With the accuracy "center" a box becomes SI_SHAPE_CENTERS, and other shapes are refused. */
bool core_read_manner(PyObject *value, si_shape *shape, si_accuracy *accuracy);

si_result core_make_query(si_shape shape, const core_shape *numbers, si_accuracy accuracy,
                          si_query *query, si_error *error);

/* From the parts as Python objects. */
bool core_read_query(si_shape shape, PyObject *const *parts, PyObject *accuracy, si_query *query);

#endif
