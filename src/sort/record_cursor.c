/*
 * One position over two kinds of storage. In memory it goes through the chunks of the sorter, which
 * can be given to another sorter as they are left. On the disk it goes through the runs in the
 * order in which they were written, and reads a block of pages at once.
 */
#include "sort/record_cursor.h"

#include "base/arithmetic.h"
#include "base/memory.h"

si_result si_record_cursor_open(si_record_cursor *cursor, si_sorter *sorter,
                                const si_progress *progress, si_error *error)
{
    *cursor = (si_record_cursor){.sorter = sorter};
    if (!sorter->is_external)
        return si_sorter_take_chunks(sorter, &cursor->taken, error);
    SI_TRY(si_sorter_spill_rest(sorter, progress, error));
    cursor->block = si_allocate_large(sorter->limits.block_bytes, 1);
    return cursor->block ? SI_OK : si_fail_memory(error);
}

void si_record_cursor_close(si_record_cursor *cursor)
{
    if (cursor->block)
        si_free_large(cursor->block, cursor->sorter->limits.block_bytes, 1);
    if (cursor->taken.chunks)
        si_sorter_give_back(cursor->sorter, &cursor->taken);
    *cursor = (si_record_cursor){.sorter = NULL};
}

void si_record_cursor_rewind(si_record_cursor *cursor)
{
    cursor->run = cursor->next_page = cursor->place = cursor->there = 0;
    cursor->block_page = cursor->block_pages = 0;
}

/* ---- on the disk ---- */

static uint64_t page_records(const si_record_cursor *cursor)
{
    return si_run_page_records(cursor->sorter->type, cursor->sorter->limits.page_bytes);
}

/* Goes to the run of the next page; false at the end. */
static bool find_run(si_record_cursor *cursor)
{
    const si_sorter *sorter = cursor->sorter;
    while (cursor->run < sorter->run_count &&
           cursor->next_page == sorter->runs[cursor->run].page_count) {
        cursor->run++;
        cursor->next_page = 0;
    }
    return cursor->run < sorter->run_count;
}

static void enter_page(si_record_cursor *cursor, uint64_t block_page)
{
    const si_run *run = &cursor->sorter->runs[cursor->run];
    uint64_t page = cursor->next_page - cursor->block_pages + block_page;
    cursor->block_page = block_page;
    cursor->there = si_min_u64(page_records(cursor),
                               run->record_count - page * page_records(cursor));
    cursor->place = 0;
}

static si_result read_pages(si_record_cursor *cursor, uint64_t most, si_error *error)
{
    const si_sorter *sorter = cursor->sorter;
    uint64_t page_bytes = cursor->sorter->limits.page_bytes;
    cursor->block_pages = cursor->there = cursor->place = 0;
    if (!find_run(cursor))
        return SI_OK;
    const si_run *run = &sorter->runs[cursor->run];
    uint64_t pages = si_min_u64(most, run->page_count - cursor->next_page);
    SI_TRY(si_spill_file_read(&sorter->file, cursor->block, pages * page_bytes,
                              run->offset + cursor->next_page * page_bytes, error));
    cursor->next_page += pages;
    cursor->block_pages = pages;
    enter_page(cursor, 0);
    return SI_OK;
}

static si_result find_page(si_record_cursor *cursor, si_error *error)
{
    const si_sort_limits *limits = &cursor->sorter->limits;
    if (cursor->place < cursor->there)
        return SI_OK;
    if (cursor->block_page + 1 >= cursor->block_pages)
        return read_pages(cursor, limits->block_bytes / limits->page_bytes, error);
    enter_page(cursor, cursor->block_page + 1);
    return SI_OK;
}

/* All pages but the last one of a run are full. */
static si_result skip_pages(si_record_cursor *cursor, uint64_t count, si_error *error)
{
    while (count >= cursor->there - cursor->place) {
        count -= cursor->there - cursor->place;
        cursor->place = cursor->there;
        if (cursor->block_page + 1 < cursor->block_pages) {
            enter_page(cursor, cursor->block_page + 1);
            continue;
        }
        if (!find_run(cursor))
            return SI_OK;
        uint64_t rest = cursor->sorter->runs[cursor->run].page_count - cursor->next_page - 1;
        uint64_t passed = si_min_u64(count / page_records(cursor), rest);
        cursor->next_page += passed;
        count -= passed * page_records(cursor);
        SI_TRY(read_pages(cursor, 1, error));
    }
    cursor->place += count;
    return SI_OK;
}

/* ---- in memory ---- */

static void leave_chunk(si_record_cursor *cursor)
{
    char **chunk = &cursor->taken.chunks[cursor->run++];
    cursor->place = 0;
    if (cursor->chunk_receiver) {
        si_sorter_adopt_chunk(cursor->chunk_receiver, *chunk);
        *chunk = NULL;
    }
}

static void find_chunk(si_record_cursor *cursor)
{
    const si_record_pieces *records = &cursor->taken.records;
    while (cursor->run < records->piece_count && cursor->place == records->counts[cursor->run])
        leave_chunk(cursor);
    cursor->there = cursor->run < records->piece_count ? records->counts[cursor->run] : 0;
}

static void skip_chunks(si_record_cursor *cursor, uint64_t count)
{
    find_chunk(cursor);
    while (count > 0 && cursor->there > 0) {
        uint64_t some = si_min_u64(count, cursor->there - cursor->place);
        cursor->place += some;
        count -= some;
        find_chunk(cursor);
    }
}

/* ---- either ---- */

static const char *record_at_place(const si_record_cursor *cursor)
{
    const si_sort_limits *limits = &cursor->sorter->limits;
    const char *from = cursor->sorter->is_external
                           ? cursor->block + cursor->block_page * limits->page_bytes
                           : cursor->taken.records.pieces[cursor->run];
    return from + cursor->place * cursor->sorter->type->record_bytes;
}

si_result si_record_cursor_next(si_record_cursor *cursor, uint64_t most, const char **records,
                                uint64_t *count, si_error *error)
{
    if (cursor->sorter->is_external)
        SI_TRY(find_page(cursor, error));
    else
        find_chunk(cursor);
    *count = si_min_u64(most, cursor->there - cursor->place);
    *records = *count > 0 ? record_at_place(cursor) : NULL;
    cursor->place += *count;
    return SI_OK;
}

si_result si_record_cursor_skip(si_record_cursor *cursor, uint64_t count, si_error *error)
{
    if (cursor->sorter->is_external)
        return skip_pages(cursor, count, error);
    skip_chunks(cursor, count);
    return SI_OK;
}
