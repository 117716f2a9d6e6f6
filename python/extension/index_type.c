/* The type of opened indexes, and how they are opened. */
#include "attributes.h"
#include "core.h"
#include "documentation.h"
#include "fields.h"

static PyTypeObject core_index_type;

/* By kind: what objects are made of; the bare type until the package says. */
static PyObject *index_classes;

/* ---- owners ---- */

#define SET_CAPSULE "spatial_index.population_set"
#define INDEX_CAPSULE "spatial_index.index"

static void close_set(PyObject *capsule)
{
    si_population_set_close(PyCapsule_GetPointer(capsule, SET_CAPSULE));
}

static void close_index(PyObject *capsule)
{
    si_index_close(PyCapsule_GetPointer(capsule, INDEX_CAPSULE));
}

/* ---- making objects ---- */

PyObject *core_set_index_classes(PyObject *module, PyObject *classes)
{
    (void)module;
    if (!PyTuple_Check(classes) || PyTuple_GET_SIZE(classes) != SI_SEGMENT + 1) {
        PyErr_SetString(PyExc_TypeError, "expected a tuple of the four classes of indexes");
        return NULL;
    }
    Py_XSETREF(index_classes, Py_NewRef(classes));
    Py_RETURN_NONE;
}

static PyTypeObject *class_of(si_element_kind kind)
{
    return index_classes ? (PyTypeObject *)PyTuple_GET_ITEM(index_classes, kind) : &core_index_type;
}

PyObject *core_index_wrap(const si_index *index, PyObject *owner)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    si_index_get_info(index, &info);
    PyTypeObject *class = class_of(info.kind);
    core_index *self = (core_index *)class->tp_alloc(class, 0);
    if (!self)
        return NULL;
    self->index = index;
    self->owner = Py_NewRef(owner);
    self->kind = info.kind;
    return (PyObject *)self;
}

PyObject *core_index_adopt(si_index *index)
{
    PyObject *owner = PyCapsule_New(index, INDEX_CAPSULE, close_index);
    if (!owner) {
        si_index_close(index);
        return NULL;
    }
    PyObject *self = core_index_wrap(index, owner);
    Py_DECREF(owner);
    return self;
}

static void deallocate(PyObject *object)
{
    core_index *self = (core_index *)object;
    si_dataset_close(self->dataset);
    Py_XDECREF(self->owner);
    Py_TYPE(object)->tp_free(object);
}

/* ---- opening ---- */

static PyObject *list_of_populations(const si_population_set *set, PyObject *owner)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < si_population_set_count(set); i++) {
        PyObject *index = core_index_wrap(si_population_set_index(set, i), owner);
        PyObject *pair = Py_BuildValue("(zN)", si_population_set_name(set, i), index);
        if (!pair || PyList_Append(list, pair) < 0)
            Py_CLEAR(list);
        Py_XDECREF(pair);
    }
    return list;
}

static PyObject *contents_of(si_population_set *set)
{
    PyObject *owner = PyCapsule_New(set, SET_CAPSULE, close_set);
    if (!owner) {
        si_population_set_close(set);
        return NULL;
    }
    PyObject *list = list_of_populations(set, owner);
    Py_DECREF(owner);
    if (!list)
        return NULL;
    return Py_BuildValue("(NN)", PyBool_FromLong(si_population_set_is_multi(set)), list);
}

static PyObject *open_folder(const char *path, const si_open_options *options)
{
    si_population_set *set;
    si_error error;
    si_result result;
    Py_BEGIN_ALLOW_THREADS;
    result = si_population_set_open(path, options, &set, &error);
    Py_END_ALLOW_THREADS;
    if (result == SI_OK)
        return contents_of(set);
    core_raise(&error);
    return NULL;
}

/* open(path, dataset_path, types_path, verify, reading, max_cache_bytes, guard): (is it of several
 * populations, [(name, index), ...]). Paths are bytes; reading is a number of si_reading. */
PyObject *core_open(PyObject *module, PyObject *args)
{
    const char *path;
    si_open_options options = SI_OPEN_OPTIONS_INIT;
    int verify, reading, guard;
    unsigned long long max_cache_bytes;
    (void)module;
    if (!PyArg_ParseTuple(args, "yO&O&piKp:open", &path, core_text_or_none, &options.dataset_path,
                          core_text_or_none, &options.types_path, &verify, &reading,
                          &max_cache_bytes, &guard))
        return NULL;
    options.reading = (si_reading)reading;
    options.max_cache_bytes = max_cache_bytes;
    options.verify = verify != 0;
    options.guard = guard != 0;
    return open_folder(path, &options);
}

