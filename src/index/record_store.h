/* The records of a build, in memory: appended from any thread, never moved. */
#ifndef SI_INDEX_RECORD_STORE_H
#define SI_INDEX_RECORD_STORE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define SI_STORE_CHUNK_RECORDS (UINT64_C(1) << 18)
#define SI_STORE_MAX_CHUNKS (UINT64_C(1) << 18)

typedef struct si_record_store {
    size_t stride;
    _Atomic uint64_t count; /* read without the lock, changed under it */
    char **chunks;
    uint64_t chunk_count;
    pthread_mutex_t lock;
} si_record_store;

si_result si_record_store_create(si_record_store *store, size_t stride, si_error *error);
void si_record_store_destroy(si_record_store *store);

/* Makes room for `count` records, all or none; `*first` receives the position of the first one. */
si_result si_record_store_reserve(si_record_store *store, uint64_t count, uint64_t *first,
                                  si_error *error);

static inline char *si_record_at(const si_record_store *store, uint64_t position)
{
    return store->chunks[position / SI_STORE_CHUNK_RECORDS] +
           position % SI_STORE_CHUNK_RECORDS * store->stride;
}

/* How many records lie side by side from a position on. */
static inline uint64_t si_record_run(uint64_t position)
{
    return SI_STORE_CHUNK_RECORDS - position % SI_STORE_CHUNK_RECORDS;
}

#endif
