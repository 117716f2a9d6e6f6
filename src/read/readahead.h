/*
 * Telling the kernel what of a mapped file will be read, so that it is all on its way at once,
 * instead of a piece after another as it is found missing.
 *
 * That is of no use where the file is in memory, and costs a small query a part of its time. So it
 * is done only as long as a search has lately been held up by what was missing.
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
