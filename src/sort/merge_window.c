/*
 * Loading of merge windows. A heap orders the runs by the first record of their next page, which
 * the tables of the runs hold: so it is known which pages come next before any is read. Neighboring
 * pages of a run are read by one request.
 */
#include "sort/merge_window.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/parallel.h"

/* Requests on the way at a time: so many keep a disk busy, or the way to one over a network. */
#define READING_THREADS 4

si_result si_merge_window_allocate(si_merge_window *window, uint64_t page_limit,
                                   uint64_t page_bytes, si_error *error)
{
    *window = (si_merge_window){.page_limit = page_limit};
    window->memory = si_allocate_large(page_limit, page_bytes);
    window->pages = si_allocate(page_limit, sizeof *window->pages);
    window->counts = si_allocate(page_limit, sizeof *window->counts);
    return window->memory && window->pages && window->counts ? SI_OK : si_fail_memory(error);
}

void si_merge_window_free(si_merge_window *window, uint64_t page_bytes)
{
    si_free_large(window->memory, window->page_limit, page_bytes);
    si_free(window->pages);
    si_free(window->counts);
}

/* ---- the heap of readers ---- */

static const char *first_record(const si_window_loader *loader, uint64_t reader)
{
    const si_run_reader *read = &loader->readers[reader];
    uint64_t page_records = si_run_page_records(read->type, read->page_bytes);
    return read->table + read->next_page % page_records * read->type->record_bytes;
}

static bool comes_before(const si_window_loader *loader, uint64_t a, uint64_t b)
{
    int order = si_record_compare(loader->readers[a].type, first_record(loader, a),
                                  first_record(loader, b));
    return order != 0 ? order < 0 : a < b;
}

static void sift_down(si_window_loader *loader, uint64_t hole)
{
    uint64_t moved = loader->heap[hole];
    for (;;) {
        uint64_t child = 2 * hole + 1;
        if (child >= loader->heap_size)
            break;
        if (child + 1 < loader->heap_size &&
            comes_before(loader, loader->heap[child + 1], loader->heap[child]))
            child++;
        if (!comes_before(loader, loader->heap[child], moved))
            break;
        loader->heap[hole] = loader->heap[child];
        hole = child;
    }
    loader->heap[hole] = moved;
}

/* After the first reader has gone on to its next page. */
static si_result renew_first(si_window_loader *loader, si_error *error)
{
    const char *record;
    SI_TRY(si_run_reader_peek(&loader->readers[loader->heap[0]], &record, error));
    if (!record)
        loader->heap[0] = loader->heap[--loader->heap_size];
    if (loader->heap_size > 0)
        sift_down(loader, 0);
    return SI_OK;
}

/* ---- opening ---- */

static si_result open_readers(si_window_loader *loader, const si_element_type *type,
                              const si_run *runs, uint64_t run_count, si_error *error)
{
    const char *record;
    for (uint64_t i = 0; i < run_count; i++) {
        si_run_reader *reader = &loader->readers[i];
        SI_TRY(si_run_reader_open(reader, type, loader->file, loader->page_bytes, &runs[i], error));
        loader->reader_count++;
        SI_TRY(si_run_reader_peek(reader, &record, error));
        if (record)
            loader->heap[loader->heap_size++] = i;
    }
    for (uint64_t i = loader->heap_size / 2; i-- > 0;)
        sift_down(loader, i);
    return SI_OK;
}

si_result si_window_loader_open(si_window_loader *loader, const si_element_type *type,
                                const si_spill_file *file, uint64_t page_bytes, const si_run *runs,
                                uint64_t run_count, si_error *error)
{
    *loader = (si_window_loader){.file = file, .page_bytes = page_bytes};
    loader->readers = si_allocate(run_count, sizeof *loader->readers);
    loader->heap = si_allocate(run_count, sizeof *loader->heap);
    loader->requests = si_allocate(run_count, sizeof *loader->requests);
    if (!loader->readers || !loader->heap || !loader->requests)
        return si_fail_memory(error);
    return open_readers(loader, type, runs, run_count, error);
}

void si_window_loader_close(si_window_loader *loader)
{
    for (uint64_t i = 0; i < loader->reader_count; i++)
        si_run_reader_close(&loader->readers[i]);
    si_free(loader->readers);
    si_free(loader->heap);
    si_free(loader->requests);
}

/* ---- loading ---- */

/* Lets every reader go on over the pages that the window is to have. */
static si_result choose_pages(si_window_loader *loader, uint64_t page_limit, si_error *error)
{
    for (uint64_t i = 0; i < loader->reader_count; i++)
        loader->requests[i] = (si_window_request){i, loader->readers[i].next_page, 0, 0};
    for (uint64_t chosen = 0; chosen < page_limit && loader->heap_size > 0; chosen++) {
        uint64_t reader = loader->heap[0];
        loader->readers[reader].next_page++;
        loader->requests[reader].page_count++;
        SI_TRY(renew_first(loader, error));
    }
    return SI_OK;
}

/* Pages of one run lie side by side in the window too. */
static void place_pages(si_window_loader *loader, si_merge_window *window)
{
    window->page_count = window->record_count = loader->request_count = 0;
    for (uint64_t i = 0; i < loader->reader_count; i++) {
        si_window_request request = loader->requests[i];
        request.first_slot = window->page_count;
        for (uint64_t page = 0; page < request.page_count; page++) {
            uint64_t slot = window->page_count++;
            window->pages[slot] = window->memory + slot * loader->page_bytes;
            window->counts[slot] = si_run_page_size(&loader->readers[i], request.first_page + page);
            window->record_count += window->counts[slot];
        }
        if (request.page_count > 0)
            loader->requests[loader->request_count++] = request;
    }
}

static si_result read_request(void *context, unsigned worker, uint64_t task, si_error *error)
{
    const si_window_loader *loader = context;
    const si_window_request *request = &loader->requests[task];
    const si_run *run = &loader->readers[request->reader].run;
    uint64_t bytes = request->page_count * loader->page_bytes;
    uint64_t offset = run->offset + request->first_page * loader->page_bytes;
    (void)worker;
    SI_TRY(si_spill_file_read(loader->file,
                              loader->window->memory + request->first_slot * loader->page_bytes,
                              bytes, offset, error));
    si_spill_file_forget(loader->file, offset, bytes);
    return SI_OK;
}

si_result si_merge_window_load(si_window_loader *loader, si_merge_window *window, si_error *error)
{
    SI_TRY(choose_pages(loader, window->page_limit, error));
    place_pages(loader, window);
    loader->window = window;
    SI_TRY(si_parallel(READING_THREADS, loader->request_count, read_request, loader, error));
    window->is_last = loader->heap_size == 0;
    if (!window->is_last)
        memcpy(window->next, first_record(loader, loader->heap[0]),
               loader->readers[0].type->record_bytes);
    return SI_OK;
}
