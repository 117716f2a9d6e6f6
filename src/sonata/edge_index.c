/* Selects edges by the index of a file, and finds out whether the index fits the edges: all its
 * ranges together must hold each edge once, and what lies beside a range must not belong to it. */
#include "sonata/edge_index.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/sorted_ids.h"
#include "base/text.h"
#include "hdf5/hdf5_access.h"

#define INDEX_NAME "target_to_source"
#define PIECE_ROWS ((uint64_t)1 << 18)

typedef struct edge_index {
    const si_sonata_population *population;
    const si_sonata_column *targets;
    char *path; /* of the group, for messages */
    si_sonata_column nodes;
    si_sonata_column ranges;
} edge_index;

/* ---------------------------------------------------------------------------------- ranges */

typedef struct range_list {
    si_edge_range *ranges;
    size_t count;
    size_t capacity;
} range_list;

/* One that begins where the last ends goes on with that. */
static si_result add_range(range_list *list, si_edge_range range, si_error *error)
{
    if (list->count > 0 && list->ranges[list->count - 1].end == range.start) {
        list->ranges[list->count - 1].end = range.end;
        return SI_OK;
    }
    void *grown = si_grow(list->ranges, &list->capacity, list->count + 1, sizeof *list->ranges);
    if (!grown)
        return si_fail_memory(error);
    list->ranges = grown;
    list->ranges[list->count++] = range;
    return SI_OK;
}

static int compare_ranges(const void *left, const void *right)
{
    const si_edge_range *a = left, *b = right;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return (a->end > b->end) - (a->end < b->end);
}

/* Sorts, and joins what touches. `what` names the members of the ranges, which come from `column`.
 */
static si_result sort_ranges(range_list *list, const si_sonata_column *column, const char *what,
                             si_error *error)
{
    if (list->count == 0)
        return SI_OK;
    qsort(list->ranges, list->count, sizeof *list->ranges, compare_ranges);
    size_t last = 0;
    for (size_t i = 1; i < list->count; i++) {
        si_edge_range *joined = &list->ranges[last], next = list->ranges[i];
        if (next.start < joined->end)
            return si_fail(error, SI_ERROR_FORMAT,
                           "%s: %s %" PRIu64 " is in several ranges, expected it in one",
                           column->path, what, next.start);
        if (next.start == joined->end)
            joined->end = next.end;
        else
            list->ranges[++last] = next;
    }
    list->count = last + 1;
    return SI_OK;
}

static bool is_negative(const si_sonata_column *column, uint64_t wide)
{
    if (column->class == SI_COLUMN_SIGNED)
        return (int64_t)wide < 0;
    double value;
    memcpy(&value, &wide, sizeof value);
    return column->class == SI_COLUMN_FLOAT && value < 0;
}

/* A row whose start is negative or not below its end says that there are no edges. */
static si_result decode_range(const si_sonata_column *column, uint64_t row, const uint64_t wide[2],
                              uint64_t limit, si_edge_range *range, si_error *error)
{
    char values[2][SI_COLUMN_VALUE_SIZE];
    *range = (si_edge_range){0, 0};
    if (is_negative(column, wide[0]) || is_negative(column, wide[1]))
        return SI_OK;
    bool are_integers = si_sonata_column_decode_id(column, wide[0], &range->start) &&
                        si_sonata_column_decode_id(column, wide[1], &range->end);
    if (are_integers && (range->start >= range->end || range->end <= limit))
        return SI_OK;
    for (int i = 0; i < 2; i++)
        si_sonata_column_format_value(column, wide[i], values[i]);
    return si_fail(error, SI_ERROR_FORMAT,
                   "%s: row %" PRIu64 " is the range %s to %s, expected one within 0 to %" PRIu64,
                   column->path, row, values[0], values[1], limit);
}

/* Adds the rows that are ranges, in ascending order of the rows. */
static si_result read_ranges(const si_sonata_column *column, const si_rows *rows, uint64_t limit,
                             range_list *list, si_error *error)
{
    size_t row_size = 2 * sizeof(uint64_t);
    uint64_t(*bounds)[2] = si_allocate(rows->count, row_size);
    if (!bounds)
        return si_fail_memory(error);
    si_result result = si_sonata_column_read(column, rows, si_sonata_column_wide_type(column),
                                             row_size, bounds, row_size, error);
    for (uint64_t k = 0; k < rows->count && result == SI_OK; k++) {
        si_edge_range range;
        result = decode_range(column, si_rows_row(rows, k), bounds[si_rows_position(rows, k)],
                              limit, &range, error);
        if (result == SI_OK && range.start < range.end)
            result = add_range(list, range, error);
    }
    si_free(bounds);
    return result;
}

