/*
 * A reader of the Arrow C data interface, written from its specification alone, for tests of what
 * the package exports:
 *
 *     take(capsules) -> (schema, values, addresses)
 *
 * schema: (name, format, flags, [child schemas]). values: a list with a dict for each row.
 * addresses: {path of a column: address of its last buffer}. The structures are moved out of their
 * capsules, and some children out of their parents; they are released without the GIL, in another
 * order than they were made, after all objects of the producer's are gone.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

/* ---- checks ---- */

static bool complain(const struct ArrowSchema *schema, const char *what)
{
    PyErr_Format(PyExc_AssertionError, "column '%s' of format '%s': %s", schema->name,
                 schema->format, what);
    return false;
}

/* Buffers and children that a format has. */
static bool expect_shape(const struct ArrowSchema *schema, int64_t *buffers, int64_t *children)
{
    const char *format = schema->format;
    *children = 0;
    *buffers = 2;
    if (strcmp(format, "+s") == 0 || strncmp(format, "+w:", 3) == 0) {
        *buffers = 1;
        *children = format[1] == 's' ? schema->n_children : 1;
    } else if (strcmp(format, "+L") == 0) {
        *children = 1;
    } else if (strcmp(format, "U") == 0) {
        *buffers = 3;
    } else if (strlen(format) != 1 || !strchr("bcCsSiIlLefg", format[0])) {
        return complain(schema, "an unknown format");
    }
    return true;
}

static bool check(const struct ArrowSchema *schema, const struct ArrowArray *array)
{
    int64_t buffers, children;
    if (!schema->format || !schema->name || !schema->release || !array->release)
        return PyErr_Format(PyExc_AssertionError, "a structure is released or not complete") !=
               NULL;
    if (!expect_shape(schema, &buffers, &children))
        return false;
    if (array->n_buffers != buffers || schema->n_children != children ||
        array->n_children != children)
        return complain(schema, "a wrong number of buffers or children");
    if (array->length < 0 || array->offset != 0 || schema->dictionary || array->dictionary)
        return complain(schema, "a length, offset or dictionary that was not expected");
    if (array->null_count != 0 && (!(schema->flags & 2) || !array->buffers[0]))
        return complain(schema, "nulls without a bitmap");
    for (int64_t i = 1; i < buffers; i++)
        if (!array->buffers[i] || (uintptr_t)array->buffers[i] % 8 != 0)
            if (array->length > 0 && schema->format[0] == '+')
                return complain(schema, "a buffer that is missing or not aligned");
    for (int64_t i = 0; i < children; i++)
        if (!check(schema->children[i], array->children[i]))
            return false;
    return true;
}

/* ---- values ---- */

static bool bit_at(const void *bits, int64_t place)
{
    return ((const uint8_t *)bits)[place / 8] >> place % 8 & 1;
}

static PyObject *number_at(char format, const void *values, int64_t i)
{
    switch (format) {
    case 'b':
        return PyBool_FromLong(bit_at(values, i));
    case 'c':
        return PyLong_FromLong(((const int8_t *)values)[i]);
    case 'C':
        return PyLong_FromLong(((const uint8_t *)values)[i]);
    case 's':
        return PyLong_FromLong(((const int16_t *)values)[i]);
    case 'S':
        return PyLong_FromLong(((const uint16_t *)values)[i]);
    case 'i':
        return PyLong_FromLong(((const int32_t *)values)[i]);
    case 'I':
        return PyLong_FromUnsignedLong(((const uint32_t *)values)[i]);
    case 'l':
        return PyLong_FromLongLong(((const int64_t *)values)[i]);
    case 'L':
        return PyLong_FromUnsignedLongLong(((const uint64_t *)values)[i]);
    case 'e':
        return PyFloat_FromDouble(PyFloat_Unpack2((const char *)values + 2 * i, 1));
    case 'f':
        return PyFloat_FromDouble((double)((const float *)values)[i]);
    default:
        return PyFloat_FromDouble(((const double *)values)[i]);
    }
}

static PyObject *value_at(const struct ArrowSchema *schema, const struct ArrowArray *array,
                          int64_t i);

static PyObject *list_of(const struct ArrowSchema *schema, const struct ArrowArray *array,
                         int64_t first, int64_t end)
{
    if (first < 0 || end < first || end > array->length) {
        complain(schema, "a list beyond the end of its values");
        return NULL;
    }
    PyObject *list = PyList_New(0);
    for (int64_t i = first; list && i < end; i++) {
        PyObject *value = value_at(schema, array, i);
        if (!value || PyList_Append(list, value) < 0)
            Py_CLEAR(list);
        Py_XDECREF(value);
    }
    return list;
}

