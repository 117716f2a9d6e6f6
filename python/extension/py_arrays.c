/*
 * Arrays without NumPy's C API.
 *
 * A result of many rows is a buffer object of its own that numpy.frombuffer wraps. Programs ask for
 * result after result of about the same size, and drop each before the next; what malloc has for
 * arrays of megabytes is fresh from the system every time, and the first touch of each page costs
 * more than finding the elements. So a few blocks are kept for the next buffer.
 *
 * A result of few rows is a slice of a slab, an array of 128 rows that was wrapped before: slicing
 * takes less than half the time of wrapping. No row is given out twice. A slab lives as long as any
 * slice of it; that is at most 2 KiB.
 */
#include "py_arrays.h"

#include "py_core.h"

/* ---- blocks ---- */

/* malloc itself keeps smaller ones. */
#define SMALLEST_KEPT_BYTES ((size_t)64 * 1024)
#define MOST_KEPT_BYTES ((size_t)64 * 1024 * 1024)

/* In front of the data, which begins on a line of the processor's cache if the block does. */
struct core_block {
    size_t bytes; /* of data */
    char rest[64 - sizeof(size_t)];
};

static core_block *take_out_block(core_array_state *arrays, size_t place)
{
    core_block *taken = arrays->blocks[place];
    arrays->block_count--;
    arrays->block_bytes -= taken->bytes;
    memmove(&arrays->blocks[place], &arrays->blocks[place + 1],
            (arrays->block_count - place) * sizeof *arrays->blocks);
    return taken;
}

/* Block sizes are rounded up, four to each power of two, so that results of about the same size fit
 * the same blocks. NULL: out of memory. */
static core_block *allocate_block(core_array_state *arrays, size_t bytes)
{
    size_t step = 64;
    if (bytes > SIZE_MAX / 4)
        return NULL;
    while (step * 8 < bytes)
        step *= 2;
    size_t room = (bytes + step - 1) / step * step;
    for (size_t i = arrays->block_count; i > 0 && room >= SMALLEST_KEPT_BYTES; i--)
        if (arrays->blocks[i - 1]->bytes == room)
            return take_out_block(arrays, i - 1);
    core_block *block = malloc(sizeof *block + room);
    if (block)
        block->bytes = room;
    return block;
}

/* Keeps large blocks; where there are too many, the longest kept go. */
static void release_block(core_array_state *arrays, core_block *block)
{
    if (block->bytes < SMALLEST_KEPT_BYTES || block->bytes > MOST_KEPT_BYTES) {
        free(block);
        return;
    }
    while (arrays->block_count == CORE_MOST_BLOCKS ||
           (arrays->block_count > 0 && arrays->block_bytes + block->bytes > MOST_KEPT_BYTES))
        free(take_out_block(arrays, 0));
    arrays->blocks[arrays->block_count++] = block;
    arrays->block_bytes += block->bytes;
}

/* ---- buffers ---- */

typedef struct buffer_object {
    PyObject_HEAD core_array_state *arrays;
    core_block *block;
    Py_ssize_t bytes;
} buffer_object;

static PyObject *new_buffer(core_array_state *arrays, size_t bytes, void **data)
{
    core_block *block = allocate_block(arrays, bytes);
    if (!block)
        return PyErr_NoMemory();
    buffer_object *self = PyObject_New(buffer_object, arrays->buffer_type);
    if (!self) {
        release_block(arrays, block);
        return NULL;
    }
    self->arrays = arrays;
    self->block = block;
    self->bytes = (Py_ssize_t)bytes;
    *data = block + 1;
    return (PyObject *)self;
}

static void deallocate_buffer(PyObject *object)
{
    buffer_object *self = (buffer_object *)object;
    PyTypeObject *type = Py_TYPE(object);
    release_block(self->arrays, self->block);
    PyObject_Free(object);
    Py_DECREF(type);
}

static int get_buffer(PyObject *object, Py_buffer *view, int flags)
{
    buffer_object *self = (buffer_object *)object;
    return PyBuffer_FillInfo(view, object, self->block + 1, self->bytes, 0, flags);
}

static PyType_Slot buffer_slots[] = {
    {Py_tp_dealloc, deallocate_buffer},
    {Py_bf_getbuffer, get_buffer},
    {0, NULL},
};

