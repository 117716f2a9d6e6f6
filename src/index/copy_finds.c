#include "index/copy_finds.h"

#include <stdlib.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "index/fetch.h"
#include "index/map_guard.h"

/* What is fetched at once, in bytes; of a small cache, no more than a share. */
#define MOST_BYTES (UINT64_C(32) << 20)
#define CACHE_SHARE 8

typedef struct find_copy {
    const si_find *finds;
    size_t count;
    si_extractor *extractor;
    si_fetch fetch;
    si_tree_range *ranges; /* of the finds that are fetched */
    size_t range_capacity;
} find_copy;

static void add(si_extractor *extractor, const si_find *find)
{
    if (find->end_leaf)
        si_extractor_add_leaves(extractor, find->first_leaf, find->end_leaf);
    else
        si_extractor_add_elements(extractor, find->first_leaf, find->mask);
}

static si_result copy_mapped(void *context, si_error *error)
{
    const find_copy *copy = context;
    (void)error;
    for (size_t i = 0; i < copy->count; i++)
        add(copy->extractor, &copy->finds[i]);
    si_extractor_flush(copy->extractor);
    return SI_OK;
}

/* ---- explicitly ---- */

static uint64_t leaves_of(const si_find *find)
{
    return find->end_leaf ? find->end_leaf - find->first_leaf : 1;
}

static int compare_ranges(const void *left, const void *right)
{
    uint64_t a = ((const si_tree_range *)left)->first, b = ((const si_tree_range *)right)->first;
    return (a > b) - (a < b);
}

/* What is nearest is found in no order of leaves. */
static si_result list_ranges(find_copy *copy, const si_find *finds, size_t count, si_error *error)
{
    bool is_sorted = true;
    si_tree_range *ranges = si_grow(copy->ranges, &copy->range_capacity, count, sizeof *ranges);
    if (!ranges)
        return si_fail_memory(error);
    copy->ranges = ranges;
    for (size_t i = 0; i < count; i++) {
        uint64_t first = finds[i].first_leaf;
        ranges[i] = (si_tree_range){first, first + leaves_of(&finds[i]), true};
        is_sorted = is_sorted && (i == 0 || ranges[i - 1].first <= first);
    }
    if (!is_sorted)
        qsort(ranges, count, sizeof *ranges, compare_ranges);
    return SI_OK;
}

static si_result copy_group(find_copy *copy, const si_find *finds, size_t count, si_error *error)
{
    si_column_set needed = copy->extractor->needed;
    SI_TRY(list_ranges(copy, finds, count, error));
    si_fetch_add_ranges(&copy->fetch, needed, needed, copy->ranges, count);
    SI_TRY(si_fetch_now(&copy->fetch, error));
    for (size_t i = 0; i < count; i++)
        add(copy->extractor, &finds[i]);
    si_extractor_flush(copy->extractor);
    si_fetch_release(&copy->fetch);
    return SI_OK;
}

static si_result copy_long_run(find_copy *copy, const si_find *run, uint64_t most, si_error *error)
{
    for (uint64_t first = run->first_leaf; first < run->end_leaf; first += most) {
        si_find piece = {.first_leaf = first, .end_leaf = si_min_u64(first + most, run->end_leaf)};
        SI_TRY(copy_group(copy, &piece, 1, error));
    }
    return SI_OK;
}

static si_result copy_in_groups(find_copy *copy, uint64_t most, si_error *error)
{
    for (size_t first = 0, next; first < copy->count; first = next) {
        uint64_t leaves = leaves_of(&copy->finds[first]);
        for (next = first + 1; next < copy->count; next++) {
            leaves += leaves_of(&copy->finds[next]);
            if (leaves > most)
                break;
        }
        if (leaves_of(&copy->finds[first]) > most)
            SI_TRY(copy_long_run(copy, &copy->finds[first], most, error));
        else
            SI_TRY(copy_group(copy, copy->finds + first, next - first, error));
    }
    return SI_OK;
}

static uint64_t most_leaves(const si_extractor *extractor)
{
    const si_index *index = extractor->index;
    uint64_t bytes = si_leaf_column_bytes(index->type, extractor->needed);
    uint64_t share = si_block_cache_most_bytes(index->cache) / CACHE_SHARE;
    return si_max_u64(si_min_u64(MOST_BYTES, share) / si_max_u64(bytes, 1), 1);
}

si_result si_copy_finds(const si_find *finds, size_t count, si_extractor *extractor,
                        si_error *error)
{
    const si_index *index = extractor->index;
    find_copy copy = {
        .finds = finds, .count = count, .extractor = extractor, .fetch = si_fetch_of(index)};
    if (extractor->column_count == 0)
        return SI_OK;
    if (!index->cache)
        return si_read_guarded(index, copy_mapped, &copy, error);
    si_result status = copy_in_groups(&copy, most_leaves(extractor), error);
    si_fetch_end(&copy.fetch);
    si_free(copy.ranges);
    return status;
}
