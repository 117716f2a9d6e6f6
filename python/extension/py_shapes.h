/* The shapes that queries ask for, from what a caller passes. */
#ifndef SPATIAL_INDEX_PYTHON_SHAPES_H
#define SPATIAL_INDEX_PYTHON_SHAPES_H

#include "py_core.h"

/* As spatial_index/shapes.py numbers them. */
typedef enum core_shape_kind {
    CORE_BOX,
    CORE_SPHERE,
    CORE_CAPSULE,
    CORE_CYLINDER,
    CORE_ORIENTED_BOX,
    CORE_SHAPE_COUNT
} core_shape_kind;

#define CORE_SHAPE_PARTS 3

typedef enum core_part { CORE_PART_POINT, CORE_PART_RADIUS, CORE_PART_ORIENTATION } core_part;

/* The parameters of the methods for a shape, for one (box_query) and for many (box_query_many). */
typedef struct core_shape_info {
    int part_count;
    core_part parts[CORE_SHAPE_PARTS];
    const char *names[CORE_SHAPE_PARTS];
    const char *plural_names[CORE_SHAPE_PARTS];
} core_shape_info;

extern const core_shape_info core_shape_infos[CORE_SHAPE_COUNT];

/* How the elements are to lie to a shape. */
typedef struct core_manner {
    si_accuracy accuracy;
    bool by_centers; /* of boxes: whose centers are inside */
} core_manner;

/* NULL and None are the default. "center" is refused for other shapes than boxes. */
bool core_read_manner(core_state *state, PyObject *accuracy, core_shape_kind shape,
                      core_manner *manner);

/* An accuracy where there is no shape. */
bool core_read_accuracy(core_state *state, PyObject *value, si_accuracy *accuracy);

/* `parts` are numbers: of a box two corners; of a sphere center and radius; of a capsule or
 * cylinder two ends and the radius; of an oriented box center, half size and orientation, which is
 * a quaternion (4 numbers) or, row by row, a matrix (9). */
si_result core_make_query(core_shape_kind shape, const double *const parts[CORE_SHAPE_PARTS],
                          Py_ssize_t orientation_length, core_manner manner,
                          const si_filter *filter, si_query *query, si_error *error);

/* The same from Python objects. */
bool core_read_query(core_state *state, core_shape_kind shape, PyObject *const *parts,
                     core_manner manner, const si_filter *filter, si_query *query);

#endif
