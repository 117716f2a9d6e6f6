/*
 * Deciding when read-ahead pays, and requesting it.
 *
 * Each thread compares its count of page faults that waited for the disk now and then; if the count
 * has grown, the next searches of the index prefetch what they read.
 */
#include "read/readahead.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include "base/arithmetic.h"

/* Searches that prefetch what they read after one waited for the disk. */
#define PREFETCHED_SEARCHES 64

/* Searches between two looks of a thread at whether it was held up: 1 at first, then ever more, so
 * that where all is in memory it costs nothing. */
#define MOST_BETWEEN_LOOKS 31

/* Pages that a thread waited for. One or two may be anybody's. */
#define MANY_WAITS 4

/* How much the kernel fetches at a wish depends on the device, and may be as little as this. */
#define PIECE_BYTES (UINT64_C(128) << 10)

typedef struct wait_meter {
    long waits;       /* when last looked */
    unsigned between; /* two looks, searches */
    unsigned left;    /* of these */
} wait_meter;

static _Thread_local wait_meter meter;

static long count_waits(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_majflt : 0;
}

static bool was_held_up(const si_index *index)
{
    long waits = count_waits();
    bool held_up = waits - meter.waits >= MANY_WAITS;
    meter.waits = waits;
    if (held_up)
        atomic_store_explicit(&index->state->searches_to_prefetch, PREFETCHED_SEARCHES,
                              memory_order_relaxed);
    return held_up;
}

bool si_should_prefetch(const si_index *index)
{
    _Atomic unsigned *left = &index->state->searches_to_prefetch;
    unsigned searches = atomic_load_explicit(left, memory_order_relaxed);
    if (searches > 0) {
        atomic_store_explicit(left, searches - 1, memory_order_relaxed);
        meter = (wait_meter){.waits = count_waits(), .between = 1, .left = 1};
        return true;
    }
    if (meter.left > 0) {
        meter.left--;
        return false;
    }
    if (meter.between < MOST_BETWEEN_LOOKS)
        meter.between = 2 * meter.between + 1;
    meter.left = meter.between;
    return was_held_up(index);
}

void si_prefetch_range(const si_index *index, const si_block_range *range)
{
    uint64_t end = range->end * SI_BLOCK_BYTES;
    for (uint64_t offset = range->first * SI_BLOCK_BYTES; offset < end; offset += PIECE_BYTES)
        madvise((void *)(uintptr_t)(index->map + offset), si_min_u64(PIECE_BYTES, end - offset),
                MADV_WILLNEED);
}
