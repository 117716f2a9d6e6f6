/* What the tests of morphologies share. */
#ifndef SI_TESTS_UNIT_MORPHOLOGY_SUPPORT_H
#define SI_TESTS_UNIT_MORPHOLOGY_SUPPORT_H

#include "unit/test.h"

#include <stdbool.h>

#include "morphology/morphology_asc.h"
#include "morphology/morphology_formats.h"
#include "morphology/morphology_library.h"
#include "morphology/morphology_swc.h"

/* A file below the folder of shared data; NULL if there is none. Free it. */
char *shared_path(const char *relative);

/* Skips the test, saying so, where a shared file is missing. */
#define require_shared(path)                                                                       \
    do {                                                                                           \
        if (!(path)) {                                                                             \
            print_message("no shared data: skipped\n");                                            \
            skip();                                                                                \
        }                                                                                          \
    } while (0)

/* The checksum of zlib and Python's binascii. */
uint32_t crc32(const void *data, size_t length);

typedef si_result parse_function(const char *text, size_t length, const char *path,
                                 si_morphology **morphology, si_error *error);

/* Parses from a buffer that ends exactly where the text does, so that reading on is noticed. */
si_result parse_exactly(parse_function *parse, const char *text, size_t length,
                        si_morphology **morphology, si_error *error);

/* As parse_exactly, for a text that must be right; the message shows it if it is not. */
si_morphology *parse_valid(parse_function *parse, const char *text);

/* The text must be refused with exactly this sentence, which is without "test:" at its beginning.
 */
void assert_refused(parse_function *parse, const char *text, const char *sentence);

/* Compares sections with a description such as "3 -1: 0 0 2 1, 0 0 3 .5 / 2 0: ...": for each the
 * type, the parent and the points as x y z diameter. */
void assert_sections(const si_morphology *morphology, const char *expected);

/* Everything that holds of any morphology that a reader hands out. */
void assert_consistent(const si_morphology *morphology);

bool same_bits(float a, float b);

#endif
