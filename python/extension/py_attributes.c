/* Attributes of the SONATA data set, which is opened at the first use, or of the object that an
 * index was made of. */
#include "py_attributes.h"

#include <unistd.h>

/* ---- an object in place of a data set ---- */

PyObject *core_set_attributes(PyObject *object, PyObject *source)
{
    core_index *self = core_hold(object);
    if (!self)
        return NULL;
    core_set_reference(&self->attributes, Py_NewRef(source));
    core_let_go(self);
    Py_RETURN_NONE;
}

static PyObject *names_of_object(const core_index *self)
{
    return PyObject_CallMethod(self->attributes, "attribute_names", NULL);
}

static bool check_attribute_of_object(core_index *self, PyObject *name)
{
    PyObject *names = names_of_object(self);
    int found = names ? PySequence_Contains(names, name) : -1;
    if (found == 0)
        core_raise_field_error(self->state, "No such attribute: %R. The edges have %R.", name,
                               names);
    Py_XDECREF(names);
    return found == 1;
}

/* ---- the data set ---- */

static bool records_dataset(const core_index *self)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    return si_index_get_info(self->index, &info) == SI_OK && info.dataset_path;
}

/* ---- names ---- */

static bool add_name(PyObject *names, const char *name)
{
    PyObject *text = PyUnicode_FromString(name);
    bool done = text && PyList_Append(names, text) == 0;
    Py_XDECREF(text);
    return done;
}

/* Names of the fields of the kind, and of the attributes of a data set that is not NULL. */
static PyObject *list_names(const core_index *self, const si_dataset *dataset)
{
    const core_kind *kind = core_kind_of(self->kind);
    PyObject *names = PyList_New(0);
    for (size_t i = 0; names && i < kind->field_count; i++)
        if (!add_name(names, kind->fields[i].name))
            Py_CLEAR(names);
    for (size_t i = 0; names && i < si_dataset_attribute_count(dataset); i++)
        if (!add_name(names, si_dataset_attribute_name(dataset, i)))
            Py_CLEAR(names);
    return names;
}

/* "No such field: 'gidd': did you mean 'gid'? A segment index has the fields gid, ...". NULL with
 * an exception. */
static PyObject *describe_unknown(const core_index *self, const si_dataset *dataset, PyObject *name)
{
    PyObject *fields = list_names(self, NULL), *all = list_names(self, dataset);
    PyObject *module = PyImport_ImportModule("spatial_index.arguments");
    PyObject *suggestion = module && fields && all
                               ? PyObject_CallMethod(module, "did_you_mean", "OO", name, all)
                               : NULL;
    PyObject *comma = suggestion ? PyUnicode_FromString(", ") : NULL;
    PyObject *list = comma ? PyUnicode_Join(comma, fields) : NULL;
    PyObject *text = NULL;
    if (list)
        text = PyUnicode_FromFormat("No such field: %R%U%s A %s index has the fields %U", name,
                                    suggestion, PyUnicode_GetLength(suggestion) > 0 ? "" : ".",
                                    core_kind_of(self->kind)->name, list);
    Py_XDECREF(fields);
    Py_XDECREF(all);
    Py_XDECREF(module);
    Py_XDECREF(suggestion);
    Py_XDECREF(comma);
    Py_XDECREF(list);
    return text;
}

/* ---- opening ---- */

/* For an attribute, `name`, or for all of them, NULL. */
static void raise_not_opened(core_index *self, PyObject *name, si_error *error)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    PyObject *unknown = name ? describe_unknown(self, NULL, name) : NULL;
    if (name && !unknown)
        return;
    bool is_there = si_index_get_info(self->index, &info) == SI_OK && info.dataset_path &&
                    access(info.dataset_path, F_OK) == 0;
    PyObject *message = PyUnicode_DecodeUTF8(error->message, (Py_ssize_t)strlen(error->message),
                                             "replace");
    PyObject *text = NULL;
    const char *advice = is_there ? "" : ": give its new place as dataset_path to open_index";
    if (message && unknown)
        text = PyUnicode_FromFormat("%U, and no attribute can be read: %U%s", unknown, message,
                                    advice);
    else if (message)
        text = PyUnicode_FromFormat("%U%s", message, advice);
    if (text)
        core_raise_text(self->state, error->result, text);
    Py_XDECREF(unknown);
    Py_XDECREF(message);
    Py_XDECREF(text);
}

/* Other threads may open it at the same time: the first one stays. */
static const si_dataset *open_dataset(core_index *self, PyObject *name)
{
    si_dataset *opened = NULL;
    si_error error;
    si_result result;
    if (self->dataset)
        return self->dataset;
    Py_BEGIN_ALLOW_THREADS;
    result = si_dataset_open(self->index, &opened, &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK) {
        raise_not_opened(self, name, &error);
        return NULL;
    }
    if (self->dataset)
        si_dataset_close(opened);
    else
        self->dataset = opened;
    return self->dataset;
}

static bool has_attribute(const si_dataset *dataset, const char *name)
{
    size_t count = si_dataset_attribute_count(dataset);
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, si_dataset_attribute_name(dataset, i)) == 0)
            return true;
    return false;
}

/* The library knows why there is no attribute of this name. */
static void raise_no_attribute(core_index *self, const si_dataset *dataset, PyObject *name,
                               const char *name_text)
{
    si_values values;
    si_error error;
    uint64_t none = 0;
    PyObject *unknown;
    if (si_dataset_read(dataset, name_text, &none, 0, &values, &error) == SI_OK)
        si_values_free(&values);
    else if ((unknown = describe_unknown(self, dataset, name)) != NULL) {
        core_raise_field_error(self->state, "%U. %s", unknown, error.message);
        Py_DECREF(unknown);
    }
}