/* ---- what an index tells of itself ---- */

static Py_ssize_t length(PyObject *object)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    core_get_info((core_index *)object, &info);
    return (Py_ssize_t)info.element_count;
}

static PyObject *corner_array(const float corner[3])
{
    npy_intp shape = 3;
    PyObject *array = PyArray_SimpleNew(1, &shape, NPY_FLOAT32);
    if (array)
        memcpy(PyArray_DATA((PyArrayObject *)array), corner, 3 * sizeof *corner);
    return array;
}

static PyObject *bounds(PyObject *object, PyObject *ignored)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    (void)ignored;
    core_get_info((core_index *)object, &info);
    return Py_BuildValue("(NN)", corner_array(info.bounds_min), corner_array(info.bounds_max));
}

static PyObject *path_or_none(const char *path)
{
    return path ? PyUnicode_DecodeFSDefault(path) : Py_NewRef(Py_None);
}

static PyObject *information(PyObject *object, PyObject *ignored)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    (void)ignored;
    core_get_info((core_index *)object, &info);
    return Py_BuildValue(
        "{sssKsIsIsIsIsIsKsKsNsNszsNsN}", "element_type", core_kind_of(info.kind)->name,
        "element_count", (unsigned long long)info.element_count, "format_version",
        info.format_version, "levels", info.levels, "fan_out", info.fan_out, "leaf_capacity",
        info.leaf_capacity, "block_bytes", info.block_bytes, "file_bytes",
        (unsigned long long)info.file_bytes, "part_count", (unsigned long long)info.part_count,
        "path", path_or_none(info.path), "heavy_data_path", path_or_none(info.heavy_data_path),
        "population", info.population, "dataset_path", path_or_none(info.dataset_path),
        "types_path", path_or_none(info.types_path));
}

static PyObject *usage(PyObject *object, PyObject *ignored)
{
    si_index_stats stats = SI_INDEX_STATS_INIT;
    (void)ignored;
    si_index_get_stats(((core_index *)object)->index, &stats);
    return Py_BuildValue("{sssKsKsKsKsKsKsKsKsKsKsKsKsK}", "reading",
                         stats.reading == SI_READING_EXPLICIT ? "explicit" : "mapped", "queries",
                         (unsigned long long)stats.queries, "blocks_touched",
                         (unsigned long long)stats.blocks_touched, "blocks_cached",
                         (unsigned long long)stats.blocks_cached, "blocks_read",
                         (unsigned long long)stats.blocks_read, "blocks_evicted",
                         (unsigned long long)stats.blocks_evicted, "reads",
                         (unsigned long long)stats.reads, "rounds",
                         (unsigned long long)stats.rounds, "cache_bytes",
                         (unsigned long long)stats.cache_bytes, "max_cache_bytes",
                         (unsigned long long)stats.max_cache_bytes, "part_count",
                         (unsigned long long)stats.part_count, "parts_touched",
                         (unsigned long long)stats.parts_touched, "pages_touched",
                         (unsigned long long)stats.pages_touched, "page_bytes",
                         (unsigned long long)stats.page_bytes);
}

static PyObject *builtin_fields(PyObject *object, void *ignored)
{
    const core_kind *kind = core_kind_of(((core_index *)object)->kind);
    (void)ignored;
    PyObject *names = PyList_New((Py_ssize_t)kind->builtin_count);
    for (size_t i = 0; names && i < kind->builtin_count; i++)
        PyList_SET_ITEM(names, (Py_ssize_t)i, Py_NewRef(kind->fields[i].interned));
    return names;
}

static PyObject *element_type(PyObject *object, void *ignored)
{
    (void)ignored;
    return PyUnicode_FromString(core_kind_of(((core_index *)object)->kind)->name);
}

/* None, or what differs. */
static PyObject *difference(PyObject *object, PyObject *other)
{
    char text[512] = "";
    bool same = 0;
    si_error error;
    si_result result;
    if (!PyObject_TypeCheck(other, &core_index_type)) {
        PyErr_Format(PyExc_TypeError, "expected an index, not %R", other);
        return NULL;
    }
    const si_index *left = ((core_index *)object)->index, *right = ((core_index *)other)->index;
    Py_BEGIN_ALLOW_THREADS;
    result = si_index_compare(left, right, &same, text, sizeof text, &error);
    Py_END_ALLOW_THREADS;
    if (result == SI_OK)
        return same ? Py_NewRef(Py_None)
                    : PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
    core_raise(&error);
    return NULL;
}

static PyObject *has_grown(PyObject *object, void *ignored)
{
    (void)ignored;
    return PyBool_FromLong(((core_index *)object)->has_grown);
}

