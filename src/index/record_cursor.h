/* Reads the records of an intake, one after another, in whatever order they are. */
#ifndef SI_INDEX_RECORD_CURSOR_H
#define SI_INDEX_RECORD_CURSOR_H

#include "index/intake.h"

typedef struct si_record_cursor {
    si_intake *intake;
    si_taken_chunks taken; /* of what fits in memory */
    char *page;            /* of what does not */
    uint64_t run;          /* or chunk */
    uint64_t next_page;
    uint64_t place; /* of the next record in its chunk or page */
    uint64_t there; /* records of that chunk or page */
} si_record_cursor;

/* After the last element was added. Release it with si_record_cursor_close, also after a failure.
 */
si_result si_record_cursor_open(si_record_cursor *cursor, si_intake *intake,
                                const si_build_watch *watch, si_error *error);
void si_record_cursor_close(si_record_cursor *cursor);

/* From the first record again. */
void si_record_cursor_rewind(si_record_cursor *cursor);

/* `*record` receives the next one, which stays until the next call; NULL at the end. */
si_result si_record_cursor_next(si_record_cursor *cursor, const char **record, si_error *error);

#endif
