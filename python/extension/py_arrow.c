/*
 * Results for programs that read Arrow, through its C data interface.
 *
 * spatial_index/arrow.py describes what is to be exported, as a tree of tuples
 *
 *     (name, format, is_nullable, length, null_count, (buffer or None, ...), (child, ...))
 *
 * in which buffers are contiguous NumPy arrays. Here they become the structures, which keep the
 * arrays alive until the consumer releases them; nothing is copied.
 */
#include "py_arrow.h"

#include "py_core.h"

#define MOST_BUFFERS 3

typedef struct node {
    const char *name;
    const char *format;
    int is_nullable;
    long long length;
    long long null_count;
    PyObject *buffers;
    PyObject *children;
} node;

static bool read_node(PyObject *description, node *read)
{
    return PyArg_ParseTuple(description, "sspLLO!O!", &read->name, &read->format,
                            &read->is_nullable, &read->length, &read->null_count, &PyTuple_Type,
                            &read->buffers, &PyTuple_Type, &read->children);
}

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}

/* ---- schemas ---- */

/* A child that the consumer has moved elsewhere is released there. */
static void release_schema(struct ArrowSchema *schema)
{
    for (int64_t i = 0; i < schema->n_children; i++) {
        if (schema->children[i]->release)
            schema->children[i]->release(schema->children[i]);
        free(schema->children[i]);
    }
    free(schema->children);
    free((void *)(uintptr_t)schema->name);
    free((void *)(uintptr_t)schema->format);
    schema->release = NULL;
}

static bool fill_schema(struct ArrowSchema *schema, PyObject *description);

static bool add_schema_children(struct ArrowSchema *schema, PyObject *children)
{
    Py_ssize_t count = PyTuple_Size(children);
    schema->children = calloc((size_t)count + 1, sizeof(struct ArrowSchema *));
    if (!schema->children)
        return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < count; i++) {
        schema->children[i] = calloc(1, sizeof *schema->children[i]);
        if (!schema->children[i])
            return PyErr_NoMemory();
        schema->n_children++;
        if (!fill_schema(schema->children[i], PyTuple_GetItem(children, i)))
            return false;
    }
    return true;
}

/* `schema` is all 0. After a failure it is for release_schema, if that is set. */
static bool fill_schema(struct ArrowSchema *schema, PyObject *description)
{
    node read;
    if (!read_node(description, &read))
        return false;
    schema->release = release_schema;
    schema->name = copy_text(read.name);
    schema->format = copy_text(read.format);
    schema->flags = read.is_nullable ? CORE_ARROW_NULLABLE : 0;
    if (!schema->name || !schema->format)
        return PyErr_NoMemory();
    return add_schema_children(schema, read.children);
}

/* ---- arrays ---- */

typedef struct array_parts {
    PyObject *owners; /* a tuple with the buffers' arrays */
    const void *buffers[MOST_BUFFERS];
} array_parts;

/* The consumer may release from any thread, also after Python has ended. */
static void give_back(PyObject *owners)
{
    if (!Py_IsInitialized())
        return;
    PyGILState_STATE state = PyGILState_Ensure();
    Py_XDECREF(owners);
    PyGILState_Release(state);
}

static void release_array(struct ArrowArray *array)
{
    array_parts *parts = array->private_data;
    for (int64_t i = 0; i < array->n_children; i++) {
        if (array->children[i]->release)
            array->children[i]->release(array->children[i]);
        free(array->children[i]);
    }
    free(array->children);
    if (parts)
        give_back(parts->owners);
    free(parts);
    array->release = NULL;
}

static bool fill_array(struct ArrowArray *array, PyObject *description);

static bool add_array_children(struct ArrowArray *array, PyObject *children)
{
    Py_ssize_t count = PyTuple_Size(children);
    array->children = calloc((size_t)count + 1, sizeof(struct ArrowArray *));
    if (!array->children)
        return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < count; i++) {
        array->children[i] = calloc(1, sizeof *array->children[i]);
        if (!array->children[i])
            return PyErr_NoMemory();
        array->n_children++;
        if (!fill_array(array->children[i], PyTuple_GetItem(children, i)))
            return false;
    }
    return true;
}

static bool set_buffer(array_parts *parts, Py_ssize_t place, PyObject *buffer)
{
    if (buffer == Py_None)
        return true;
    Py_buffer view;
    if (PyObject_GetBuffer(buffer, &view, PyBUF_C_CONTIGUOUS) < 0)
        return false;
    parts->buffers[place] = view.buf;
    PyBuffer_Release(&view); /* the array, which is among the owners, keeps the memory */
    return true;
}

static bool add_buffers(struct ArrowArray *array, PyObject *buffers)
{
    array_parts *parts = array->private_data;
    Py_ssize_t count = PyTuple_Size(buffers);
    if (count > MOST_BUFFERS) {
        PyErr_SetString(PyExc_TypeError, "too many buffers");
        return false;
    }
    parts->owners = Py_NewRef(buffers);
    array->buffers = parts->buffers;
    array->n_buffers = count;
    for (Py_ssize_t i = 0; i < count; i++)
        if (!set_buffer(parts, i, PyTuple_GetItem(buffers, i)))
            return false;
    return true;
}

/* As fill_schema. */
static bool fill_array(struct ArrowArray *array, PyObject *description)
{
    node read;
    if (!read_node(description, &read))
        return false;
    array->release = release_array;
    array->private_data = calloc(1, sizeof(array_parts));
    array->length = read.length;
    array->null_count = read.null_count;
    if (!array->private_data)
        return PyErr_NoMemory();
    return add_buffers(array, read.buffers) && add_array_children(array, read.children);
}

/* ---- capsules ---- */

static void free_schema(PyObject *capsule)
{
    struct ArrowSchema *schema = PyCapsule_GetPointer(capsule, "arrow_schema");
    if (schema->release)
        schema->release(schema);
    free(schema);
}

static void free_array(PyObject *capsule)
{
    struct ArrowArray *array = PyCapsule_GetPointer(capsule, "arrow_array");
    if (array->release)
        array->release(array);
    free(array);
}

/* arrow_schema(description): a capsule */
PyObject *core_arrow_schema(PyObject *module, PyObject *description)
{
    struct ArrowSchema *schema = calloc(1, sizeof *schema);
    (void)module;
    if (!schema)
        return PyErr_NoMemory();
    PyObject *capsule = PyCapsule_New(schema, "arrow_schema", free_schema);
    if (!capsule)
        free(schema);
    else if (!fill_schema(schema, description))
        Py_CLEAR(capsule);
    return capsule;
}

/* arrow_array(description): a capsule */
PyObject *core_arrow_array(PyObject *module, PyObject *description)
{
    struct ArrowArray *array = calloc(1, sizeof *array);
    (void)module;
    if (!array)
        return PyErr_NoMemory();
    PyObject *capsule = PyCapsule_New(array, "arrow_array", free_array);
    if (!capsule)
        free(array);
    else if (!fill_array(array, description))
        Py_CLEAR(capsule);
    return capsule;
}
