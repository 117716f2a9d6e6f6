/*
 * The type Index of opened indexes, how they are opened and closed, and what they tell.
 *
 * A Python object holds a core_index, which is freed when the object is closed or gone and no call
 * uses it any more. The library's index is closed by a capsule, which all indexes of one folder
 * share.
 */
#include "py_attributes.h"

typedef struct index_object {
    PyObject_HEAD core_index *opened; /* NULL: closed */
} index_object;

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

/* ---- objects ---- */

core_index *core_hold(PyObject *object)
{
    core_index *opened = ((index_object *)object)->opened;
    if (opened)
        opened->references++;
    else
        PyErr_SetString(PyExc_ValueError, "the index is closed");
    return opened;
}

void core_let_go(core_index *self)
{
    if (!self || --self->references > 0)
        return;
    si_dataset_close(self->dataset);
    Py_XDECREF(self->attributes);
    Py_DECREF(self->owner);
    free(self);
}

PyObject *core_set_index_classes(PyObject *module, PyObject *classes)
{
    core_state *state = core_state_of(module);
    if (!PyTuple_Check(classes) || PyTuple_Size(classes) != CORE_KIND_COUNT) {
        PyErr_SetString(PyExc_TypeError, "expected a tuple of the four classes of indexes");
        return NULL;
    }
    core_set_reference(&state->index_classes, Py_NewRef(classes));
    Py_RETURN_NONE;
}

/* An object of the class of its kind; `owner` is not consumed. */
static PyObject *wrap_index(core_state *state, const si_index *index, PyObject *owner)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    si_index_get_info(index, &info);
    PyTypeObject *class = state->index_classes ? (PyTypeObject *)PyTuple_GetItem(
                                                     state->index_classes, (Py_ssize_t)info.kind)
                                               : state->index_type;
    core_index *opened = calloc(1, sizeof *opened);
    if (!opened)
        return PyErr_NoMemory();
    index_object *self = (index_object *)PyType_GenericAlloc(class, 0);
    if (!self) {
        free(opened);
        return NULL;
    }
    *opened = (core_index){.references = 1,
                           .state = state,
                           .index = index,
                           .owner = Py_NewRef(owner),
                           .kind = info.kind};
    self->opened = opened;
    return (PyObject *)self;
}

PyObject *core_index_adopt(core_state *state, si_index *index)
{
    PyObject *owner = PyCapsule_New(index, INDEX_CAPSULE, close_index);
    if (!owner) {
        si_index_close(index);
        return NULL;
    }
    PyObject *self = wrap_index(state, index, owner);
    Py_DECREF(owner);
    return self;
}

static PyObject *close_object(PyObject *object, PyObject *ignored)
{
    core_index *opened = ((index_object *)object)->opened;
    (void)ignored;
    ((index_object *)object)->opened = NULL;
    core_let_go(opened);
    Py_RETURN_NONE;
}

static void deallocate(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    freefunc free_object = (freefunc)PyType_GetSlot(type, Py_tp_free);
    core_let_go(((index_object *)object)->opened);
    free_object(object);
    Py_DECREF(type);
}

/* ---- opening ---- */

static PyObject *list_of_populations(core_state *state, si_population_set *set, PyObject *owner)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < si_population_set_count(set); i++) {
        PyObject *index = wrap_index(state, si_population_set_index(set, i), owner);
        PyObject *pair = index ? Py_BuildValue("(zN)", si_population_set_name(set, i), index)
                               : NULL;
        if (!pair || PyList_Append(list, pair) < 0)
            Py_CLEAR(list);
        Py_XDECREF(pair);
    }
    return list;
}

/* open(path, dataset_path, types_path, verify, reading, max_cache_bytes, guard): (is it of several
 * populations, [(name, index), ...]). Paths are bytes; reading is a number of si_reading. */
PyObject *core_open(PyObject *module, PyObject *args)
{
    core_state *state = core_state_of(module);
    const char *path;
    si_open_options options = SI_OPEN_OPTIONS_INIT;
    int verify, guard, reading;
    unsigned long long max_cache_bytes;
    si_population_set *set;
    si_error error;
    si_result result;
    if (!PyArg_ParseTuple(args, "yO&O&piKp:open", &path, core_text_or_none, &options.dataset_path,
                          core_text_or_none, &options.types_path, &verify, &reading,
                          &max_cache_bytes, &guard))
        return NULL;
    options.verify = verify != 0;
    options.guard = guard != 0;
    options.reading = (si_reading)reading;
    options.max_cache_bytes = max_cache_bytes;
    Py_BEGIN_ALLOW_THREADS;
    result = si_population_set_open(path, &options, &set, &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK) {
        core_raise(state, &error);
        return NULL;
    }
    PyObject *owner = PyCapsule_New(set, SET_CAPSULE, close_set);
    if (!owner) {
        si_population_set_close(set);
        return NULL;
    }
    PyObject *list = list_of_populations(state, set, owner);
    PyObject *contents = NULL;
    if (list)
        contents = Py_BuildValue("(NN)", PyBool_FromLong(si_population_set_is_multi(set)), list);
    Py_DECREF(owner);
    return contents;
}

