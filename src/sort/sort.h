/* Puts records into index order. */
#ifndef SI_SORT_SORT_H
#define SI_SORT_SORT_H

#include "element/record_order.h"
#include "sort/progress.h"
#include "sort/sort_entries.h"

typedef struct si_sort_input {
    const si_element_type *type;
    const si_record_pieces *records;
    float largest;    /* no coordinate is larger in size */
    unsigned threads; /* at least 1 */
    const si_progress *progress;
} si_sort_input;

/* What sorting takes besides the records; can be used again and again. Zero-initialise. */
typedef struct si_sort_space {
    uint64_t capacity;
    si_sort_entry *entries; /* after sorting: the places of the records in index order */
    si_sort_entry *scratch;
} si_sort_space;

si_result si_sort_space_allocate(si_sort_space *space, uint64_t capacity, si_error *error);
/* Gives back what is of no use after the last sorting. */
void si_sort_space_trim(si_sort_space *space);
void si_sort_space_free(si_sort_space *space);

/* `space` has room for all records. */
si_result si_sort_records(const si_sort_input *input, si_sort_space *space, si_error *error);

#endif
