#include "index/leaf_groups.h"

#include "base/arithmetic.h"
#include "base/memory.h"
#include "index/announce.h"

/* Leaves of a group: few at first, since a search may soon be over, then twice as many each time.
 * So many take some MB. */
enum { FEWEST_LEAVES = 64, MOST_LEAVES = 4096, MOST_RANGES = 512 };

/* Ranges that are so near to each other are fetched as one. */
#define NEAR_LEAVES 8

typedef struct leaf_group {
    unsigned count;
    uint64_t leaves; /* to be read */
    si_leaf_range ranges[MOST_RANGES];
} leaf_group;

struct si_leaf_groups {
    const si_index *index;
    si_column_set needed;
    si_range_function function;
    void *context;
    uint64_t most_leaves;
    leaf_group *filling;
    leaf_group *announced;
    leaf_group groups[2];
};

si_leaf_groups *si_leaf_groups_create(const si_index *index, si_column_set needed,
                                      si_range_function function, void *context)
{
    si_leaf_groups *groups = si_allocate(1, sizeof *groups);
    if (!groups)
        return NULL;
    groups->index = index;
    groups->needed = needed;
    groups->function = function;
    groups->context = context;
    groups->most_leaves = FEWEST_LEAVES;
    groups->filling = &groups->groups[0];
    groups->announced = &groups->groups[1];
    for (unsigned i = 0; i < 2; i++)
        groups->groups[i].count = 0, groups->groups[i].leaves = 0;
    return groups;
}

void si_leaf_groups_free(si_leaf_groups *groups)
{
    si_free(groups);
}

/* ---- announcing ---- */

static si_column_set columns_of(const si_leaf_groups *groups, const si_leaf_range *range)
{
    si_column_set columns = groups->needed;
    if (!range->is_whole)
        columns.floats = 1;
    return columns;
}

static void announce_group(const si_leaf_groups *groups, const leaf_group *group)
{
    for (unsigned i = 0, next; i < group->count; i = next) {
        const si_leaf_range *range = &group->ranges[i];
        uint64_t end = range->end;
        for (next = i + 1; next < group->count; next++) {
            const si_leaf_range *other = &group->ranges[next];
            if (other->is_whole != range->is_whole || other->first > end + NEAR_LEAVES)
                break;
            end = other->end;
        }
        si_announce_leaves(groups->index, columns_of(groups, range), range->first, end);
    }
}

/* ---- taking turns ---- */

static bool hand_on(const si_leaf_groups *groups, leaf_group *group)
{
    unsigned count = group->count;
    group->count = 0;
    group->leaves = 0;
    for (unsigned i = 0; i < count; i++)
        if (!groups->function(groups->context, &group->ranges[i]))
            return false;
    return true;
}

static bool next_group(si_leaf_groups *groups)
{
    leaf_group *filled = groups->filling;
    announce_group(groups, filled);
    groups->filling = groups->announced;
    groups->announced = filled;
    groups->most_leaves = si_min_u64(2 * groups->most_leaves, MOST_LEAVES);
    return hand_on(groups, groups->filling);
}

static void put(leaf_group *group, const si_leaf_range *range)
{
    si_leaf_range *last = group->count > 0 ? &group->ranges[group->count - 1] : NULL;
    if (last && last->end == range->first && last->is_whole == range->is_whole)
        last->end = range->end;
    else
        group->ranges[group->count++] = *range;
}

static bool is_read(const si_leaf_groups *groups, const si_leaf_range *range)
{
    const si_column_set *needed = &groups->needed;
    return !range->is_whole || needed->floats || needed->words || needed->bytes;
}

bool si_leaf_groups_add(si_leaf_groups *groups, const si_leaf_range *range)
{
    bool read = is_read(groups, range);
    for (si_leaf_range rest = *range; rest.first < rest.end;) {
        leaf_group *group = groups->filling;
        si_leaf_range piece = rest;
        if (read)
            piece.end = si_min_u64(rest.end, rest.first + groups->most_leaves - group->leaves);
        put(group, &piece);
        group->leaves += read ? piece.end - piece.first : 0;
        rest.first = piece.end;
        bool is_full = group->count == MOST_RANGES || group->leaves >= groups->most_leaves;
        if (is_full && !next_group(groups))
            return false;
    }
    return true;
}

bool si_leaf_groups_finish(si_leaf_groups *groups)
{
    return next_group(groups) && hand_on(groups, groups->announced);
}
