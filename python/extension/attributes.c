#include "attributes.h"

#include "arguments.h"
#include "fields.h"

/* ---- the data set ---- */

static bool records_dataset(const core_index *self)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    return si_index_get_info(self->index, &info) == SI_OK && info.dataset_path;
}

/* Other threads may open it at the same time: the first one stays. */
static const si_dataset *open_dataset(core_index *self)
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
        core_raise(&error);
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

/* The library knows why there is none of that name. */
static void raise_no_attribute(const si_dataset *dataset, const char *name)
{
    si_values values;
    si_error error;
    uint64_t none = 0;
    if (si_dataset_read(dataset, name, &none, 0, &values, &error) == SI_OK)
        si_values_free(&values);
    else
        core_raise_field_error("No such attribute: '%s'. %s", name, error.message);
}

bool core_check_attribute(core_index *self, PyObject *name)
{
    const core_kind *kind = core_kind_of(self->kind);
    Py_ssize_t length = 0;
    const char *text = PyUnicode_AsUTF8AndSize(name, &length);
    if (!text || strlen(text) != (size_t)length) {
        PyErr_Clear();
        return core_raise_field_error("No such field: %R, which is no name.", name);
    }
    if (strcmp(text, "raw_elements") == 0)
        return core_raise_field_error("'raw_elements' is no part of a list: ask for it alone.");
    if (!kind->has_attributes || !records_dataset(self))
        return core_raise_field_error("No such field: %R. This %s index records no data set that "
                                      "might have such an attribute.",
                                      name, kind->name);
    const si_dataset *dataset = open_dataset(self);
    if (!dataset)
        return false;
    if (has_attribute(dataset, text))
        return true;
    raise_no_attribute(dataset, text);
    return false;
}

PyObject *core_attribute_names(PyObject *object, PyObject *ignored)
{
    core_index *self = (core_index *)object;
    (void)ignored;
    PyObject *names = PyList_New(0);
    if (!names || !core_kind_of(self->kind)->has_attributes || !records_dataset(self))
        return names;
    const si_dataset *dataset = open_dataset(self);
    size_t count = dataset ? si_dataset_attribute_count(dataset) : 0;
    for (size_t i = 0; i < count; i++) {
        PyObject *name = PyUnicode_FromString(si_dataset_attribute_name(dataset, i));
        int result = name ? PyList_Append(names, name) : -1;
        Py_XDECREF(name);
        if (result < 0)
            Py_CLEAR(names);
        if (!names)
            return NULL;
    }
    if (!dataset)
        Py_CLEAR(names);
    return names;
}

/* ---- values ---- */

static int array_type(si_type type)
{
    switch (type) {
    case SI_TYPE_INT8:
        return NPY_INT8;
    case SI_TYPE_INT16:
        return NPY_INT16;
    case SI_TYPE_INT32:
        return NPY_INT32;
    case SI_TYPE_INT64:
        return NPY_INT64;
    case SI_TYPE_UINT8:
        return NPY_UINT8;
    case SI_TYPE_UINT16:
        return NPY_UINT16;
    case SI_TYPE_UINT32:
        return NPY_UINT32;
    case SI_TYPE_UINT64:
        return NPY_UINT64;
    case SI_TYPE_FLOAT32:
        return NPY_FLOAT32;
    case SI_TYPE_FLOAT64:
        return NPY_FLOAT64;
    default:
        return NPY_OBJECT;
    }
}

/* Texts repeat, and equal ones often lie in the same place: such share an object. */
#define TEXT_CACHE_SIZE 64

static bool fill_texts(const char *const *texts, PyObject **objects, uint64_t count)
{
    const char *cached[TEXT_CACHE_SIZE] = {NULL};
    PyObject *object_of[TEXT_CACHE_SIZE] = {NULL};
    for (uint64_t i = 0; i < count; i++) {
        size_t place = ((uintptr_t)texts[i] >> 3) % TEXT_CACHE_SIZE;
        PyObject *text = NULL;
        if (cached[place] == texts[i])
            text = Py_NewRef(object_of[place]);
        else
            text = PyUnicode_DecodeUTF8(texts[i], (Py_ssize_t)strlen(texts[i]), "surrogateescape");
        if (!text)
            return false;
        cached[place] = texts[i];
        object_of[place] = text;
        Py_XSETREF(objects[i], text);
    }
    return true;
}

static PyObject *array_of(const si_values *values)
{
    npy_intp count = (npy_intp)values->count;
    int type = array_type(values->type);
    PyObject *array = PyArray_SimpleNew(1, &count, type);
    if (!array)
        return NULL;
    void *data = PyArray_DATA((PyArrayObject *)array);
    if (type != NPY_OBJECT)
        memcpy(data, values->data, (size_t)PyArray_NBYTES((PyArrayObject *)array));
    else if (!fill_texts(values->data, data, values->count))
        Py_CLEAR(array);
    return array;
}

PyObject *core_read_attribute(core_index *self, PyObject *name, PyObject *ids)
{
    const si_dataset *dataset = open_dataset(self);
    const char *text = PyUnicode_AsUTF8(name);
    if (!dataset || !text)
        return NULL;
    const uint64_t *wanted = PyArray_DATA((PyArrayObject *)ids);
    uint64_t count = (uint64_t)PyArray_SIZE((PyArrayObject *)ids);
    si_values values;
    si_error error;
    si_result result;
    Py_BEGIN_ALLOW_THREADS;
    result = si_dataset_read(dataset, text, wanted, count, &values, &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK) {
        core_raise(&error);
        return NULL;
    }
    PyObject *array = array_of(&values);
    si_values_free(&values);
    return array;
}
