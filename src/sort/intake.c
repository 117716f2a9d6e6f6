#include "sort/intake.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"

si_result si_intake_create(si_intake *intake, const si_element_type *type,
                           const si_build_limits *limits, const char *temp_folder, si_error *error)
{
    intake->type = type;
    intake->limits = *limits;
    intake->temp_folder = si_duplicate_string(temp_folder);
    if (!intake->temp_folder)
        return si_fail_memory(error);
    return si_record_store_create(&intake->store, type->record_bytes, limits->chunk_records,
                                  limits->chunk_limit, error);
}

void si_intake_free(si_intake *intake)
{
    si_external_sort_close(&intake->sort);
    si_record_store_destroy(&intake->store);
    si_free(intake->temp_folder);
    intake->temp_folder = NULL;
}

void si_intake_empty(si_intake *intake)
{
    si_external_sort_close(&intake->sort);
    pthread_mutex_lock(&intake->store.lock);
    si_record_store_trim(&intake->store);
    pthread_mutex_unlock(&intake->store.lock);
}

static void lock(si_intake *intake)
{
    pthread_mutex_lock(&intake->store.lock);
}

static void unlock(si_intake *intake)
{
    pthread_mutex_unlock(&intake->store.lock);
}

uint64_t si_intake_count(si_intake *intake)
{
    lock(intake);
    uint64_t count = intake->store.count;
    unlock(intake);
    return count;
}

/* ---- spilling ---- */

static si_result ignore_step(void *context, const char *phase, uint64_t done, si_error *error)
{
    (void)context, (void)phase, (void)done, (void)error;
    return SI_OK;
}

static si_result spill_taken(si_intake *intake, const si_taken_chunks *taken, float largest,
                             uint64_t element_count, const si_build_watch *watch, si_error *error)
{
    uint64_t bytes = si_run_bytes(intake->type, intake->limits.page_bytes, taken->count);
    SI_TRY(intake->check_space(intake->check_context, element_count, bytes, error));
    return si_external_sort_add(&intake->sort, &taken->records, taken->count, largest, watch,
                                error);
}

/* Sorts and writes the first chunks. The caller holds the lock, which is given up meanwhile, and
 * has set is_spilling. */
static si_result spill_chunks(si_intake *intake, uint64_t chunk_count, const si_build_watch *watch,
                              si_error *error)
{
    si_taken_chunks taken;
    SI_TRY(si_record_store_take(&intake->store, chunk_count, &taken, error));
    float largest = intake->largest;
    uint64_t element_count = intake->store.count;
    unlock(intake);
    si_result result = spill_taken(intake, &taken, largest, element_count, watch, error);
    lock(intake);
    si_record_store_give_back(&intake->store, &taken);
    return result;
}

static si_result spill_run(si_intake *intake)
{
    static const si_build_watch quiet = {NULL, ignore_step};
    intake->is_spilling = true;
    intake->failure = spill_chunks(intake, intake->limits.run_chunks, &quiet,
                                   &intake->failure_error);
    intake->is_spilling = false;
    pthread_cond_broadcast(&intake->store.changed);
    return intake->failure;
}

/* ---- adding ---- */

static bool is_run_full(const si_intake *intake)
{
    const si_record_store *store = &intake->store;
    uint64_t full_chunks = store->count / store->chunk_records - store->first_chunk;
    return intake->is_external && full_chunks >= intake->limits.run_chunks;
}

static si_result go_external(si_intake *intake, si_error *error)
{
    SI_TRY(si_external_sort_open(&intake->sort, intake->type, &intake->limits, intake->temp_folder,
                                 error));
    intake->sort.is_unsorted = intake->is_unsorted;
    intake->is_external = true;
    return SI_OK;
}

static bool fits_in_memory(const si_intake *intake, uint64_t count)
{
    return !intake->is_external && count <= intake->limits.memory_records &&
           intake->store.count <= intake->limits.memory_records - count;
}

/* Waits, or spills, until there is room for `count` records, no more than a chunk has. The caller
 * holds the lock. */
