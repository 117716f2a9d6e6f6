/* Multi-indexes that are read explicitly: one cache of blocks over the files of all parts. */
#ifndef SI_READ_PARTS_CACHE_H
#define SI_READ_PARTS_CACHE_H

#include "read/index.h"

/* Sets up the cache; the descriptor of the top stays the caller's. Parts are opened as they are
 * read. */
si_result si_parts_cache(si_index *index, int top, uint64_t cache_bytes, si_error *error);

/* Closes the files, after the cache. */
void si_parts_close_files(si_parts *parts);

#endif
