/*
 * The external sorter: takes the elements of a build as records, in any order and from any thread,
 * and in the end hands all of them to a sink in index order.
 *
 * Records stay in memory, in chunks, as long as the limits allow it. When they no longer fit, the
 * thread that has filled a run's worth of chunks sorts them, with others to help, and writes them
 * as a run to a temporary file. Adding goes on meanwhile, as long as there is room. Draining sorts
 * what is in memory, or merges the runs.
 */
#ifndef SI_SORT_SORTER_H
#define SI_SORT_SORTER_H

#include "element/batch.h"
#include "sort/memory_plan.h"
#include "sort/merge.h"
#include "sort/record_store.h"

typedef struct si_sorter {
    const si_element_type *type;
    si_sort_limits limits;
    char *temp_folder;
    si_record_store store; /* its lock is also that of all below */
    float largest;         /* coordinate, in size */
    bool is_external;      /* the records do not fit in memory: there is a temporary file */
    bool is_spilling;      /* a thread writes a run */
    bool is_unsorted;      /* runs keep the order of adding: only a cursor reads them */
    si_spill_file file;
    si_run *runs;
    size_t run_count;
    size_t run_capacity;
    si_sort_space space; /* of the thread that writes a run */
    si_result failure;   /* part of what was added is lost: there will be no index */
    si_error failure_error;
    /* Asked before a run is written. NULL: nobody. */
    si_result (*check_space)(void *context, uint64_t element_count, uint64_t run_bytes,
                             si_error *error);
    void *check_context;
} si_sorter;

/* Release it with si_sorter_free, also after a failure. A zero-initialised sorter may be freed too.
 */
si_result si_sorter_create(si_sorter *sorter, const si_element_type *type,
                           const si_sort_limits *limits, const char *temp_folder, si_error *error);
void si_sorter_free(si_sorter *sorter);

/* From any thread. */
uint64_t si_sorter_count(si_sorter *sorter);
si_result si_sorter_add(si_sorter *sorter, const si_column_batch *batch, si_error *error);

/* Adds records that lie side by side. No coordinate is larger than `largest`. */
si_result si_sorter_add_records(si_sorter *sorter, const char *records, uint64_t count,
                                float largest, si_error *error);

/* After the last element was added: hands all records to the sink, in index order. Records that
 * are in memory are handed over by one call. */
si_result si_sorter_drain(si_sorter *sorter, const si_progress *progress,
                          const si_sorted_sink *sink, si_error *error);

/* Gives back the memory and the disk that elements take. No more are added. */
void si_sorter_empty(si_sorter *sorter);

/* ---- for a cursor, which reads records in the order in which they lie ---- */

/* After the last element was added, where all fit in memory: takes the chunks out, until they are
 * given back. */
si_result si_sorter_take_chunks(si_sorter *sorter, si_taken_chunks *taken, si_error *error);
void si_sorter_give_back(si_sorter *sorter, si_taken_chunks *taken);

/* Takes over the memory of a chunk that was taken out of another sorter with the same limits. */
void si_sorter_adopt_chunk(si_sorter *sorter, char *chunk);

/* After the last element was added, where they did not fit in memory: writes the last runs. */
si_result si_sorter_spill_rest(si_sorter *sorter, const si_progress *progress, si_error *error);

#endif
