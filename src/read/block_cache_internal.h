/* What the two halves of the cache of blocks share: its memory, and its reads. */
#ifndef SI_READ_BLOCK_CACHE_INTERNAL_H
#define SI_READ_BLOCK_CACHE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "base/job_pool.h"
#include "format/layout.h"
#include "read/block_cache.h"

/*
 * The state of a block: these bits, and above them how many hold it.
 *
 * A block that is present can be held without the lock. All that makes it present or absent is done
 * under the lock, and nothing makes it absent while it is held.
 */
#define SI_BLOCK_PRESENT 1u
#define SI_BLOCK_READING 2u
#define SI_BLOCK_REFERENCED 4u /* since it was last looked at for eviction */
#define SI_BLOCK_HOLD 8u       /* one */

/* Blocks that may be evicted, the next candidate first. */
typedef struct si_block_queue {
    uint64_t *blocks; /* a ring */
    size_t first;
    size_t count;
    size_t capacity;
} si_block_queue;

struct si_block_cache {
    si_cached_file file;
    char *memory;
    _Atomic uint32_t *states; /* of each block */
    uint64_t pinned_blocks;
    uint64_t most_blocks;
    si_job_pool *pool;
    _Atomic pid_t process;
    _Atomic uint64_t hits;
    _Atomic uint64_t resident; /* blocks present or being read; changed under the lock */

    pthread_mutex_t lock;   /* of all below */
    pthread_cond_t arrived; /* a block that another fetch reads, or not */
    unsigned awaiting;      /* threads that wait for such blocks */
    si_block_queue queue;
    si_block_counts counts;
};

void si_block_cache_lock(si_block_cache *cache);
void si_block_cache_unlock(si_block_cache *cache);

/* All of these under the lock. */

/* A block that is absent will be read. False: out of memory. */
bool si_block_claim(si_block_cache *cache, uint64_t block);
void si_block_arrive(si_block_cache *cache, const si_block_range *run);
/* They could not be read. */
void si_block_give_up(si_block_cache *cache, const si_block_range *run);
/* Evicts until no more memory is taken than allowed, as far as blocks are not held. */
void si_block_cache_shrink(si_block_cache *cache);

#endif