/* ---- what an index tells ---- */

static Py_ssize_t length(PyObject *object)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    core_index *self = core_hold(object);
    if (!self)
        return -1;
    si_index_get_info(self->index, &info);
    core_let_go(self);
    return (Py_ssize_t)info.element_count;
}

static PyObject *corner_array(core_state *state, const float corner[3])
{
    void *data;
    PyObject *array = core_new_array(state, CORE_FLOAT32, 3, &data);
    if (array)
        memcpy(data, corner, 3 * sizeof *corner);
    return array;
}

static PyObject *bounds(PyObject *object, PyObject *ignored)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    core_index *self = core_hold(object);
    (void)ignored;
    if (!self)
        return NULL;
    si_index_get_info(self->index, &info);
    PyObject *lower = corner_array(self->state, info.bounds_min);
    PyObject *upper = corner_array(self->state, info.bounds_max);
    PyObject *pair = lower && upper ? PyTuple_Pack(2, lower, upper) : NULL;
    Py_XDECREF(lower);
    Py_XDECREF(upper);
    core_let_go(self);
    return pair;
}

static PyObject *path_or_none(const char *path)
{
    return path ? PyUnicode_DecodeFSDefault(path) : Py_NewRef(Py_None);
}

static PyObject *information(PyObject *object, PyObject *ignored)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    core_index *self = core_hold(object);
    (void)ignored;
    if (!self)
        return NULL;
    si_index_get_info(self->index, &info);
    PyObject *dict = Py_BuildValue(
        "{sssKsIsIsIsIsIsKsKsNsNszsNsN}", "kind", core_kind_of(info.kind)->name, "element_count",
        (unsigned long long)info.element_count, "format_version", info.format_version, "levels",
        info.levels, "fan_out", info.fan_out, "leaf_capacity", info.leaf_capacity, "block_bytes",
        info.block_bytes, "file_bytes", (unsigned long long)info.file_bytes, "part_count",
        (unsigned long long)info.part_count, "path", path_or_none(info.path), "heavy_data_path",
        path_or_none(info.heavy_data_path), "population", info.population, "dataset_path",
        path_or_none(info.dataset_path), "types_path", path_or_none(info.types_path));
    core_let_go(self);
    return dict;
}

