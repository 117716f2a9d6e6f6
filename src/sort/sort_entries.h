/* Sorting of few enough entries to stay in a processor's cache. */
#ifndef SI_SORT_SORT_ENTRIES_H
#define SI_SORT_SORT_ENTRIES_H

#include "element/element_kind.h"
#include "element/record.h"

typedef struct si_sort_entry {
    uint64_t key; /* monotone along the curve, among the records that were sorted together */
    uint64_t place;
} si_sort_entry;

/* The records that entries are of. */
typedef struct si_sorted_records {
    const si_element_type *type;
    const si_record_pieces *records;
} si_sorted_records;

/* By key, and by the records themselves where keys are equal. `scratch` has room for as many. */
void si_sort_entries(const si_sorted_records *input, si_sort_entry *entries, si_sort_entry *scratch,
                     uint64_t count);

#endif
