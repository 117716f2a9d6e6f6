/* Reads the records of a sorter, one after another, in whatever order they are. */
#ifndef SI_SORT_RECORD_CURSOR_H
#define SI_SORT_RECORD_CURSOR_H

#include "sort/sorter.h"

typedef struct si_record_cursor {
    si_sorter *sorter;
    si_sorter *chunk_receiver; /* NULL, or what is given the memory of chunks that were read */
    si_taken_chunks taken;     /* of what fits in memory */
    char *block;               /* of what does not: pages that were read at once */
    uint64_t run;              /* or chunk */
    uint64_t next_page;        /* of the run, that is not in the block */
    uint64_t block_pages;
    uint64_t block_page; /* that is being read */
    uint64_t place;      /* of the next record in its chunk or page */
    uint64_t there;      /* records of that chunk or page */
} si_record_cursor;

/* After the last element was added. Release it with si_record_cursor_close, also after a failure.
 */
si_result si_record_cursor_open(si_record_cursor *cursor, si_sorter *sorter,
                                const si_progress *progress, si_error *error);
void si_record_cursor_close(si_record_cursor *cursor);

/* From the first record again, if nothing was given to a chunk receiver. */
void si_record_cursor_rewind(si_record_cursor *cursor);

/* `*records` receives the next ones, at most so many, which lie side by side and stay until the
 * next call; `*count` is 0 at the end. */
si_result si_record_cursor_next(si_record_cursor *cursor, uint64_t most, const char **records,
                                uint64_t *count, si_error *error);

/* Passes over so many records that are there; of what is on the disk only the page of the next one
 * is read. */
si_result si_record_cursor_skip(si_record_cursor *cursor, uint64_t count, si_error *error);

#endif
