/* Reads of blocks: those of a fetch are under way together. */
#include "base/arithmetic.h"
#include "base/memory.h"
#include "read/block_cache_internal.h"

/* The most blocks that one call reads: a longer run is read by several at once. */
#define MOST_BLOCKS_OF_READ 256

typedef struct block_read {
    si_job job; /* must be first */
    si_block_fetch *fetch;
    si_block_range run;
} block_read;

struct si_block_fetch {
    si_block_cache *cache;
    const si_block_range *block_ranges;
    size_t range_count;
    uint64_t held_of_last; /* blocks of the last run; of the others, all */
    block_read *reads;
    size_t read_count, read_capacity;
    _Atomic size_t under_way; /* of the reads; changed under the cache's lock, as is all below */
    bool awaits_others;       /* some of the blocks are read by other fetches */
    pthread_cond_t done;
    uint64_t failed_block; /* the first of the read that failed; of several, of the first read */
    si_error failure;
};

si_block_fetch *si_block_fetch_create(si_block_cache *cache)
{
    si_block_fetch *fetch = si_allocate_zeroed(1, sizeof *fetch);
    if (!fetch)
        return NULL;
    fetch->cache = cache;
    pthread_cond_init(&fetch->done, NULL);
    return fetch;
}

void si_block_fetch_free(si_block_fetch *fetch)
{
    if (!fetch)
        return;
    si_block_fetch_finish(fetch, NULL);
    si_block_fetch_release(fetch);
    pthread_cond_destroy(&fetch->done);
    si_free(fetch->reads);
    si_free(fetch);
}

/* ---- one read ---- */

si_result si_block_cache_copy(const si_block_cache *cache, uint64_t offset, size_t length,
                              void *bytes, si_error *error)
{
    return cache->file.read(cache->file.context, offset, length, bytes, error);
}

static void note_failure(si_block_fetch *fetch, uint64_t block, const si_error *error)
{
    if (fetch->failure.result != SI_OK && fetch->failed_block <= block)
        return;
    fetch->failed_block = block;
    fetch->failure = *error;
}

/* Not under the lock. */
static void read_and_tell(si_block_fetch *fetch, const si_block_range *run, bool is_job)
{
    si_block_cache *cache = fetch->cache;
    uint64_t offset = run->first * SI_BLOCK_BYTES;
    si_error error;
    si_result result = si_block_cache_copy(cache, offset, (run->end - run->first) * SI_BLOCK_BYTES,
                                           cache->memory + offset, &error);
    si_block_cache_lock(cache);
    if (result == SI_OK) {
        si_block_arrive(cache, run);
    } else {
        si_block_give_up(cache, run);
        note_failure(fetch, run->first, &error);
    }
    cache->counts.reads++;
    if (cache->awaiting > 0)
        pthread_cond_broadcast(&cache->arrived);
    if (is_job && --fetch->under_way == 0)
        pthread_cond_signal(&fetch->done);
    si_block_cache_unlock(cache);
}

static void run_read(si_job *job)
{
    const block_read *read = (const block_read *)job;
    read_and_tell(read->fetch, &read->run, true);
}

/* ---- begin ---- */

static bool hold_present(si_block_cache *cache, uint64_t block)
{
    _Atomic uint32_t *state = &cache->states[block];
    uint32_t seen = atomic_load_explicit(state, memory_order_acquire);
    if (block < cache->pinned_blocks)
        return seen & SI_BLOCK_PRESENT;
    while (seen & SI_BLOCK_PRESENT)
        if (atomic_compare_exchange_weak_explicit(state, &seen,
                                                  (seen + SI_BLOCK_HOLD) | SI_BLOCK_REFERENCED,
                                                  memory_order_acquire, memory_order_acquire))
            return true;
    return false;
}

static void hold(si_block_cache *cache, uint64_t block)
{
    if (block >= cache->pinned_blocks)
        atomic_fetch_add_explicit(&cache->states[block], SI_BLOCK_HOLD, memory_order_relaxed);
}

/* To the last read, or to a new one. False: out of memory. */
static bool add_to_reads(si_block_fetch *fetch, uint64_t block)
{
    si_block_range *last = fetch->read_count > 0 ? &fetch->reads[fetch->read_count - 1].run : NULL;
    bool continues = last && last->end == block && block - last->first < MOST_BLOCKS_OF_READ;
    if (!continues) {
        block_read *reads = si_grow(fetch->reads, &fetch->read_capacity, fetch->read_count + 1,
                                    sizeof *reads);
        if (!reads)
            return false;
        fetch->reads = reads;
    }
    if (!si_block_claim(fetch->cache, block))
        return false;
    if (continues)
        last->end = block + 1;
    else
        fetch->reads[fetch->read_count++].run = (si_block_range){block, block + 1};
    return true;
}

/* Under the lock. */
static bool hold_absent(si_block_fetch *fetch, uint64_t block)
{
    uint32_t state = atomic_load_explicit(&fetch->cache->states[block], memory_order_relaxed);
    if (state & SI_BLOCK_READING)
        fetch->awaits_others = true;
    else if (!(state & SI_BLOCK_PRESENT) && !add_to_reads(fetch, block))
        return false;
    hold(fetch->cache, block);
    return true;
}

typedef struct holding {
    si_block_fetch *fetch;
    bool is_locked; /* from the first block on that is not there */
    uint64_t hits;
} holding;

static bool hold_block(holding *progress, uint64_t block)
{
    si_block_cache *cache = progress->fetch->cache;
    if (hold_present(cache, block)) {
        progress->hits++;
        return true;
    }
    if (!progress->is_locked)
        si_block_cache_lock(cache);
    progress->is_locked = true;
    return hold_absent(progress->fetch, block);
}

