#include "index/record_store.h"

#include "base/arithmetic.h"
#include "base/memory.h"

si_result si_record_store_create(si_record_store *store, size_t stride, si_error *error)
{
    *store = (si_record_store){.stride = stride};
    /* The table has its full length from the start, so that it never moves under a thread that
     * fills a chunk; the system provides only the part that is used. */
    store->chunks = si_allocate_zeroed(SI_STORE_MAX_CHUNKS, sizeof *store->chunks);
    if (!store->chunks)
        return si_fail_memory(error);
    pthread_mutex_init(&store->lock, NULL);
    return SI_OK;
}

void si_record_store_destroy(si_record_store *store)
{
    if (!store->chunks)
        return;
    for (uint64_t i = 0; i < store->chunk_count; i++)
        si_free(store->chunks[i]);
    si_free(store->chunks);
    pthread_mutex_destroy(&store->lock);
    store->chunks = NULL;
}

static si_result add_chunks(si_record_store *store, uint64_t wanted, si_error *error)
{
    if (wanted > SI_STORE_MAX_CHUNKS)
        return si_fail(error, SI_ERROR_LIMIT, "more than %llu elements in memory",
                       (unsigned long long)(SI_STORE_MAX_CHUNKS * SI_STORE_CHUNK_RECORDS));
    while (store->chunk_count < wanted) {
        char *chunk = si_allocate_large(SI_STORE_CHUNK_RECORDS, store->stride);
        if (!chunk)
            return si_fail_memory(error);
        store->chunks[store->chunk_count++] = chunk;
    }
    return SI_OK;
}

si_result si_record_store_reserve(si_record_store *store, uint64_t count, uint64_t *first,
                                  si_error *error)
{
    uint64_t total;
    pthread_mutex_lock(&store->lock);
    si_result status = si_add_u64(store->count, count, &total)
                           ? add_chunks(store, si_divide_up(total, SI_STORE_CHUNK_RECORDS), error)
                           : si_fail(error, SI_ERROR_LIMIT, "the number of elements overflows");
    if (status == SI_OK) {
        *first = store->count;
        store->count = total;
    }
    pthread_mutex_unlock(&store->lock);
    return status;
}