static PyType_Spec buffer_spec = {
    .name = "spatial_index._core.Buffer",
    .basicsize = sizeof(buffer_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = buffer_slots,
};

/* ---- types ---- */

static const struct type_info {
    const char *name; /* as numpy.dtype takes it */
    size_t size;
} type_infos[CORE_TYPE_COUNT] = {
    [CORE_BOOL] = {"?", 1},
    [CORE_INT8] = {"i1", 1},
    [CORE_INT16] = {"i2", 2},
    [CORE_INT32] = {"i4", 4},
    [CORE_INT64] = {"i8", 8},
    [CORE_UINT8] = {"u1", 1},
    [CORE_UINT16] = {"u2", 2},
    [CORE_UINT32] = {"u4", 4},
    [CORE_UINT64] = {"u8", 8},
    [CORE_FLOAT32] = {"f4", 4},
    [CORE_FLOAT64] = {"f8", 8},
    [CORE_VECTOR] = {"3f4", 12},
    [CORE_SEGMENT_IDS] = {NULL, sizeof(si_segment_ids)},
};

size_t core_type_size(core_type type)
{
    return type_infos[type].size;
}

bool core_prepare_arrays(PyObject *module)
{
    core_array_state *arrays = &core_state_of(module)->arrays;
    arrays->buffer_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &buffer_spec, NULL);
    PyObject *numpy = arrays->buffer_type ? PyImport_ImportModule("numpy") : NULL;
    if (!numpy)
        return false;
    arrays->array = PyObject_GetAttrString(numpy, "array");
    arrays->frombuffer = PyObject_GetAttrString(numpy, "frombuffer");
    bool done = arrays->array && arrays->frombuffer;
    for (int i = 0; done && i < CORE_TYPE_COUNT; i++) {
        arrays->types[i] = type_infos[i].name
                               ? PyObject_CallMethod(numpy, "dtype", "s", type_infos[i].name)
                               : PyObject_CallMethod(numpy, "dtype", "([(ss)(ss)(ss)])", "gid",
                                                     "u8", "section_id", "u4", "segment_id", "u4");
        done = arrays->types[i] != NULL;
    }
    Py_DECREF(numpy);
    return done;
}

int core_traverse_arrays(core_array_state *arrays, visitproc visit, void *arg)
{
    Py_VISIT(arrays->buffer_type);
    return 0;
}

void core_clear_arrays(core_array_state *arrays)
{
    for (int i = 0; i < CORE_TYPE_COUNT; i++) {
        Py_CLEAR(arrays->slabs[i].array);
        Py_CLEAR(arrays->types[i]);
    }
    Py_CLEAR(arrays->array);
    Py_CLEAR(arrays->frombuffer);
    Py_CLEAR(arrays->buffer_type);
}

void core_free_arrays(core_array_state *arrays)
{
    while (arrays->block_count > 0)
        free(take_out_block(arrays, 0));
}

/* ---- new arrays ---- */

#define SLAB_ROWS 128
#define MOST_SLAB_ROWS 32 /* of one result */

static PyObject *wrap_buffer(core_array_state *arrays, core_type type, uint64_t count, void **data)
{
    size_t size = type_infos[type].size;
    if (count > (uint64_t)PY_SSIZE_T_MAX / size)
        return PyErr_NoMemory();
    PyObject *buffer = new_buffer(arrays, (size_t)count * size, data);
    PyObject *array = buffer ? PyObject_CallFunctionObjArgs(arrays->frombuffer, buffer,
                                                            arrays->types[type], NULL)
                             : NULL;
    Py_XDECREF(buffer);
    return array;
}

PyObject *core_new_array(core_state *state, core_type type, uint64_t count, void **data)
{
    core_array_state *arrays = &state->arrays;
    core_slab *slab = &arrays->slabs[type];
    if (count > MOST_SLAB_ROWS)
        return wrap_buffer(arrays, type, count, data);
    Py_ssize_t rows = (Py_ssize_t)count;
    if (!slab->array || slab->used + rows > SLAB_ROWS) {
        void *fresh;
        PyObject *array = wrap_buffer(arrays, type, SLAB_ROWS, &fresh);
        if (!array)
            return NULL;
        core_set_reference(&slab->array, array);
        slab->data = fresh;
        slab->used = 0;
    }
    Py_ssize_t first = slab->used;
    slab->used += rows;
    *data = slab->data + (size_t)first * type_infos[type].size;
    return PySequence_GetSlice(slab->array, first, first + rows);
}

static PyObject *call_array(core_array_state *arrays, PyObject *value, PyObject *type)
{
    return PyObject_CallFunctionObjArgs(arrays->array, value, type, NULL);
}

