/*
 * A file, or several one after the other, of which the blocks in use are in memory, read by
 * explicit calls.
 *
 * As much address space is reserved as the file has bytes, and each block, once it is read, lies
 * where it would if the file were mapped; so nothing that reads an index needs to know. What it has
 * to do is to fetch blocks before it touches them and to release them afterwards: blocks that
 * nobody holds give way to others when the cache is full. One cache serves all threads, and two
 * that want the same block wait for one read.
 */
#ifndef SI_READ_BLOCK_CACHE_H
#define SI_READ_BLOCK_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef struct si_block_cache si_block_cache;

/* Where the bytes come from. Called by several threads at once. */
typedef si_result (*si_byte_reader)(const void *context, uint64_t offset, size_t length,
                                    void *bytes, si_error *error);

typedef struct si_cached_file {
    si_byte_reader read;
    const void *context;   /* of the reader */
    const char *path;      /* for errors; both must live as long */
    uint64_t bytes;        /* a multiple of the size of a block */
    uint64_t pinned_bytes; /* bytes at its beginning that never leave again once they are read */
    uint64_t most_bytes;   /* of memory; what searches hold at once may exceed it */
} si_cached_file;

si_result si_block_cache_open(const si_cached_file *file, si_block_cache **cache, si_error *error);
void si_block_cache_close(si_block_cache *cache);

/* The block at offset n of the file is at n bytes behind this. */
const char *si_block_cache_memory(const si_block_cache *cache);
uint64_t si_block_cache_most_bytes(const si_block_cache *cache);

/* Reads bytes of the file past the cache. */
si_result si_block_cache_copy(const si_block_cache *cache, uint64_t offset, size_t length,
                              void *bytes, si_error *error);

typedef struct si_block_counts {
    uint64_t touched;  /* blocks that were fetched, ... */
    uint64_t hits;     /* ... those of them that were in memory, ... */
    uint64_t read;     /* ... and that were read */
    uint64_t reads;    /* calls */
    uint64_t rounds;   /* of reads that were under way together */
    uint64_t evicted;  /* blocks that gave way */
    uint64_t resident; /* blocks in memory now */
} si_block_counts;

si_block_counts si_block_cache_count(si_block_cache *cache);

/* Blocks [first, end). */
typedef struct si_block_range {
    uint64_t first;
    uint64_t end;
} si_block_range;

/* Blocks that are fetched together. */
typedef struct si_block_fetch si_block_fetch;

si_block_fetch *si_block_fetch_create(si_block_cache *cache); /* NULL: out of memory */
/* Whatever state it is in. */
void si_block_fetch_free(si_block_fetch *fetch);

/* Holds all blocks of the ranges and begins to read those that are not there. The ranges are in
 * ascending order and must live until they are released. `waits`: the caller is going to finish it
 * at once. */
void si_block_fetch_begin(si_block_fetch *fetch, const si_block_range *block_ranges,
                          size_t range_count, bool waits);
/* Until it has succeeded, no block may be touched. */
si_result si_block_fetch_finish(si_block_fetch *fetch, si_error *error);
/* Gives the blocks back. Only then it may be begun again. */
void si_block_fetch_release(si_block_fetch *fetch);

#endif
