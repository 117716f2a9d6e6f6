/*
 * The sums of a grid: a number for each voxel, or for each region.
 *
 * Everything is added as integers, lengths in a small unit, so that sums do not depend on the order
 * in which threads add.
 */
#ifndef SI_GRID_GRID_TOTALS_H
#define SI_GRID_GRID_TOTALS_H

#include <stdbool.h>

#include "base/error.h"
#include "grid/region_table.h"

typedef struct si_grid_totals {
    /* A number of 128 bits for each voxel; `high` is NULL if 64 bits are enough. Unused with
     * regions. */
    uint64_t *low;
    uint64_t *high;
    si_regions regions;
    si_region_table *tables; /* one for each thread; unused without regions */
} si_grid_totals;

/* Threads may add at the same time, each with its own number. False: out of memory. */
bool si_grid_totals_add(si_grid_totals *totals, unsigned worker, uint64_t voxel, uint64_t amount);

/* The region of a voxel; signed ids are extended to 64 bits. */
uint64_t si_region_of(const si_regions *regions, uint64_t voxel);

#endif
