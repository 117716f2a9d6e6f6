/* What a query's caller passes, read without a detour through NumPy where that is possible. */
#ifndef SPATIAL_INDEX_PYTHON_ARGUMENTS_H
#define SPATIAL_INDEX_PYTHON_ARGUMENTS_H

#include "core.h"

#define CORE_MOST_PARAMETERS 13

/* The parameters of a method. The first `positional_count` are required and may be positional, the
 * others are optional keywords. */
typedef struct core_parameters {
    const char *method;
    Py_ssize_t positional_count;
    Py_ssize_t count;
    const char *names[CORE_MOST_PARAMETERS];
    PyObject *interned[CORE_MOST_PARAMETERS]; /* filled at the first call */
} core_parameters;

/* Borrowed references in the order of the parameters; NULL where one is not given. */
bool core_read_arguments(core_parameters *parameters, PyObject *const *args, Py_ssize_t count,
                         PyObject *keywords, PyObject *values[CORE_MOST_PARAMETERS]);

/* NULL and None are the default. */
bool core_read_accuracy(PyObject *value, si_accuracy *accuracy);

/* Three numbers: a tuple, a list, an array, or whatever NumPy makes one of. `name` is for the
 * sentence of the error. */
bool core_read_point(PyObject *value, const char *name, double point[3]);

/* What population_mode and populations make of the result on an index of one population: as it is,
 * or a dict of one entry. Consumes `result`, which may be NULL. */
PyObject *core_by_population(PyObject *result, PyObject *populations, PyObject *mode);

bool core_is_string(PyObject *value, const char *string);

#endif
