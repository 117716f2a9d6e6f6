/* Which rows of a column are wanted, and where they go: few large reads instead of many small. */
#ifndef SI_SONATA_SONATA_ROWS_H
#define SI_SONATA_SONATA_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* The k-th row, in ascending order, and its position in the result. */
typedef struct si_rows {
    uint64_t count;
    uint64_t first;      /* where `rows` is NULL, row k is first + k */
    uint64_t *rows;      /* ascending, duplicates kept */
    uint64_t *positions; /* NULL: k */
} si_rows;

/* Rows first .. first+count-1, in order. */
si_rows si_rows_range(uint64_t first, uint64_t count);

/* Row rows[i] goes to positions[i], or to i where `positions` is NULL. Copies both. */
si_result si_rows_list(const uint64_t *rows, const uint64_t *positions, uint64_t count,
                       si_rows *list, si_error *error);
void si_rows_free(si_rows *rows);

static inline uint64_t si_rows_row(const si_rows *rows, uint64_t k)
{
    return rows->rows ? rows->rows[k] : rows->first + k;
}

static inline uint64_t si_rows_position(const si_rows *rows, uint64_t k)
{
    return rows->positions ? rows->positions[k] : k;
}

/* Rows that are read at once: those asked for, and the few between them. */
typedef struct si_row_piece {
    uint64_t start; /* first row */
    uint64_t length;
    uint64_t begin; /* the k of the rows asked for: begin .. end-1 */
    uint64_t end;
} si_row_piece;

/* The next piece, of at most `limit` rows; start with a zero-initialised one. False: no more. */
bool si_rows_next(const si_rows *rows, uint64_t limit, si_row_piece *piece);

#endif
