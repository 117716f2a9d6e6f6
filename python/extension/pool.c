/*
 * Programs ask for result after result of about the same size, and drop each before the next. What
 * malloc has for arrays of megabytes is fresh from the system every time, and the first touch of
 * each page costs more than finding the elements. So a few blocks are kept.
 *
 * NumPy takes the functions here as those of an array's memory, so that such arrays own their data
 * like any other.
 */
#include "pool.h"

#include <pthread.h>

/* Smaller ones malloc itself keeps. */
#define SMALLEST_BYTES (64 * 1024)
#define MOST_KEPT 16
#define MOST_KEPT_BYTES (64 * 1024 * 1024)

/* In front of the data, which stays aligned as malloc's is, to a line of the cache at that. */
typedef struct block {
    size_t bytes; /* of data */
    char rest[64 - sizeof(size_t)];
} block;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static block *kept[MOST_KEPT]; /* the longest kept first */
static size_t kept_count;
static size_t kept_bytes;

/* Four sizes to every power of two, so that results of about the same size fit the same blocks. */
static size_t rounded(size_t bytes)
{
    size_t step = 64;
    while (step * 8 < bytes)
        step *= 2;
    return bytes > SIZE_MAX / 2 ? bytes : (bytes + step - 1) / step * step;
}

static block *take_out(size_t place)
{
    block *taken = kept[place];
    kept_count--;
    kept_bytes -= taken->bytes;
    memmove(&kept[place], &kept[place + 1], (kept_count - place) * sizeof *kept);
    return taken;
}

static block *find_kept(size_t bytes)
{
    block *found = NULL;
    pthread_mutex_lock(&lock);
    for (size_t i = kept_count; i > 0 && !found; i--)
        if (kept[i - 1]->bytes == bytes)
            found = take_out(i - 1);
    pthread_mutex_unlock(&lock);
    return found;
}

static void *allocate(void *context, size_t bytes)
{
    (void)context;
    size_t room = rounded(bytes);
    block *found = room >= SMALLEST_BYTES ? find_kept(room) : NULL;
    if (!found && room <= SIZE_MAX - sizeof *found)
        found = malloc(sizeof *found + room);
    if (!found)
        return NULL;
    found->bytes = room;
    return found + 1;
}

static void *allocate_zeroed(void *context, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size)
        return NULL;
    void *data = allocate(context, count * size);
    return data ? memset(data, 0, count * size) : NULL;
}

/* The oldest go where there are too many. */
static void keep(block *freed)
{
    block *dropped[MOST_KEPT];
    size_t dropped_count = 0;
    pthread_mutex_lock(&lock);
    while (kept_count == MOST_KEPT ||
           (kept_count > 0 && kept_bytes + freed->bytes > MOST_KEPT_BYTES))
        dropped[dropped_count++] = take_out(0);
    kept[kept_count++] = freed;
    kept_bytes += freed->bytes;
    pthread_mutex_unlock(&lock);
    while (dropped_count > 0)
        free(dropped[--dropped_count]);
}

static void release(void *context, void *data, size_t bytes)
{
    (void)context, (void)bytes;
    block *freed = data ? (block *)data - 1 : NULL;
    if (freed && freed->bytes >= SMALLEST_BYTES && freed->bytes <= MOST_KEPT_BYTES)
        keep(freed);
    else
        free(freed);
}

static void *reallocate(void *context, void *data, size_t bytes)
{
    size_t had = data ? ((block *)data - 1)->bytes : 0;
    void *moved = allocate(context, bytes);
    if (moved && data) {
        memcpy(moved, data, had < bytes ? had : bytes);
        release(context, data, had);
    }
    return moved;
}

static PyDataMem_Handler handler = {
    "spatial_index", 1, {NULL, allocate, allocate_zeroed, reallocate, release}};
static PyObject *handler_capsule;

bool core_prepare_pool(void)
{
    handler_capsule = PyCapsule_New(&handler, "mem_handler", NULL);
    return handler_capsule != NULL;
}

PyObject *core_new_pooled_array(PyArray_Descr *type, int dimensions, const npy_intp *shape,
                                size_t bytes)
{
    PyObject *before = bytes >= SMALLEST_BYTES ? PyDataMem_SetHandler(handler_capsule) : NULL;
    if (bytes >= SMALLEST_BYTES && !before) {
        Py_DECREF(type);
        return NULL;
    }
    PyObject *array = PyArray_NewFromDescr(&PyArray_Type, type, dimensions, shape, NULL, NULL, 0,
                                           NULL);
    if (before) {
        PyObject *ours = PyDataMem_SetHandler(before);
        Py_DECREF(before);
        if (!ours)
            Py_CLEAR(array);
        Py_XDECREF(ours);
    }
    return array;
}