/* Stops where memory ends, and then holds what it holds. */
static void hold_blocks(holding *progress, const si_block_range *block_ranges, size_t range_count)
{
    si_block_fetch *fetch = progress->fetch;
    for (size_t i = 0; i < range_count; i++) {
        fetch->range_count = i + 1;
        fetch->held_of_last = 0;
        for (uint64_t block = block_ranges[i].first; block < block_ranges[i].end; block++) {
            if (!hold_block(progress, block)) {
                note_failure(fetch, 0, &(si_error){SI_ERROR_MEMORY, "out of memory"});
                return;
            }
            fetch->held_of_last++;
        }
    }
}

static void issue(si_block_fetch *fetch, bool waits)
{
    for (size_t i = 0; i < fetch->read_count; i++) {
        block_read *read = &fetch->reads[i];
        read->fetch = fetch;
        read->job.run = run_read;
        read->job.next = i + 1 < fetch->read_count ? &fetch->reads[i + 1].job : NULL;
    }
    if (fetch->read_count > 0)
        si_job_pool_add(fetch->cache->pool, &fetch->reads[0].job, waits);
}

void si_block_fetch_begin(si_block_fetch *fetch, const si_block_range *block_ranges,
                          size_t range_count, bool waits)
{
    si_block_cache *cache = fetch->cache;
    holding progress = {.fetch = fetch};
    fetch->block_ranges = block_ranges;
    fetch->range_count = fetch->read_count = 0;
    fetch->failure.result = SI_OK;
    fetch->awaits_others = false;
    hold_blocks(&progress, block_ranges, range_count);
    atomic_fetch_add_explicit(&cache->hits, progress.hits, memory_order_relaxed);
    if (!progress.is_locked)
        return;
    fetch->under_way = fetch->read_count;
    cache->counts.rounds += fetch->read_count > 0;
    si_block_cache_shrink(cache);
    si_block_cache_unlock(cache);
    issue(fetch, waits);
}

/* ---- finish ---- */

/* Under the lock. Where no thread of the pool could be started, nobody but those who wait would
 * read it. */
static void await_arrival(si_block_cache *cache, uint64_t block)
{
    si_block_cache_unlock(cache);
    bool has_helped = si_job_pool_help(cache->pool);
    si_block_cache_lock(cache);
    if (has_helped || !(atomic_load(&cache->states[block]) & SI_BLOCK_READING))
        return;
    cache->awaiting++;
    pthread_cond_wait(&cache->arrived, &cache->lock);
    cache->awaiting--;
}

/* Under the lock. A block that another fetch could not read is tried again by this one, so that it
 * has an error of its own. */
static void await_block(si_block_fetch *fetch, uint64_t block)
{
    si_block_cache *cache = fetch->cache;
    for (uint32_t state; !((state = atomic_load(&cache->states[block])) & SI_BLOCK_PRESENT);) {
        if (state & SI_BLOCK_READING) {
            await_arrival(cache, block);
        } else if (fetch->failure.result != SI_OK) {
            return;
        } else if (!si_block_claim(cache, block)) {
            note_failure(fetch, block, &(si_error){SI_ERROR_MEMORY, "out of memory"});
        } else {
            si_block_cache_unlock(cache);
            read_and_tell(fetch, &(si_block_range){block, block + 1}, false);
            si_block_cache_lock(cache);
        }
    }
}

/* How many blocks of run `i` are held. */
static uint64_t held_blocks(const si_block_fetch *fetch, size_t i)
{
    return i + 1 < fetch->range_count ? fetch->block_ranges[i].end - fetch->block_ranges[i].first
                                      : fetch->held_of_last;
}

static void await_others(si_block_fetch *fetch)
{
    for (size_t i = 0; i < fetch->range_count; i++)
        for (uint64_t j = 0; j < held_blocks(fetch, i); j++)
            await_block(fetch, fetch->block_ranges[i].first + j);
}

si_result si_block_fetch_finish(si_block_fetch *fetch, si_error *error)
{
    si_block_cache *cache = fetch->cache;
    if (fetch->read_count > 0 || fetch->awaits_others) {
        while (fetch->under_way > 0 && si_job_pool_help(cache->pool))
            ;
        si_block_cache_lock(cache);
        while (fetch->under_way > 0)
            pthread_cond_wait(&fetch->done, &cache->lock);
        if (fetch->awaits_others)
            await_others(fetch);
        si_block_cache_unlock(cache);
        fetch->read_count = 0;
        fetch->awaits_others = false;
    }
    if (fetch->failure.result != SI_OK)
        return si_fail(error, fetch->failure.result, "%s", fetch->failure.message);
    return SI_OK;
}

void si_block_fetch_release(si_block_fetch *fetch)
{
    si_block_cache *cache = fetch->cache;
    for (size_t i = 0; i < fetch->range_count; i++)
        for (uint64_t j = 0; j < held_blocks(fetch, i); j++) {
            uint64_t block = fetch->block_ranges[i].first + j;
            if (block >= cache->pinned_blocks)
                atomic_fetch_sub_explicit(&cache->states[block], SI_BLOCK_HOLD,
                                          memory_order_release);
        }
    fetch->range_count = 0;
    if (atomic_load_explicit(&cache->resident, memory_order_relaxed) <= cache->most_blocks)
        return;
    si_block_cache_lock(cache);
    si_block_cache_shrink(cache);
    si_block_cache_unlock(cache);
}
