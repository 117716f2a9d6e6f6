/*
 * Runs: sorted records in a spill file, as pages of whole records. The first record of each page is
 * also in a table, in pages of the same form, so that it can be known in which order the pages of
 * several runs are wanted, without reading them.
 */
#ifndef SI_SORT_RUN_FILE_H
#define SI_SORT_RUN_FILE_H

#include "sort/memory_plan.h"
#include "sort/sort.h"
#include "sort/spill_file.h"

typedef struct si_run {
    uint64_t record_count;
    uint64_t page_count;
    uint64_t offset;       /* of the pages */
    uint64_t table_offset; /* of the table's */
} si_run;

static inline uint64_t si_run_page_records(const si_element_type *type, uint64_t page_bytes)
{
    return page_bytes / type->record_bytes;
}

/* What a run of so many records takes in its file. */
uint64_t si_run_bytes(const si_element_type *type, uint64_t page_bytes, uint64_t record_count);

/* ---- writing ---- */

typedef struct si_run_writer {
    const si_element_type *type;
    const si_sort_limits *limits;
    si_spill_file *file;
    si_run run;
    uint64_t written;     /* records */
    char **buffers;       /* a block for each thread */
    char *table_page;     /* being filled */
    uint64_t table_count; /* of all records in the table */
} si_run_writer;

/* For a run of `record_count` records. Release it with si_run_writer_free, also after a failure. */
si_result si_run_writer_begin(si_run_writer *writer, const si_element_type *type,
                              const si_sort_limits *limits, si_spill_file *file,
                              uint64_t record_count, si_error *error);

/* Adds records, in the order of the entries: whole pages, unless they are the last ones. */
si_result si_run_writer_add(si_run_writer *writer, const si_record_pieces *records,
                            const si_sort_entry *entries, uint64_t count, si_error *error);

/* All records being added. */
si_result si_run_writer_finish(si_run_writer *writer, si_run *run, si_error *error);
void si_run_writer_free(si_run_writer *writer);

/* What a writer takes in memory. */
uint64_t si_run_writer_bytes(const si_sort_limits *limits);

/* ---- reading ---- */

typedef struct si_run_reader {
    const si_element_type *type;
    const si_spill_file *file;
    uint64_t page_bytes;
    si_run run;
    uint64_t next_page;
    uint64_t table_page; /* that is in `table`; UINT64_MAX: none */
    char *table;
} si_run_reader;

si_result si_run_reader_open(si_run_reader *reader, const si_element_type *type,
                             const si_spill_file *file, uint64_t page_bytes, const si_run *run,
                             si_error *error);
void si_run_reader_close(si_run_reader *reader);

/* `*record` receives the first record of the next page, NULL at the end of the run. It stays until
 * the next call. */
si_result si_run_reader_peek(si_run_reader *reader, const char **record, si_error *error);

/* How many records a page has. */
uint32_t si_run_page_size(const si_run_reader *reader, uint64_t page);

#endif
