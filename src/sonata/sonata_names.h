/* Tables of names that many rows share. */
#ifndef SI_SONATA_SONATA_NAMES_H
#define SI_SONATA_SONATA_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* In place of an index into a table of names. */
#define SI_NO_NAME UINT32_MAX

/* Strings that occur, each once, in order of first use. */
typedef struct si_name_table {
    uint32_t count;
    char **names;
} si_name_table;

void si_name_table_free(si_name_table *table);

/* Finds the index of a name, and gives it one if it has none. Zero-initialise to use it. */
typedef struct si_name_interner {
    si_name_table table; /* may be taken out and kept when all names are in */
    size_t capacity;
    uint32_t *slots; /* hash table of indices */
    size_t slot_count;
} si_name_interner;

si_result si_name_intern(si_name_interner *interner, const char *name, size_t length,
                         uint32_t *index, si_error *error);
void si_name_interner_free(si_name_interner *interner);

/* The table alone; the interner is then empty. */
si_name_table si_name_interner_take(si_name_interner *interner);

/* NULL, NONE or nothing at all, in any case: how SONATA says that a value is not given. */
bool si_name_is_null(const char *name);

#endif
