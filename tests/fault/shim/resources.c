/* Allocations and threads that may be made to be refused. */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "fault_plan.h"

#define CALLER __builtin_return_address(0)

typedef struct allocators {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
} allocators;

/* Looked up once: asking takes a lock, and allocations are many. */
static const allocators *next(void)
{
    static allocators found;
    static _Atomic bool is_found;
    if (!is_found) {
        found.malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
        found.calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
        found.realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
        found.aligned_alloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "aligned_alloc");
        found.posix_memalign = (int (*)(void **, size_t, size_t))dlsym(RTLD_NEXT, "posix_memalign");
        is_found = true;
    }
    return &found;
}

static bool is_refused(size_t size, const void *caller)
{
    char subject[32];
    snprintf(subject, sizeof subject, "%zu bytes", size);
    if (fault_plan_next(CALL_ALLOCATE, caller, subject) != EFFECT_FAIL)
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return is_refused(size, CALLER) ? NULL : next()->malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return is_refused(count * size, CALLER) ? NULL : next()->calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return is_refused(size, CALLER) ? NULL : next()->realloc(memory, size);
}

void *reallocarray(void *memory, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || is_refused(bytes, CALLER))
        return NULL;
    return next()->realloc(memory, bytes);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return is_refused(size, CALLER) ? NULL : next()->aligned_alloc(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    return is_refused(size, CALLER) ? ENOMEM : next()->posix_memalign(memory, alignment, size);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *context)
{
    __typeof__(&pthread_create) create = (__typeof__(&pthread_create))dlsym(RTLD_NEXT,
                                                                            "pthread_create");
    if (fault_plan_next(CALL_THREAD, CALLER, "") == EFFECT_FAIL)
        return EAGAIN;
    return create(thread, attributes, start, context);
}
