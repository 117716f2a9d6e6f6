/*
 * The external sorter. One lock, that of the record store, guards its state. Whoever adds reserves
 * places under the lock and writes records without it, so that threads add side by side.
 *
 * A run is written by the thread that finds a run's worth of chunks full, without the lock. Others
 * add up to as many chunks in the meantime, then they wait. Draining merges all runs at once, or,
 * if there are more than the memory has pages for, merges the oldest ones into longer runs first.
 */
#include "sort/sorter.h"

#include <assert.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"

/* ---- create and free ---- */

si_result si_sorter_create(si_sorter *sorter, const si_element_type *type,
                           const si_sort_limits *limits, const char *temp_folder, si_error *error)
{
    sorter->type = type;
    sorter->limits = *limits;
    sorter->temp_folder = si_duplicate_string(temp_folder);
    if (!sorter->temp_folder)
        return si_fail_memory(error);
    return si_record_store_create(&sorter->store, type->record_bytes, limits->chunk_records,
                                  limits->chunk_limit, error);
}

static void close_spill_file(si_sorter *sorter)
{
    if (!sorter->is_external)
        return;
    si_spill_file_close(&sorter->file);
    si_sort_space_free(&sorter->space);
    si_free(sorter->runs);
    sorter->runs = NULL;
    sorter->run_count = sorter->run_capacity = 0;
}

void si_sorter_free(si_sorter *sorter)
{
    close_spill_file(sorter);
    si_record_store_destroy(&sorter->store);
    si_free(sorter->temp_folder);
    *sorter = (si_sorter){.type = NULL};
}

static void lock(si_sorter *sorter)
{
    pthread_mutex_lock(&sorter->store.lock);
}

static void unlock(si_sorter *sorter)
{
    pthread_mutex_unlock(&sorter->store.lock);
}

void si_sorter_empty(si_sorter *sorter)
{
    close_spill_file(sorter);
    lock(sorter);
    si_record_store_trim(&sorter->store);
    unlock(sorter);
}

uint64_t si_sorter_count(si_sorter *sorter)
{
    lock(sorter);
    uint64_t count = sorter->store.count;
    unlock(sorter);
    return count;
}

/* ---- runs ---- */

static si_result append_run(si_sorter *sorter, const si_run *run, si_error *error)
{
    si_run *grown = si_grow(sorter->runs, &sorter->run_capacity, sorter->run_count + 1,
                            sizeof *grown);
    if (!grown)
        return si_fail_memory(error);
    sorter->runs = grown;
    sorter->runs[sorter->run_count++] = *run;
    return SI_OK;
}

/* Sorts records, unless the sorter keeps them as they are, and writes them as a run. */
static si_result write_run(si_sorter *sorter, const si_taken_chunks *taken, float largest,
                           const si_progress *progress, si_error *error)
{
    const si_record_pieces *records = &taken->records;
    const si_sort_input input = {.type = sorter->type,
                                 .records = records,
                                 .largest = largest,
                                 .threads = sorter->limits.threads,
                                 .progress = progress};
    si_sort_entry *entry = sorter->space.entries;
    si_run_writer writer;
    si_run run;
    if (!sorter->is_unsorted)
        SI_TRY(si_sort_records(&input, &sorter->space, error));
    for (uint64_t piece = 0; sorter->is_unsorted && piece < records->piece_count; piece++)
        for (uint32_t i = 0; i < records->counts[piece]; i++)
            (entry++)->place = si_record_place(piece, i);
    si_result result = si_run_writer_begin(&writer, sorter->type, &sorter->limits, &sorter->file,
                                           taken->count, error);
    if (result == SI_OK)
        result = si_run_writer_add(&writer, records, sorter->space.entries, taken->count, error);
    if (result == SI_OK)
        result = si_run_writer_finish(&writer, &run, error);
    si_run_writer_free(&writer);
    return result == SI_OK ? append_run(sorter, &run, error) : result;
}

/* Takes the first chunks and writes them as a run. The caller holds the lock, which is given up
 * meanwhile, and has made sure that no other thread spills. */
static si_result spill_chunks(si_sorter *sorter, uint64_t chunk_count, const si_progress *progress,
                              si_error *error)
{
    si_taken_chunks taken;
    SI_TRY(si_record_store_take(&sorter->store, chunk_count, &taken, error));
    uint64_t element_count = sorter->store.count;
    float largest = sorter->largest;
    unlock(sorter);
    si_result result = SI_OK;
    if (sorter->check_space)
        result = sorter->check_space(
            sorter->check_context, element_count,
            si_run_bytes(sorter->type, sorter->limits.page_bytes, taken.count), error);
    if (result == SI_OK)
        result = write_run(sorter, &taken, largest, progress, error);
    lock(sorter);
    si_record_store_give_back(&sorter->store, &taken);
    return result;
}

