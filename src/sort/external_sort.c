#include "sort/external_sort.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"

si_result si_external_sort_open(si_external_sort *sort, const si_element_type *type,
                                const si_build_limits *limits, const char *temp_folder,
                                si_error *error)
{
    *sort = (si_external_sort){.type = type, .limits = limits};
    si_result result = si_spill_file_open(temp_folder, &sort->file, error);
    if (result == SI_OK)
        result = si_sort_space_allocate(&sort->space, limits->run_chunks * limits->chunk_records,
                                        error);
    if (result != SI_OK)
        si_external_sort_close(sort);
    return result;
}

void si_external_sort_close(si_external_sort *sort)
{
    if (!sort->limits)
        return;
    si_spill_file_close(&sort->file);
    si_sort_space_free(&sort->space);
    si_free(sort->runs);
    *sort = (si_external_sort){.limits = NULL};
}

void si_external_sort_end_adding(si_external_sort *sort)
{
    si_sort_space_free(&sort->space);
}

static si_result add_run(si_external_sort *sort, const si_run *run, si_error *error)
{
    si_run *grown = si_grow(sort->runs, &sort->run_capacity, sort->run_count + 1, sizeof *grown);
    if (!grown)
        return si_fail_memory(error);
    sort->runs = grown;
    sort->runs[sort->run_count++] = *run;
    return SI_OK;
}

/* ---- adding ---- */

static si_result write_run(si_external_sort *sort, const si_record_pieces *records, uint64_t count,
                           si_error *error)
{
    si_run_writer writer;
    si_run run;
    si_result result = si_run_writer_begin(&writer, sort->type, sort->limits, &sort->file, count,
                                           error);
    if (result == SI_OK)
        result = si_run_writer_add(&writer, records, sort->space.entries, count, error);
    if (result == SI_OK)
        result = si_run_writer_finish(&writer, &run, error);
    si_run_writer_free(&writer);
    return result == SI_OK ? add_run(sort, &run, error) : result;
}

/* The order in which the records lie. */
static void order_as_they_are(const si_record_pieces *records, si_sort_entry *entries)
{
    for (uint64_t piece = 0; piece < records->piece_count; piece++)
        for (uint32_t i = 0; i < records->counts[piece]; i++)
            (entries++)->place = si_record_place(piece, i);
}

si_result si_external_sort_add(si_external_sort *sort, const si_record_pieces *records,
                               uint64_t count, float largest, const si_build_watch *watch,
                               si_error *error)
{
    const si_sort_input sorting = {.type = sort->type,
                                   .records = records,
                                   .largest = largest,
                                   .threads = sort->limits->threads,
                                   .watch = watch};
    if (sort->is_unsorted)
        order_as_they_are(records, sort->space.entries);
    else
        SI_TRY(si_sort_records(&sorting, &sort->space, error));
    return write_run(sort, records, count, error);
}

/* ---- merging ---- */

static si_result take_into_run(void *context, const si_record_pieces *records,
                               const si_sort_entry *entries, uint64_t count, si_error *error)
{
    return si_run_writer_add(context, records, entries, count, error);
}

static uint64_t records_of(const si_run *runs, uint64_t run_count)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < run_count; i++)
        count += runs[i].record_count;
    return count;
}

/* Merges the first runs into one, which becomes the last. */
static si_result merge_first(si_external_sort *sort, uint64_t run_count, float largest,
                             const si_build_watch *watch, si_error *error)
{
    const si_merge_input input = {.type = sort->type,
                                  .limits = sort->limits,
                                  .file = &sort->file,
                                  .runs = sort->runs,
                                  .run_count = run_count,
                                  .largest = largest,
                                  .watch = watch};
    si_run_writer writer;
    const si_merge_sink sink = {.context = &writer,
                                .unit = si_run_page_records(sort->type, sort->limits->page_bytes),
                                .bytes = si_run_writer_bytes(sort->limits),
                                .take = take_into_run};
    si_run merged;
    si_result result = si_run_writer_begin(&writer, sort->type, sort->limits, &sort->file,
                                           records_of(sort->runs, run_count), error);
    if (result == SI_OK)
        result = si_merge_runs(&input, &sink, error);
    if (result == SI_OK)
        result = si_run_writer_finish(&writer, &merged, error);
    si_run_writer_free(&writer);
    SI_TRY(result);
    sort->run_count -= run_count;
    memmove(sort->runs, sort->runs + run_count, sort->run_count * sizeof *sort->runs);
    return add_run(sort, &merged, error);
}

si_result si_external_sort_merge(si_external_sort *sort, float largest, const si_build_watch *watch,
                                 const si_merge_sink *sink, si_error *error)
{
    uint64_t most = sort->limits->most_runs;
    while (sort->run_count > most)
        SI_TRY(
            merge_first(sort, si_min_u64(most, sort->run_count - most + 1), largest, watch, error));
    const si_merge_input input = {.type = sort->type,
                                  .limits = sort->limits,
                                  .file = &sort->file,
                                  .runs = sort->runs,
                                  .run_count = sort->run_count,
                                  .largest = largest,
                                  .watch = watch};
    return si_merge_runs(&input, sink, error);
}
