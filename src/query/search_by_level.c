/*
 * The search where reading is slow. The nodes of a level that the query meets are fetched at once,
 * then those of the level below, down to the leaves; of the leaves, one group is tested while the
 * next is being read. Where a level has too many nodes to hold at once, the search goes down with
 * some of them first, so that results come in index order.
 */
#include "query/search_by_level.h"

#include "base/arithmetic.h"
#include "base/memory.h"
#include "read/fetch.h"
#include "read/sigbus_guard.h"

/* What is held in memory at once, in bytes: nodes of a level, and each of two groups of leaves. Of
 * a small cache, no more than a share. */
#define MOST_NODE_BYTES (UINT64_C(4) << 20)
#define MOST_GROUP_BYTES (UINT64_C(32) << 20)
#define CACHE_SHARE 8

/* The first group is small: the next one is on its way while it is tested, and a search that only
 * wants to know whether there is something may be over. */
#define FIRST_LEAVES 64

/* Ranges in ascending order. */
typedef struct range_list {
    si_tree_range *ranges;
    size_t count;
    size_t capacity;
} range_list;

typedef struct leaf_group {
    range_list ranges;
    si_fetch fetch;
} leaf_group;

typedef struct level_search {
    const si_index *index;
    const si_query *query;
    const si_search_sink *sink;
    si_column_set columns; /* of leaves that lie wholly inside */
    uint64_t most_nodes;
    uint64_t most_leaves;
    si_fetch nodes;
    range_list below[SI_MAX_LEVELS + 1]; /* nodes of each level that are to be visited, leaves being
                                            level 0, and whole leaves between them */
    range_list now[SI_MAX_LEVELS + 1];   /* those of them that are visited now */
    leaf_group groups[2];
    bool is_over; /* the sink wants no more */
} level_search;

/* ---- lists ---- */

static si_result append(range_list *list, si_tree_range range, si_error *error)
{
    si_tree_range *last = list->count > 0 ? &list->ranges[list->count - 1] : NULL;
    if (last && last->end == range.first && last->is_whole == range.is_whole) {
        last->end = range.end;
        return SI_OK;
    }
    si_tree_range *grown = si_grow(list->ranges, &list->capacity, list->count + 1, sizeof *grown);
    if (!grown)
        return si_fail_memory(error);
    list->ranges = grown;
    list->ranges[list->count++] = range;
    return SI_OK;
}

/* A place in a list. */
typedef struct range_cursor {
    const range_list *list;
    size_t number;
    uint64_t done; /* of that range */
} range_cursor;

/* Cuts off a range of at most `most`; whole ones count only if `counts_whole`. */
static si_tree_range take_range(range_cursor *cursor, uint64_t most, bool counts_whole,
                                uint64_t *taken)
{
    si_tree_range range = cursor->list->ranges[cursor->number];
    range.first += cursor->done;
    if (counts_whole || !range.is_whole) {
        range.end = si_min_u64(range.end, range.first + most - *taken);
        *taken += range.end - range.first;
    }
    cursor->done += range.end - range.first;
    if (range.end == cursor->list->ranges[cursor->number].end) {
        cursor->number++;
        cursor->done = 0;
    }
    return range;
}

static si_result take_ranges(range_cursor *cursor, uint64_t most, bool counts_whole,
                             range_list *list, si_error *error)
{
    uint64_t taken = 0;
    list->count = 0;
    while (cursor->number < cursor->list->count && taken < most)
        SI_TRY(append(list, take_range(cursor, most, counts_whole, &taken), error));
    return SI_OK;
}

/* ---- nodes ---- */

/* Children of a node that is there: those that are met go to the list of the level below. */
static si_result visit(level_search *search, unsigned level, uint64_t node, si_error *error)
{
    const si_layout *layout = &search->index->layout;
    range_list *below = &search->below[level - 1];
    uint64_t present = level == 1 ? layout->leaf_count : layout->node_count[level - 1];
    si_node_match match = si_tree_match_node(search->index, search->query, level, node);
    for (; match.met; match.met &= match.met - 1) {
        unsigned bit = (unsigned)__builtin_ctz(match.met);
        uint64_t child = node * SI_FAN_OUT + bit;
        /* The file's content is not trusted: a damaged node may claim children that are not there.
         */
        if (child >= present)
            break;
        si_tree_range range = {child, child + 1, false};
        if (match.inside >> bit & 1)
            range = si_tree_leaves_below(search->index, level - 1, child);
        SI_TRY(append(below, range, error));
    }
    return SI_OK;
}

static si_result fetch_nodes(level_search *search, unsigned level, const range_list *nodes,
                             si_error *error)
{
    si_fetch_release(&search->nodes);
    for (size_t i = 0; i < nodes->count; i++)
        if (!nodes->ranges[i].is_whole)
            si_fetch_add_nodes(&search->nodes, level, nodes->ranges[i].first, nodes->ranges[i].end);
    return si_fetch_now(&search->nodes, error);
}

