#include "build/record_cursor.h"

#include "base/arithmetic.h"
#include "base/memory.h"

si_result si_record_cursor_open(si_record_cursor *cursor, si_intake *intake,
                                const si_build_watch *watch, si_error *error)
{
    *cursor = (si_record_cursor){.intake = intake};
    if (!intake->is_external)
        return si_intake_take_all(intake, &cursor->taken, error);
    SI_TRY(si_intake_spill_rest(intake, watch, error));
    cursor->block = si_allocate_large(intake->limits.block_bytes, 1);
    return cursor->block ? SI_OK : si_fail_memory(error);
}

void si_record_cursor_close(si_record_cursor *cursor)
{
    if (cursor->block)
        si_free_large(cursor->block, cursor->intake->limits.block_bytes, 1);
    if (cursor->taken.chunks)
        si_intake_give_back(cursor->intake, &cursor->taken);
    *cursor = (si_record_cursor){.intake = NULL};
}

void si_record_cursor_rewind(si_record_cursor *cursor)
{
    cursor->run = cursor->next_page = cursor->place = cursor->there = 0;
    cursor->block_page = cursor->block_pages = 0;
}

/* ---- on the disk ---- */

static uint64_t page_records(const si_record_cursor *cursor)
{
    return si_run_page_records(cursor->intake->type, cursor->intake->limits.page_bytes);
}

/* Goes to the run of the next page; false at the end. */
static bool find_run(si_record_cursor *cursor)
{
    const si_external_sort *sort = &cursor->intake->sort;
    while (cursor->run < sort->run_count &&
           cursor->next_page == sort->runs[cursor->run].page_count) {
        cursor->run++;
        cursor->next_page = 0;
    }
    return cursor->run < sort->run_count;
}

static void enter_page(si_record_cursor *cursor, uint64_t block_page)
{
    const si_run *run = &cursor->intake->sort.runs[cursor->run];
    uint64_t page = cursor->next_page - cursor->block_pages + block_page;
    cursor->block_page = block_page;
    cursor->there = si_min_u64(page_records(cursor),
                               run->record_count - page * page_records(cursor));
    cursor->place = 0;
}

static si_result read_pages(si_record_cursor *cursor, uint64_t most, si_error *error)
{
    const si_external_sort *sort = &cursor->intake->sort;
    uint64_t page_bytes = cursor->intake->limits.page_bytes;
    cursor->block_pages = cursor->there = cursor->place = 0;
    if (!find_run(cursor))
        return SI_OK;
    const si_run *run = &sort->runs[cursor->run];
    uint64_t pages = si_min_u64(most, run->page_count - cursor->next_page);
    SI_TRY(si_spill_file_read(&sort->file, cursor->block, pages * page_bytes,
                              run->offset + cursor->next_page * page_bytes, error));
    cursor->next_page += pages;
    cursor->block_pages = pages;
    enter_page(cursor, 0);
    return SI_OK;
}

static si_result find_page(si_record_cursor *cursor, si_error *error)
{
    const si_build_limits *limits = &cursor->intake->limits;
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
        uint64_t rest = cursor->intake->sort.runs[cursor->run].page_count - cursor->next_page - 1;
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
    if (cursor->heir) {
        si_intake_adopt(cursor->heir, *chunk);
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
    const si_build_limits *limits = &cursor->intake->limits;
    const char *from = cursor->intake->is_external
                           ? cursor->block + cursor->block_page * limits->page_bytes
                           : cursor->taken.records.pieces[cursor->run];
    return from + cursor->place * cursor->intake->type->record_bytes;
}

si_result si_record_cursor_next(si_record_cursor *cursor, uint64_t most, const char **records,
                                uint64_t *count, si_error *error)
{
    if (cursor->intake->is_external)
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
    if (cursor->intake->is_external)
        return skip_pages(cursor, count, error);
    skip_chunks(cursor, count);
    return SI_OK;
}
