/* Options from dicts, progress to Python, and reports. */
#include "py_build.h"

int core_text_or_none(PyObject *value, void *text)
{
    char *bytes = NULL;
    if (value != Py_None && PyBytes_AsStringAndSize(value, &bytes, NULL) < 0)
        return 0;
    *(const char **)text = bytes;
    return 1;
}

/* ---- values of a dict ---- */

/* Borrowed; NULL where there is none, or it is None. */
static PyObject *find(PyObject *dict, const char *key)
{
    PyObject *value = PyDict_GetItemString(dict, key);
    return value == Py_None ? NULL : value;
}

bool core_get_text(PyObject *dict, const char *key, const char **target)
{
    PyObject *value = find(dict, key);
    char *text;
    if (!value)
        return true;
    if (PyBytes_AsStringAndSize(value, &text, NULL) < 0)
        return false;
    *target = text;
    return true;
}

bool core_get_unsigned(PyObject *dict, const char *key, uint64_t *target)
{
    PyObject *value = find(dict, key);
    if (!value)
        return true;
    unsigned long long number = PyLong_AsUnsignedLongLong(value);
    if (PyErr_Occurred())
        return false;
    *target = number;
    return true;
}

bool core_get_int(PyObject *dict, const char *key, int *target)
{
    PyObject *value = find(dict, key);
    long number = value ? PyLong_AsLong(value) : *target;
    if (number == -1 && PyErr_Occurred())
        return false;
    *target = (int)number;
    return true;
}

bool core_get_bool(PyObject *dict, const char *key, bool *target)
{
    int number = *target;
    bool done = core_get_int(dict, key, &number);
    *target = number != 0;
    return done;
}

bool core_get_ids(PyObject *dict, const char *key, const uint64_t **ids, size_t *count)
{
    PyObject *value = find(dict, key);
    if (!value)
        return true;
    core_view view;
    if (!core_view_array(value, CORE_UINT64_FORMATS, &view) || view.item_size != sizeof **ids) {
        PyErr_Format(PyExc_TypeError, "%s: expected a contiguous array of uint64", key);
        return false;
    }
    *ids = view.data;
    *count = view.dimensions > 0 ? (size_t)view.shape[0] : 0;
    return true;
}

/* ---- progress ---- */

/* Comes from any thread, one at a time, while the caller of the build waits without the GIL.
 * Signals are handled in the main thread only; elsewhere the first call asks for nothing. */
static int tell_progress(void *context, const char *phase, uint64_t done, uint64_t total)
{
    core_build *build = context;
    PyGILState_STATE state = PyGILState_Ensure();
    bool stop = PyErr_CheckSignals() != 0;
    if (!stop && build->progress) {
        PyObject *ignored = PyObject_CallFunction(
            build->progress, "sKK", phase, (unsigned long long)done, (unsigned long long)total);
        stop = !ignored;
        Py_XDECREF(ignored);
    }
    if (stop)
        PyErr_Fetch(&build->raised[0], &build->raised[1], &build->raised[2]);
    PyGILState_Release(state);
    return stop;
}

/* ---- begin and end ---- */

bool core_build_begin(core_build *build, PyObject *module, PyObject *options)
{
    uint64_t threads = 0;
    *build = (core_build){.state = core_state_of(module),
                          .options = SI_BUILD_OPTIONS_INIT,
                          .report = SI_BUILD_REPORT_INIT};
    build->progress = find(options, "progress");
    build->options.progress = tell_progress;
    build->options.progress_context = build;
    bool done = core_get_unsigned(options, "threads", &threads) &&
                core_get_bool(options, "replace", &build->options.replace) &&
                core_get_bool(options, "multi_index", &build->options.multi_index) &&
                core_get_unsigned(options, "max_file_bytes", &build->options.max_file_bytes) &&
                core_get_unsigned(options, "max_memory_bytes", &build->options.max_memory_bytes) &&
                core_get_text(options, "temp_folder", &build->options.temp_folder) &&
                core_get_text(options, "population", &build->options.population) &&
                core_get_text(options, "dataset_path", &build->options.dataset_path) &&
                core_get_text(options, "types_path", &build->options.types_path);
    build->options.threads = (unsigned)threads;
    return done && core_get_cluster(options, &build->options.cluster);
}

si_index **core_build_place(const core_build *build, si_index **index)
{
    return build->options.cluster ? NULL : index;
}

static PyObject *list_of_bad_cells(const si_build_report *report)
{
    PyObject *list = PyList_New(0);
    for (uint64_t i = 0; list && i < report->bad_cell_count; i++) {
        const char *message = report->bad_cells[i].message;
        /* Paths in the sentence may be any bytes. */
        PyObject *cell = Py_BuildValue(
            "(KN)", (unsigned long long)report->bad_cells[i].gid,
            PyUnicode_DecodeUTF8(message, (Py_ssize_t)strlen(message), "replace"));
        if (!cell || PyList_Append(list, cell) < 0)
            Py_CLEAR(list);
        Py_XDECREF(cell);
    }
    return list;
}

static PyObject *dict_of_report(const si_build_report *report)
{
    return Py_BuildValue("{sKsKsKsKsKsN}", "element_count",
                         (unsigned long long)report->element_count, "file_bytes",
                         (unsigned long long)report->file_bytes, "cell_count",
                         (unsigned long long)report->cell_count, "cells_without_soma",
                         (unsigned long long)report->cells_without_soma, "cells_without_morphology",
                         (unsigned long long)report->cells_without_morphology, "bad_cells",
                         list_of_bad_cells(report));
}

PyObject *core_build_end(core_build *build, si_result result, si_index *index,
                         const si_error *error)
{
    if (build->raised[0]) {
        PyErr_Restore(build->raised[0], build->raised[1], build->raised[2]);
        if (result == SI_OK) {
            si_build_report_free(&build->report);
            si_index_close(index);
        }
        return NULL;
    }
    if (result != SI_OK) {
        core_raise(build->state, error);
        return NULL;
    }
    PyObject *report = dict_of_report(&build->report);
    si_build_report_free(&build->report);
    PyObject *opened = index ? core_index_adopt(build->state, index) : Py_NewRef(Py_None);
    return Py_BuildValue("(NN)", opened, report);
}
