/* Calls on files that may be made to go wrong. Those of the same purpose count as one kind. */

/* Both the plain names and those that end in 64 are defined here. */
#undef _FILE_OFFSET_BITS

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault_plan.h"

#define CALLER __builtin_return_address(0)

/* The function that would be called without this library. */
#define NEXT(function) ((__typeof__(&(function)))dlsym(RTLD_NEXT, #function))

static bool may_create(int flags)
{
    return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

static fault_call call_of_open(int flags)
{
    return may_create(flags) ? CALL_CREATE : CALL_OPEN;
}

static bool fails(fault_call call, const void *caller, const char *subject)
{
    return fault_plan_next(call, caller, subject) == EFFECT_FAIL;
}

static bool fails_on(fault_call call, const void *caller, int descriptor)
{
    return fault_plan_next_on(call, caller, descriptor) == EFFECT_FAIL;
}

/* ---- opening ---- */

#define DEFINE_OPEN(name)                                                                          \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        mode_t mode = may_create(flags) ? va_arg(arguments, mode_t) : 0;                           \
        va_end(arguments);                                                                         \
        return fails(call_of_open(flags), CALLER, path) ? -1 : NEXT(name)(path, flags, mode);      \
    }

#define DEFINE_OPENAT(name)                                                                        \
    int name(int folder, const char *path, int flags, ...)                                         \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        mode_t mode = may_create(flags) ? va_arg(arguments, mode_t) : 0;                           \
        va_end(arguments);                                                                         \
        return fails(call_of_open(flags), CALLER, path) ? -1                                       \
                                                        : NEXT(name)(folder, path, flags, mode);   \
    }

#define DEFINE_MKOSTEMP(name)                                                                      \
    int name(char *pattern, int flags)                                                             \
    {                                                                                              \
        return fails(CALL_CREATE, CALLER, pattern) ? -1 : NEXT(name)(pattern, flags);              \
    }

DEFINE_OPEN(open)
DEFINE_OPEN(open64)
DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)
DEFINE_MKOSTEMP(mkostemp)
DEFINE_MKOSTEMP(mkostemp64)

/* ---- content ---- */

/* One byte at the least: none would mean the end of a file. */
static size_t shortened(fault_effect effect, size_t length)
{
    return effect == EFFECT_SHORTEN && length > 1 ? length / 2 : length;
}

#define DEFINE_TRANSFER(name, call, bytes)                                                         \
    ssize_t name(int descriptor, bytes data, size_t length)                                        \
    {                                                                                              \
        fault_effect effect = fault_plan_next_on(call, CALLER, descriptor);                        \
        return effect == EFFECT_FAIL ? -1                                                          \
                                     : NEXT(name)(descriptor, data, shortened(effect, length));    \
    }

#define DEFINE_TRANSFER_AT(name, call, bytes, offset_type)                                         \
    ssize_t name(int descriptor, bytes data, size_t length, offset_type offset)                    \
    {                                                                                              \
        fault_effect effect = fault_plan_next_on(call, CALLER, descriptor);                        \
        return effect == EFFECT_FAIL                                                               \
                   ? -1                                                                            \
                   : NEXT(name)(descriptor, data, shortened(effect, length), offset);              \
    }

DEFINE_TRANSFER(read, CALL_READ, void *)
DEFINE_TRANSFER_AT(pread, CALL_READ, void *, off_t)
DEFINE_TRANSFER_AT(pread64, CALL_READ, void *, off64_t)
DEFINE_TRANSFER(write, CALL_WRITE, const void *)
DEFINE_TRANSFER_AT(pwrite, CALL_WRITE, const void *, off_t)
DEFINE_TRANSFER_AT(pwrite64, CALL_WRITE, const void *, off64_t)

/* Without a file it is an allocation. */
static bool map_fails(int flags, size_t length, const void *caller, int descriptor)
{
    char subject[32];
    if (!(flags & MAP_ANONYMOUS))
        return fails_on(CALL_MAP, caller, descriptor);
    snprintf(subject, sizeof subject, "%zu bytes", length);
    if (!fails(CALL_ALLOCATE, caller, subject))
        return false;
    errno = ENOMEM;
    return true;
}

#define DEFINE_MMAP(name, offset_type)                                                             \
    void *name(void *place, size_t length, int protection, int flags, int descriptor,              \
               offset_type offset)                                                                 \
    {                                                                                              \
        if (map_fails(flags, length, CALLER, descriptor))                                          \
            return MAP_FAILED;                                                                     \
        return NEXT(name)(place, length, protection, flags, descriptor, offset);                   \
    }

DEFINE_MMAP(mmap, off_t)
DEFINE_MMAP(mmap64, off64_t)

#define DEFINE_FALLOCATE(name, offset_type)                                                        \
    int name(int descriptor, int mode, offset_type offset, offset_type length)                     \
    {                                                                                              \
        return fails_on(CALL_RESERVE, CALLER, descriptor)                                          \
                   ? -1                                                                            \
                   : NEXT(name)(descriptor, mode, offset, length);                                 \
    }

DEFINE_FALLOCATE(fallocate, off_t)
DEFINE_FALLOCATE(fallocate64, off64_t)

#define DEFINE_ON_FILE(name, call, parameter, argument)                                            \
    int name(int descriptor parameter)                                                             \
    {                                                                                              \
        return fails_on(call, CALLER, descriptor) ? -1 : NEXT(name)(descriptor argument);          \
    }
#define COMMA ,

DEFINE_ON_FILE(ftruncate, CALL_RESIZE, COMMA off_t length, COMMA length)
DEFINE_ON_FILE(ftruncate64, CALL_RESIZE, COMMA off64_t length, COMMA length)
DEFINE_ON_FILE(fsync, CALL_FLUSH, , )
DEFINE_ON_FILE(fdatasync, CALL_FLUSH, , )
DEFINE_ON_FILE(flock, CALL_LOCK, COMMA int operation, COMMA operation)

/* ---- names ---- */

int rename(const char *from, const char *to)
{
    return fails(CALL_RENAME, CALLER, to) ? -1 : NEXT(rename)(from, to);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    return fails(CALL_RENAME, CALLER, to) ? -1 : NEXT(renameat)(from_folder, from, to_folder, to);
}

int mkdir(const char *path, mode_t mode)
{
    return fails(CALL_MAKE_FOLDER, CALLER, path) ? -1 : NEXT(mkdir)(path, mode);
}

int unlink(const char *path)
{
    return fails(CALL_REMOVE, CALLER, path) ? -1 : NEXT(unlink)(path);
}

int unlinkat(int folder, const char *path, int flags)
{
    return fails(CALL_REMOVE, CALLER, path) ? -1 : NEXT(unlinkat)(folder, path, flags);
}

int rmdir(const char *path)
{
    return fails(CALL_REMOVE, CALLER, path) ? -1 : NEXT(rmdir)(path);
}

DIR *opendir(const char *path)
{
    return fails(CALL_LIST, CALLER, path) ? NULL : NEXT(opendir)(path);
}
