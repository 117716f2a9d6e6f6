/* Reads chosen edges by pieces: ranges that lie close together in one read, and the rows between
 * them are dropped by moving the wanted ones together. */
#include "circuit/synapse_pieces.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"

/* Ranges so close are read in one go, with the rows between them: a read costs as much as so many
 * rows. */
#define WORTHLESS_GAP 4096

/* A piece with less room than this part of it is handed on rather than filled by a small read. */
#define WORTHWHILE_PART 8

si_result si_synapse_piece_allocate(si_synapse_piece *piece, size_t capacity, si_error *error)
{
    piece->capacity = capacity;
    piece->ids = si_allocate(capacity, sizeof *piece->ids);
    piece->rows.positions = si_allocate(capacity, sizeof *piece->rows.positions);
    piece->rows.target_gids = si_allocate(capacity, sizeof *piece->rows.target_gids);
    piece->rows.source_gids = si_allocate(capacity, sizeof *piece->rows.source_gids);
    if (!piece->ids || !piece->rows.positions || !piece->rows.target_gids ||
        !piece->rows.source_gids)
        return si_fail_memory(error);
    return SI_OK;
}

void si_synapse_piece_free(si_synapse_piece *piece)
{
    si_free(piece->ids);
    si_free(piece->rows.positions);
    si_free(piece->rows.target_gids);
    si_free(piece->rows.source_gids);
}

/* What is left of the range being read. */
static si_edge_range next_wanted(const si_synapse_cursor *cursor)
{
    si_edge_range range = cursor->ranges[cursor->range];
    return (si_edge_range){si_max_u64(range.start, cursor->next), range.end};
}

/* What is read at once: the next range, as much of it as there is room for, and ranges close by. */
static si_edge_range span_to_read(const si_synapse_cursor *cursor, size_t room)
{
    si_edge_range span = next_wanted(cursor);
    for (size_t i = cursor->range + 1; i < cursor->range_count; i++) {
        if (cursor->ranges[i].start - span.end > WORTHLESS_GAP ||
            cursor->ranges[i].start - span.start >= room)
            break;
        span.end = cursor->ranges[i].end;
    }
    span.end = si_min_u64(span.end, span.start + room);
    return span;
}

static void move_rows(si_synapse_piece *piece, size_t to, size_t from, size_t count)
{
    const si_edge_rows *rows = &piece->rows;
    memmove(rows->positions + to, rows->positions + from, count * sizeof *rows->positions);
    memmove(rows->target_gids + to, rows->target_gids + from, count * sizeof *rows->target_gids);
    memmove(rows->source_gids + to, rows->source_gids + from, count * sizeof *rows->source_gids);
}

/* Keeps of a span, whose rows begin at piece->count, those that are wanted. */
static void keep_wanted(si_synapse_piece *piece, si_synapse_cursor *cursor, si_edge_range span)
{
    size_t span_row = piece->count;
    while (cursor->range < cursor->range_count) {
        si_edge_range wanted = next_wanted(cursor);
        if (wanted.start >= span.end)
            break;
        uint64_t end = si_min_u64(wanted.end, span.end);
        size_t count = end - wanted.start;
        move_rows(piece, piece->count, span_row + (wanted.start - span.start), count);
        for (size_t i = 0; i < count; i++)
            piece->ids[piece->count + i] = wanted.start + i;
        piece->count += count;
        cursor->next = end;
        if (end == wanted.end)
            cursor->range++;
    }
}

si_result si_synapse_piece_read(si_synapse_piece *piece, si_synapse_cursor *cursor, si_error *error)
{
    piece->count = 0;
    while (cursor->range < cursor->range_count &&
           piece->capacity - piece->count >= piece->capacity / WORTHWHILE_PART) {
        si_edge_range span = span_to_read(cursor, piece->capacity - piece->count);
        const si_edge_rows rows = {
            piece->rows.positions + piece->count,
            piece->rows.target_gids + piece->count,
            piece->rows.source_gids + piece->count,
        };
        SI_TRY(si_sonata_edges_read(cursor->edges, span.start, span.end, &rows, error));
        keep_wanted(piece, cursor, span);
    }
    return SI_OK;
}