si_result si_sorter_spill_rest(si_sorter *sorter, const si_progress *progress, si_error *error)
{
    const si_record_store *store = &sorter->store;
    assert(sorter->is_external && !sorter->is_spilling);
    si_result result = sorter->failure;
    if (result != SI_OK && error)
        *error = sorter->failure_error;
    lock(sorter);
    while (result == SI_OK && store->first_chunk < store->end_chunk)
        result = spill_chunks(
            sorter, si_min_u64(sorter->limits.run_chunks, store->end_chunk - store->first_chunk),
            progress, error);
    si_record_store_trim(&sorter->store);
    unlock(sorter);
    si_sort_space_free(&sorter->space);
    return result;
}

/* ---- adding ---- */

static si_result open_spill_file(si_sorter *sorter, si_error *error)
{
    const si_sort_limits *limits = &sorter->limits;
    SI_TRY(si_spill_file_open(sorter->temp_folder, &sorter->file, error));
    si_result result = si_sort_space_allocate(&sorter->space,
                                              limits->run_chunks * limits->chunk_records, error);
    if (result == SI_OK)
        sorter->is_external = true;
    else
        si_spill_file_close(&sorter->file);
    return result;
}

static bool is_run_full(const si_sorter *sorter)
{
    const si_record_store *store = &sorter->store;
    uint64_t full_chunks = store->count / store->chunk_records - store->first_chunk;
    return full_chunks >= sorter->limits.run_chunks;
}

/* Waits, or writes a run, until there is room for `count` records, no more than a chunk has. The
 * caller holds the lock. */
static si_result make_room(si_sorter *sorter, uint64_t count, si_error *error)
{
    if (!sorter->is_external)
        SI_TRY(open_spill_file(sorter, error));
    for (;;) {
        if (sorter->failure != SI_OK) {
            if (error)
                *error = sorter->failure_error;
            return sorter->failure;
        }
        bool has_room = si_record_store_chunks_with(&sorter->store, count) <=
                        2 * sorter->limits.run_chunks + 2;
        if (!sorter->is_spilling && is_run_full(sorter)) {
            sorter->is_spilling = true;
            sorter->failure = spill_chunks(sorter, sorter->limits.run_chunks, NULL,
                                           &sorter->failure_error);
            sorter->is_spilling = false;
            pthread_cond_broadcast(&sorter->store.changed);
        } else if (has_room) {
            return SI_OK;
        } else {
            pthread_cond_wait(&sorter->store.changed, &sorter->store.lock);
        }
    }
}

/* Reserves places for as many of `count` records as there can be room for at once. The caller holds
 * the lock. */
static si_result reserve_places(si_sorter *sorter, uint64_t count, float largest, uint64_t *first,
                                uint64_t *reserved, si_error *error)
{
    uint64_t most = sorter->limits.memory_records;
    bool fits = !sorter->is_external && count <= most && sorter->store.count <= most - count;
    if (largest > sorter->largest)
        sorter->largest = largest;
    *reserved = fits ? count : si_min_u64(count, sorter->limits.chunk_records);
    if (!fits)
        SI_TRY(make_room(sorter, *reserved, error));
    return si_record_store_reserve(&sorter->store, *reserved, first, error);
}

/* What is added: a batch, or records. */
typedef struct addition {
    const si_column_batch *batch; /* NULL: records */
    const char *records;
    uint64_t count;
    float largest;
} addition;

/* Writes elements to the places that were reserved for them. */
static void write_records(si_sorter *sorter, const addition *added, uint64_t from, uint64_t count,
                          uint64_t first)
{
    size_t record_bytes = sorter->type->record_bytes;
    for (uint64_t done = 0, some; done < count; done += some) {
        uint64_t side_by_side;
        char *records = si_record_store_at(&sorter->store, first + done, &side_by_side);
        some = si_min_u64(count - done, side_by_side);
        if (added->batch)
            si_column_batch_put_records(added->batch, from + done, some, first + done, records);
        else
            memcpy(records, added->records + (from + done) * record_bytes, some * record_bytes);
        si_record_store_fill(&sorter->store, first + done, some);
    }
}

static si_result add(si_sorter *sorter, const addition *added, si_error *error)
{
    for (uint64_t done = 0, count; done < added->count; done += count) {
        uint64_t first;
        si_error reason;
        lock(sorter);
        si_result result = reserve_places(sorter, added->count - done, added->largest, &first,
                                          &count, &reason);
        /* A part of the batch is in: there is no way back. */
        if (result != SI_OK && done > 0 && sorter->failure == SI_OK) {
            sorter->failure = result;
            sorter->failure_error = reason;
        }
        unlock(sorter);
        if (result != SI_OK && error)
            *error = reason;
        SI_TRY(result);
        write_records(sorter, added, done, count, first);
    }
    return SI_OK;
}

si_result si_sorter_add(si_sorter *sorter, const si_column_batch *batch, si_error *error)
{
    return add(sorter, &(addition){batch, NULL, batch->count, batch->largest}, error);
}

si_result si_sorter_add_records(si_sorter *sorter, const char *records, uint64_t count,
                                float largest, si_error *error)
{
    return add(sorter, &(addition){NULL, records, count, largest}, error);
}

/* ---- draining ---- */

