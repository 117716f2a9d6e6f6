/*
 * A merge by windows: the next pages of all runs, as many as fit in memory, are sorted together
 * with the records that were kept from the window before. Records that come before the first one
 * that is still on the disk are settled and go to the sink. The others are kept for the next
 * window.
 */
#include "sort/merge.h"

#include <pthread.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "sort/merge_window.h"

/* Records that stay for the next window are kept as pieces of this many. */
#define KEPT_PIECE_RECORDS 8192

/* Records that were loaded and still have to wait, in order. */
typedef struct kept_records {
    uint64_t capacity;
    uint64_t count;
    char *memory;
} kept_records;

typedef struct merge_job {
    const si_merge_input *input;
    const si_sorted_sink *sink;
    si_window_loader loader;
    si_merge_window windows[2]; /* one is loaded while the other one is sorted */
    kept_records kept[2];       /* those of the last window, and those of this one */
    si_sort_space space;
    uint64_t piece_capacity; /* of the two below: the kept records, and a window's pages */
    const char **pieces;
    uint32_t *counts;
} merge_job;

/* ---- memory ---- */

static si_result allocate_kept(merge_job *job, uint64_t capacity, si_error *error)
{
    for (unsigned i = 0; i < 2; i++) {
        job->kept[i] = (kept_records){.capacity = capacity};
        job->kept[i].memory = si_allocate_large(capacity, job->input->type->record_bytes);
        if (!job->kept[i].memory)
            return si_fail_memory(error);
    }
    return SI_OK;
}

static si_result allocate_all(merge_job *job, si_error *error)
{
    const si_merge_input *input = job->input;
    const si_sort_limits *limits = input->limits;
    uint64_t page_records = si_run_page_records(input->type, limits->page_bytes);
    uint64_t pages = si_sort_limits_window_pages(limits, input->type, input->run_count,
                                                 job->sink->unit, job->sink->bytes);
    uint64_t kept = job->sink->unit + input->run_count * page_records;
    SI_TRY(allocate_kept(job, kept, error));
    for (unsigned i = 0; i < 2; i++)
        SI_TRY(si_merge_window_allocate(&job->windows[i], pages, limits->page_bytes, error));
    SI_TRY(si_sort_space_allocate(&job->space, kept + pages * page_records, error));
    job->piece_capacity = si_divide_up(kept, KEPT_PIECE_RECORDS) + pages;
    job->pieces = si_allocate(job->piece_capacity, sizeof *job->pieces);
    job->counts = si_allocate(job->piece_capacity, sizeof *job->counts);
    return job->pieces && job->counts ? SI_OK : si_fail_memory(error);
}

static void free_all(merge_job *job)
{
    for (unsigned i = 0; i < 2; i++) {
        si_free_large(job->kept[i].memory, job->kept[i].capacity, job->input->type->record_bytes);
        si_merge_window_free(&job->windows[i], job->input->limits->page_bytes);
    }
    si_sort_space_free(&job->space);
    si_free(job->pieces);
    si_free(job->counts);
    si_window_loader_close(&job->loader);
}

/* ---- a window ---- */

/* The records that were kept, and those of the window. */
static si_record_pieces collect_pieces(merge_job *job, const kept_records *kept,
                                       const si_merge_window *window)
{
    size_t stride = job->input->type->record_bytes;
    uint64_t piece = 0;
    for (uint64_t first = 0; first < kept->count; first += KEPT_PIECE_RECORDS, piece++) {
        job->pieces[piece] = kept->memory + first * stride;
        job->counts[piece] = (uint32_t)si_min_u64(KEPT_PIECE_RECORDS, kept->count - first);
    }
    memcpy(job->pieces + piece, window->pages, window->page_count * sizeof *window->pages);
    memcpy(job->counts + piece, window->counts, window->page_count * sizeof *window->counts);
    return (si_record_pieces){.stride = stride,
                              .piece_count = piece + window->page_count,
                              .pieces = job->pieces,
                              .counts = job->counts};
}

