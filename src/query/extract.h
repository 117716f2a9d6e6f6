/* From what a search finds to the columns that were asked for. */
#ifndef SI_QUERY_EXTRACT_H
#define SI_QUERY_EXTRACT_H

#include "read/index.h"

/* What has been found, and is on its way from memory. */
enum { SI_FINDS_WAITING = 8 };

typedef struct si_find {
    uint64_t first_leaf;
    uint64_t end_leaf; /* of a run of whole leaves; 0: some elements of one leaf */
    uint64_t mask;     /* these */
} si_find;

typedef struct si_extractor {
    const si_index *index;
    const si_column *columns;
    size_t column_count;
    si_column_set needed;
    uint64_t filled;   /* values in each column */
    uint64_t capacity; /* of each column; what finds no room is dropped */
    unsigned first_waiting;
    unsigned waiting_count;
    si_find waiting[SI_FINDS_WAITING];
} si_extractor;

/* The fields must be such of the index. */
void si_extractor_start(si_extractor *extractor, const si_index *index, const si_column *columns,
                        size_t column_count, uint64_t capacity);

/* Appends elements of a leaf, soon: at the latest when flushed. */
void si_extractor_add_elements(si_extractor *extractor, uint64_t leaf, uint64_t mask);

/* Appends all elements of whole leaves [first, end), soon. */
void si_extractor_add_leaves(si_extractor *extractor, uint64_t first, uint64_t end);

/* Appends what has been added. */
void si_extractor_flush(si_extractor *extractor);

#endif
