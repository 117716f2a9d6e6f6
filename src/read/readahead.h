/*
 * Read-ahead of mapped files: the kernel is told which ranges a search will read, so that it reads
 * them all at once.
 *
 * That is useless where the file is in the page cache, and costs small queries time. So searches
 * prefetch only after a recent search had to wait for the disk.
 */
#ifndef SI_READ_READAHEAD_H
#define SI_READ_READAHEAD_H

#include "read/index.h"

/* After opening. */
#define SI_FIRST_PREFETCHED_SEARCHES 8

/* Whether the next search of this thread should prefetch what it reads. */
bool si_should_prefetch(const si_index *index);

void si_prefetch_range(const si_index *index, const si_block_range *range);

#endif
