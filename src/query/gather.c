#include "query/gather.h"

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
    si_find piece; /* of a long run, if that is what is fetched */
    si_fetch fetch;
} find_group;

typedef struct find_copy {
    const si_find *finds;
    size_t count;
    si_extractor *extractor;
    uint64_t most_leaves; /* of a group */
    size_t next;          /* find that is in no group yet, ... */
    uint64_t done;        /* ... and how many of its leaves are */
    find_group groups[2];
    si_tree_range *ranges; /* of the group that is being fetched */
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

/* A piece of a run that is too long for a group. */
static void take_piece(find_copy *copy, find_group *group)
{
    const si_find *run = &copy->finds[copy->next];
    uint64_t first = run->first_leaf + copy->done;
    uint64_t end = si_min_u64(first + copy->most_leaves, run->end_leaf);
    group->piece = (si_find){.first_leaf = first, .end_leaf = end};
    group->finds = &group->piece;
    group->count = 1;
    copy->done = end - run->first_leaf;
    if (end == run->end_leaf) {
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
    si_column_set needed = copy->extractor->needed;
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
        add(copy->extractor, &group->finds[i]);
    si_extractor_flush(copy->extractor);
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
    find_copy copy = {.finds = finds, .count = count, .extractor = extractor};
    if (extractor->column_count == 0)
        return SI_OK;
    if (!index->cache)
        return si_read_guarded(index, copy_mapped, &copy, error);
    copy.most_leaves = most_leaves(extractor);
    copy.groups[0].fetch = copy.groups[1].fetch = si_fetch_of(index);
    si_result result = copy_in_groups(&copy, error);
    si_fetch_end(&copy.groups[0].fetch);
    si_fetch_end(&copy.groups[1].fetch);
    si_free(copy.ranges);
    return result;
}