static si_result make_room(si_intake *intake, uint64_t count, si_error *error)
{
    if (!intake->is_external)
        SI_TRY(go_external(intake, error));
    for (;;) {
        if (intake->failure != SI_OK) {
            if (error)
                *error = intake->failure_error;
            return intake->failure;
        }
        bool has_room = si_record_store_chunks_with(&intake->store, count) <=
                        2 * intake->limits.run_chunks + 2;
        if (!intake->is_spilling && is_run_full(intake))
            spill_run(intake);
        else if (has_room)
            return SI_OK;
        else
            pthread_cond_wait(&intake->store.changed, &intake->store.lock);
    }
}

/* Reserves as many of `count` records as there can be room for at once. */
static si_result reserve(si_intake *intake, uint64_t count, float largest, uint64_t *first,
                         uint64_t *reserved, si_error *error)
{
    *reserved = count;
    if (largest > intake->largest)
        intake->largest = largest;
    if (!fits_in_memory(intake, count)) {
        *reserved = si_min_u64(count, intake->limits.chunk_records);
        SI_TRY(make_room(intake, *reserved, error));
    }
    return si_record_store_reserve(&intake->store, *reserved, first, error);
}

/* What is added: a batch, or records. */
typedef struct addition {
    const si_column_batch *batch; /* NULL: records */
    const char *records;
    uint64_t count;
    float largest;
} addition;

static void fill(si_intake *intake, const addition *added, uint64_t from, uint64_t count,
                 uint64_t first)
{
    size_t record_bytes = intake->type->record_bytes;
    for (uint64_t done = 0, some; done < count; done += some) {
        uint64_t run;
        char *records = si_record_store_at(&intake->store, first + done, &run);
        some = si_min_u64(count - done, run);
        if (added->batch)
            si_column_batch_put_records(added->batch, from + done, some, first + done, records);
        else
            memcpy(records, added->records + (from + done) * record_bytes, some * record_bytes);
        si_record_store_fill(&intake->store, first + done, some);
    }
}

/* A part of a batch is in: there is no way back. */
static void note_failure(si_intake *intake, si_result result, const si_error *error)
{
    if (intake->failure != SI_OK)
        return;
    intake->failure = result;
    intake->failure_error = *error;
}

static si_result add(si_intake *intake, const addition *added, si_error *error)
{
    for (uint64_t done = 0, count; done < added->count; done += count) {
        uint64_t first;
        si_error reason;
        lock(intake);
        si_result result = reserve(intake, added->count - done, added->largest, &first, &count,
                                   &reason);
        if (result != SI_OK && done > 0)
            note_failure(intake, result, &reason);
        unlock(intake);
        if (result != SI_OK && error)
            *error = reason;
        SI_TRY(result);
        fill(intake, added, done, count, first);
    }
    return SI_OK;
}

si_result si_intake_add(si_intake *intake, const si_column_batch *batch, si_error *error)
{
    return add(intake, &(addition){batch, NULL, batch->count, batch->largest}, error);
}

si_result si_intake_add_records(si_intake *intake, const char *records, uint64_t count,
                                float largest, si_error *error)
{
    return add(intake, &(addition){NULL, records, count, largest}, error);
}

/* ---- the end ---- */

si_result si_intake_take_all(si_intake *intake, si_taken_chunks *taken, si_error *error)
{
    lock(intake);
    si_result result = si_record_store_take(&intake->store, intake->store.end_chunk, taken, error);
    unlock(intake);
    return result;
}

void si_intake_give_back(si_intake *intake, si_taken_chunks *taken)
{
    lock(intake);
    si_record_store_give_back(&intake->store, taken);
    unlock(intake);
}

void si_intake_adopt(si_intake *intake, char *chunk)
{
    lock(intake);
    si_record_store_adopt(&intake->store, chunk);
    unlock(intake);
}

si_result si_intake_spill_rest(si_intake *intake, const si_build_watch *watch, si_error *error)
{
    const si_record_store *store = &intake->store;
    si_result result = intake->failure;
    if (result != SI_OK && error)
        *error = intake->failure_error;
    lock(intake);
    while (result == SI_OK && store->first_chunk < store->end_chunk)
        result = spill_chunks(
            intake, si_min_u64(intake->limits.run_chunks, store->end_chunk - store->first_chunk),
            watch, error);
    si_record_store_trim(&intake->store);
    unlock(intake);
    si_external_sort_end_adding(&intake->sort);
    return result;
}
