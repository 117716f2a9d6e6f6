#include "fault_plan.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "callers.h"

static const char *const call_names[CALL_KINDS] = {
    [CALL_ALLOCATE] = "allocate", [CALL_OPEN] = "open",         [CALL_READ] = "read",
    [CALL_MAP] = "map",           [CALL_LIST] = "list",         [CALL_LOCK] = "lock",
    [CALL_THREAD] = "thread",     [CALL_CREATE] = "create",     [CALL_WRITE] = "write",
    [CALL_RESERVE] = "reserve",   [CALL_RESIZE] = "resize",     [CALL_FLUSH] = "flush",
    [CALL_RENAME] = "rename",     [CALL_MAKE_FOLDER] = "mkdir", [CALL_REMOVE] = "remove",
};

static struct {
    bool is_counted[CALL_KINDS];
    bool counts_all_callers;
    bool goes_on;
    bool shortens;
    int error_number;
    int signal_number; /* 0: none */
    uint64_t first;    /* 0: none goes wrong */
    int trace;         /* -1: none */
} plan = {.trace = -1};

static _Atomic bool is_ready;
static _Atomic uint64_t counted;

static bool is_in_list(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *found = list; (found = strstr(found, name)) != NULL; found += length)
        if ((found == list || found[-1] == ',') && (found[length] == ',' || found[length] == '\0'))
            return true;
    return false;
}

static uint64_t number_of(const char *variable, uint64_t otherwise)
{
    const char *text = getenv(variable);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

static bool is_variable(const char *variable, const char *value)
{
    const char *text = getenv(variable);
    return text && strcmp(text, value) == 0;
}

static void read_calls(void)
{
    const char *list = getenv("FAULT_CALLS");
    bool has_disk = list && is_in_list(list, "disk");
    for (unsigned call = 0; list && call < CALL_KINDS; call++)
        plan.is_counted[call] = is_in_list(list, call_names[call]) ||
                                (has_disk && call >= CALL_CREATE);
}

static bool is_meant(void)
{
    const char *rank = getenv("FAULT_RANK");
    return !rank || is_variable("OMPI_COMM_WORLD_RANK", rank);
}

/* Programs that the traced one starts shall not go wrong as well. */
static void forget_preloading(void)
{
    unsetenv("LD_PRELOAD");
}

__attribute__((constructor)) static void read_plan(void)
{
    const char *trace = getenv("FAULT_TRACE");
    callers_find();
    if (is_meant())
        read_calls();
    plan.counts_all_callers = is_variable("FAULT_SCOPE", "all");
    plan.goes_on = getenv("FAULT_ONWARD") != NULL;
    plan.shortens = is_variable("FAULT_ACTION", "shorten");
    plan.error_number = (int)number_of("FAULT_ERRNO", EIO);
    if (is_variable("FAULT_ACTION", "signal"))
        plan.signal_number = (int)number_of("FAULT_SIGNAL", SIGKILL);
    plan.first = number_of("FAULT_AT", 0);
    if (trace)
        plan.trace = (int)syscall(SYS_openat, AT_FDCWD, trace,
                                  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    forget_preloading();
    is_ready = true;
}

static void write_trace(fault_call call, const char *subject)
{
    char line[4200];
    if (plan.trace < 0)
        return;
    int length = snprintf(line, sizeof line, "%s %.4096s\n", call_names[call], subject);
    syscall(SYS_write, plan.trace, line, (size_t)length);
}

static fault_effect go_wrong(void)
{
    if (plan.signal_number) {
        kill(getpid(), plan.signal_number);
        return EFFECT_NONE;
    }
    if (plan.shortens)
        return EFFECT_SHORTEN;
    errno = plan.error_number;
    return EFFECT_FAIL;
}

fault_effect fault_plan_next(fault_call call, const void *caller, const char *subject)
{
    if (!is_ready || !plan.is_counted[call])
        return EFFECT_NONE;
    if (!plan.counts_all_callers && !callers_are_ours(caller))
        return EFFECT_NONE;
    int kept = errno;
    write_trace(call, subject);
    errno = kept;
    uint64_t number = atomic_fetch_add(&counted, 1) + 1;
    bool is_chosen = plan.goes_on ? number >= plan.first : number == plan.first;
    return plan.first > 0 && is_chosen ? go_wrong() : EFFECT_NONE;
}

fault_effect fault_plan_next_on(fault_call call, const void *caller, int descriptor)
{
    char link[64], subject[4096];
    if (plan.trace < 0)
        return fault_plan_next(call, caller, "");
    int kept = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, subject, sizeof subject - 1);
    subject[length > 0 ? length : 0] = '\0';
    errno = kept;
    return fault_plan_next(call, caller, subject);
}
