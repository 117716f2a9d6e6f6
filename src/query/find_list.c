/*
 * Gathering a list of finds. Of an index that is read explicitly, their leaves are fetched in
 * groups: while one group is gathered, the next one is being read.
 */
#include "query/find_list.h"

#include <stdlib.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "read/fetch.h"
#include "read/sigbus_guard.h"

/* What is fetched at once, in bytes; of a small cache, no more than a share. */
#define MOST_BYTES (UINT64_C(32) << 20)
#define CACHE_SHARE 8

/* Finds that are fetched together, one group while another one is copied. */
typedef struct find_group {
    const si_find *finds;
    size_t count;
    si_find piece; /* of a long find, if that is what is fetched */
    si_fetch fetch;
} find_group;

typedef struct find_copy {
    const si_find *finds;
    size_t count;
    si_gather *gather;
    uint64_t most_leaves; /* of a group */
    size_t next;          /* find that is in no group yet, ... */
    uint64_t done;        /* ... and how many of its leaves are */
    find_group groups[2];
    si_tree_range *ranges; /* of the group that is being fetched */
    size_t range_capacity;
} find_copy;

static si_result copy_mapped(void *context, si_error *error)
{
    const find_copy *copy = context;
    (void)error;
    for (size_t i = 0; i < copy->count; i++)
        si_gather_add(copy->gather, &copy->finds[i]);
    si_gather_flush(copy->gather);
    return SI_OK;
}

/* ---- explicit reading ---- */

static uint64_t leaves_of(const si_find *find)
{
    return find->end_leaf ? find->end_leaf - find->first_leaf : 1;
}

static int compare_ranges(const void *left, const void *right)
{
    uint64_t a = ((const si_tree_range *)left)->first, b = ((const si_tree_range *)right)->first;
    return (a > b) - (a < b);
}

/* The nearest elements are found in no order of leaves; fetches want ascending ranges. */
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

/* Puts a piece of a find that is too long for a group into one. */
static void take_piece(find_copy *copy, find_group *group)
{
    const si_find *find = &copy->finds[copy->next];
    uint64_t first = find->first_leaf + copy->done;
    uint64_t end = si_min_u64(first + copy->most_leaves, find->end_leaf);
    group->piece = (si_find){.first_leaf = first, .end_leaf = end};
    group->finds = &group->piece;
    group->count = 1;
    copy->done = end - find->first_leaf;
    if (end == find->end_leaf) {
        copy->next++;
        copy->done = 0;
    }
}

static void take_group(find_copy *copy, find_group *group)
{
    group->finds = copy->finds + copy->next;
    group->count = 0;
    for (uint64_t leaves = 0; copy->next < copy->count; copy->next++, group->count++) {
        leaves += leaves_of(&copy->finds[copy->next]);
        if (leaves > copy->most_leaves)
            break;
    }
    if (group->count == 0 && copy->next < copy->count)
        take_piece(copy, group);
}

static si_result begin_group(find_copy *copy, find_group *group, si_error *error)
{
    si_column_set needed = copy->gather->needed;
    take_group(copy, group);
    if (group->count == 0)
        return SI_OK;
    SI_TRY(list_ranges(copy, group->finds, group->count, error));
    si_fetch_add_ranges(&group->fetch, needed, needed, copy->ranges, group->count);
    return si_fetch_begin(&group->fetch, copy->next == copy->count, error);
}

static si_result finish_group(find_copy *copy, find_group *group, si_error *error)
{
    SI_TRY(si_fetch_finish(&group->fetch, error));
    for (size_t i = 0; i < group->count; i++)
        si_gather_add(copy->gather, &group->finds[i]);
    si_gather_flush(copy->gather);
    si_fetch_release(&group->fetch);
    return SI_OK;
}

static si_result copy_in_groups(find_copy *copy, si_error *error)
{
    unsigned turn = 0;
    SI_TRY(begin_group(copy, &copy->groups[0], error));
    for (; copy->groups[turn].count > 0; turn = 1 - turn) {
        SI_TRY(begin_group(copy, &copy->groups[1 - turn], error));
        SI_TRY(finish_group(copy, &copy->groups[turn], error));
    }
    return SI_OK;
}

static uint64_t most_leaves(const si_gather *gather)
{
    const si_index *index = gather->index;
    uint64_t bytes = si_leaf_column_bytes(index->type, gather->needed);
    uint64_t share = si_block_cache_most_bytes(index->cache) / CACHE_SHARE;
    return si_max_u64(si_min_u64(MOST_BYTES, share) / si_max_u64(bytes, 1), 1);
}

si_result si_gather_finds(si_gather *gather, const si_find *finds, size_t count, si_error *error)
{
    const si_index *index = gather->index;
    find_copy copy = {.finds = finds, .count = count, .gather = gather};
    if (gather->column_count == 0)
        return SI_OK;
    if (!index->cache)
        return si_read_guarded(index, copy_mapped, &copy, error);
    copy.most_leaves = most_leaves(gather);
    copy.groups[0].fetch = copy.groups[1].fetch = si_fetch_of(index);
    si_result result = copy_in_groups(&copy, error);
    si_fetch_end(&copy.groups[0].fetch);
    si_fetch_end(&copy.groups[1].fetch);
    si_free(copy.ranges);
    return result;
}
