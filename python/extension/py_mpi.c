/* MPI by dlopen: the functions of libspatial_index_mpi, and capsules of clusters. */
#include "py_mpi.h"

#include <dlfcn.h>
#include <spatial_index/spatial_index_mpi.h>

#include "py_core.h"

#define CLUSTER_CAPSULE "spatial_index.cluster"

/* ---- loading ---- */

/* ISO C has no cast between pointers to objects and to functions. */
static bool find(void *handle, const char *name, void *function)
{
    void *symbol = dlsym(handle, name);
    if (symbol)
        memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

static bool find_all(void *handle, core_mpi *mpi)
{
    return find(handle, "si_mpi_start", &mpi->start) && find(handle, "si_mpi_end", &mpi->end) &&
           find(handle, "si_mpi_abort", &mpi->abort) &&
           find(handle, "si_mpi_cluster_open", &mpi->open) &&
           find(handle, "si_mpi_cluster_close", &mpi->close) &&
           find(handle, "si_mpi_cluster_rank", &mpi->rank) &&
           find(handle, "si_mpi_cluster_size", &mpi->size) &&
           find(handle, "si_mpi_cluster_is_first", &mpi->is_first) &&
           find(handle, "si_mpi_cluster_settle", &mpi->settle);
}

/* mpi_load(path): None, or why the library cannot be used. */
PyObject *core_mpi_load(PyObject *module, PyObject *args)
{
    const char *path;
    core_mpi *mpi = &core_state_of(module)->mpi;
    if (!PyArg_ParseTuple(args, "y:mpi_load", &path))
        return NULL;
    if (mpi->handle)
        Py_RETURN_NONE;
    /* Open MPI loads parts of its own, which look for its symbols among those of all. */
    void *handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (!handle || !find_all(handle, mpi))
        return PyUnicode_DecodeFSDefault(dlerror());
    mpi->handle = handle;
    Py_RETURN_NONE;
}

/* NULL with an exception: it is not loaded. */
static const core_mpi *loaded_mpi(PyObject *module)
{
    const core_mpi *mpi = &core_state_of(module)->mpi;
    if (mpi->handle)
        return mpi;
    PyErr_SetString(PyExc_RuntimeError, "the library for MPI is not loaded");
    return NULL;
}

/* ---- MPI ---- */

/* mpi_start(): whether mpi_end() is to be called. */
PyObject *core_mpi_start(PyObject *module, PyObject *ignored)
{
    int has_started;
    si_error error;
    si_result result;
    const core_mpi *mpi = loaded_mpi(module);
    (void)ignored;
    if (!mpi)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = mpi->start(&has_started, &error);
    Py_END_ALLOW_THREADS;
    if (result == SI_OK)
        return PyBool_FromLong(has_started);
    core_raise(core_state_of(module), &error);
    return NULL;
}

PyObject *core_mpi_end(PyObject *module, PyObject *ignored)
{
    const core_mpi *mpi = loaded_mpi(module);
    (void)ignored;
    if (!mpi)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    mpi->end();
    Py_END_ALLOW_THREADS;
    Py_RETURN_NONE;
}

PyObject *core_mpi_abort(PyObject *module, PyObject *args)
{
    int exit_code;
    const core_mpi *mpi = loaded_mpi(module);
    if (!mpi || !PyArg_ParseTuple(args, "i:mpi_abort", &exit_code))
        return NULL;
    mpi->abort(exit_code);
    Py_RETURN_NONE;
}

/* ---- clusters ---- */

static si_cluster *cluster_of(PyObject *capsule)
{
    return PyCapsule_GetPointer(capsule, CLUSTER_CAPSULE);
}

bool core_get_cluster(PyObject *dict, si_cluster **cluster)
{
    PyObject *capsule = PyDict_GetItemString(dict, "cluster");
    *cluster = capsule && capsule != Py_None ? cluster_of(capsule) : NULL;
    return !PyErr_Occurred();
}

/* All processes close it together, so whoever opens it does, and not the collector of garbage. */
PyObject *core_cluster_open(PyObject *module, PyObject *ignored)
{
    si_cluster *cluster;
    si_error error;
    si_result result;
    const core_mpi *mpi = loaded_mpi(module);
    (void)ignored;
    if (!mpi)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = mpi->open(&cluster, &error);
    Py_END_ALLOW_THREADS;
    if (result == SI_OK)
        return PyCapsule_New(cluster, CLUSTER_CAPSULE, NULL);
    core_raise(core_state_of(module), &error);
    return NULL;
}

PyObject *core_cluster_close(PyObject *module, PyObject *capsule)
{
    const core_mpi *mpi = &core_state_of(module)->mpi;
    si_cluster *cluster = cluster_of(capsule);
    if (!cluster || PyCapsule_SetName(capsule, "closed") != 0)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    mpi->close(cluster);
    Py_END_ALLOW_THREADS;
    Py_RETURN_NONE;
}

/* cluster_place(cluster): its own number among how many. */
PyObject *core_cluster_place(PyObject *module, PyObject *capsule)
{
    const core_mpi *mpi = &core_state_of(module)->mpi;
    const si_cluster *cluster = cluster_of(capsule);
    return cluster ? Py_BuildValue("(II)", mpi->rank(cluster), mpi->size(cluster)) : NULL;
}

/* cluster_is_first(cluster, is_one) */
PyObject *core_cluster_is_first(PyObject *module, PyObject *args)
{
    PyObject *capsule;
    int is_one, is_first;
    const core_mpi *mpi = &core_state_of(module)->mpi;
    if (!PyArg_ParseTuple(args, "Op:cluster_is_first", &capsule, &is_one))
        return NULL;
    const si_cluster *cluster = cluster_of(capsule);
    if (!cluster)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    is_first = mpi->is_first(cluster, is_one);
    Py_END_ALLOW_THREADS;
    return PyBool_FromLong(is_first);
}

/* cluster_settle(cluster, name, value): the value, bytes or None, that the processes give which
 * give one. */
PyObject *core_cluster_settle(PyObject *module, PyObject *args)
{
    PyObject *capsule;
    const char *name, *value;
    Py_ssize_t bytes;
    void *settled;
    size_t settled_bytes;
    si_error error;
    si_result result;
    const core_mpi *mpi = &core_state_of(module)->mpi;
    if (!PyArg_ParseTuple(args, "Osz#:cluster_settle", &capsule, &name, &value, &bytes))
        return NULL;
    si_cluster *cluster = cluster_of(capsule);
    if (!cluster)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = mpi->settle(cluster, name, value, (size_t)bytes, &settled, &settled_bytes, &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK) {
        core_raise(core_state_of(module), &error);
        return NULL;
    }
    PyObject *object = settled ? PyBytes_FromStringAndSize(settled, (Py_ssize_t)settled_bytes)
                               : Py_NewRef(Py_None);
    free(settled);
    return object;
}