/* How many of the sorted records no record that is still to come is before. */
static uint64_t count_settled(const merge_job *job, const si_record_pieces *records, uint64_t count,
                              const si_merge_window *window)
{
    uint64_t settled = 0, end = count;
    if (window->is_last)
        return count;
    while (settled < end) {
        uint64_t middle = settled + (end - settled) / 2;
        const char *record = si_record_at(records, job->space.entries[middle].place);
        if (si_record_compare(job->input->type, record, window->next) <= 0)
            settled = middle + 1;
        else
            end = middle;
    }
    return settled / job->sink->unit * job->sink->unit;
}

static void keep_records(const merge_job *job, const si_record_pieces *records, uint64_t first,
                         uint64_t end, kept_records *kept)
{
    kept->count = end - first;
    for (uint64_t i = first; i < end; i++)
        memcpy(kept->memory + (i - first) * records->stride,
               si_record_at(records, job->space.entries[i].place), records->stride);
}

static si_result merge_one_window(merge_job *job, const si_merge_window *window,
                                  kept_records *before, kept_records *after, si_error *error)
{
    const si_merge_input *input = job->input;
    si_record_pieces records = collect_pieces(job, before, window);
    const si_sort_input sorting = {.type = input->type,
                                   .records = &records,
                                   .largest = input->largest,
                                   .threads = input->limits->threads,
                                   .progress = input->progress};
    uint64_t count = before->count + window->record_count;
    SI_TRY(si_sort_records(&sorting, &job->space, error));
    uint64_t settled = count_settled(job, &records, count, window);
    SI_TRY(job->sink->take(job->sink->context, &records, job->space.entries, settled, error));
    keep_records(job, &records, settled, count, after);
    return SI_OK;
}

/* ---- reading ahead ---- */

typedef struct load_job {
    si_window_loader *loader;
    si_merge_window *window;
    bool is_running;
    pthread_t thread;
    si_result result;
    si_error error;
} load_job;

static void *load(void *context)
{
    load_job *job = context;
    job->result = si_merge_window_load(job->loader, job->window, &job->error);
    return NULL;
}

/* Where no more threads are to be had, it is loaded at once. */
static void start_loading(load_job *job)
{
    job->result = SI_OK;
    job->is_running = pthread_create(&job->thread, NULL, load, job) == 0;
    if (!job->is_running)
        load(job);
}

static si_result finish_loading(load_job *job, si_error *error)
{
    if (job->is_running)
        pthread_join(job->thread, NULL);
    if (job->result != SI_OK && error)
        *error = job->error;
    return job->result;
}

/* ---- the whole ---- */

static si_result merge_windows(merge_job *job, si_error *error)
{
    bool is_last = false;
    SI_TRY(si_merge_window_load(&job->loader, &job->windows[0], error));
    for (unsigned turn = 0; !is_last; turn = 1 - turn) {
        load_job ahead = {.loader = &job->loader, .window = &job->windows[1 - turn]};
        is_last = job->windows[turn].is_last;
        if (!is_last)
            start_loading(&ahead);
        si_result result = merge_one_window(job, &job->windows[turn], &job->kept[turn],
                                            &job->kept[1 - turn], error);
        if (!is_last) {
            si_result loaded = finish_loading(&ahead, result == SI_OK ? error : NULL);
            result = result == SI_OK ? loaded : result;
        }
        SI_TRY(result);
    }
    return SI_OK;
}

si_result si_merge_runs(const si_merge_input *input, const si_sorted_sink *sink, si_error *error)
{
    merge_job job = {.input = input, .sink = sink};
    si_result result = allocate_all(&job, error);
    if (result == SI_OK)
        result = si_window_loader_open(&job.loader, input->type, input->file,
                                       input->limits->page_bytes, input->runs, input->run_count,
                                       error);
    if (result == SI_OK)
        result = merge_windows(&job, error);
    free_all(&job);
    return result;
}
