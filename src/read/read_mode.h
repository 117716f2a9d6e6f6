/* How the bytes of a heavy file come into memory: mapped, or read explicitly. */
#ifndef SI_READ_READ_MODE_H
#define SI_READ_READ_MODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* The way that `asked` means for an open file: never SI_READING_AUTO. */
si_reading si_choose_reading(si_reading asked, int descriptor);

/* Whether a file system, by its number in statfs, is one where mapping is slow, or has to trust
 * another machine. */
bool si_prefers_explicit_reading(uint64_t file_system);

/* Memory for blocks that are read: what was asked for, or, that being 0, as much as documented. */
uint64_t si_cache_bytes_to_use(uint64_t asked);

#endif
