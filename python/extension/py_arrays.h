/* Arrays without NumPy's C API: results are NumPy arrays over buffers of the extension's own, and
 * inputs are read through the buffer protocol. */
#ifndef SPATIAL_INDEX_PYTHON_ARRAYS_H
#define SPATIAL_INDEX_PYTHON_ARRAYS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdbool.h>
#include <stdint.h>

struct core_state;

/* What one row of an array is. */
typedef enum core_type {
    CORE_BOOL,
    CORE_INT8,
    CORE_INT16,
    CORE_INT32,
    CORE_INT64,
    CORE_UINT8,
    CORE_UINT16,
    CORE_UINT32,
    CORE_UINT64,
    CORE_FLOAT32,
    CORE_FLOAT64,
    CORE_VECTOR,      /* three float32 */
    CORE_SEGMENT_IDS, /* si_segment_ids, a structured type */
    CORE_TYPE_COUNT
} core_type;

#define CORE_MOST_BLOCKS 16

/* Memory of arrays; see py_arrays.c. */
typedef struct core_block core_block;

/* An array of which rows are given out as long as there are any. */
typedef struct core_slab {
    PyObject *array; /* NULL: none */
    char *data;
    Py_ssize_t used; /* rows */
} core_slab;

typedef struct core_array_state {
    PyTypeObject *buffer_type;
    PyObject *array;      /* numpy.array */
    PyObject *frombuffer; /* numpy.frombuffer */
    PyObject *types[CORE_TYPE_COUNT];
    core_slab slabs[CORE_TYPE_COUNT];
    core_block *blocks[CORE_MOST_BLOCKS]; /* kept for the next array; the longest kept first */
    size_t block_count;
    size_t block_bytes;
} core_array_state;

bool core_prepare_arrays(PyObject *module);
int core_traverse_arrays(core_array_state *arrays, visitproc visit, void *context);
void core_clear_arrays(core_array_state *arrays);
void core_free_arrays(core_array_state *arrays);

/* Bytes of one row. */
size_t core_type_size(core_type type);

/* A new array of `count` rows, which are not yet set, and its data. */
PyObject *core_new_array(struct core_state *state, core_type type, uint64_t count, void **data);

/* An array of objects from a list of them. */
PyObject *core_array_of_objects(struct core_state *state, PyObject *list);

/* What NumPy makes of an object: an array of float64, in the order of C. */
PyObject *core_array_of_doubles(struct core_state *state, PyObject *value);

/* A contiguous array that the caller keeps alive and that nobody resizes meanwhile. */
typedef struct core_view {
    const void *data;
    Py_ssize_t dimensions;
    Py_ssize_t shape[3];
    Py_ssize_t item_size;
    char format; /* of the module struct; native byte order */
} core_view;

/* `formats`: those that are accepted. False without an exception: it is no such array. */
bool core_view_array(PyObject *value, const char *formats, core_view *view);

/* All letters of integers of a size. */
#define CORE_UINT64_FORMATS "LQ"

/* Three numbers: a tuple, a list, an array, or whatever NumPy makes one of. `name` is the
 * parameter's, for the sentence of the error. */
bool core_read_point(struct core_state *state, PyObject *value, const char *name, double point[3]);

#endif
