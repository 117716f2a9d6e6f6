/* Numbers in morphology files: what strtof gives in the C locale, bit for bit, but fast for the
 * short decimals that these files are made of, and whatever the locale of the process. */
#ifndef SI_MORPHOLOGY_MORPHOLOGY_NUMBER_H
#define SI_MORPHOLOGY_MORPHOLOGY_NUMBER_H

#include <stdbool.h>

#include "base/error.h"

static inline bool si_is_digit(char character)
{
    return (unsigned char)(character - '0') < 10;
}

/* Reads the number at `text`, looking at nothing from `end` on. `*rest` is where the number ends:
 * `text` itself if there is none. Unlike strtof it skips no white space. */
si_result si_number_read(const char *text, const char *end, const char **rest, float *value,
                         si_error *error);

#endif
