/*
 * From found elements to columns of values: the one way in which si_index_find, si_index_visit,
 * si_batch_copy and si_index_find_nearest return them.
 *
 * A search adds what it finds to a gather, which appends the values to the caller's columns. It
 * does so a few finds later, when the processor has fetched them from memory.
 */
#ifndef SI_QUERY_GATHER_H
#define SI_QUERY_GATHER_H

#include "read/index.h"

/* Found elements: some of one leaf, or all of several leaves. */
typedef struct si_find {
    uint64_t first_leaf;
    uint64_t end_leaf; /* of whole leaves [first, end); 0: some elements of the first */
    uint64_t mask;     /* these elements */
} si_find;

/* Finds that wait for memory. */
enum { SI_FINDS_WAITING = 8 };

typedef struct si_gather {
    const si_index *index;
    const si_column *columns;
    size_t column_count;
    si_column_set needed; /* columns of the index that the values come from */
    uint64_t filled;      /* rows of the caller's columns */
    uint64_t capacity;    /* rows; elements beyond it are dropped */
    unsigned first_waiting;
    unsigned waiting_count;
    si_find waiting[SI_FINDS_WAITING];
} si_gather;

/* Checks that the index has the fields; `needs_data`: and that no data is NULL. */
si_result si_gather_check(const si_index *index, const si_column *columns, size_t column_count,
                          bool needs_data, si_error *error);

/* The same columns from row `first` on, for `rest`, which has room for them. */
void si_columns_from_row(const si_index *index, const si_column *columns, size_t column_count,
                         uint64_t first, si_column *rest);

/* The columns have been checked. */
void si_gather_start(si_gather *gather, const si_index *index, const si_column *columns,
                     size_t column_count, uint64_t capacity);

/* Appends elements, soon: at the latest when flushed. */
void si_gather_add(si_gather *gather, const si_find *find);
void si_gather_flush(si_gather *gather);

/* Appends inserted elements, at once. */
void si_gather_add_inserted(si_gather *gather, const uint64_t *places, uint64_t count);

#endif
