/* Indexes of cells and synapses from SONATA files. */
#include "py_build.h"

/* ---- sources ---- */

static bool read_segments_source(PyObject *dict, si_segments_source *source)
{
    int recenter = (int)source->recenter, soma_radius = (int)source->soma_radius;
    bool done = core_get_text(dict, "nodes_file", &source->nodes_file) &&
                core_get_text(dict, "node_types_file", &source->node_types_file) &&
                core_get_text(dict, "population", &source->population) &&
                core_get_text(dict, "morphologies", &source->morphologies) &&
                core_get_text(dict, "alternate_h5v1", &source->alternate_h5v1) &&
                core_get_text(dict, "alternate_asc", &source->alternate_asc) &&
                core_get_ids(dict, "gids", &source->gids, &source->gid_count) &&
                core_get_bool(dict, "skip_bad_cells", &source->skip_bad_cells) &&
                core_get_int(dict, "recenter", &recenter) &&
                core_get_int(dict, "soma_radius", &soma_radius);
    source->recenter = (si_recenter)recenter;
    source->soma_radius = (si_soma_radius)soma_radius;
    return done;
}

static bool read_synapses_source(PyObject *dict, si_synapses_source *source)
{
    return core_get_text(dict, "edges_file", &source->edges_file) &&
           core_get_text(dict, "edge_types_file", &source->edge_types_file) &&
           core_get_text(dict, "population", &source->population) &&
           core_get_text(dict, "position_prefix", &source->position_prefix) &&
           core_get_ids(dict, "post_gids", &source->post_gids, &source->post_gid_count) &&
           core_get_ids(dict, "edge_ranges", &source->edge_ranges, &source->edge_range_count);
}

/* ---- one population ---- */

/* build_segments(source, folder, options) */
PyObject *core_build_segments(PyObject *module, PyObject *args)
{
    PyObject *dict, *options;
    const char *folder;
    core_build build;
    si_segments_source source = SI_SEGMENTS_SOURCE_INIT;
    si_index *index = NULL;
    si_error error;
    si_result result;
    if (!PyArg_ParseTuple(args, "O!O&O!:build_segments", &PyDict_Type, &dict, core_text_or_none,
                          &folder, &PyDict_Type, &options) ||
        !read_segments_source(dict, &source) || !core_build_begin(&build, module, options))
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = si_build_segments(&source, folder, &build.options, core_build_place(&build, &index),
                               &build.report, &error);
    Py_END_ALLOW_THREADS;
    return core_build_end(&build, result, index, &error);
}

/* population_size(file, edges, population) */
PyObject *core_population_size(PyObject *module, PyObject *args)
{
    const char *file, *population;
    int edges;
    uint64_t size = 0;
    si_error error;
    si_result result;
    if (!PyArg_ParseTuple(args, "ypO&:population_size", &file, &edges, core_text_or_none,
                          &population))
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = (edges ? si_edges_population_size : si_nodes_population_size)(file, population, &size,
                                                                           &error);
    Py_END_ALLOW_THREADS;
    if (result == SI_OK)
        return PyLong_FromUnsignedLongLong(size);
    core_raise(core_state_of(module), &error);
    return NULL;
}

/* node_ids(file, population, first, count): an array of the gids in these rows */
PyObject *core_node_ids(PyObject *module, PyObject *args)
{
    const char *file, *population;
    unsigned long long first, count;
    void *ids;
    si_error error;
    si_result result;
    if (!PyArg_ParseTuple(args, "yO&KK:node_ids", &file, core_text_or_none, &population, &first,
                          &count))
        return NULL;
    PyObject *array = core_new_array(core_state_of(module), CORE_UINT64, count, &ids);
    if (!array)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = si_nodes_population_ids(file, population, first, count, ids, &error);
    Py_END_ALLOW_THREADS;
    if (result == SI_OK)
        return array;
    Py_DECREF(array);
    core_raise(core_state_of(module), &error);
    return NULL;
}

/* build_synapses(source, folder, options) */
PyObject *core_build_synapses(PyObject *module, PyObject *args)
{
    PyObject *dict, *options;
    const char *folder;
    core_build build;
    si_synapses_source source = SI_SYNAPSES_SOURCE_INIT;
    si_index *index = NULL;
    si_error error;
    si_result result;
    if (!PyArg_ParseTuple(args, "O!O&O!:build_synapses", &PyDict_Type, &dict, core_text_or_none,
                          &folder, &PyDict_Type, &options) ||
        !read_synapses_source(dict, &source) || !core_build_begin(&build, module, options))
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = si_build_synapses(&source, folder, &build.options, core_build_place(&build, &index),
                               &build.report, &error);
    Py_END_ALLOW_THREADS;
    return core_build_end(&build, result, index, &error);
}

/* ---- a circuit ---- */

/* Pointers to the texts of a tuple of bytes; NULL with an exception. */
static const char **read_names(PyObject *names)
{
    Py_ssize_t count = PyTuple_Size(names);
    const char **texts = calloc((size_t)count + 1, sizeof *texts);
    for (Py_ssize_t i = 0; texts && i < count; i++) {
        char *text;
        if (PyBytes_AsStringAndSize(PyTuple_GetItem(names, i), &text, NULL) < 0) {
            free(texts);
            return NULL;
        }
        texts[i] = text;
    }
    return texts ? texts : (const char **)PyErr_NoMemory();
}

static PyObject *build_circuit(PyObject *module, const si_circuit_source *source, bool synapses,
                               const char *folder, PyObject *options)
{
    core_build build;
    si_error error;
    si_result result;
    if (!core_build_begin(&build, module, options))
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = (synapses ? si_build_circuit_synapses : si_build_circuit_segments)(
        source, folder, &build.options, &build.report, &error);
    Py_END_ALLOW_THREADS;
    return core_build_end(&build, result, NULL, &error);
}

/* build_circuit(config_file, synapses, populations, source, folder, options): populations is a
 * tuple of bytes, an empty one for the only population. */
PyObject *core_build_circuit(PyObject *module, PyObject *args)
{
    PyObject *names, *dict, *options, *done = NULL;
    const char *folder;
    int synapses;
    si_circuit_source source = SI_CIRCUIT_SOURCE_INIT;
    if (!PyArg_ParseTuple(args, "ypO!O!O&O!:build_circuit", &source.config_file, &synapses,
                          &PyTuple_Type, &names, &PyDict_Type, &dict, core_text_or_none, &folder,
                          &PyDict_Type, &options) ||
        !read_segments_source(dict, &source.segments) ||
        !read_synapses_source(dict, &source.synapses))
        return NULL;
    const char **texts = read_names(names);
    if (!texts)
        return NULL;
    source.population_count = (size_t)PyTuple_Size(names);
    source.populations = source.population_count > 0 ? texts : NULL;
    done = build_circuit(module, &source, synapses, folder, options);
    free(texts);
    return done;
}
