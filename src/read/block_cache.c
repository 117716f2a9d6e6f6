/*
 * The block cache: its memory, the eviction of blocks, and its counters. Blocks are evicted by the
 * clock algorithm: a hand goes around, and a block that was used since it last passed stays.
 */
#include "read/block_cache.h"

#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "read/block_cache_internal.h"

/* Reads of one file that are under way at a time. Storage that is slow to answer wants many. */
#define MOST_READS 256

/* ---- open and close ---- */

static void *reserve(uint64_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static uint64_t state_bytes(const si_block_cache *cache)
{
    return cache->file.bytes / SI_BLOCK_BYTES * sizeof *cache->states;
}

static si_result reserve_memory(si_block_cache *cache, si_error *error)
{
    cache->memory = reserve(cache->file.bytes);
    cache->states = cache->memory ? reserve(state_bytes(cache)) : NULL;
    if (!cache->states)
        return si_fail(error, SI_ERROR_MEMORY,
                       "%s: out of memory: cannot reserve address space for its %llu bytes",
                       cache->file.path, (unsigned long long)cache->file.bytes);
    /* A large page would take the memory of hundreds of blocks as soon as one is read. */
    madvise(cache->memory, cache->file.bytes, MADV_NOHUGEPAGE);
    madvise(cache->states, state_bytes(cache), MADV_NOHUGEPAGE);
    return SI_OK;
}

static void set_up_locks(si_block_cache *cache)
{
    pthread_mutex_init(&cache->lock, NULL);
    pthread_cond_init(&cache->arrived, NULL);
    cache->awaiting = 0;
}

si_result si_block_cache_open(const si_cached_file *file, si_block_cache **cache, si_error *error)
{
    si_block_cache *opened = si_allocate_zeroed(1, sizeof *opened);
    if (!opened)
        return si_fail_memory(error);
    opened->file = *file;
    opened->pinned_blocks = file->pinned_bytes / SI_BLOCK_BYTES;
    opened->most_blocks = file->most_bytes / SI_BLOCK_BYTES;
    opened->process = getpid();
    set_up_locks(opened);
    si_result result = reserve_memory(opened, error);
    if (result == SI_OK)
        result = si_job_pool_create(MOST_READS, &opened->pool, error);
    if (result == SI_OK)
        *cache = opened;
    else
        si_block_cache_close(opened);
    return result;
}

void si_block_cache_close(si_block_cache *cache)
{
    if (!cache)
        return;
    si_block_cache_lock(cache); /* after a fork there are no threads to wait for */
    si_block_cache_unlock(cache);
    si_job_pool_free(cache->pool);
    if (cache->memory)
        munmap(cache->memory, cache->file.bytes);
    if (cache->states)
        munmap(cache->states, state_bytes(cache));
    pthread_cond_destroy(&cache->arrived);
    pthread_mutex_destroy(&cache->lock);
    si_free(cache->queue.blocks);
    si_free(cache);
}

const char *si_block_cache_memory(const si_block_cache *cache)
{
    return cache->memory;
}

uint64_t si_block_cache_most_bytes(const si_block_cache *cache)
{
    return cache->most_blocks * SI_BLOCK_BYTES;
}

si_block_counts si_block_cache_count(si_block_cache *cache)
{
    si_block_cache_lock(cache);
    si_block_counts counts = cache->counts;
    si_block_cache_unlock(cache);
    counts.hits = atomic_load_explicit(&cache->hits, memory_order_relaxed);
    counts.touched = counts.hits + counts.read;
    counts.resident = atomic_load_explicit(&cache->resident, memory_order_relaxed);
    return counts;
}

/* ---- locking ---- */

static void forget_reads(si_block_cache *cache)
{
    for (uint64_t i = 0; i < cache->file.bytes / SI_BLOCK_BYTES; i++)
        if (atomic_load_explicit(&cache->states[i], memory_order_relaxed) & SI_BLOCK_READING)
            si_block_give_up(cache, &(si_block_range){i, i + 1});
}

/* In a process that came of the one that opened the cache, whoever held a lock or was reading is
 * not there. The blocks are. */
static void revive(si_block_cache *cache, pid_t process)
{
    pid_t former = atomic_load(&cache->process);
    if (former != 0 && atomic_compare_exchange_strong(&cache->process, &former, 0)) {
        set_up_locks(cache);
        if (cache->states)
            forget_reads(cache);
        if (cache->pool)
            si_job_pool_after_fork(cache->pool);
        atomic_store(&cache->process, process);
    }
    while (atomic_load(&cache->process) != process)
        sched_yield();
}

void si_block_cache_lock(si_block_cache *cache)
{
    pid_t process = getpid();
    if (atomic_load(&cache->process) != process)
        revive(cache, process);
    pthread_mutex_lock(&cache->lock);
}

void si_block_cache_unlock(si_block_cache *cache)
{
    pthread_mutex_unlock(&cache->lock);
}

/* ---- the queue ---- */

static bool reserve_queue(si_block_queue *queue, size_t count)
{
    if (count <= queue->capacity)
        return true;
    size_t capacity = count + count / 2 + 64;
    uint64_t *blocks = si_allocate(capacity, sizeof *blocks);
    if (!blocks)
        return false;
    for (size_t i = 0; i < queue->count; i++)
        blocks[i] = queue->blocks[(queue->first + i) % queue->capacity];
    si_free(queue->blocks);
    *queue = (si_block_queue){blocks, 0, queue->count, capacity};
    return true;
}

static void push(si_block_queue *queue, uint64_t block)
{
    size_t place = queue->first + queue->count++;
    queue->blocks[place < queue->capacity ? place : place - queue->capacity] = block;
}

static uint64_t pop(si_block_queue *queue)
{
    uint64_t block = queue->blocks[queue->first++];
    if (queue->first == queue->capacity)
        queue->first = 0;
    queue->count--;
    return block;
}

/* ---- coming and going ---- */

bool si_block_claim(si_block_cache *cache, uint64_t block)
{
    uint64_t resident = atomic_load_explicit(&cache->resident, memory_order_relaxed) + 1;
    if (!reserve_queue(&cache->queue, resident))
        return false;
    atomic_store_explicit(&cache->resident, resident, memory_order_relaxed);
    atomic_fetch_or_explicit(&cache->states[block], SI_BLOCK_READING, memory_order_relaxed);
    return true;
}

void si_block_arrive(si_block_cache *cache, const si_block_range *run)
{
    for (uint64_t block = run->first; block < run->end; block++) {
        /* From being read to present, in one step that others see after the content. */
        atomic_fetch_xor_explicit(&cache->states[block], SI_BLOCK_READING | SI_BLOCK_PRESENT,
                                  memory_order_release);
        if (block >= cache->pinned_blocks)
            push(&cache->queue, block);
    }
    cache->counts.read += run->end - run->first;
}

static void drop(si_block_cache *cache, const si_block_range *run)
{
    uint64_t count = run->end - run->first;
    if (count == 0)
        return;
    madvise(cache->memory + run->first * SI_BLOCK_BYTES, count * SI_BLOCK_BYTES, MADV_DONTNEED);
    atomic_fetch_sub_explicit(&cache->resident, count, memory_order_relaxed);
}

void si_block_give_up(si_block_cache *cache, const si_block_range *run)
{
    for (uint64_t block = run->first; block < run->end; block++)
        atomic_fetch_and_explicit(&cache->states[block], ~SI_BLOCK_READING, memory_order_relaxed);
    drop(cache, run);
}

/* A block that was used since it was last looked at has a second chance. */
static bool evict(si_block_cache *cache, uint64_t block)
{
    _Atomic uint32_t *state = &cache->states[block];
    uint32_t only_present = SI_BLOCK_PRESENT;
    if (atomic_compare_exchange_strong_explicit(state, &only_present, 0, memory_order_acquire,
                                                memory_order_relaxed))
        return true;
    atomic_fetch_and_explicit(state, ~SI_BLOCK_REFERENCED, memory_order_relaxed);
    push(&cache->queue, block);
    return false;
}

void si_block_cache_shrink(si_block_cache *cache)
{
    si_block_range victims = {0, 0};
    uint64_t resident = atomic_load_explicit(&cache->resident, memory_order_relaxed);
    uint64_t excess = resident > cache->most_blocks ? resident - cache->most_blocks : 0;
    for (uint64_t looks = 2 * cache->queue.count; excess > 0 && looks > 0; looks--) {
        if (cache->queue.count == 0)
            break;
        uint64_t block = pop(&cache->queue);
        if (!evict(cache, block))
            continue;
        excess--;
        cache->counts.evicted++;
        if (block != victims.end) {
            drop(cache, &victims);
            victims.first = block;
        }
        victims.end = block + 1;
    }
    drop(cache, &victims);
}
