/* The processes of an MPI job, by a library of its own that is loaded only where there are some. */
#ifndef SPATIAL_INDEX_PYTHON_MPI_H
#define SPATIAL_INDEX_PYTHON_MPI_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdbool.h>

#include <spatial_index/spatial_index.h>

/* What is used of the library. It stays loaded: MPI cannot be started twice. */
typedef struct core_mpi {
    void *handle; /* NULL: not loaded */
    si_result (*start)(int *has_started, si_error *error);
    void (*end)(void);
    void (*abort)(int exit_code);
    si_result (*open)(si_cluster **cluster, si_error *error);
    void (*close)(si_cluster *cluster);
    unsigned (*rank)(const si_cluster *cluster);
    unsigned (*size)(const si_cluster *cluster);
    int (*is_first)(const si_cluster *cluster, int is_one);
    si_result (*settle)(si_cluster *cluster, const char *name, const void *own, size_t bytes,
                        void **settled, size_t *settled_bytes, si_error *error);
} core_mpi;

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
PyObject *core_cluster_settle(PyObject *module, PyObject *args);

#endif