static si_result visit_nodes(level_search *search, unsigned level, const range_list *nodes,
                             si_error *error)
{
    SI_TRY(fetch_nodes(search, level, nodes, error));
    search->below[level - 1].count = 0;
    for (size_t i = 0; i < nodes->count; i++) {
        const si_tree_range *range = &nodes->ranges[i];
        if (range->is_whole)
            SI_TRY(append(&search->below[level - 1], *range, error));
        for (uint64_t node = range->first; !range->is_whole && node < range->end; node++)
            SI_TRY(visit(search, level, node, error));
    }
    si_fetch_release(&search->nodes);
    return SI_OK;
}

/* ---- leaves ---- */

static si_result begin_group(level_search *search, range_cursor *cursor, uint64_t most,
                             leaf_group *group, si_error *error)
{
    si_column_set whole = search->columns, tested = search->columns;
    bool reads_whole = whole.floats || whole.words || whole.bytes;
    tested.floats = UINT8_MAX;
    SI_TRY(take_ranges(cursor, most, reads_whole, &group->ranges, error));
    si_fetch_add_ranges(&group->fetch, tested, whole, group->ranges.ranges, group->ranges.count);
    return si_fetch_begin(&group->fetch, false, error);
}

static bool take_leaves(level_search *search, const si_tree_range *range)
{
    if (range->is_whole)
        return si_sink_take_leaves(search->index, search->query, search->sink, range->first,
                                   range->end);
    for (uint64_t leaf = range->first; leaf < range->end; leaf++)
        if (!si_sink_test_leaf(search->index, search->query, search->sink, leaf))
            return false;
    return true;
}

static si_result finish_group(level_search *search, leaf_group *group, si_error *error)
{
    SI_TRY(si_fetch_finish(&group->fetch, error));
    for (size_t i = 0; i < group->ranges.count && !search->is_over; i++)
        search->is_over = !take_leaves(search, &group->ranges.ranges[i]);
    if (search->sink->flush)
        search->sink->flush(search->sink->context);
    si_fetch_release(&group->fetch);
    return SI_OK;
}

static si_result search_leaves(level_search *search, const range_list *leaves, si_error *error)
{
    range_cursor cursor = {.list = leaves};
    leaf_group *group = &search->groups[0], *next = &search->groups[1];
    SI_TRY(begin_group(search, &cursor, FIRST_LEAVES, group, error));
    while (group->ranges.count > 0 && !search->is_over) {
        if (search->sink->first_only)
            SI_TRY(finish_group(search, group, error));
        if (!search->is_over)
            SI_TRY(begin_group(search, &cursor, search->most_leaves, next, error));
        if (!search->sink->first_only)
            SI_TRY(finish_group(search, group, error));
        leaf_group *finished = group;
        group = next;
        next = finished;
    }
    return SI_OK;
}

/* ---- levels ---- */

static si_result descend(level_search *search, unsigned level, const range_list *nodes,
                         si_error *error);

static si_result descend_from(level_search *search, unsigned level, const range_list *nodes,
                              si_error *error)
{
    SI_TRY(visit_nodes(search, level, nodes, error));
    if (level == 1)
        return search_leaves(search, &search->below[0], error);
    return descend(search, level - 1, &search->below[level - 1], error);
}

/* Where there are too many nodes to hold at once, some of them first with all that is below. */
static si_result descend(level_search *search, unsigned level, const range_list *nodes,
                         si_error *error)
{
    range_cursor cursor = {.list = nodes};
    range_list *now = &search->now[level];
    while (cursor.number < nodes->count && !search->is_over) {
        SI_TRY(take_ranges(&cursor, search->most_nodes, false, now, error));
        SI_TRY(descend_from(search, level, now, error));
    }
    return SI_OK;
}

static si_result search_all(void *context, si_error *error)
{
    level_search *search = context;
    si_tree_range root = {0, 1, false};
    return descend(search, search->index->layout.levels, &(range_list){&root, 1, 1}, error);
}

static uint64_t share_of_cache(const si_index *index, uint64_t most)
{
    if (!index->cache)
        return most;
    return si_min_u64(most, si_block_cache_most_bytes(index->cache) / CACHE_SHARE);
}

static void end_search(level_search *search)
{
    si_fetch_end(&search->nodes);
    for (unsigned level = 0; level <= search->index->layout.levels; level++) {
        si_free(search->below[level].ranges);
        si_free(search->now[level].ranges);
    }
    for (unsigned i = 0; i < 2; i++) {
        si_fetch_end(&search->groups[i].fetch);
        si_free(search->groups[i].ranges.ranges);
    }
}

si_result si_search_by_level(const si_index *index, const si_query *query,
                             const si_search_sink *sink, si_error *error)
{
    level_search search = {
        .index = index, .query = query, .sink = sink, .columns = si_sink_columns(query, sink)};
    uint64_t node_bytes = share_of_cache(index, MOST_NODE_BYTES);
    uint64_t group_bytes = share_of_cache(index, MOST_GROUP_BYTES);
    search.most_nodes = si_max_u64(node_bytes / SI_NODE_BYTES, SI_FAN_OUT);
    si_column_set tested = search.columns;
    tested.floats = UINT8_MAX;
    search.most_leaves = si_max_u64(group_bytes / si_leaf_column_bytes(index->type, tested),
                                    FIRST_LEAVES);
    search.nodes = si_fetch_of(index);
    search.groups[0].fetch = search.groups[1].fetch = si_fetch_of(index);
    si_result result = si_read_guarded(index, search_all, &search, error);
    end_search(&search);
    return result;
}
