/*
 * Merging runs: their pages are loaded window by window, in the order in which they are wanted, and
 * each window is sorted in memory, by all threads, while the next one is read. What comes before
 * everything that is still on the disk is handed on; the rest, at most a page of each run, stays
 * for the next window.
 */
#ifndef SI_SORT_MERGE_H
#define SI_SORT_MERGE_H

#include "sort/run_file.h"

/* Takes records, in the order of the entries. */
typedef si_result (*si_take_sorted_fn)(void *context, const si_record_pieces *records,
                                       const si_sort_entry *entries, uint64_t count,
                                       si_error *error);

/* Where the sorted records go. */
typedef struct si_sorted_sink {
    void *context;
    uint64_t unit;  /* records are handed over in multiples of this, but for the last ones */
    uint64_t bytes; /* of memory that it takes */
    si_take_sorted_fn take;
} si_sorted_sink;

typedef struct si_merge_input {
    const si_element_type *type;
    const si_sort_limits *limits;
    const si_spill_file *file;
    const si_run *runs;
    uint64_t run_count;
    float largest; /* no coordinate is larger in size */
    const si_progress *progress;
} si_merge_input;

si_result si_merge_runs(const si_merge_input *input, const si_sorted_sink *sink, si_error *error);

#endif