static PyObject *write_index(PyObject *object, PyObject *args)
{
    const char *folder;
    int replace;
    si_error error;
    si_result result;
    if (!PyArg_ParseTuple(args, "yp:_write", &folder, &replace))
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = si_index_write(((core_index *)object)->index, folder, replace != 0, &error);
    Py_END_ALLOW_THREADS;
    if (result == SI_OK)
        Py_RETURN_NONE;
    core_raise(&error);
    return NULL;
}

/* ---- the type ---- */

#define QUERY_METHOD(name, function, text)                                                         \
    {                                                                                              \
        name, (PyCFunction)(void (*)(void))function, METH_FASTCALL | METH_KEYWORDS, text           \
    }

/* What the methods tell is in the stub, spatial_index/_core.pyi, too. */
static PyMethodDef methods[] = {
    QUERY_METHOD("_insert", core_insert, "_insert(place, radius, id): radius is None for points"),
    QUERY_METHOD("box_query", core_box_query, core_box_query_doc),
    QUERY_METHOD("sphere_query", core_sphere_query, core_sphere_query_doc),
    QUERY_METHOD("capsule_query", core_capsule_query, core_capsule_query_doc),
    QUERY_METHOD("cylinder_query", core_cylinder_query, core_cylinder_query_doc),
    QUERY_METHOD("oriented_box_query", core_oriented_box_query, core_oriented_box_query_doc),
    QUERY_METHOD("box_counts", core_box_counts, core_box_counts_doc),
    QUERY_METHOD("sphere_counts", core_sphere_counts, core_sphere_counts_doc),
    QUERY_METHOD("capsule_counts", core_capsule_counts, core_capsule_counts_doc),
    QUERY_METHOD("cylinder_counts", core_cylinder_counts, core_cylinder_counts_doc),
    QUERY_METHOD("oriented_box_counts", core_oriented_box_counts, core_oriented_box_counts_doc),
    QUERY_METHOD("box_empty", core_box_empty, core_box_empty_doc),
    QUERY_METHOD("sphere_empty", core_sphere_empty, core_sphere_empty_doc),
    QUERY_METHOD("capsule_empty", core_capsule_empty, core_capsule_empty_doc),
    QUERY_METHOD("cylinder_empty", core_cylinder_empty, core_cylinder_empty_doc),
    QUERY_METHOD("oriented_box_empty", core_oriented_box_empty, core_oriented_box_empty_doc),
    {"bounds", bounds, METH_NOARGS, core_bounds_doc},
    {"_nearest", core_nearest, METH_VARARGS,
     "_nearest(point, k, max_distance, accuracy, fields, wanted): the result and the "
     "distances"},
    {"_insert_many", core_insert_many, METH_VARARGS, "_insert_many(columns)"},
    {"_query_many", core_query_many, METH_VARARGS,
     "_query_many(shape, parts, fields, accuracy, threads, wanted)"},
    {"_counts_many", core_counts_many, METH_VARARGS,
     "_counts_many(shape, parts, accuracy, threads, wanted)"},
    {"_grid", core_grid, METH_VARARGS,
     "_grid(measure, lower, upper, shape, regions, accuracy, threads, wanted)"},
    {"_information", information, METH_NOARGS, "What the library tells of the index, as a dict."},
    {"_usage", usage, METH_NOARGS,
     "What was asked and read since the index was opened, as a dict."},
    {"_difference", difference, METH_O, "What differs from another index; None: nothing."},
    {"_attribute_names", core_attribute_names, METH_NOARGS, "Names of the data set's attributes."},
    {"_write", write_index, METH_VARARGS, "_write(folder, replace)"},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef properties[] = {
    {"builtin_fields", builtin_fields, NULL,
     "Names of the fields that the index itself has, in their documented order (list of str).",
     NULL},
    {"element_type", element_type, NULL, "\"morphology\", \"synapse\", \"sphere\" or \"point\".",
     NULL},
    {"_has_grown", has_grown, NULL, "Whether anything was inserted.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PySequenceMethods sequence = {.sq_length = length};

static PyTypeObject core_index_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "spatial_index._core.Index",
    .tp_doc = "An opened index. Made by open_index and the builders.",
    .tp_basicsize = sizeof(core_index),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_dealloc = deallocate,
    .tp_methods = methods,
    .tp_getset = properties,
    .tp_as_sequence = &sequence,
};

bool core_add_index_type(PyObject *module)
{
    return PyType_Ready(&core_index_type) == 0 &&
           PyModule_AddObjectRef(module, "Index", (PyObject *)&core_index_type) == 0;
}
