/*
 * Telling the kernel what of a mapped file will be read, so that it is all on its way at once,
 * instead of a piece after another as it is found missing.
 *
 * That is of no use where the file is in memory, and costs a small query a part of its time. So it
 * is done only as long as a search has lately been held up by what was missing.
 */
#ifndef SI_INDEX_ANNOUNCE_H
#define SI_INDEX_ANNOUNCE_H

#include "index/index.h"

/* After opening. */
#define SI_FIRST_ANNOUNCED_SEARCHES 8

/* Whether the next search of this thread should announce what it reads. */
bool si_announcing_pays(const si_index *index);

/* Columns of leaves [first, end). */
void si_announce_leaves(const si_index *index, si_column_set columns, uint64_t first, uint64_t end);

/* Nodes first .. last of a level. */
void si_announce_nodes(const si_index *index, unsigned level, uint64_t first, uint64_t last);

#endif