PyObject *core_array_of_objects(core_state *state, PyObject *list)
{
    return call_array(&state->arrays, list, (PyObject *)&PyBaseObject_Type);
}

PyObject *core_array_of_doubles(core_state *state, PyObject *value)
{
    core_view view;
    if (core_view_array(value, "d", &view))
        return Py_NewRef(value);
    PyObject *array = call_array(&state->arrays, value, state->arrays.types[CORE_FLOAT64]);
    if (!array || core_view_array(array, "d", &view))
        return array;
    /* NumPy keeps the order of Fortran. */
    PyObject *copy = PyObject_CallMethod(array, "copy", "s", "C");
    Py_DECREF(array);
    return copy;
}

/* ---- views ---- */

/* The letter of a format in native byte order; 0: it is another one. */
static char letter_of(const char *format)
{
    if (!format)
        return 'B';
    if (*format == '@' || *format == '=')
        format++;
    return format[0] && !format[1] ? format[0] : 0;
}

bool core_view_array(PyObject *value, const char *formats, core_view *view)
{
    Py_buffer buffer;
    if (PyObject_GetBuffer(value, &buffer, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) < 0) {
        PyErr_Clear();
        return false;
    }
    *view = (core_view){.data = buffer.buf,
                        .dimensions = buffer.ndim,
                        .item_size = buffer.itemsize,
                        .format = letter_of(buffer.format)};
    for (int i = 0; i < buffer.ndim && i < 3; i++)
        view->shape[i] = buffer.shape[i];
    PyBuffer_Release(&buffer);
    return view->format && view->dimensions <= 3 && strchr(formats, view->format);
}

/* ---- points ---- */

/* The conversion may run Python code, which may change the list that the items are from. */
static bool read_items(PyObject *const *items, double point[3])
{
    bool done = true;
    for (int axis = 0; axis < 3 && done; axis++) {
        point[axis] = PyFloat_AsDouble(items[axis]);
        done = point[axis] != -1.0 || !PyErr_Occurred();
    }
    return done;
}

static bool read_sequence(PyObject *value, double point[3])
{
    PyObject *items[3] = {NULL};
    bool done = true;
    for (Py_ssize_t i = 0; i < 3; i++) {
        items[i] = PyTuple_Check(value) ? PyTuple_GetItem(value, i) : PyList_GetItem(value, i);
        Py_XINCREF(items[i]);
    }
    done = items[0] && items[1] && items[2] && read_items(items, point);
    for (int i = 0; i < 3; i++)
        Py_XDECREF(items[i]);
    return done;
}

/* Three float32 or float64, at any distance from each other. */
static bool read_row(PyObject *value, double point[3])
{
    Py_buffer buffer;
    bool done = false;
    if (PyObject_GetBuffer(value, &buffer, PyBUF_STRIDED_RO | PyBUF_FORMAT) < 0)
        return false;
    char letter = letter_of(buffer.format);
    if (buffer.ndim == 1 && buffer.shape[0] == 3 && (letter == 'd' || letter == 'f')) {
        for (int axis = 0; axis < 3; axis++) {
            const char *item = (const char *)buffer.buf + axis * buffer.strides[0];
            float single;
            if (letter == 'd')
                memcpy(&point[axis], item, sizeof point[axis]);
            else
                memcpy(&single, item, sizeof single), point[axis] = (double)single;
        }
        done = true;
    }
    PyBuffer_Release(&buffer);
    return done;
}

/* Whatever NumPy can cast. */
static bool read_any_point(core_state *state, PyObject *value, const char *name, double point[3])
{
    PyObject *array = core_array_of_doubles(state, value);
    if (!array)
        return false;
    bool done = read_row(array, point);
    if (!done) {
        PyErr_Clear();
        PyObject *shape = PyObject_GetAttrString(array, "shape");
        if (shape)
            core_raise_shape_error(state, "Invalid shape of %s: %R, expected (3,)", name, shape);
        Py_XDECREF(shape);
    }
    Py_DECREF(array);
    return done;
}

bool core_read_point(core_state *state, PyObject *value, const char *name, double point[3])
{
    bool is_tuple = PyTuple_CheckExact(value) && PyTuple_Size(value) == 3;
    bool is_list = !is_tuple && PyList_CheckExact(value) && PyList_Size(value) == 3;
    if (is_tuple || is_list ? read_sequence(value, point) : read_row(value, point))
        return true;
    PyErr_Clear();
    return read_any_point(state, value, name, point);
}
