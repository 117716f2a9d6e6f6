/*
 * The edges of a SONATA population: their positions and cells by rows, and the edges that end on
 * given cells.
 *
 * The latter come from the index that a file carries, in two steps: node_id_to_ranges gives for
 * each cell rows of range_to_edge_id, and each of those is a range of edges.
 */
#include "sonata/sonata_edges.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "hdf5/hdf5_access.h"
#include "sonata/sonata_column.h"
#include "sonata/sonata_groups.h"

#define DEFAULT_POSITION_PREFIX "afferent_center"

/* The position columns of one group. */
typedef struct position_columns {
    bool exists;
    si_sonata_column axes[3];
} position_columns;

struct si_sonata_edges {
    si_sonata_population *population;
    char *position_names[3];
    position_columns *positions; /* for each group of the population */
    si_sonata_column targets;
    si_sonata_column sources;
};

static bool group_has(const si_sonata_group *group, const char *name)
{
    return group->group >= 0 && si_hdf5_has_object(group->group, name, H5O_TYPE_DATASET);
}

typedef struct prefix_list {
    const si_sonata_group *group;
    si_text text;
} prefix_list;

/* Adds PREFIX where the group has PREFIX_x, PREFIX_y and PREFIX_z. */
static si_result add_prefix(void *context, const char *name, si_error *error)
{
    prefix_list *list = context;
    size_t length = strlen(name);
    if (length < 3 || strcmp(name + length - 2, "_x") != 0)
        return SI_OK;
    char *other = si_duplicate_string(name);
    if (!other)
        return si_fail_memory(error);
    bool exists = true;
    for (const char *axis = "yz"; *axis; axis++) {
        other[length - 1] = *axis;
        exists = exists && group_has(list->group, other);
    }
    si_free(other);
    if (!exists)
        return SI_OK;
    return si_text_append(&list->text, "%s%.*s", list->text.length ? ", " : "", (int)length - 2,
                          name);
}

static si_result fail_without_positions(const si_sonata_edges *edges, const si_sonata_group *group,
                                        si_error *error)
{
    prefix_list list = {.group = group};
    if (group->group >= 0)
        si_hdf5_each_child(group->group, group->path, add_prefix, &list, NULL);
    si_error_set(error, SI_ERROR_NOT_FOUND,
                 "%s: no position columns %s, %s and %s; position prefixes of this group: %s",
                 group->path, edges->position_names[0], edges->position_names[1],
                 edges->position_names[2], list.text.data ? list.text.data : "none");
    si_text_free(&list.text);
    return SI_ERROR_NOT_FOUND;
}

static si_result open_positions(si_sonata_edges *edges, size_t g, si_error *error)
{
    const si_sonata_group *group = &edges->population->groups[g];
    position_columns *columns = &edges->positions[g];
    for (unsigned axis = 0; axis < 3; axis++) {
        if (!group_has(group, edges->position_names[axis]))
            return SI_OK;
    }
    columns->exists = true;
    for (unsigned axis = 0; axis < 3; axis++)
        SI_TRY(si_sonata_column_open(group->group, group->path, edges->position_names[axis], 1,
                                     &columns->axes[axis], error));
    return SI_OK;
}

static si_result open_all_positions(si_sonata_edges *edges, si_error *error)
{
    const si_sonata_population *population = edges->population;
    edges->positions = si_allocate_zeroed(population->group_count, sizeof *edges->positions);
    if (!edges->positions)
        return si_fail_memory(error);
    bool any = false;
    for (size_t g = 0; g < population->group_count; g++) {
        SI_TRY(open_positions(edges, g, error));
        any = any || edges->positions[g].exists;
    }
    /* With several groups, which of them matter shows when edges are read. */
    return any ? SI_OK : fail_without_positions(edges, &population->groups[0], error);
}

static si_result open_edges(const char *edges_file, const char *name, const char *prefix,
                            si_sonata_edges *edges, si_error *error)
{
    for (unsigned axis = 0; axis < 3; axis++) {
        edges->position_names[axis] = si_format("%s_%c", prefix ? prefix : DEFAULT_POSITION_PREFIX,
                                                "xyz"[axis]);
        if (!edges->position_names[axis])
            return si_fail_memory(error);
    }
    SI_TRY(si_sonata_population_open(edges_file, SI_EDGES, name, &edges->population, error));
    const si_sonata_population *population = edges->population;
    if (population->size == 0)
        return SI_OK;
    SI_TRY(si_sonata_column_open(population->population, population->path, "target_node_id", 1,
                                 &edges->targets, error));
    SI_TRY(si_sonata_column_open(population->population, population->path, "source_node_id", 1,
                                 &edges->sources, error));
    return open_all_positions(edges, error);
}

