/*
 * Saying what of an index will be read, before it is read.
 *
 * An index that is read explicitly has no byte but what was fetched, and is not released yet. Of a
 * mapped one all is there; but the kernel is told, so that what is not in memory is all on its way
 * at once, instead of a piece after another as it is found missing.
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

/* In whatever state it is. */
void si_fetch_end(si_fetch *fetch);

/* Nodes, or leaves, [first, end) */
typedef struct si_tree_range {
    uint64_t first;
    uint64_t end;
    bool is_whole; /* leaves of which all that is in them is found, without a test */
} si_tree_range;

/* What is added one after another should lie in ascending order. */
void si_fetch_add_nodes(si_fetch *fetch, unsigned level, uint64_t first, uint64_t end);
void si_fetch_add_leaves(si_fetch *fetch, si_column_set columns, uint64_t first, uint64_t end);
/* Many ranges, column by column; `tested` are the columns of those that are not whole. */
void si_fetch_add_ranges(si_fetch *fetch, si_column_set tested, si_column_set whole,
                         const si_tree_range *ranges, size_t count);

/* Begins to read; what was added must not be touched before finish has succeeded, and not after
 * release. `waits`: finish follows at once. */
si_result si_fetch_begin(si_fetch *fetch, bool waits, si_error *error);
si_result si_fetch_finish(si_fetch *fetch, si_error *error);
/* Nothing is added then. */
void si_fetch_release(si_fetch *fetch);

/* Begin and finish. */
si_result si_fetch_now(si_fetch *fetch, si_error *error);

#endif
