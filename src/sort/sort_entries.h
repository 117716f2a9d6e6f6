/* Sorting of few enough entries to stay in a processor's cache. */
#ifndef SI_SORT_SORT_ENTRIES_H
#define SI_SORT_SORT_ENTRIES_H

#include "sort/sort.h"

/* By key, and by the records themselves where keys are equal. `scratch` has room for as many. */
void si_sort_entries(const si_sort_input *input, si_sort_entry *entries, si_sort_entry *scratch,
                     uint64_t count);

#endif
