#include "index/record_cursor.h"

#include "base/arithmetic.h"
#include "base/memory.h"

si_result si_record_cursor_open(si_record_cursor *cursor, si_intake *intake,
                                const si_build_watch *watch, si_error *error)
{
    *cursor = (si_record_cursor){.intake = intake};
    if (!intake->is_external)
        return si_intake_take_all(intake, &cursor->taken, error);
    SI_TRY(si_intake_spill_rest(intake, watch, error));
    cursor->page = si_allocate_large(intake->limits.page_bytes, 1);
    return cursor->page ? SI_OK : si_fail_memory(error);
}

void si_record_cursor_close(si_record_cursor *cursor)
{
    if (cursor->page)
        si_free_large(cursor->page, cursor->intake->limits.page_bytes, 1);
    if (cursor->taken.chunks)
        si_intake_give_back(cursor->intake, &cursor->taken);
    *cursor = (si_record_cursor){.intake = NULL};
}

void si_record_cursor_rewind(si_record_cursor *cursor)
{
    cursor->run = cursor->next_page = cursor->place = cursor->there = 0;
}

static si_result read_page(si_record_cursor *cursor, si_error *error)
{
    const si_external_sort *sort = &cursor->intake->sort;
    uint64_t page_bytes = cursor->intake->limits.page_bytes;
    uint64_t page_records = si_run_page_records(cursor->intake->type, page_bytes);
    if (cursor->run < sort->run_count && cursor->next_page == sort->runs[cursor->run].page_count) {
        cursor->run++;
        cursor->next_page = 0;
    }
    if (cursor->run == sort->run_count)
        return SI_OK;
    const si_run *run = &sort->runs[cursor->run];
    SI_TRY(si_spill_file_read(&sort->file, cursor->page, page_bytes,
                              run->offset + cursor->next_page * page_bytes, error));
    cursor->there = si_min_u64(page_records, run->record_count - cursor->next_page * page_records);
    cursor->next_page++;
    cursor->place = 0;
    return SI_OK;
}

static si_result next_of_disk(si_record_cursor *cursor, const char **record, si_error *error)
{
    if (cursor->place == cursor->there) {
        cursor->there = cursor->place = 0;
        SI_TRY(read_page(cursor, error));
    }
    bool is_end = cursor->place == cursor->there;
    size_t bytes = cursor->intake->type->record_bytes;
    *record = is_end ? NULL : cursor->page + cursor->place++ * bytes;
    return SI_OK;
}

si_result si_record_cursor_next(si_record_cursor *cursor, const char **record, si_error *error)
{
    if (cursor->intake->is_external)
        return next_of_disk(cursor, record, error);
    const si_record_pieces *records = &cursor->taken.records;
    while (cursor->run < records->piece_count && cursor->place == records->counts[cursor->run]) {
        cursor->run++;
        cursor->place = 0;
    }
    *record = cursor->run == records->piece_count
                  ? NULL
                  : records->pieces[cursor->run] + cursor->place++ * records->stride;
    return SI_OK;
}
