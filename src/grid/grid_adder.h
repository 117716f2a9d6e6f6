/*
 * Adds to the totals of a grid, on one thread.
 *
 * Neighbouring elements lie in the same few voxels. Their sums are kept in a small hash table, one
 * place for each voxel, and go to the totals, which threads share, when another voxel needs the
 * place.
 */
#ifndef SI_GRID_GRID_ADDER_H
#define SI_GRID_GRID_ADDER_H

#include "grid/grid_totals.h"

#define SI_GRID_ADDER_BITS 11

/* A sum greater than this goes to the totals. No single amount is greater. */
#define SI_GRID_MOST_AMOUNT (UINT64_C(1) << 62)

/* Everything is 0 at first. */
typedef struct si_grid_adder {
    si_grid_totals *totals;
    unsigned worker;
    bool out_of_memory;
    struct si_grid_sum {
        uint64_t voxel;
        uint64_t sum;
    } sums[1 << SI_GRID_ADDER_BITS];
} si_grid_adder;

void si_grid_adder_replace(si_grid_adder *adder, struct si_grid_sum *sum, uint64_t voxel);

static inline void si_grid_add(si_grid_adder *adder, uint64_t voxel, uint64_t amount)
{
    /* Multiplicative hashing. */
    uint64_t place = voxel * UINT64_C(0x9E3779B97F4A7C15) >> (64 - SI_GRID_ADDER_BITS);
    struct si_grid_sum *sum = &adder->sums[place];
    if (sum->voxel != voxel || sum->sum > SI_GRID_MOST_AMOUNT)
        si_grid_adder_replace(adder, sum, voxel);
    sum->sum += amount;
}

/* Moves all sums to the totals. */
void si_grid_adder_flush(si_grid_adder *adder);

#endif