si_result si_sonata_edges_open(const char *edges_file, const char *population,
                               const char *position_prefix, si_sonata_edges **edges,
                               si_error *error)
{
    si_sonata_edges *opened = si_allocate_zeroed(1, sizeof *opened);
    if (!opened)
        return si_fail_memory(error);
    si_hdf5_lock();
    si_result result = open_edges(edges_file, population, position_prefix, opened, error);
    si_hdf5_unlock();
    if (result != SI_OK) {
        si_sonata_edges_close(opened);
        return result;
    }
    *edges = opened;
    return SI_OK;
}

void si_sonata_edges_close(si_sonata_edges *edges)
{
    if (!edges)
        return;
    si_hdf5_lock();
    for (size_t g = 0; edges->positions && g < edges->population->group_count; g++)
        for (unsigned axis = 0; axis < 3; axis++)
            si_sonata_column_close(&edges->positions[g].axes[axis]);
    si_free(edges->positions);
    si_sonata_column_close(&edges->targets);
    si_sonata_column_close(&edges->sources);
    si_sonata_population_close(edges->population);
    si_hdf5_unlock();
    for (unsigned axis = 0; axis < 3; axis++)
        si_free(edges->position_names[axis]);
    si_free(edges);
}

const char *si_sonata_edges_file(const si_sonata_edges *edges)
{
    return edges->population->file_path;
}

const char *si_sonata_edges_population(const si_sonata_edges *edges)
{
    return edges->population->name;
}

uint64_t si_sonata_edges_size(const si_sonata_edges *edges)
{
    return edges->population->size;
}

/* Reads the positions of each group, then the two columns of all edges. */
static si_result read_rows(const si_sonata_edges *edges, uint64_t start, uint64_t count,
                           const si_edge_rows *rows, si_error *error)
{
    si_group_rows *located;
    size_t located_count;
    SI_TRY(si_sonata_population_locate(edges->population, start, NULL, count, &located,
                                       &located_count, error));
    si_result result = SI_OK;
    for (size_t g = 0; g < located_count && result == SI_OK; g++) {
        const si_sonata_group *group = located[g].group;
        const position_columns *columns = &edges->positions[group - edges->population->groups];
        if (!columns->exists)
            result = fail_without_positions(edges, group, error);
        for (unsigned axis = 0; axis < 3 && result == SI_OK; axis++)
            result = si_sonata_column_read_floats(&columns->axes[axis], &located[g].rows,
                                                  rows->positions[0] + axis,
                                                  sizeof rows->positions[0], error);
    }
    si_group_rows_free(located, located_count);
    SI_TRY(result);
    si_rows range = si_rows_range(start, count);
    SI_TRY(si_sonata_column_read_ids(&edges->targets, &range, rows->target_gids, error));
    return si_sonata_column_read_ids(&edges->sources, &range, rows->source_gids, error);
}

si_result si_sonata_edges_read(si_sonata_edges *edges, uint64_t start, uint64_t end,
                               const si_edge_rows *rows, si_error *error)
{
    const si_sonata_population *population = edges->population;
    if (start > end || end > population->size)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "%s: edges from %" PRIu64 " to before %" PRIu64
                       " were requested, but the population has %" PRIu64 " edges",
                       population->path, start, end, population->size);
    if (start == end)
        return SI_OK;
    si_hdf5_lock();
    si_result result = read_rows(edges, start, end - start, rows, error);
    si_hdf5_unlock();
    return result;
}

/* ----------------------------------------------------------------------- edges of target cells */

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

si_result si_sonata_edges_select_targets(si_sonata_edges *edges, const uint64_t *gids, size_t count,
                                         si_edge_range **ranges, size_t *range_count,
                                         si_error *error)
{
    range_list found = {0};
    si_result result = SI_OK;
    if (count > 0 && edges->population->size > 0) {
        si_sonata_column node_column, range_column;
        si_hdf5_lock();
        result = open_index(edges->population, &node_column, &range_column, error);
        if (result == SI_OK) {
            result = find_edges(edges, &node_column, &range_column, gids, count, &found, error);
            si_sonata_column_close(&node_column);
            si_sonata_column_close(&range_column);
        }
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
