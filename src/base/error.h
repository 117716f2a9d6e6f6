/* How a failure is reported: a result for the program, a sentence for the user. */
#ifndef SI_BASE_ERROR_H
#define SI_BASE_ERROR_H

#include "spatial_index/spatial_index.h"

/* Fills `error`, unless it is NULL, and returns `result`, so that a function can end with
 * `return si_fail(error, SI_ERROR_..., "...")`. The old message of `error` may be an argument.
 * `result` is evaluated twice; this is a macro so that the compiler sees the result, which is never
 * SI_OK. */
#define si_fail(error, result, ...)                                                                \
    (si_error_set((error), (result), __VA_ARGS__), si_failed(result))

/* The same, with ": " and the text of the system for `error_number` after the sentence. */
#define si_fail_errno(error, result, error_number, ...)                                            \
    (si_error_set_errno((error), (result), (error_number), __VA_ARGS__), si_failed(result))

#define si_fail_memory(error) si_fail(error, SI_ERROR_MEMORY, "out of memory")

static inline si_result si_failed(si_result result)
{
    return result;
}

void si_error_set(si_error *error, si_result result, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void si_error_set_errno(si_error *error, si_result result, int error_number, const char *format,
                        ...) __attribute__((format(printf, 4, 5)));

/* SI_ERROR_ARGUMENT if a pointer that the caller of the library passed is NULL. */
static inline si_result si_require(const void *pointer, const char *name, si_error *error)
{
    return pointer ? SI_OK : si_fail(error, SI_ERROR_ARGUMENT, "%s is NULL", name);
}

/* Returns from the calling function if the result of `call` is not SI_OK. */
#define SI_TRY(call)                                                                               \
    do {                                                                                           \
        si_result si_try_result = (call);                                                          \
        if (si_try_result != SI_OK)                                                                \
            return si_try_result;                                                                  \
    } while (0)

#endif
