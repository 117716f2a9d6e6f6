/* A string that grows. */
#ifndef SI_BASE_TEXT_H
#define SI_BASE_TEXT_H

#include <stddef.h>

#include "base/error.h"

typedef struct si_text {
    char *data; /* terminated; NULL while empty */
    size_t length;
    size_t capacity;
} si_text;

/* Zero-initialise an si_text to use it, release it with si_text_free. */
si_result si_text_append(si_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
si_result si_text_append_bytes(si_text *text, const char *bytes, size_t length);
void si_text_free(si_text *text);

/* A new string, to be given to si_free; NULL when out of memory. */
char *si_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