/* ------------------------------------------------------------------------------- selection */

/* Sorted, each once. */
typedef struct id_list {
    uint64_t *ids;
    size_t count;
} id_list;

static si_result sort_ids(const uint64_t *gids, size_t count, id_list *sorted, si_error *error)
{
    SI_TRY(si_sorted_ids_copy(gids, count, &sorted->ids, error));
    sorted->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || sorted->ids[i] != sorted->ids[i - 1])
            sorted->ids[sorted->count++] = sorted->ids[i];
    }
    return SI_OK;
}

static size_t count_below(const id_list *sorted, uint64_t limit)
{
    size_t count = sorted->count;
    while (count > 0 && sorted->ids[count - 1] >= limit)
        count--;
    return count;
}

/* Rows of range_to_edge_id, for nodes. Those beyond the index have no edges. */
static si_result find_range_rows(const edge_index *index, const id_list *wanted,
                                 range_list *range_rows, si_error *error)
{
    si_rows rows;
    SI_TRY(si_rows_list(wanted->ids, NULL, count_below(wanted, index->nodes.rows), &rows, error));
    si_result result = read_ranges(&index->nodes, &rows, index->ranges.rows, range_rows, error);
    si_rows_free(&rows);
    SI_TRY(result);
    return sort_ranges(range_rows, &index->nodes, "row", error);
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

static si_result find_edges(const edge_index *index, const id_list *wanted, range_list *found,
                            si_error *error)
{
    range_list range_rows = {0};
    si_rows rows = {0};
    si_result result = find_range_rows(index, wanted, &range_rows, error);
    if (result == SI_OK)
        result = expand_rows(&range_rows, &rows, error);
    if (result == SI_OK)
        result = read_ranges(&index->ranges, &rows, index->population->size, found, error);
    if (result == SI_OK)
        result = sort_ranges(found, &index->ranges, "edge", error);
    si_rows_free(&rows);
    si_free(range_rows.ranges);
    return result;
}

/* ------------------------------------------------------------------------- does the index fit? */

static si_result read_all_range_rows(const edge_index *index, range_list *range_rows,
                                     si_error *error)
{
    for (uint64_t first = 0; first < index->nodes.rows; first += PIECE_ROWS) {
        si_rows rows = si_rows_range(first, si_min_u64(PIECE_ROWS, index->nodes.rows - first));
        SI_TRY(read_ranges(&index->nodes, &rows, index->ranges.rows, range_rows, error));
    }
    return sort_ranges(range_rows, &index->nodes, "row", error);
}

/* Stops where there are too many. */
static si_result count_edges(const edge_index *index, si_edge_range range_rows, uint64_t *edges,
                             si_error *error)
{
    uint64_t size = index->population->size;
    for (uint64_t first = range_rows.start; first < range_rows.end && *edges <= size;
         first += PIECE_ROWS) {
        range_list list = {0};
        si_rows rows = si_rows_range(first, si_min_u64(PIECE_ROWS, range_rows.end - first));
        si_result result = read_ranges(&index->ranges, &rows, size, &list, error);
        for (size_t i = 0; i < list.count && *edges <= size; i++)
            *edges += list.ranges[i].end - list.ranges[i].start;
        si_free(list.ranges);
        SI_TRY(result);
    }
    return SI_OK;
}

/* The ranges of all nodes together hold as many edges as there are. */
static si_result check_edge_count(const edge_index *index, si_error *error)
{
    range_list range_rows = {0};
    uint64_t edges = 0, size = index->population->size;
    si_result result = read_all_range_rows(index, &range_rows, error);
    for (size_t i = 0; i < range_rows.count && result == SI_OK; i++)
        result = count_edges(index, range_rows.ranges[i], &edges, error);
    si_free(range_rows.ranges);
    if (result == SI_OK && edges > size)
        result = si_fail(error, SI_ERROR_FORMAT,
                         "%s: the ranges of all nodes hold more than the %" PRIu64
                         " edges of the population, so this index is not that of the edges",
                         index->path, size);
    else if (result == SI_OK && edges < size)
        result = si_fail(error, SI_ERROR_FORMAT,
                         "%s: the ranges of all nodes hold %" PRIu64 " edges, expected the %" PRIu64
                         " of the population, so this index is not that of the edges",
                         index->path, edges, size);
    return result;
}

static si_result check_targets(const edge_index *index, const id_list *wanted,
                               const uint64_t *edges, size_t count, si_error *error)
{
    si_rows rows = {0};
    uint64_t *targets = si_allocate(count, sizeof *targets);
    si_result result = targets ? si_rows_list(edges, NULL, count, &rows, error)
                               : si_fail_memory(error);
    if (result == SI_OK)
        result = si_sonata_column_read_ids(index->targets, &rows, targets, error);
    for (size_t i = 0; i < count && result == SI_OK; i++) {
        if (si_sorted_ids_contain(wanted->ids, wanted->count, targets[i]))
            result = si_fail(error, SI_ERROR_FORMAT,
                             "%s: edge %" PRIu64 " ends on node %" PRIu64
                             ", but is in none of the ranges of that node",
                             index->path, edges[i], targets[i]);
    }
    si_rows_free(&rows);
    si_free(targets);
    return result;
}

#define NEIGHBORS_PER_READ 65536

/* The edges just before and after each range do not end on the nodes, or they would be in it. */
static si_result check_neighbors(const edge_index *index, const id_list *wanted,
                                 const range_list *found, si_error *error)
{
    size_t count = 0,
           capacity = found->count < NEIGHBORS_PER_READ / 2 ? 2 * found->count : NEIGHBORS_PER_READ;
    uint64_t *neighbors = si_allocate(capacity, sizeof *neighbors);
    si_result result = neighbors ? SI_OK : si_fail_memory(error);
    for (size_t i = 0; i < found->count && result == SI_OK; i++) {
        si_edge_range range = found->ranges[i];
        if (range.start > 0)
            neighbors[count++] = range.start - 1;
        if (range.end < index->population->size)
            neighbors[count++] = range.end;
        if (capacity - count >= 2 && i + 1 < found->count)
            continue;
        result = check_targets(index, wanted, neighbors, count, error);
        count = 0;
    }
    si_free(neighbors);
    return result;
}

/* ----------------------------------------------------------------------------------- opening */

/* Older files of BMTK spell the folder of the index in their own way. */
static const char *find_folder(hid_t population)
{
    static const char *const folders[] = {"indices", "indicies"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (si_hdf5_has_object(population, folders[i], H5O_TYPE_GROUP))
            return folders[i];
    return folders[0];
}

/* node_id_to_ranges is named node_id_to_range in older files. */
static si_result open_columns(edge_index *index, hid_t group, si_error *error)
{
    const char *name = "node_id_to_ranges";
    if (!si_hdf5_exists(group, name) && si_hdf5_exists(group, "node_id_to_range"))
        name = "node_id_to_range";
    SI_TRY(si_sonata_column_open(group, index->path, name, 2, &index->nodes, error));
    si_result result = si_sonata_column_open(group, index->path, "range_to_edge_id", 2,
                                             &index->ranges, error);
    if (result != SI_OK)
        si_sonata_column_close(&index->nodes);
    return result;
}

static si_result open_index(edge_index *index, si_error *error)
{
    const si_sonata_population *population = index->population;
    char *name = si_format("%s/" INDEX_NAME, find_folder(population->population));
    index->path = name ? si_format("%s/%s", population->path, name) : NULL;
    si_result result = SI_OK;
    hid_t group = -1;
    if (!index->path)
        result = si_fail_memory(error);
    else if (!si_hdf5_has_object(population->population, name, H5O_TYPE_GROUP))
        result = si_fail(error, SI_ERROR_NOT_FOUND,
                         "%s: no group %s, the index that finds the edges of a target node",
                         population->path, name);
    else
        group = H5Gopen2(population->population, name, H5P_DEFAULT);
    si_free(name);
    SI_TRY(result);
    if (group < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: cannot be opened", index->path);
    result = open_columns(index, group, error);
    H5Gclose(group);
    return result;
}

static si_result select_edges(const edge_index *index, const id_list *wanted, range_list *found,
                              si_error *error)
{
    SI_TRY(find_edges(index, wanted, found, error));
    SI_TRY(check_edge_count(index, error));
    return check_neighbors(index, wanted, found, error);
}

si_result si_edge_index_select(const si_sonata_population *population,
                               const si_sonata_column *targets, const uint64_t *gids, size_t count,
                               si_edge_range **ranges, size_t *range_count, si_error *error)
{
    edge_index index = {.population = population, .targets = targets};
    id_list wanted = {0};
    range_list found = {0};
    si_result result = open_index(&index, error);
    if (result == SI_OK) {
        result = sort_ids(gids, count, &wanted, error);
        if (result == SI_OK)
            result = select_edges(&index, &wanted, &found, error);
        si_sonata_column_close(&index.nodes);
        si_sonata_column_close(&index.ranges);
    }
    si_free(index.path);
    si_free(wanted.ids);
    if (result != SI_OK) {
        si_free(found.ranges);
        return result;
    }
    *ranges = found.ranges;
    *range_count = found.count;
    return SI_OK;
}
