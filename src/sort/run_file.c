/*
 * Runs: pages of whole records side by side, then the pages of their table. All threads copy
 * records into blocks of pages and write them at once; the table grows by the first record of
 * each page.
 */
#include "sort/run_file.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/parallel.h"

/* Records lie all over the memory: they are fetched while others are copied. */
#define PREFETCH_DISTANCE 16

static uint64_t table_page_count(const si_element_type *type, uint64_t page_bytes,
                                 uint64_t page_count)
{
    return si_divide_up(page_count, si_run_page_records(type, page_bytes));
}

uint64_t si_run_bytes(const si_element_type *type, uint64_t page_bytes, uint64_t record_count)
{
    uint64_t pages = si_divide_up(record_count, si_run_page_records(type, page_bytes));
    return (pages + table_page_count(type, page_bytes, pages)) * page_bytes;
}

/* ---- copying records ---- */

static inline __attribute__((always_inline)) void copy(const si_record_pieces *records,
                                                       const si_sort_entry *entries, uint64_t count,
                                                       char *to, size_t record_bytes)
{
    for (uint64_t i = 0; i < count; i++, to += record_bytes) {
        if (i + PREFETCH_DISTANCE < count)
            __builtin_prefetch(si_record_at(records, entries[i + PREFETCH_DISTANCE].place));
        memcpy(to, si_record_at(records, entries[i].place), record_bytes);
    }
}

/* With sizes that the compiler knows. */
static void copy_records(const si_record_pieces *records, const si_sort_entry *entries,
                         uint64_t count, char *to)
{
    switch (records->stride) {
    case 36:
        copy(records, entries, count, to, 36);
        break;
    case 37:
        copy(records, entries, count, to, 37);
        break;
    default:
        copy(records, entries, count, to, records->stride);
    }
}

/* ---- writing ---- */

uint64_t si_run_writer_bytes(const si_sort_limits *limits)
{
    return limits->threads * limits->block_bytes + limits->page_bytes;
}

si_result si_run_writer_begin(si_run_writer *writer, const si_element_type *type,
                              const si_sort_limits *limits, si_spill_file *file,
                              uint64_t record_count, si_error *error)
{
    uint64_t pages = si_divide_up(record_count, si_run_page_records(type, limits->page_bytes));
    *writer = (si_run_writer){.type = type, .limits = limits, .file = file};
    writer->buffers = si_allocate_zeroed(limits->threads, sizeof *writer->buffers);
    writer->table_page = si_allocate_large(limits->page_bytes, 1);
    if (!writer->buffers || !writer->table_page)
        return si_fail_memory(error);
    for (unsigned i = 0; i < limits->threads; i++) {
        writer->buffers[i] = si_allocate_large(limits->block_bytes, 1);
        if (!writer->buffers[i])
            return si_fail_memory(error);
        memset(writer->buffers[i], 0, limits->block_bytes);
    }
    memset(writer->table_page, 0, limits->page_bytes);
    uint64_t bytes = si_run_bytes(type, limits->page_bytes, record_count);
    writer->run.record_count = record_count;
    writer->run.page_count = pages;
    writer->run.offset = si_spill_file_give_out(file, bytes);
    writer->run.table_offset = writer->run.offset + pages * limits->page_bytes;
    return SI_OK;
}

void si_run_writer_free(si_run_writer *writer)
{
    if (!writer->limits)
        return;
    for (unsigned i = 0; writer->buffers && i < writer->limits->threads; i++)
        si_free_large(writer->buffers[i], writer->limits->block_bytes, 1);
    si_free(writer->buffers);
    si_free_large(writer->table_page, writer->limits->page_bytes, 1);
    *writer = (si_run_writer){.limits = NULL};
}

typedef struct block_job {
    si_run_writer *writer;
    const si_record_pieces *records;
    const si_sort_entry *entries;
    uint64_t count;
} block_job;

static uint64_t block_pages(const si_run_writer *writer)
{
    return writer->limits->block_bytes / writer->limits->page_bytes;
}

