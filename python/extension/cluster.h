/* The processes of an MPI job, by a library of its own that is loaded only where there are some. */
#ifndef SPATIAL_INDEX_PYTHON_CLUSTER_H
#define SPATIAL_INDEX_PYTHON_CLUSTER_H

#include "core.h"

/* The cluster that a dict has under "cluster"; NULL: none. */
bool core_get_cluster(PyObject *dict, si_cluster **cluster);

PyObject *core_mpi_load(PyObject *module, PyObject *args);
PyObject *core_mpi_start(PyObject *module, PyObject *ignored);
PyObject *core_mpi_end(PyObject *module, PyObject *ignored);
PyObject *core_mpi_abort(PyObject *module, PyObject *args);
PyObject *core_cluster_open(PyObject *module, PyObject *ignored);
PyObject *core_cluster_close(PyObject *module, PyObject *capsule);
PyObject *core_cluster_place(PyObject *module, PyObject *capsule);
PyObject *core_cluster_is_first(PyObject *module, PyObject *args);

#endif
