/* Errors of the sample circuit, and lists that grow by doubling. */
#include "sample_circuit/sample_error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

si_result si_sample_fail(si_error *error, si_result result, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof(error->message), format, arguments);
    va_end(arguments);
    error->result = result;
    return result;
}

si_result si_sample_fail_file(si_error *error, const char *doing, const char *path)
{
    return si_sample_fail(error, SI_ERROR_IO, "cannot %s %s: %s", doing, path, strerror(errno));
}

si_result si_sample_fail_memory(si_error *error)
{
    return si_sample_fail(error, SI_ERROR_MEMORY, "out of memory");
}

bool si_sample_reserve(void **items, size_t *capacity, size_t count, size_t item_size)
{
    if (count < *capacity)
        return true;
    if (*capacity > SIZE_MAX / 2 / item_size)
        return false;
    size_t wanted = *capacity == 0 ? 64 : 2 * *capacity;
    void *moved = realloc(*items, wanted * item_size);
    if (moved == NULL)
        return false;
    *items = moved;
    *capacity = wanted;
    return true;
}
