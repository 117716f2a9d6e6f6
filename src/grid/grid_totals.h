/*
 * What a grid adds up: a number for each voxel, or for each region that voxels belong to.
 *
 * Everything is added as integers, lengths in a unit that is small enough: so sums are the same in
 * whichever order threads come.
 */
#ifndef SI_GRID_GRID_TOTALS_H
#define SI_GRID_GRID_TOTALS_H

#include <stdbool.h>

#include "base/error.h"
#include "grid/region_table.h"

typedef struct si_grid_totals {
    /* Of each voxel, a number of 128 bits; `high` NULL: the low 64 are enough. Unused with regions.
     */
    uint64_t *low;
    uint64_t *high;
    si_regions regions;
    si_region_table *tables; /* of each thread; unused without regions */
} si_grid_totals;

/* Any number of threads may do so at once, each with its own number. False: out of memory. */
bool si_grid_totals_add(si_grid_totals *totals, unsigned worker, uint64_t voxel, uint64_t amount);

/* An id of signed integers is extended to 64 bits. */
uint64_t si_region_of(const si_regions *regions, uint64_t voxel);

#endif
