/* Reads `node_id` and finds the row of an id: by a binary search in the ids themselves where they
 * ascend, else in a sorted copy. */
#include "sonata/node_ids.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "element/element_kind.h"
#include "hdf5/hdf5_access.h"

#define NODE_ID "node_id"
#define PIECE_ROWS ((uint64_t)1 << 18)

static si_result check_count(const si_sonata_population *population, const si_sonata_column *column,
                             si_error *error)
{
    if (column->rows == population->size)
        return SI_OK;
    return si_fail(error, SI_ERROR_FORMAT,
                   "%s: %" PRIu64 " ids, expected one for each of %" PRIu64 " nodes", column->path,
                   column->rows, population->size);
}

/* Whether the ids count the rows from 0. Stops at the first that does not. */
static si_result counts_rows(const si_sonata_column *column, bool *is_counting, si_error *error)
{
    uint64_t *piece = si_allocate(si_min_u64(column->rows, PIECE_ROWS), sizeof *piece);
    if (!piece)
        return si_fail_memory(error);
    si_result result = SI_OK;
    *is_counting = true;
    for (uint64_t first = 0; first < column->rows && *is_counting; first += PIECE_ROWS) {
        si_rows rows = si_rows_range(first, si_min_u64(PIECE_ROWS, column->rows - first));
        result = si_sonata_column_read_ids(column, &rows, piece, error);
        for (uint64_t k = 0; k < rows.count && result == SI_OK && *is_counting; k++)
            *is_counting = piece[k] == first + k;
        if (result != SI_OK)
            break;
    }
    si_free(piece);
    return result;
}

static int compare_rows(const void *left, const void *right)
{
    const si_node_row *a = left, *b = right;
    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static si_result sort_ids(si_node_ids *ids, si_error *error)
{
    bool ascends = true;
    for (uint64_t row = 1; row < ids->count && ascends; row++)
        ascends = ids->ids[row - 1] < ids->ids[row];
    if (ascends)
        return SI_OK;
    ids->sorted = si_allocate(ids->count, sizeof *ids->sorted);
    if (!ids->sorted)
        return si_fail_memory(error);
    for (uint64_t row = 0; row < ids->count; row++)
        ids->sorted[row] = (si_node_row){ids->ids[row], row};
    qsort(ids->sorted, ids->count, sizeof *ids->sorted, compare_rows);
    return SI_OK;
}

static si_result check_ids(const si_node_ids *ids, const char *path, si_error *error)
{
    for (uint64_t row = 0; row < ids->count; row++) {
        if (ids->ids[row] > SI_MAX_GID)
            return si_fail(error, SI_ERROR_LIMIT,
                           "%s: row %" PRIu64 " is %" PRIu64 ", expected at most %llu", path, row,
                           ids->ids[row], (unsigned long long)SI_MAX_GID);
    }
    for (uint64_t i = 1; ids->sorted && i < ids->count; i++) {
        const si_node_row *before = &ids->sorted[i - 1], *at = &ids->sorted[i];
        if (before->id == at->id)
            return si_fail(error, SI_ERROR_FORMAT,
                           "%s: rows %" PRIu64 " and %" PRIu64 " are both %" PRIu64
                           ", expected an id of its own for each node",
                           path, before->row, at->row, at->id);
    }
    return SI_OK;
}

static si_result read_column(const si_sonata_population *population, const si_sonata_column *column,
                             si_node_ids *ids, si_error *error)
{
    bool is_counting;
    SI_TRY(check_count(population, column, error));
    SI_TRY(counts_rows(column, &is_counting, error));
    if (is_counting)
        return SI_OK;
    ids->ids = si_allocate(ids->count, sizeof *ids->ids);
    if (!ids->ids)
        return si_fail_memory(error);
    si_rows rows = si_rows_range(0, ids->count);
    SI_TRY(si_sonata_column_read_ids(column, &rows, ids->ids, error));
    SI_TRY(sort_ids(ids, error));
    return check_ids(ids, column->path, error);
}

si_result si_node_ids_read(const si_sonata_population *population, si_node_ids *ids,
                           si_error *error)
{
    *ids = (si_node_ids){.count = population->size};
    if (population->kind != SI_NODES || population->size == 0 ||
        !si_hdf5_exists(population->population, NODE_ID))
        return SI_OK;
    si_sonata_column column;
    SI_TRY(si_sonata_column_open(population->population, population->path, NODE_ID, 1, &column,
                                 error));
    si_result result = read_column(population, &column, ids, error);
    si_sonata_column_close(&column);
    if (result != SI_OK)
        si_node_ids_free(ids);
    return result;
}

void si_node_ids_free(si_node_ids *ids)
{
    si_free(ids->ids);
    si_free(ids->sorted);
    *ids = (si_node_ids){0};
}

static uint64_t id_at(const si_node_ids *ids, uint64_t place)
{
    return ids->sorted ? ids->sorted[place].id : ids->ids[place];
}

bool si_node_ids_find(const si_node_ids *ids, uint64_t id, uint64_t *row)
{
    *row = id;
    if (!ids->ids)
        return id < ids->count;
    uint64_t low = 0, high = ids->count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (id_at(ids, middle) < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == ids->count || id_at(ids, low) != id)
        return false;
    *row = ids->sorted ? ids->sorted[low].row : low;
    return true;
}

si_result si_node_ids_find_rows(const si_node_ids *ids, const si_sonata_population *population,
                                const uint64_t *wanted, uint64_t count, uint64_t **rows,
                                si_error *error)
{
    *rows = NULL;
    if (!ids->ids)
        return SI_OK;
    uint64_t *found = si_allocate(count, sizeof *found);
    if (!found)
        return si_fail_memory(error);
    for (uint64_t i = 0; i < count; i++) {
        if (si_node_ids_find(ids, wanted[i], &found[i]))
            continue;
        si_free(found);
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "%s: node id %" PRIu64 " was requested, but no row of " NODE_ID " has it",
                       population->path, wanted[i]);
    }
    *rows = found;
    return SI_OK;
}
