/* A text that is being read, and how to say what is wrong at one place in it. */
#ifndef SI_MORPHOLOGY_MORPHOLOGY_SOURCE_H
#define SI_MORPHOLOGY_MORPHOLOGY_SOURCE_H

#include <stddef.h>

#include "base/error.h"

typedef struct si_source {
    const char *path; /* for messages */
    const char *begin;
    const char *end;
} si_source;

/* The line that `place` is in, from 1. CR, LF and CRLF end a line. */
size_t si_source_line(const si_source *source, const char *place);

/* SI_ERROR_FORMAT with a sentence that begins with path, line and column of `place`. */
#define si_source_fail(source, place, error, ...)                                                  \
    (si_source_set_error((source), (place), (error), __VA_ARGS__), si_failed(SI_ERROR_FORMAT))

void si_source_set_error(const si_source *source, const char *place, si_error *error,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

/* What a message shows of a text: up to the next blank or the end of the line, printable, in
 * quotes; or "the end of the line" or "of the file". */
typedef struct si_quotation {
    char text[64];
} si_quotation;

si_quotation si_source_quote(const si_source *source, const char *place);

/* The same for exactly the characters [place, place + length), cut where they are many. */
si_quotation si_source_quote_exactly(const char *place, size_t length);

#endif
