/* What all functions that build share: options and progress in, report out. */
#ifndef SPATIAL_INDEX_PYTHON_BUILDING_H
#define SPATIAL_INDEX_PYTHON_BUILDING_H

#include "py_core.h"

typedef struct core_build {
    core_state *state;
    si_build_options options;
    si_build_report report;
    PyObject *progress;  /* borrowed; NULL: none */
    PyObject *raised[3]; /* what `progress` or a signal's handler raised */
} core_build;

/* `options` is a dict of the package's own making; the strings in it are bytes, and stay its own.
 * The build must not move: the options point to it. */
bool core_build_begin(core_build *build, PyObject *module, PyObject *options);

/* Where to put the index: nowhere if others build it too, who could not know that opening failed.
 */
si_index **core_build_place(const core_build *build, si_index **index);

/* A tuple (index or None, dict of the report), or the exception that `result` stands for. Takes
 * over the index, which may be NULL. */
PyObject *core_build_end(core_build *build, si_result result, si_index *index,
                         const si_error *error);

/* Values of a dict; without its key, or where it is None, `target` stays as it was. */
bool core_get_text(PyObject *dict, const char *key, const char **target);
bool core_get_unsigned(PyObject *dict, const char *key, uint64_t *target);
bool core_get_int(PyObject *dict, const char *key, int *target);
bool core_get_bool(PyObject *dict, const char *key, bool *target);
/* A contiguous array of uint64; `count` is its length, along the first axis. */
bool core_get_ids(PyObject *dict, const char *key, const uint64_t **ids, size_t *count);

#endif
