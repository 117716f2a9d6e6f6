/* The module spatial_index._core. Only the package uses it. */
#define CORE_IMPORTS_NUMPY
#include "cluster.h"
#include "core.h"
#include "fields.h"
#include "plan.h"
#include "pool.h"
#include "shapes.h"

static PyMethodDef functions[] = {
    {"open", core_open, METH_VARARGS, NULL},
    {"set_index_classes", core_set_index_classes, METH_O, NULL},
    {"arrow_schema", core_arrow_schema, METH_O, NULL},
    {"arrow_array", core_arrow_array, METH_O, NULL},
    {"build_segments", core_build_segments, METH_VARARGS, NULL},
    {"build_synapses", core_build_synapses, METH_VARARGS, NULL},
    {"build_circuit", core_build_circuit, METH_VARARGS, NULL},
    {"population_size", core_population_size, METH_VARARGS, NULL},
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
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spatial_index._core",
    .m_doc = "The library libspatial_index.",
    .m_size = -1,
    .m_methods = functions,
};

static bool add_constants(PyObject *module)
{
    return PyModule_AddStringConstant(module, "version", si_version()) == 0 &&
           PyModule_AddStringConstant(module, "library_folder", CORE_LIBRARY_FOLDER) == 0 &&
           PyModule_AddIntMacro(module, SI_FIELD_ID) == 0 &&
           PyModule_AddIntMacro(module, SI_FIELD_POST_GID) == 0 &&
           PyModule_AddIntMacro(module, SI_FIELD_PRE_GID) == 0 &&
           PyModule_AddIntMacro(module, SI_FIELD_POSITION) == 0 &&
           PyModule_AddIntMacro(module, SI_FIELD_CENTROID) == 0 &&
           PyModule_AddIntMacro(module, SI_FIELD_RADIUS) == 0 &&
           PyModule_AddIntMacro(module, SI_SHAPE_BOX) == 0 &&
           PyModule_AddIntMacro(module, SI_SHAPE_SPHERE) == 0 &&
           PyModule_AddIntMacro(module, SI_SHAPE_CAPSULE) == 0 &&
           PyModule_AddIntMacro(module, SI_SHAPE_CYLINDER) == 0 &&
           PyModule_AddIntMacro(module, SI_SHAPE_ORIENTED_BOX) == 0 &&
           PyModule_AddIntMacro(module, SI_POINT) == 0 &&
           PyModule_AddIntMacro(module, SI_SPHERE) == 0 &&
           PyModule_AddIntMacro(module, SI_SYNAPSE) == 0 &&
           PyModule_AddIntMacro(module, SI_SEGMENT) == 0;
}

PyMODINIT_FUNC PyInit__core(void);

PyMODINIT_FUNC PyInit__core(void)
{
    import_array();
    PyObject *module = PyModule_Create(&definition);
    if (module && core_prepare_fields() && core_prepare_pool() && core_import_errors() &&
        core_import_results() && core_add_index_type(module) && add_constants(module))
        return module;
    Py_XDECREF(module);
    return NULL;
}
