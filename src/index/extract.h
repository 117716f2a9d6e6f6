/* From what a search finds to the columns that were asked for. */
#ifndef SI_INDEX_EXTRACT_H
#define SI_INDEX_EXTRACT_H

#include "index/index.h"

/* Leaves whose values are on their way from memory. */
enum { SI_EXTRACTS_WAITING = 8 };

typedef struct si_waiting_leaf {
    uint64_t leaf;
    uint64_t mask;
} si_waiting_leaf;

typedef struct si_extractor {
    const si_index *index;
    const si_column *columns;
    size_t column_count;
    si_column_set needed;
    uint64_t filled;   /* values in each column */
    uint64_t capacity; /* of each column; what finds no room is dropped */
    unsigned first_waiting;
    unsigned waiting_count;
    si_waiting_leaf waiting[SI_EXTRACTS_WAITING];
} si_extractor;

/* The fields must be such of the index. */
void si_extractor_start(si_extractor *extractor, const si_index *index, const si_column *columns,
                        size_t column_count, uint64_t capacity);

/* Appends elements of a leaf, soon. */
void si_extractor_add(si_extractor *extractor, uint64_t leaf, uint64_t mask);

/* Appends all elements of whole leaves [first, end). */
void si_extractor_add_run(si_extractor *extractor, uint64_t first, uint64_t end);

/* Appends what has been added. */
void si_extractor_flush(si_extractor *extractor);

#endif
