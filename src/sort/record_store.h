/*
 * Records on their way into an index: appended from any thread to chunks of memory that never move,
 * and taken out again from the front, by whole chunks.
 */
#ifndef SI_SORT_RECORD_STORE_H
#define SI_SORT_RECORD_STORE_H

#include <pthread.h>
#include <stdint.h>

#include "base/error.h"
#include "element/record.h"

typedef struct si_record_store {
    size_t stride;
    uint64_t chunk_records;
    uint64_t chunk_limit; /* chunks that are there at a time, at most */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a chunk was filled, or taken out, or given back */
    uint64_t count;         /* of records ever appended: the next one's number */
    uint64_t first_chunk;   /* number of the first one that was not taken out */
    uint64_t end_chunk;
    char **chunks;    /* chunk i is at i % chunk_limit */
    uint32_t *filled; /* records of each that have been written */
    char **spare;     /* given back, to be used again */
    uint64_t spare_count;
    uint64_t taken_count; /* taken out, and not given back yet */
} si_record_store;

/* Nothing of the store is touched without its lock but the records themselves. */
si_result si_record_store_create(si_record_store *store, size_t stride, uint64_t chunk_records,
                                 uint64_t chunk_limit, si_error *error);
void si_record_store_destroy(si_record_store *store);

/* Chunks that would be in memory if `count` more records were appended. */
uint64_t si_record_store_chunks_with(const si_record_store *store, uint64_t count);

/* Makes room for `count` records, all or none; `*first` receives the number of the first one. The
 * caller holds the lock, and has seen to it that chunk_limit is not passed. */
si_result si_record_store_reserve(si_record_store *store, uint64_t count, uint64_t *first,
                                  si_error *error);

/* Where a record that was reserved lies, and how many lie side by side from there on. */
char *si_record_store_at(si_record_store *store, uint64_t number, uint64_t *run);

/* Says that records which lie side by side have been written. */
void si_record_store_fill(si_record_store *store, uint64_t first, uint64_t count);

/* Chunks that were taken out. */
typedef struct si_taken_chunks {
    si_record_pieces records;
    uint64_t count; /* of the records */
    char **chunks;
    uint32_t *counts;
} si_taken_chunks;

/* Takes out the first `chunk_count` chunks, waiting until all that is reserved in them has been
 * written. The caller holds the lock, and is the only one that takes. */
si_result si_record_store_take(si_record_store *store, uint64_t chunk_count, si_taken_chunks *taken,
                               si_error *error);

/* Gives chunks back, to be used again. The caller holds the lock. */
void si_record_store_give_back(si_record_store *store, si_taken_chunks *taken);

/* Takes over a chunk of another store of the same form. The caller holds the lock. */
void si_record_store_adopt(si_record_store *store, char *chunk);

/* Frees the chunks that were given back. The caller holds the lock. */
void si_record_store_trim(si_record_store *store);

#endif
