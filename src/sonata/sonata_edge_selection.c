/* Which edges end on given cells, by the index that a SONATA file carries: cells to ranges of
 * ranges of edges. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "hdf5/hdf5_access.h"
#include "sonata/sonata_edges_internal.h"

#define INDEX_GROUP "indices/target_to_source"

typedef struct range_list {
    si_edge_range *ranges;
    size_t count;
} range_list;

static int compare_ids(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static int compare_ranges(const void *left, const void *right)
{
    const si_edge_range *a = left, *b = right;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return (a->end > b->end) - (a->end < b->end);
}

/* Sorts, and merges what overlaps or touches. */
static void merge_ranges(range_list *list)
{
    if (list->count == 0)
        return;
    qsort(list->ranges, list->count, sizeof *list->ranges, compare_ranges);
    size_t last = 0;
    for (size_t i = 1; i < list->count; i++) {
        si_edge_range *merged = &list->ranges[last], next = list->ranges[i];
        if (next.start > merged->end)
            list->ranges[++last] = next;
        else if (next.end > merged->end)
            merged->end = next.end;
    }
    list->count = last + 1;
}

/* Rows of the index that are ranges below `limit`. Empty ones are dropped. */
static si_result read_ranges(const si_sonata_column *column, const si_rows *rows, uint64_t limit,
                             range_list *list, si_error *error)
{
    uint64_t *bounds = si_allocate(rows->count, 2 * sizeof *bounds);
    list->ranges = si_allocate(rows->count, sizeof *list->ranges);
    list->count = 0;
    si_result result = bounds && list->ranges
                           ? si_sonata_column_read_ids(column, rows, bounds, error)
                           : si_fail_memory(error);
    for (uint64_t k = 0; k < rows->count && result == SI_OK; k++) {
        uint64_t position = si_rows_position(rows, k);
        si_edge_range range = {bounds[2 * position], bounds[2 * position + 1]};
        if (range.start == range.end)
            continue;
        if (range.start > range.end || range.end > limit)
            result = si_fail(error, SI_ERROR_FORMAT,
                             "%s: row %" PRIu64 " is the range %" PRIu64 " to %" PRIu64
                             ", expected one within 0 to %" PRIu64,
                             column->path, si_rows_row(rows, k), range.start, range.end, limit);
        else
            list->ranges[list->count++] = range;
    }
    si_free(bounds);
    return result;
}

/* Opens the index; `nodes` is named node_id_to_range in older files. */
static si_result open_index(const si_sonata_population *population, si_sonata_column *nodes,
                            si_sonata_column *ranges, si_error *error)
{
    hid_t group = population->population;
    if (!si_hdf5_has_object(group, INDEX_GROUP, H5O_TYPE_GROUP))
        return si_fail(error, SI_ERROR_NOT_FOUND,
                       "%s: no group %s, the index that finds the edges of a target node",
                       population->path, INDEX_GROUP);
    const char *name = INDEX_GROUP "/node_id_to_ranges";
    if (!si_hdf5_exists(group, name) && si_hdf5_exists(group, INDEX_GROUP "/node_id_to_range"))
        name = INDEX_GROUP "/node_id_to_range";
    SI_TRY(si_sonata_column_open(group, population->path, name, 2, nodes, error));
    si_result result = si_sonata_column_open(group, population->path,
                                             INDEX_GROUP "/range_to_edge_id", 2, ranges, error);
    if (result != SI_OK)
        si_sonata_column_close(nodes);
    return result;
}

/* Sorted, each once, below `limit`. */
static si_result sort_ids(const uint64_t *gids, size_t count, uint64_t limit, uint64_t **sorted,
                          size_t *sorted_count, si_error *error)
{
    uint64_t *ids = si_allocate(count, sizeof *ids);
    if (!ids)
        return si_fail_memory(error);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (gids[i] < limit)
            ids[kept++] = gids[i];
    }
    if (kept > 0)
        qsort(ids, kept, sizeof *ids, compare_ids);
    *sorted = ids;
    *sorted_count = 0;
    for (size_t i = 0; i < kept; i++) {
        if (i == 0 || ids[i] != ids[i - 1])
            ids[(*sorted_count)++] = ids[i];
    }
    return SI_OK;
}

/* Rows of node_id_to_ranges, for cells. */
static si_result find_range_rows(const si_sonata_column *nodes, const si_sonata_column *ranges,
                                 const uint64_t *gids, size_t count, range_list *range_rows,
                                 si_error *error)
{
    uint64_t *ids;
    size_t id_count;
    si_rows rows = {0};
    SI_TRY(sort_ids(gids, count, nodes->rows, &ids, &id_count, error));
    si_result result = si_rows_list(ids, NULL, id_count, &rows, error);
    if (result == SI_OK)
        result = read_ranges(nodes, &rows, ranges->rows, range_rows, error);
    si_rows_free(&rows);
    si_free(ids);
    if (result == SI_OK)
        merge_ranges(range_rows);
    return result;
}

static si_result expand_rows(const range_list *range_rows, si_rows *rows, si_error *error)
{
    uint64_t count = 0;
    for (size_t i = 0; i < range_rows->count; i++)
        count += range_rows->ranges[i].end - range_rows->ranges[i].start;
    uint64_t *list = si_allocate(count, sizeof *list);
    if (!list)
        return si_fail_memory(error);
    uint64_t next = 0;
    for (size_t i = 0; i < range_rows->count; i++) {
        for (uint64_t row = range_rows->ranges[i].start; row < range_rows->ranges[i].end; row++)
            list[next++] = row;
    }
    si_result result = si_rows_list(list, NULL, count, rows, error);
    si_free(list);
    return result;
}

static si_result find_edges(const si_sonata_edges *edges, const si_sonata_column *nodes,
                            const si_sonata_column *ranges, const uint64_t *gids, size_t count,
                            range_list *found, si_error *error)
{
    range_list range_rows = {0};
    si_rows rows = {0};
    si_result result = find_range_rows(nodes, ranges, gids, count, &range_rows, error);
    if (result == SI_OK)
        result = expand_rows(&range_rows, &rows, error);
    if (result == SI_OK)
        result = read_ranges(ranges, &rows, edges->population->size, found, error);
    if (result == SI_OK)
        merge_ranges(found);
    si_rows_free(&rows);
    si_free(range_rows.ranges);
    return result;
}

static si_result select_targets(const si_sonata_edges *edges, const uint64_t *gids, size_t count,
                                range_list *found, si_error *error)
{
    si_sonata_column nodes, ranges;
    SI_TRY(open_index(edges->population, &nodes, &ranges, error));
    si_result result = find_edges(edges, &nodes, &ranges, gids, count, found, error);
    si_sonata_column_close(&nodes);
    si_sonata_column_close(&ranges);
    return result;
}

si_result si_sonata_edges_select_targets(si_sonata_edges *edges, const uint64_t *gids, size_t count,
                                         si_edge_range **ranges, size_t *range_count,
                                         si_error *error)
{
    range_list found = {0};
    si_result result = SI_OK;
    if (count > 0 && edges->population->size > 0) {
        si_hdf5_lock();
        result = select_targets(edges, gids, count, &found, error);
        si_hdf5_unlock();
    }
    if (result != SI_OK) {
        si_free(found.ranges);
        return result;
    }
    *ranges = found.ranges;
    *range_count = found.count;
    return SI_OK;
}