static PyObject *struct_at(const struct ArrowSchema *schema, const struct ArrowArray *array,
                           int64_t i)
{
    PyObject *dict = PyDict_New();
    for (int64_t child = 0; dict && child < array->n_children; child++) {
        if (array->children[child]->length < array->length) {
            complain(schema, "a child that is too short");
            Py_CLEAR(dict);
            break;
        }
        PyObject *value = value_at(schema->children[child], array->children[child], i);
        if (!value || PyDict_SetItemString(dict, schema->children[child]->name, value) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(value);
    }
    return dict;
}

static PyObject *value_at(const struct ArrowSchema *schema, const struct ArrowArray *array,
                          int64_t i)
{
    const char *format = schema->format;
    if (array->buffers[0] && !bit_at(array->buffers[0], i))
        Py_RETURN_NONE;
    if (strcmp(format, "+s") == 0)
        return struct_at(schema, array, i);
    if (format[0] == '+' && format[1] == 'w') {
        int64_t size = strtoll(format + 3, NULL, 10);
        return list_of(schema->children[0], array->children[0], i * size, (i + 1) * size);
    }
    if (strcmp(format, "+L") == 0) {
        const int64_t *offsets = array->buffers[1];
        return list_of(schema->children[0], array->children[0], offsets[i], offsets[i + 1]);
    }
    if (strcmp(format, "U") == 0) {
        const int64_t *offsets = array->buffers[1];
        return PyUnicode_DecodeUTF8((const char *)array->buffers[2] + offsets[i],
                                    (Py_ssize_t)(offsets[i + 1] - offsets[i]), NULL);
    }
    return number_at(format[0], array->buffers[1], i);
}

/* ---- what they are ---- */

static PyObject *describe(const struct ArrowSchema *schema)
{
    PyObject *children = PyList_New(0);
    for (int64_t i = 0; children && i < schema->n_children; i++) {
        PyObject *child = describe(schema->children[i]);
        if (!child || PyList_Append(children, child) < 0)
            Py_CLEAR(children);
        Py_XDECREF(child);
    }
    return children ? Py_BuildValue("(ssLN)", schema->name, schema->format,
                                    (long long)schema->flags, children)
                    : NULL;
}

static bool add_addresses(PyObject *dict, const char *path, const struct ArrowSchema *schema,
                          const struct ArrowArray *array)
{
    char name[256];
    snprintf(name, sizeof name, "%s%s%s", path, path[0] ? "." : "", schema->name);
    PyObject *address = PyLong_FromVoidPtr((void *)(uintptr_t)array->buffers[array->n_buffers - 1]);
    bool done = address && PyDict_SetItemString(dict, name, address) == 0;
    Py_XDECREF(address);
    for (int64_t i = 0; done && i < array->n_children; i++)
        done = add_addresses(dict, name, schema->children[i], array->children[i]);
    return done;
}

/* ---- ownership ---- */

/* The first child lives on after its parent. */
static void release_all(struct ArrowSchema *schema, struct ArrowArray *array)
{
    struct ArrowSchema moved_schema = {.release = NULL};
    struct ArrowArray moved_array = {.release = NULL};
    if (schema->n_children > 0) {
        moved_schema = *schema->children[0];
        schema->children[0]->release = NULL;
        moved_array = *array->children[0];
        array->children[0]->release = NULL;
    }
    Py_BEGIN_ALLOW_THREADS;
    array->release(array);
    schema->release(schema);
    if (moved_schema.release)
        moved_schema.release(&moved_schema);
    if (moved_array.release)
        moved_array.release(&moved_array);
    Py_END_ALLOW_THREADS;
}

static bool move_out(PyObject *pair, struct ArrowSchema *schema, struct ArrowArray *array)
{
    PyObject *first, *second;
    if (!PyArg_ParseTuple(pair, "OO", &first, &second))
        return false;
    struct ArrowSchema *given_schema = PyCapsule_GetPointer(first, "arrow_schema");
    struct ArrowArray *given_array = given_schema ? PyCapsule_GetPointer(second, "arrow_array")
                                                  : NULL;
    if (!given_array)
        return false;
    *schema = *given_schema;
    *array = *given_array;
    given_schema->release = NULL;
    given_array->release = NULL;
    return true;
}

static PyObject *read_array(const struct ArrowSchema *schema, const struct ArrowArray *array)
{
    PyObject *addresses = NULL, *values = NULL, *description = NULL;
    if (check(schema, array) && (addresses = PyDict_New()) &&
        add_addresses(addresses, "", schema, array) &&
        (values = list_of(schema, array, 0, array->length)) && (description = describe(schema)))
        return Py_BuildValue("(NNN)", description, values, addresses);
    Py_XDECREF(addresses);
    Py_XDECREF(values);
    return NULL;
}

/* Takes the pair of capsules, of which nothing is left then. */
static PyObject *take(PyObject *module, PyObject *pair)
{
    struct ArrowSchema schema;
    struct ArrowArray array;
    (void)module;
    if (!move_out(pair, &schema, &array))
        return NULL;
    if (!schema.release || !array.release)
        return PyErr_Format(PyExc_AssertionError, "what is taken has been released");
    PyObject *result = read_array(&schema, &array);
    release_all(&schema, &array);
    return result;
}

/* A consumer that keeps an array for as long as it likes: hold(pair) -> a function that reads it
 * once more and releases it. */
typedef struct held {
    struct ArrowSchema schema;
    struct ArrowArray array;
} held;

static PyObject *let_go(PyObject *capsule, PyObject *ignored)
{
    held *kept = PyCapsule_GetPointer(capsule, "held");
    (void)ignored;
    PyObject *result = read_array(&kept->schema, &kept->array);
    release_all(&kept->schema, &kept->array);
    return result;
}

static void free_held(PyObject *capsule)
{
    free(PyCapsule_GetPointer(capsule, "held"));
}

static PyMethodDef let_go_method = {"let_go", let_go, METH_NOARGS, NULL};

static PyObject *hold(PyObject *module, PyObject *pair)
{
    held *kept = calloc(1, sizeof *kept);
    (void)module;
    if (!kept || !move_out(pair, &kept->schema, &kept->array)) {
        free(kept);
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    PyObject *capsule = PyCapsule_New(kept, "held", free_held);
    PyObject *function = capsule ? PyCFunction_New(&let_go_method, capsule) : NULL;
    Py_XDECREF(capsule);
    return function;
}

static PyMethodDef functions[] = {
    {"take", take, METH_O, NULL}, {"hold", hold, METH_O, NULL}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "arrow_consumer",
                                        .m_size = -1, .m_methods = functions};

PyMODINIT_FUNC PyInit_arrow_consumer(void);

PyMODINIT_FUNC PyInit_arrow_consumer(void)
{
    return PyModule_Create(&definition);
}
