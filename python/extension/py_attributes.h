/* Attributes of the data set that was indexed, as fields. */
#ifndef SPATIAL_INDEX_PYTHON_ATTRIBUTES_H
#define SPATIAL_INDEX_PYTHON_ATTRIBUTES_H

#include "py_core.h"

/* True if the data set has it. False with FieldError: it has not, or there is no data set. */
bool core_check_attribute(core_index *self, PyObject *name);

/* Values for the elements whose ids are in an array of uint64. */
PyObject *core_read_attribute(core_index *self, PyObject *name, PyObject *ids);

/* A list of names; an empty one where the index records no data set. */
PyObject *core_attribute_names(PyObject *object, PyObject *ignored);

/* For an index that records no data set: an object with the methods attribute_names(), a list, and
 * read_attribute(name, ids), an array, that knows the attributes of its elements. */
PyObject *core_set_attributes(PyObject *object, PyObject *source);

#endif
