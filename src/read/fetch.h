/*
 * Fetching nodes and leaves before they are read.
 *
 * Of an index that is read explicitly, only blocks that were fetched, and not released yet, are in
 * memory. A mapped index is readable everywhere; there a fetch asks the kernel to read ahead, so
 * that all missing pages are read at once instead of one after another.
 */
#ifndef SI_READ_FETCH_H
#define SI_READ_FETCH_H

#include "read/index.h"

typedef struct si_fetch {
    const si_index *index;
    si_block_fetch *blocks; /* NULL: mapped, or none yet */
    si_block_range *block_ranges;
    size_t range_count;
    size_t range_capacity;
    si_result result; /* of adding */
} si_fetch;

static inline si_fetch si_fetch_of(const si_index *index)
{
    return (si_fetch){.index = index};
}

/* Frees the fetch, in any state. */
void si_fetch_end(si_fetch *fetch);

/* Nodes, or leaves, [first, end) */
typedef struct si_tree_range {
    uint64_t first;
    uint64_t end;
    bool is_whole; /* leaves of which all that is in them is found, without a test */
} si_tree_range;

/* Nodes and leaves should be added in ascending order. */
void si_fetch_add_nodes(si_fetch *fetch, unsigned level, uint64_t first, uint64_t end);
void si_fetch_add_leaves(si_fetch *fetch, si_column_set columns, uint64_t first, uint64_t end);
/* Many ranges, column by column; `tested` are the columns of those that are not whole. */
void si_fetch_add_ranges(si_fetch *fetch, si_column_set tested, si_column_set whole,
                         const si_tree_range *ranges, size_t count);

/* Begins to read what was added; it must not be touched before finish has succeeded, nor after
 * release. `waits`: finish follows at once. */
si_result si_fetch_begin(si_fetch *fetch, bool waits, si_error *error);
si_result si_fetch_finish(si_fetch *fetch, si_error *error);
/* Releases what was fetched. The fetch is empty again. */
void si_fetch_release(si_fetch *fetch);

/* Begin and finish. */
si_result si_fetch_now(si_fetch *fetch, si_error *error);

#endif