static PyObject *statistics(PyObject *object, PyObject *ignored)
{
    si_index_stats stats = SI_INDEX_STATS_INIT;
    core_index *self = core_hold(object);
    (void)ignored;
    if (!self)
        return NULL;
    si_index_get_stats(self->index, &stats);
    core_let_go(self);
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {
        {"queries", stats.queries},
        {"blocks_touched", stats.blocks_touched},
        {"blocks_cached", stats.blocks_cached},
        {"blocks_read", stats.blocks_read},
        {"blocks_evicted", stats.blocks_evicted},
        {"reads", stats.reads},
        {"rounds", stats.rounds},
        {"cache_bytes", stats.cache_bytes},
        {"max_cache_bytes", stats.max_cache_bytes},
        {"part_count", stats.part_count},
        {"parts_touched", stats.parts_touched},
        {"pages_touched", stats.pages_touched},
        {"page_bytes", stats.page_bytes},
    };
    PyObject *dict = Py_BuildValue("{ss}", "reading",
                                   stats.reading == SI_READING_EXPLICIT ? "explicit" : "mapped");
    for (size_t i = 0; dict && i < sizeof numbers / sizeof *numbers; i++) {
        PyObject *value = PyLong_FromUnsignedLongLong(numbers[i].value);
        if (!value || PyDict_SetItemString(dict, numbers[i].name, value) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(value);
    }
    return dict;
}

static PyObject *builtin_fields(PyObject *object, void *ignored)
{
    core_index *self = core_hold(object);
    (void)ignored;
    if (!self)
        return NULL;
    const core_kind *kind = core_kind_of(self->kind);
    PyObject *names = PyList_New((Py_ssize_t)kind->builtin_count);
    for (size_t i = 0; names && i < kind->builtin_count; i++) {
        PyObject *name = core_field_name(self->state, self->kind, &kind->fields[i]);
        if (PyList_SetItem(names, (Py_ssize_t)i, Py_NewRef(name)) < 0)
            Py_CLEAR(names);
    }
    core_let_go(self);
    return names;
}

static PyObject *kind_name(PyObject *object, void *ignored)
{
    core_index *self = core_hold(object);
    (void)ignored;
    PyObject *name = self ? PyUnicode_FromString(core_kind_of(self->kind)->name) : NULL;
    core_let_go(self);
    return name;
}

static PyObject *is_closed(PyObject *object, void *ignored)
{
    (void)ignored;
    return PyBool_FromLong(((index_object *)object)->opened == NULL);
}

static PyObject *has_grown(PyObject *object, void *ignored)
{
    core_index *self = core_hold(object);
    (void)ignored;
    PyObject *grown = self ? PyBool_FromLong(self->has_grown) : NULL;
    core_let_go(self);
    return grown;
}

/* _difference(other): None, or a sentence. */
static PyObject *difference(PyObject *object, PyObject *other)
{
    char text[512] = "";
    bool same = false;
    si_error error;
    si_result result;
    core_index *left = core_hold(object);
    if (!left)
        return NULL;
    if (!PyObject_TypeCheck(other, left->state->index_type)) {
        core_let_go(left);
        return PyErr_Format(PyExc_TypeError, "expected an index, not %R", other);
    }
    PyObject *found = NULL;
    core_index *right = core_hold(other);
    if (right) {
        Py_BEGIN_ALLOW_THREADS;
        result = si_index_compare(left->index, right->index, &same, text, sizeof text, &error);
        Py_END_ALLOW_THREADS;
        if (result != SI_OK)
            core_raise(left->state, &error);
        else
            found = same ? Py_NewRef(Py_None)
                         : PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
        core_let_go(right);
    }
    core_let_go(left);
    return found;
}

static PyObject *write_index(PyObject *object, PyObject *args)
{
    const char *folder;
    int replace;
    si_error error;
    si_result result;
    if (!PyArg_ParseTuple(args, "yp:_write", &folder, &replace))
        return NULL;
    core_index *self = core_hold(object);
    if (!self)
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = si_index_write(self->index, folder, replace != 0, &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK)
        core_raise(self->state, &error);
    core_let_go(self);
    return result == SI_OK ? Py_NewRef(Py_None) : NULL;
}

/* ---- the type ---- */

#define FAST_METHOD(name, function, text)                                                          \
    {                                                                                              \
        name, (PyCFunction)(void (*)(void))function, METH_FASTCALL, text                           \
    }

/* Their types are in the stub, spatial_index/_core.pyi. What begins with _ is for the package. */
static PyMethodDef methods[] = {
    FAST_METHOD("_query", core_query, "_query(shape, part, part, part, accuracy, fields, ...)"),
    FAST_METHOD("_counts", core_counts,
                "_counts(shape, part, part, part, accuracy, group_by, ...)"),
    FAST_METHOD("_empty", core_empty, "_empty(shape, part, part, part, accuracy, None, ...)"),
    FAST_METHOD("_insert", core_insert, "_insert(place, radius, id): radius is None for points"),
    {"_nearest", core_nearest, METH_VARARGS,
     "_nearest(point, k, max_distance, accuracy, fields, wanted): the result and the distances"},
    {"_nearest_many", core_nearest_many, METH_VARARGS,
     "_nearest_many(points, k, max_distance, accuracy, fields, wanted, threads): the result, "
     "distances and offsets of all that is found, and how many are found for each point"},
    {"_insert_many", core_insert_many, METH_VARARGS, "_insert_many(columns)"},
    {"_query_many", core_query_many, METH_VARARGS,
     "_query_many(shape, parts, fields, accuracy, threads, wanted)"},
    {"_counts_many", core_counts_many, METH_VARARGS,
     "_counts_many(shape, parts, accuracy, threads, wanted)"},
    {"_grid", core_grid, METH_VARARGS,
     "_grid(measure, lower, upper, shape, regions, accuracy, threads, wanted)"},
    {"_bounds", bounds, METH_NOARGS, "The corners of the bounding box."},
    {"_information", information, METH_NOARGS, "What the library tells of the index, as a dict."},
    {"_statistics", statistics, METH_NOARGS, "What was asked and read since opening, as a dict."},
    {"_difference", difference, METH_O, "What differs from another index; None: nothing."},
    {"_attribute_names", core_attribute_names, METH_NOARGS, "Names of the data set's attributes."},
    {"_set_attributes", core_set_attributes, METH_O,
     "_set_attributes(source): what reads the attributes of an index without a data set"},
    {"_write", write_index, METH_VARARGS, "_write(folder, replace)"},
    {"_close", close_object, METH_NOARGS, "Closes the index, unless it is closed."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef properties[] = {
    {"builtin_fields", builtin_fields, NULL,
     "Names of the fields stored in the index itself, in their documented order (list of str).",
     NULL},
    {"kind", kind_name, NULL,
     "Kind of the elements: ``\"segment\"`` (segments and somas), ``\"synapse\"``,\n"
     "``\"sphere\"`` or ``\"point\"``.",
     NULL},
    {"closed", is_closed, NULL, "Whether the index is closed.", NULL},
    {"_has_grown", has_grown, NULL, "Whether anything was inserted.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot index_slots[] = {
    {Py_tp_doc, (void *)(uintptr_t) "An opened index. Made by open_index and the builders."},
    {Py_tp_dealloc, deallocate},
    {Py_tp_methods, methods},
    {Py_tp_getset, properties},
    {Py_sq_length, length},
    {0, NULL},
};

static PyType_Spec index_spec = {
    .name = "spatial_index._core.Index",
    .basicsize = sizeof(index_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = index_slots,
};

bool core_add_index_type(PyObject *module)
{
    core_state *state = core_state_of(module);
    state->index_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &index_spec, NULL);
    return state->index_type &&
           PyModule_AddObjectRef(module, "Index", (PyObject *)state->index_type) == 0;
}
