/* From the library's errors to Python's exceptions, which spatial_index.errors defines. */
#include "py_core.h"

bool core_import_errors(core_state *state)
{
    const struct {
        const char *name;
        PyObject **class;
    } wanted[] = {
        {"SpatialIndexError", &state->base_error},
        {"ShapeError", &state->shape_error},
        {"FieldError", &state->field_error},
        {"AccuracyTypeError", &state->accuracy_type_error},
        {"ArgumentError", &state->errors[SI_ERROR_ARGUMENT]},
        {"StorageError", &state->errors[SI_ERROR_IO]},
        {"NotFoundError", &state->errors[SI_ERROR_NOT_FOUND]},
        {"FormatError", &state->errors[SI_ERROR_FORMAT]},
        {"UnsupportedError", &state->errors[SI_ERROR_UNSUPPORTED]},
        {"ExistsError", &state->errors[SI_ERROR_EXISTS]},
        {"LimitError", &state->errors[SI_ERROR_LIMIT]},
        {"BusyError", &state->errors[SI_ERROR_BUSY]},
        {"CancelledError", &state->errors[SI_ERROR_CANCELLED]},
    };
    PyObject *module = PyImport_ImportModule("spatial_index.errors");
    bool done = module != NULL;
    for (size_t i = 0; done && i < sizeof wanted / sizeof *wanted; i++) {
        *wanted[i].class = PyObject_GetAttrString(module, wanted[i].name);
        done = *wanted[i].class != NULL;
    }
    state->errors[SI_ERROR_MEMORY] = Py_NewRef(PyExc_MemoryError);
    Py_XDECREF(module);
    return done;
}

void core_raise_text(core_state *state, si_result result, PyObject *text)
{
    PyObject *class = (size_t)result < CORE_ERROR_COUNT ? state->errors[result] : NULL;
    PyErr_SetObject(class ? class : state->base_error, text);
}

void core_raise(core_state *state, const si_error *error)
{
    /* Paths in the sentence may be any bytes. */
    PyObject *message = PyUnicode_DecodeUTF8(error->message, (Py_ssize_t)strlen(error->message),
                                             "replace");
    if (message)
        core_raise_text(state, error->result, message);
    Py_XDECREF(message);
}

PyObject *core_raise_argument_error(core_state *state, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyErr_FormatV(state->errors[SI_ERROR_ARGUMENT], format, values);
    va_end(values);
    return NULL;
}

PyObject *core_raise_accuracy_error(core_state *state, PyObject *value)
{
    PyErr_Format(PyUnicode_Check(value) ? state->errors[SI_ERROR_ARGUMENT]
                                        : state->accuracy_type_error,
                 "Invalid geometry: %S. accuracy is 'best_effort', 'bounding_box' or 'exact', "
                 "of boxes also 'center'.",
                 value);
    return NULL;
}

PyObject *core_raise_shape_error(core_state *state, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyErr_FormatV(state->shape_error, format, values);
    va_end(values);
    return NULL;
}

PyObject *core_raise_field_error(core_state *state, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyErr_FormatV(state->field_error, format, values);
    va_end(values);
    return NULL;
}