static si_result drain_memory(si_sorter *sorter, const si_progress *progress,
                              const si_sorted_sink *sink, si_error *error)
{
    si_taken_chunks taken;
    si_sort_space space = {.capacity = 0};
    SI_TRY(si_sorter_take_chunks(sorter, &taken, error));
    const si_sort_input input = {.type = sorter->type,
                                 .records = &taken.records,
                                 .largest = sorter->largest,
                                 .threads = sorter->limits.threads,
                                 .progress = progress};
    si_result result = si_sort_space_allocate(&space, taken.count, error);
    if (result == SI_OK)
        result = si_sort_records(&input, &space, error);
    si_sort_space_trim(&space);
    if (result == SI_OK)
        result = sink->take(sink->context, &taken.records, space.entries, taken.count, error);
    si_sort_space_free(&space);
    si_sorter_give_back(sorter, &taken);
    return result;
}

/* What is reported while runs are merged: the records that the sink has taken. The steps of sorting
 * a window are no steps of the whole. */
typedef struct merge_progress {
    const si_progress *progress;
    const si_sorted_sink *sink;
    uint64_t taken;
} merge_progress;

static si_result report_taken(void *context, const char *phase, uint64_t done, si_error *error)
{
    const merge_progress *merging = context;
    (void)phase, (void)done;
    return si_progress_report(merging->progress, "merging", merging->taken, error);
}

static si_result count_taken(void *context, const si_record_pieces *records,
                             const si_sort_entry *entries, uint64_t count, si_error *error)
{
    merge_progress *merging = context;
    SI_TRY(merging->sink->take(merging->sink->context, records, entries, count, error));
    merging->taken += count;
    return report_taken(merging, NULL, 0, error);
}

static si_result add_to_run(void *context, const si_record_pieces *records,
                            const si_sort_entry *entries, uint64_t count, si_error *error)
{
    return si_run_writer_add(context, records, entries, count, error);
}

/* Merges the first runs into one, which becomes the last. */
static si_result merge_first_runs(si_sorter *sorter, uint64_t run_count,
                                  const si_progress *progress, si_error *error)
{
    const si_sort_limits *limits = &sorter->limits;
    const si_merge_input input = {sorter->type, limits,          &sorter->file, sorter->runs,
                                  run_count,    sorter->largest, progress};
    si_run_writer writer;
    const si_sorted_sink sink = {.context = &writer,
                                 .unit = si_run_page_records(sorter->type, limits->page_bytes),
                                 .bytes = si_run_writer_bytes(limits),
                                 .take = add_to_run};
    si_run merged;
    uint64_t count = 0;
    for (uint64_t i = 0; i < run_count; i++)
        count += sorter->runs[i].record_count;
    si_result result = si_run_writer_begin(&writer, sorter->type, limits, &sorter->file, count,
                                           error);
    if (result == SI_OK)
        result = si_merge_runs(&input, &sink, error);
    if (result == SI_OK)
        result = si_run_writer_finish(&writer, &merged, error);
    si_run_writer_free(&writer);
    SI_TRY(result);
    sorter->run_count -= run_count;
    memmove(sorter->runs, sorter->runs + run_count, sorter->run_count * sizeof *sorter->runs);
    return append_run(sorter, &merged, error);
}

static si_result drain_runs(si_sorter *sorter, const si_progress *progress,
                            const si_sorted_sink *sink, si_error *error)
{
    uint64_t most = sorter->limits.most_runs;
    merge_progress merging = {.progress = progress, .sink = sink};
    const si_progress reporting = {&merging, report_taken};
    const si_sorted_sink counting = {&merging, sink->unit, sink->bytes, count_taken};
    SI_TRY(si_sorter_spill_rest(sorter, progress, error));
    if (sorter->check_space)
        SI_TRY(sorter->check_space(sorter->check_context, sorter->store.count, 0, error));
    while (sorter->run_count > most)
        SI_TRY(merge_first_runs(sorter, si_min_u64(most, sorter->run_count - most + 1), &reporting,
                                error));
    const si_merge_input input = {sorter->type,      &sorter->limits, &sorter->file, sorter->runs,
                                  sorter->run_count, sorter->largest, &reporting};
    return si_merge_runs(&input, &counting, error);
}

si_result si_sorter_drain(si_sorter *sorter, const si_progress *progress,
                          const si_sorted_sink *sink, si_error *error)
{
    assert(!sorter->is_unsorted);
    return (sorter->is_external ? drain_runs : drain_memory)(sorter, progress, sink, error);
}

/* ---- for a cursor ---- */

si_result si_sorter_take_chunks(si_sorter *sorter, si_taken_chunks *taken, si_error *error)
{
    assert(!sorter->is_external);
    lock(sorter);
    si_result result = si_record_store_take(&sorter->store, sorter->store.end_chunk, taken, error);
    unlock(sorter);
    return result;
}

void si_sorter_give_back(si_sorter *sorter, si_taken_chunks *taken)
{
    lock(sorter);
    si_record_store_give_back(&sorter->store, taken);
    unlock(sorter);
}

void si_sorter_adopt_chunk(si_sorter *sorter, char *chunk)
{
    lock(sorter);
    si_record_store_adopt(&sorter->store, chunk);
    unlock(sorter);
}
