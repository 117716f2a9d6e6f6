/* Leaves that a search has come to, in groups: while one is tested, the next one is on its way from
 * the disk. */
#ifndef SI_INDEX_LEAF_GROUPS_H
#define SI_INDEX_LEAF_GROUPS_H

#include "index/index.h"

/* Leaves [first, end). */
typedef struct si_leaf_range {
    uint64_t first;
    uint64_t end;
    bool is_whole; /* all that is in them is found; else they are to be tested */
} si_leaf_range;

/* What becomes of a range when it is its turn; false stops. */
typedef bool (*si_range_function)(void *context, const si_leaf_range *range);

typedef struct si_leaf_groups si_leaf_groups;

/* `needed` are the columns that are read of what is found. NULL where memory is short: a search
 * does without. */
si_leaf_groups *si_leaf_groups_create(const si_index *index, si_column_set needed,
                                      si_range_function function, void *context);
void si_leaf_groups_free(si_leaf_groups *groups);

/* Adds a range, behind all that have been added; it has its turn later. */
bool si_leaf_groups_add(si_leaf_groups *groups, const si_leaf_range *range);

/* It is the turn of all that have been added. */
bool si_leaf_groups_finish(si_leaf_groups *groups);

#endif
