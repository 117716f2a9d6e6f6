/* How a part of the program fails, and what all parts share: the result and sentence of the public
 * interface, and lists that grow. */
#ifndef SI_SAMPLE_CIRCUIT_SAMPLE_ERROR_H
#define SI_SAMPLE_CIRCUIT_SAMPLE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#include <spatial_index/spatial_index.h>

/* Fills `error` and gives `result`. */
si_result si_sample_fail(si_error *error, si_result result, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "cannot DOING FILE: what errno says", as SI_ERROR_IO. */
si_result si_sample_fail_file(si_error *error, const char *doing, const char *path);

si_result si_sample_fail_memory(si_error *error);

/* Returns from the calling function with the result of `call` where it is not SI_OK. */
#define SI_SAMPLE_TRY(call)                                                                        \
    do {                                                                                           \
        si_result si_sample_try_status = (call);                                                   \
        if (si_sample_try_status != SI_OK)                                                         \
            return si_sample_try_status;                                                           \
    } while (0)

/* Makes room for one more item in a list; true if there is. `*items` may move. */
bool si_sample_reserve(void **items, size_t *capacity, size_t count, size_t item_size);

#endif
