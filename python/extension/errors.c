/* From the library's errors to Python's exceptions, which spatial_index.errors defines. */
#include "core.h"

static PyObject *classes[SI_ERROR_CANCELLED + 1];
static PyObject *base_class;
static PyObject *shape_error;
static PyObject *field_error;

static bool import_class(PyObject *module, const char *name, PyObject **class)
{
    *class = PyObject_GetAttrString(module, name);
    return *class != NULL;
}

bool core_import_errors(void)
{
    PyObject *module = PyImport_ImportModule("spatial_index.errors");
    if (!module)
        return false;
    bool done = import_class(module, "SpatialIndexError", &base_class) &&
                import_class(module, "ShapeError", &shape_error) &&
                import_class(module, "FieldError", &field_error) &&
                import_class(module, "ArgumentError", &classes[SI_ERROR_ARGUMENT]) &&
                import_class(module, "StorageError", &classes[SI_ERROR_IO]) &&
                import_class(module, "NotFoundError", &classes[SI_ERROR_NOT_FOUND]) &&
                import_class(module, "FormatError", &classes[SI_ERROR_FORMAT]) &&
                import_class(module, "UnsupportedError", &classes[SI_ERROR_UNSUPPORTED]) &&
                import_class(module, "ExistsError", &classes[SI_ERROR_EXISTS]) &&
                import_class(module, "LimitError", &classes[SI_ERROR_LIMIT]) &&
                import_class(module, "BusyError", &classes[SI_ERROR_BUSY]) &&
                import_class(module, "CancelledError", &classes[SI_ERROR_CANCELLED]);
    classes[SI_ERROR_MEMORY] = Py_NewRef(PyExc_MemoryError);
    Py_DECREF(module);
    return done;
}

void core_raise(const si_error *error)
{
    size_t known = sizeof classes / sizeof *classes;
    PyObject *class = (size_t)error->result < known ? classes[error->result] : NULL;
    /* Paths in the sentence may be any bytes. */
    PyObject *message = PyUnicode_DecodeUTF8(error->message, (Py_ssize_t)strlen(error->message),
                                             "replace");
    if (message)
        PyErr_SetObject(class ? class : base_class, message);
    Py_XDECREF(message);
}

static PyObject *raise_sentence(PyObject *class, const char *format, va_list values)
{
    PyErr_FormatV(class, format, values);
    return NULL;
}

PyObject *core_raise_argument_error(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    raise_sentence(classes[SI_ERROR_ARGUMENT], format, values);
    va_end(values);
    return NULL;
}

PyObject *core_raise_shape_error(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    raise_sentence(shape_error, format, values);
    va_end(values);
    return NULL;
}

PyObject *core_raise_field_error(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    raise_sentence(field_error, format, values);
    va_end(values);
    return NULL;
}
