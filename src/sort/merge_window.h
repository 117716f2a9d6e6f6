/*
 * Merge windows: the pages of several runs in the order in which a merge wants them, as many at a
 * time as fit in memory. A page comes before another if its first record does.
 */
#ifndef SI_SORT_MERGE_WINDOW_H
#define SI_SORT_MERGE_WINDOW_H

#include "sort/run_file.h"

/* The bytes of the longest record. */
#define SI_MOST_RECORD_BYTES (SI_MAX_WORDS * 8 + SI_MAX_FLOATS * 4 + SI_MAX_BYTES)

typedef struct si_merge_window {
    uint64_t page_limit;
    uint64_t page_count;
    uint64_t record_count;
    char *memory;
    const char **pages;
    uint32_t *counts;
    /* No record that is still to come is before this one. */
    bool is_last;
    char next[SI_MOST_RECORD_BYTES];
} si_merge_window;

si_result si_merge_window_allocate(si_merge_window *window, uint64_t page_limit,
                                   uint64_t page_bytes, si_error *error);
void si_merge_window_free(si_merge_window *window, uint64_t page_bytes);

/* Consecutive pages of one run, which are read at once. */
typedef struct si_window_request {
    uint64_t reader;
    uint64_t first_page;
    uint64_t page_count;
    uint64_t first_slot;
} si_window_request;

typedef struct si_window_loader {
    const si_spill_file *file;
    uint64_t page_bytes;
    si_run_reader *readers;
    uint64_t reader_count;
    uint64_t *heap; /* of readers that have pages left: the one that is wanted next first */
    uint64_t heap_size;
    si_window_request *requests; /* one for each reader */
    uint64_t request_count;
    si_merge_window *window; /* being loaded */
} si_window_loader;

/* Close it also after a failure. */
si_result si_window_loader_open(si_window_loader *loader, const si_element_type *type,
                                const si_spill_file *file, uint64_t page_bytes, const si_run *runs,
                                uint64_t run_count, si_error *error);
void si_window_loader_close(si_window_loader *loader);

/* Loads the next pages. In the spill file they are forgotten. */
si_result si_merge_window_load(si_window_loader *loader, si_merge_window *window, si_error *error);

#endif
