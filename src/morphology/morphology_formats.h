/* The formats of morphology files. A new format needs its reader and one row in
 * morphology_formats.c; reading, libraries and error sentences follow from the table. */
#ifndef SI_MORPHOLOGY_MORPHOLOGY_FORMATS_H
#define SI_MORPHOLOGY_MORPHOLOGY_FORMATS_H

#include "morphology/morphology.h"

typedef struct si_morphology_format {
    const char *suffix; /* in lower case, with its dot */
    /* One of the two is given: a reader of a whole file, or a parser of the text of a file. `path`
     * is for messages. */
    si_result (*read)(const char *path, si_morphology **morphology, si_error *error);
    si_result (*parse)(const char *text, size_t length, const char *path,
                       si_morphology **morphology, si_error *error);
} si_morphology_format;

/* In the order in which a library tries them; the row after the last has the suffix NULL. */
extern const si_morphology_format si_morphology_formats[];

/* The format whose suffix the name ends in, in any case; NULL: none. */
const si_morphology_format *si_morphology_format_of(const char *name);

/* ".h5, .asc or .swc": the suffixes of all formats, for messages. Give it to si_free; NULL: no
 * memory. */
char *si_morphology_list_suffixes(void);

/* Reads a file by its suffix. SI_ERROR_UNSUPPORTED: another suffix, or a version of HDF5
 * morphologies that is not read; SI_ERROR_FORMAT: a broken file. The sentence begins with the path,
 * and line and column where there are lines. */
si_result si_morphology_read(const char *path, si_morphology **morphology, si_error *error);

#endif