static si_result write_block(void *context, unsigned worker, uint64_t block, si_error *error)
{
    const block_job *job = context;
    const si_run_writer *writer = job->writer;
    uint64_t page_bytes = writer->limits->page_bytes;
    uint64_t page_records = si_run_page_records(writer->type, page_bytes);
    uint64_t first = block * block_pages(writer) * page_records, pages = 0;
    for (; pages < block_pages(writer) && first < job->count; pages++, first += page_records)
        copy_records(job->records, job->entries + first,
                     si_min_u64(page_records, job->count - first),
                     writer->buffers[worker] + pages * page_bytes);
    uint64_t first_page = writer->written / page_records + block * block_pages(writer);
    return si_spill_file_write(writer->file, writer->buffers[worker], pages * page_bytes,
                               writer->run.offset + first_page * page_bytes, error);
}

static si_result write_table_page(si_run_writer *writer, si_error *error)
{
    uint64_t page_bytes = writer->limits->page_bytes;
    uint64_t page = (writer->table_count - 1) / si_run_page_records(writer->type, page_bytes);
    return si_spill_file_write(writer->file, writer->table_page, page_bytes,
                               writer->run.table_offset + page * page_bytes, error);
}

static si_result add_to_table(si_run_writer *writer, const char *record, si_error *error)
{
    size_t size = writer->type->record_bytes;
    uint64_t page_records = si_run_page_records(writer->type, writer->limits->page_bytes);
    memcpy(writer->table_page + writer->table_count++ % page_records * size, record, size);
    return writer->table_count % page_records == 0 ? write_table_page(writer, error) : SI_OK;
}

si_result si_run_writer_add(si_run_writer *writer, const si_record_pieces *records,
                            const si_sort_entry *entries, uint64_t count, si_error *error)
{
    uint64_t page_records = si_run_page_records(writer->type, writer->limits->page_bytes);
    block_job job = {writer, records, entries, count};
    SI_TRY(si_parallel(writer->limits->threads,
                       si_divide_up(count, page_records * block_pages(writer)), write_block, &job,
                       error));
    for (uint64_t i = 0; i < count; i += page_records)
        SI_TRY(add_to_table(writer, si_record_at(records, entries[i].place), error));
    writer->written += count;
    return SI_OK;
}

si_result si_run_writer_finish(si_run_writer *writer, si_run *run, si_error *error)
{
    uint64_t page_records = si_run_page_records(writer->type, writer->limits->page_bytes);
    if (writer->table_count % page_records != 0)
        SI_TRY(write_table_page(writer, error));
    *run = writer->run;
    return SI_OK;
}

/* ---- reading ---- */

si_result si_run_reader_open(si_run_reader *reader, const si_element_type *type,
                             const si_spill_file *file, uint64_t page_bytes, const si_run *run,
                             si_error *error)
{
    *reader = (si_run_reader){.type = type,
                              .file = file,
                              .page_bytes = page_bytes,
                              .run = *run,
                              .table_page = UINT64_MAX};
    reader->table = si_allocate_large(page_bytes, 1);
    return reader->table ? SI_OK : si_fail_memory(error);
}

void si_run_reader_close(si_run_reader *reader)
{
    si_free_large(reader->table, reader->page_bytes, 1);
    reader->table = NULL;
}

si_result si_run_reader_peek(si_run_reader *reader, const char **record, si_error *error)
{
    uint64_t page_records = si_run_page_records(reader->type, reader->page_bytes);
    uint64_t table_page = reader->next_page / page_records;
    *record = NULL;
    if (reader->next_page == reader->run.page_count)
        return SI_OK;
    if (table_page != reader->table_page)
        SI_TRY(si_spill_file_read(reader->file, reader->table, reader->page_bytes,
                                  reader->run.table_offset + table_page * reader->page_bytes,
                                  error));
    reader->table_page = table_page;
    *record = reader->table + reader->next_page % page_records * reader->type->record_bytes;
    return SI_OK;
}

uint32_t si_run_page_size(const si_run_reader *reader, uint64_t page)
{
    uint64_t page_records = si_run_page_records(reader->type, reader->page_bytes);
    return (uint32_t)si_min_u64(page_records, reader->run.record_count - page * page_records);
}