bool core_check_attribute(core_index *self, PyObject *name)
{
    const core_kind *kind = core_kind_of(self->kind);
    Py_ssize_t length = 0;
    const char *text = PyUnicode_AsUTF8AndSize(name, &length);
    if (!text || strlen(text) != (size_t)length) {
        PyErr_Clear();
        return core_raise_field_error(
            self->state, "No such field: %R, which is not a valid name of a field.", name);
    }
    if (strcmp(text, "raw_elements") == 0)
        return core_raise_field_error(self->state,
                                      "'raw_elements' cannot be combined with other fields.");
    if (self->attributes)
        return check_attribute_of_object(self, name);
    if (!kind->has_attributes || !records_dataset(self)) {
        PyObject *unknown = describe_unknown(self, NULL, name);
        if (unknown)
            core_raise_field_error(self->state, "%U, and no data set that has attributes", unknown);
        Py_XDECREF(unknown);
        return false;
    }
    const si_dataset *dataset = open_dataset(self, name);
    if (!dataset)
        return false;
    if (has_attribute(dataset, text))
        return true;
    raise_no_attribute(self, dataset, name, text);
    return false;
}

PyObject *core_attribute_names(PyObject *object, PyObject *ignored)
{
    core_index *self = core_hold(object);
    (void)ignored;
    if (!self)
        return NULL;
    PyObject *names = self->attributes ? names_of_object(self) : PyList_New(0);
    if (names && !self->attributes && core_kind_of(self->kind)->has_attributes &&
        records_dataset(self)) {
        const si_dataset *dataset = open_dataset(self, NULL);
        size_t count = dataset ? si_dataset_attribute_count(dataset) : 0;
        if (!dataset)
            Py_CLEAR(names);
        for (size_t i = 0; names && i < count; i++) {
            PyObject *name = PyUnicode_FromString(si_dataset_attribute_name(dataset, i));
            if (!name || PyList_Append(names, name) < 0)
                Py_CLEAR(names);
            Py_XDECREF(name);
        }
    }
    core_let_go(self);
    return names;
}

/* ---- values ---- */

static core_type array_type(si_type type)
{
    switch (type) {
    case SI_TYPE_INT8:
        return CORE_INT8;
    case SI_TYPE_INT16:
        return CORE_INT16;
    case SI_TYPE_INT32:
        return CORE_INT32;
    case SI_TYPE_INT64:
        return CORE_INT64;
    case SI_TYPE_UINT8:
        return CORE_UINT8;
    case SI_TYPE_UINT16:
        return CORE_UINT16;
    case SI_TYPE_UINT32:
        return CORE_UINT32;
    case SI_TYPE_UINT64:
        return CORE_UINT64;
    case SI_TYPE_FLOAT32:
        return CORE_FLOAT32;
    case SI_TYPE_FLOAT64:
        return CORE_FLOAT64;
    default:
        return CORE_TYPE_COUNT; /* text */
    }
}

/* Texts repeat, and equal ones often lie in the same place: such share an object. */
#define TEXT_CACHE_SIZE 64

static PyObject *list_of_texts(const char *const *texts, uint64_t count)
{
    const char *cached[TEXT_CACHE_SIZE] = {NULL};
    PyObject *object_of[TEXT_CACHE_SIZE] = {NULL}; /* borrowed from the list */
    PyObject *list = PyList_New((Py_ssize_t)count);
    for (uint64_t i = 0; list && i < count; i++) {
        size_t place = ((uintptr_t)texts[i] >> 3) % TEXT_CACHE_SIZE;
        PyObject *text = cached[place] == texts[i]
                             ? Py_NewRef(object_of[place])
                             : PyUnicode_DecodeUTF8(texts[i], (Py_ssize_t)strlen(texts[i]),
                                                    "surrogateescape");
        cached[place] = texts[i];
        object_of[place] = text;
        if (!text || PyList_SetItem(list, (Py_ssize_t)i, text) < 0)
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *array_of_values(core_state *state, const si_values *values)
{
    core_type type = array_type(values->type);
    if (type == CORE_TYPE_COUNT) {
        PyObject *list = list_of_texts(values->data, values->count);
        PyObject *array = list ? core_array_of_objects(state, list) : NULL;
        Py_XDECREF(list);
        return array;
    }
    void *data;
    PyObject *array = core_new_array(state, type, values->count, &data);
    if (array && values->count > 0)
        memcpy(data, values->data, (size_t)values->count * core_type_size(type));
    return array;
}

PyObject *core_read_attribute(core_index *self, PyObject *name, PyObject *ids)
{
    if (self->attributes)
        return PyObject_CallMethod(self->attributes, "read_attribute", "OO", name, ids);
    const si_dataset *dataset = open_dataset(self, NULL);
    const char *text = PyUnicode_AsUTF8AndSize(name, NULL);
    core_view view;
    if (!dataset || !text)
        return NULL;
    if (!core_view_array(ids, CORE_UINT64_FORMATS, &view) || view.dimensions != 1) {
        PyErr_SetString(PyExc_TypeError, "expected a contiguous array of uint64");
        return NULL;
    }
    si_values values;
    si_error error;
    si_result result;
    Py_BEGIN_ALLOW_THREADS;
    result = si_dataset_read(dataset, text, view.data, (uint64_t)view.shape[0], &values, &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK) {
        core_raise(self->state, &error);
        return NULL;
    }
    PyObject *array = array_of_values(self->state, &values);
    si_values_free(&values);
    return array;
}
