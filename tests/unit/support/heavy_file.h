/* A heavy file in memory, to be damaged. */
#ifndef SI_TESTS_UNIT_INDEX_HEAVY_FILE_H
#define SI_TESTS_UNIT_INDEX_HEAVY_FILE_H

#include "unit/support/elements.h"

#include "format/header.h"

typedef struct heavy_file {
    int descriptor; /* what readers see */
    char *sound;    /* the content without damage */
    uint64_t bytes;
    si_layout layout;
} heavy_file;

heavy_file make_heavy_file(si_element_kind kind, uint64_t count, uint64_t seed);
heavy_file make_heavy_file_of(const test_elements *elements);
void free_heavy_file(heavy_file *file);

void put_bytes(const heavy_file *file, uint64_t offset, const void *bytes, size_t length);

/* Takes back what has been done to a range of bytes, or to all. */
void restore_bytes(const heavy_file *file, uint64_t offset, size_t length);
void restore_file(const heavy_file *file);

/* Gives the damaged file checksums that fit, as an attacker would, or a writer that is wrong. */
void seal(const heavy_file *file);

/* How much damage a verification finds; 1 where the header is not even read. The first sentence
 * about it, or an empty one, goes to `sentence`, which may be NULL. */
uint64_t count_damage(const heavy_file *file, si_error *sentence);

/* Opens the file, if it can be, and asks all kinds of questions, whose answers do not matter. True
 * if it opened. */
bool ask_everything(const heavy_file *file);

#endif
