/* What a grid adds up, and in which units. */
#ifndef SI_GRID_GRID_SUMS_H
#define SI_GRID_GRID_SUMS_H

#include "grid/grid_frame.h"
#include "read/index.h"

typedef struct si_grid_sums {
    si_grid_frame frame;
    si_grid_totals totals;
    const si_filter *filter;
    unsigned threads;
    uint64_t voxel_count;
} si_grid_sums;

/* Checks the grid and sets everything but the totals. `sums` must not be moved afterwards. */
si_result si_grid_sums_begin(si_grid_sums *sums, const si_index *index, const si_grid *grid,
                             bool wants_lengths, si_error *error);

/* The same, with totals by region. The tables are freed in any case. */
si_result si_grid_sums_begin_regions(si_grid_sums *sums, const si_index *index, const si_grid *grid,
                                     const si_regions *regions, bool wants_lengths,
                                     si_error *error);
void si_grid_sums_free_tables(si_grid_sums *sums);

/* A sum of 128 bits, in units, as micrometres. */
double si_grid_micrometres(const si_grid_frame *frame, uint64_t low, uint64_t high);

#endif
