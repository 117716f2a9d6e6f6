/*
 * The chunks are a ring: chunk i lies at i modulo the limit. Places are reserved at the end under
 * the lock and written without it; a count of the records that have been written tells when a
 * chunk may be taken out at the front. Chunks that come back are kept to be used again.
 */
#include "sort/record_store.h"

#include "base/arithmetic.h"
#include "base/memory.h"

si_result si_record_store_create(si_record_store *store, size_t stride, uint64_t chunk_records,
                                 uint64_t chunk_limit, si_error *error)
{
    *store = (si_record_store){
        .stride = stride, .chunk_records = chunk_records, .chunk_limit = chunk_limit};
    store->chunks = si_allocate_zeroed(chunk_limit, sizeof *store->chunks);
    store->filled = si_allocate_zeroed(chunk_limit, sizeof *store->filled);
    store->spare = si_allocate_zeroed(chunk_limit, sizeof *store->spare);
    pthread_mutex_init(&store->lock, NULL);
    pthread_cond_init(&store->changed, NULL);
    return store->chunks && store->filled && store->spare ? SI_OK : si_fail_memory(error);
}

static void free_chunk(const si_record_store *store, char *chunk)
{
    si_free_large(chunk, store->chunk_records, store->stride);
}

void si_record_store_trim(si_record_store *store)
{
    while (store->spare_count > 0)
        free_chunk(store, store->spare[--store->spare_count]);
}

void si_record_store_destroy(si_record_store *store)
{
    if (store->stride == 0)
        return;
    for (uint64_t i = store->first_chunk; i < store->end_chunk; i++)
        free_chunk(store, store->chunks[i % store->chunk_limit]);
    si_record_store_trim(store);
    si_free(store->chunks);
    si_free(store->filled);
    si_free(store->spare);
    pthread_cond_destroy(&store->changed);
    pthread_mutex_destroy(&store->lock);
    *store = (si_record_store){.stride = 0};
}

uint64_t si_record_store_chunks_with(const si_record_store *store, uint64_t count)
{
    uint64_t end = store->end_chunk;
    if (store->count + count > end * store->chunk_records)
        end = si_divide_up(store->count + count, store->chunk_records);
    return end - store->first_chunk + store->taken_count;
}

static si_result add_chunk(si_record_store *store, si_error *error)
{
    char *chunk = store->spare_count > 0 ? store->spare[--store->spare_count]
                                         : si_allocate_large(store->chunk_records, store->stride);
    if (!chunk)
        return si_fail_memory(error);
    uint64_t slot = store->end_chunk++ % store->chunk_limit;
    store->chunks[slot] = chunk;
    store->filled[slot] = 0;
    return SI_OK;
}

si_result si_record_store_reserve(si_record_store *store, uint64_t count, uint64_t *first,
                                  si_error *error)
{
    uint64_t total;
    if (!si_add_u64(store->count, count, &total))
        return si_fail(error, SI_ERROR_LIMIT, "the number of elements overflows");
    while (store->end_chunk * store->chunk_records < total)
        SI_TRY(add_chunk(store, error));
    *first = store->count;
    store->count = total;
    return SI_OK;
}

char *si_record_store_at(si_record_store *store, uint64_t number, uint64_t *run)
{
    uint64_t record = number % store->chunk_records;
    *run = store->chunk_records - record;
    return store->chunks[number / store->chunk_records % store->chunk_limit] +
           record * store->stride;
}

void si_record_store_fill(si_record_store *store, uint64_t first, uint64_t count)
{
    pthread_mutex_lock(&store->lock);
    store->filled[first / store->chunk_records % store->chunk_limit] += (uint32_t)count;
    pthread_cond_broadcast(&store->changed);
    pthread_mutex_unlock(&store->lock);
}

/* ---- taking out ---- */

/* Of a chunk that is still there. */
static uint32_t reserved_in(const si_record_store *store, uint64_t chunk)
{
    uint64_t before = chunk * store->chunk_records;
    return (uint32_t)si_min_u64(store->chunk_records,
                                store->count > before ? store->count - before : 0);
}

static bool are_filled(const si_record_store *store, uint64_t chunk_count)
{
    for (uint64_t i = store->first_chunk; i < store->first_chunk + chunk_count; i++)
        if (store->filled[i % store->chunk_limit] < reserved_in(store, i))
            return false;
    return true;
}

static void move_chunks(si_record_store *store, si_taken_chunks *taken, uint64_t chunk_count)
{
    taken->count = 0;
    for (uint64_t i = 0; i < chunk_count; i++) {
        uint64_t chunk = store->first_chunk + i;
        taken->chunks[i] = store->chunks[chunk % store->chunk_limit];
        taken->counts[i] = reserved_in(store, chunk);
        taken->count += taken->counts[i];
    }
    taken->records = (si_record_pieces){.stride = store->stride,
                                        .piece_count = chunk_count,
                                        .pieces = (const char *const *)taken->chunks,
                                        .counts = taken->counts};
    store->first_chunk += chunk_count;
    store->taken_count += chunk_count;
}

si_result si_record_store_take(si_record_store *store, uint64_t chunk_count, si_taken_chunks *taken,
                               si_error *error)
{
    taken->chunks = si_allocate(chunk_count, sizeof *taken->chunks);
    taken->counts = si_allocate(chunk_count, sizeof *taken->counts);
    if (!taken->chunks || !taken->counts) {
        si_free(taken->chunks);
        si_free(taken->counts);
        return si_fail_memory(error);
    }
    while (!are_filled(store, chunk_count))
        pthread_cond_wait(&store->changed, &store->lock);
    move_chunks(store, taken, chunk_count);
    return SI_OK;
}

void si_record_store_give_back(si_record_store *store, si_taken_chunks *taken)
{
    for (uint64_t i = 0; i < taken->records.piece_count; i++)
        if (taken->chunks[i])
            store->spare[store->spare_count++] = taken->chunks[i];
    store->taken_count -= taken->records.piece_count;
    si_free(taken->chunks);
    si_free(taken->counts);
    *taken = (si_taken_chunks){.count = 0};
    pthread_cond_broadcast(&store->changed);
}

void si_record_store_adopt(si_record_store *store, char *chunk)
{
    uint64_t there = store->end_chunk - store->first_chunk + store->taken_count;
    if (there + store->spare_count < store->chunk_limit)
        store->spare[store->spare_count++] = chunk;
    else
        free_chunk(store, chunk);
}
