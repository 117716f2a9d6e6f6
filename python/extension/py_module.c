/* The module spatial_index._core, which only the package uses: its functions, constants and state.
 */
#include "py_plan.h"

static PyMethodDef functions[] = {
    {"open", core_open, METH_VARARGS, NULL},
    {"set_index_classes", core_set_index_classes, METH_O, NULL},
    {"arrow_schema", core_arrow_schema, METH_O, NULL},
    {"arrow_array", core_arrow_array, METH_O, NULL},
    {"build_segments", core_build_segments, METH_VARARGS, NULL},
    {"build_synapses", core_build_synapses, METH_VARARGS, NULL},
    {"build_circuit", core_build_circuit, METH_VARARGS, NULL},
    {"population_size", core_population_size, METH_VARARGS, NULL},
    {"node_ids", core_node_ids, METH_VARARGS, NULL},
    {"space_filling_order", core_space_filling_order, METH_O, NULL},
    {"build_elements", core_build_elements, METH_VARARGS, NULL},
    {"mpi_load", core_mpi_load, METH_VARARGS, NULL},
    {"mpi_start", core_mpi_start, METH_NOARGS, NULL},
    {"mpi_end", core_mpi_end, METH_NOARGS, NULL},
    {"mpi_abort", core_mpi_abort, METH_VARARGS, NULL},
    {"cluster_open", core_cluster_open, METH_NOARGS, NULL},
    {"cluster_close", core_cluster_close, METH_O, NULL},
    {"cluster_place", core_cluster_place, METH_O, NULL},
    {"cluster_is_first", core_cluster_is_first, METH_VARARGS, NULL},
    {"cluster_settle", core_cluster_settle, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static const struct named_constant {
    const char *name;
    long value;
} constants[] = {
    {"FIELD_ID", SI_FIELD_ID},
    {"FIELD_POST_GID", SI_FIELD_POST_GID},
    {"FIELD_PRE_GID", SI_FIELD_PRE_GID},
    {"FIELD_POSITION", SI_FIELD_POSITION},
    {"FIELD_CENTROID", SI_FIELD_CENTROID},
    {"FIELD_RADIUS", SI_FIELD_RADIUS},
    {"FIELD_GID", SI_FIELD_GID},
    {"FIELD_SECTION_ID", SI_FIELD_SECTION_ID},
    {"FIELD_SEGMENT_ID", SI_FIELD_SEGMENT_ID},
    {"FIELD_ENDPOINT1", SI_FIELD_ENDPOINT1},
    {"FIELD_ENDPOINT2", SI_FIELD_ENDPOINT2},
    {"FIELD_SECTION_TYPE", SI_FIELD_SECTION_TYPE},
    {"POINT", SI_POINT},
    {"SPHERE", SI_SPHERE},
    {"SYNAPSE", SI_SYNAPSE},
    {"SEGMENT", SI_SEGMENT},
};

static bool add_constants(PyObject *module)
{
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (PyModule_AddIntConstant(module, constants[i].name, constants[i].value) < 0)
            return false;
    return PyModule_AddStringConstant(module, "version", si_version()) == 0 &&
           PyModule_AddStringConstant(module, "library_folder", CORE_LIBRARY_FOLDER) == 0;
}

/* ---- the state ---- */

static int execute(PyObject *module)
{
    core_state *state = core_state_of(module);
    bool done = core_prepare_fields(state) && core_prepare_arrays(module) &&
                core_import_errors(state) && core_import_results(state) &&
                core_add_index_type(module) && add_constants(module);
    return done ? 0 : -1;
}

/* Only what can be part of a cycle: the types and classes, which refer to this module or to modules
 * that import it. */
static int traverse(PyObject *module, visitproc visit, void *arg)
{
    core_state *state = core_state_of(module);
    Py_VISIT(state->index_type);
    Py_VISIT(state->index_classes);
    Py_VISIT(state->results_class);
    Py_VISIT(state->values_of);
    Py_VISIT(state->merge_groups);
    return core_traverse_arrays(&state->arrays, visit, arg);
}

static int clear(PyObject *module)
{
    core_state *state = core_state_of(module);
    Py_CLEAR(state->index_type);
    Py_CLEAR(state->index_classes);
    for (size_t i = 0; i < CORE_ERROR_COUNT; i++)
        Py_CLEAR(state->errors[i]);
    Py_CLEAR(state->base_error);
    Py_CLEAR(state->shape_error);
    Py_CLEAR(state->field_error);
    Py_CLEAR(state->accuracy_type_error);
    Py_CLEAR(state->results_class);
    Py_CLEAR(state->values_of);
    Py_CLEAR(state->merge_groups);
    core_clear_arrays(&state->arrays);
    return 0;
}

/* Nothing of the module is alive: every object of its types keeps it. */
static void free_module(void *module)
{
    core_state *state = core_state_of(module);
    clear(module);
    for (size_t kind = 0; kind < CORE_KIND_COUNT; kind++)
        for (size_t i = 0; i < CORE_MOST_FIELDS; i++)
            Py_CLEAR(state->field_names[kind][i]);
    while (state->idle_batch_count > 0)
        si_batch_free(state->idle_batches[--state->idle_batch_count]);
    core_free_arrays(&state->arrays);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, execute},
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spatial_index._core",
    .m_doc = "The library libspatial_index.",
    .m_size = sizeof(core_state),
    .m_methods = functions,
    .m_slots = slots,
    .m_traverse = traverse,
    .m_clear = clear,
    .m_free = free_module,
};

PyMODINIT_FUNC PyInit__core(void);

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
