/* Wanted rows, sorted with their positions, and the pieces that they are read in. */
#include "sonata/sonata_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"

/* Rows not asked for that are read along rather than starting another read. */
#define LARGEST_GAP 256

typedef struct placed_row {
    uint64_t row;
    uint64_t position;
} placed_row;

si_rows si_rows_range(uint64_t first, uint64_t count)
{
    return (si_rows){.count = count, .first = first};
}

static int compare_placed_rows(const void *left, const void *right)
{
    const placed_row *a = left, *b = right;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return (a->position > b->position) - (a->position < b->position);
}

static si_result sort_rows(si_rows *list, si_error *error)
{
    placed_row *placed = si_allocate(list->count, sizeof *placed);
    if (!placed)
        return si_fail_memory(error);
    for (uint64_t k = 0; k < list->count; k++)
        placed[k] = (placed_row){list->rows[k], list->positions[k]};
    qsort(placed, list->count, sizeof *placed, compare_placed_rows);
    for (uint64_t k = 0; k < list->count; k++) {
        list->rows[k] = placed[k].row;
        list->positions[k] = placed[k].position;
    }
    si_free(placed);
    return SI_OK;
}

static bool is_ascending(const uint64_t *rows, uint64_t count)
{
    for (uint64_t k = 1; k < count; k++) {
        if (rows[k - 1] > rows[k])
            return false;
    }
    return true;
}

si_result si_rows_list(const uint64_t *rows, const uint64_t *positions, uint64_t count,
                       si_rows *list, si_error *error)
{
    *list = (si_rows){.count = count,
                      .rows = si_allocate(count, sizeof *list->rows),
                      .positions = si_allocate(count, sizeof *list->positions)};
    if (!list->rows || !list->positions) {
        si_rows_free(list);
        return si_fail_memory(error);
    }
    for (uint64_t k = 0; k < count; k++) {
        list->rows[k] = rows[k];
        list->positions[k] = positions ? positions[k] : k;
    }
    si_result result = is_ascending(rows, count) ? SI_OK : sort_rows(list, error);
    if (result != SI_OK)
        si_rows_free(list);
    return result;
}

void si_rows_free(si_rows *rows)
{
    si_free(rows->rows);
    si_free(rows->positions);
    *rows = (si_rows){0};
}

bool si_rows_next(const si_rows *rows, uint64_t limit, si_row_piece *piece)
{
    uint64_t k = piece->end;
    if (k == rows->count)
        return false;
    *piece = (si_row_piece){.start = si_rows_row(rows, k), .begin = k};
    if (!rows->rows) {
        piece->length = si_min_u64(limit, rows->count - k);
        piece->end = k + piece->length;
        return true;
    }
    uint64_t last = piece->start;
    while (k < rows->count && rows->rows[k] - last <= LARGEST_GAP &&
           rows->rows[k] - piece->start < limit)
        last = rows->rows[k++];
    piece->length = last - piece->start + 1;
    piece->end = k;
    return true;
}
