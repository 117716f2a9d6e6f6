/*
 * A cache of the blocks of a file, or of several files one after the other, which are read by
 * explicit calls.
 *
 * The cache reserves as much address space as the file has bytes, and puts each block where it
 * would lie if the file were mapped, so code that reads an index is the same for both. That code
 * fetches blocks before it touches them and releases them afterwards. When the cache is full,
 * blocks that nobody holds are evicted. One cache serves all threads; two threads that want the
 * same block wait for one read.
 */
#ifndef SI_READ_BLOCK_CACHE_H
#define SI_READ_BLOCK_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef struct si_block_cache si_block_cache;

/* Reads bytes of the file. Called by several threads at once. */
typedef si_result (*si_byte_reader)(const void *context, uint64_t offset, size_t length,
                                    void *bytes, si_error *error);

typedef struct si_cached_file {
    si_byte_reader read;
    const void *context;   /* of the reader */
    const char *path;      /* for errors; both must live as long */
    uint64_t bytes;        /* a multiple of the size of a block */
    uint64_t pinned_bytes; /* bytes at the beginning of the file that are never evicted */
    uint64_t most_bytes;   /* of memory; searches that hold more blocks at once may exceed it */
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
    uint64_t rounds;   /* a round is a set of reads issued before any of them completes */
    uint64_t evicted;  /* blocks */
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
/* In any state. */
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
