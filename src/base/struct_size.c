/* Structs of the public interface that may grow: the first member tells how much of the struct the
 * calling program has. */
#include "base/struct_size.h"

#include <assert.h>
#include <string.h>

#include "base/arithmetic.h"

static size_t size_of_given(const void *given)
{
    size_t size;
    memcpy(&size, given, sizeof size);
    return size;
}

si_result si_struct_check(const void *given, size_t least_size, size_t size, const char *name,
                          si_error *error)
{
    assert(least_size <= size);
    size_t given_size = size_of_given(given);
    if (given_size < least_size || given_size > size)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the struct_size of an %s is %zu, expected %zu: it was not initialized, or "
                       "belongs to a newer version of the library",
                       name, given_size, size);
    return SI_OK;
}

si_result si_struct_read(void *copy, size_t size, const void *given, size_t least_size,
                         const char *name, si_error *error)
{
    SI_TRY(si_struct_check(given, least_size, size, name, error));
    memcpy(copy, given, size_of_given(given));
    memcpy(copy, &size, sizeof size);
    return SI_OK;
}

void si_struct_fill(void *given, const void *made, size_t size)
{
    size_t given_size = size_of_given(given);
    memcpy(given, made, si_min_u64(given_size, size));
    memcpy(given, &given_size, sizeof given_size);
}
