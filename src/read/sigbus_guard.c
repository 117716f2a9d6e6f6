/*
 * The SIGBUS handler: it jumps back to the start of the read (siglongjmp) if the address lies in
 * the map that the thread is reading, and else calls the handler that was installed before.
 */
#include "read/sigbus_guard.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>

#include "base/memory.h"
#include "read/parts_layout.h"

/* A read of a map that is under way. They may be nested: a visitor may ask another index. */
typedef struct map_guard {
    struct map_guard *outer;
    uintptr_t first;
    uintptr_t end;
    uintptr_t failed_at;
    sigjmp_buf back;
} map_guard;

/* In the thread's own memory from its beginning: a signal handler must not be the one who asks for
 * it. */
static _Thread_local map_guard *innermost __attribute__((tls_model("initial-exec")));

static struct sigaction former;
static int installing_failed;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* As if this handler were not there. By default the signal ends the process: it comes again as soon
 * as this one is back. */
static void leave_to_former(int number, siginfo_t *information, void *context)
{
    if (former.sa_flags & SA_SIGINFO)
        former.sa_sigaction(number, information, context);
    else if (former.sa_handler != SIG_DFL && former.sa_handler != SIG_IGN)
        former.sa_handler(number);
    else
        sigaction(SIGBUS, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    if (information->si_code <= 0 && former.sa_handler == SIG_DFL)
        raise(SIGBUS); /* somebody sent it: it would not come again */
}

/* Of the reads under way on this thread, the innermost of the map that has the address. */
static map_guard *find_guard(uintptr_t address)
{
    map_guard *guard = innermost;
    while (guard && (address < guard->first || address >= guard->end))
        guard = guard->outer;
    return guard;
}

/* It does not return where it jumps back, so that the signals it blocks have to be let through. */
static void handle(int number, siginfo_t *information, void *context)
{
    uintptr_t address = (uintptr_t)information->si_addr;
    map_guard *guard = find_guard(address);
    int saved = errno;
    if (guard) {
        guard->failed_at = address;
        pthread_sigmask(SIG_SETMASK, &((const ucontext_t *)context)->uc_sigmask, NULL);
        siglongjmp(guard->back, 1);
    }
    leave_to_former(number, information, context);
    errno = saved;
}

static void install(void)
{
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_NODEFER};
    if (sigaction(SIGBUS, &action, &former) != 0)
        installing_failed = errno;
}

si_result si_map_guard_install(si_error *error)
{
    pthread_once(&once, install);
    if (installing_failed)
        return si_fail_errno(error, SI_ERROR_IO, installing_failed,
                             "cannot install a handler of SIGBUS");
    return SI_OK;
}

static si_result fail_at(const char *path, uint64_t offset, uint64_t bytes, si_error *error)
{
    return si_fail(error, SI_ERROR_IO,
                   "%s: cannot read at offset %llu of %llu: the file has shrunk since it was "
                   "opened, or its device fails",
                   path, (unsigned long long)offset, (unsigned long long)bytes);
}

static si_result fail_in_part(const si_index *index, uint64_t offset, si_error *error)
{
    const si_parts *parts = index->parts;
    si_part_place place = si_parts_locate(index, offset);
    if (place.file != SI_IN_PART)
        return fail_at(parts->top_path, place.offset, parts->top.bytes, error);
    char *path = si_part_path(parts->folder, place.part);
    if (!path)
        return si_fail_memory(error);
    fail_at(path, place.offset, parts->parts[place.part].file_bytes, error);
    si_free(path);
    return SI_ERROR_IO;
}

static si_result fail(const si_index *index, const map_guard *guard, si_error *error)
{
    uint64_t offset = guard->failed_at - guard->first;
    if (index->parts)
        return fail_in_part(index, offset, error);
    return fail_at(index->heavy_path ? index->heavy_path : "temporary index", offset,
                   index->layout.file_bytes, error);
}

static si_result read_with_guard(const si_index *index, si_map_reader reader, void *context,
                                 si_error *error)
{
    map_guard guard = {.outer = innermost,
                       .first = (uintptr_t)index->map,
                       .end = (uintptr_t)index->map + index->map_bytes};
    if (sigsetjmp(guard.back, 0) != 0) {
        innermost = guard.outer;
        return fail(index, &guard, error);
    }
    innermost = &guard;
    si_result result = reader(context, error);
    innermost = guard.outer;
    return result;
}

si_result si_read_guarded(const si_index *index, si_map_reader reader, void *context,
                          si_error *error)
{
    return index->is_guarded ? read_with_guard(index, reader, context, error)
                             : reader(context, error);
}
