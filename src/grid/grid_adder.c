/* Emptying the table of sums into the totals. */
#include "grid/grid_adder.h"

void si_grid_adder_replace(si_grid_adder *adder, struct si_grid_sum *sum, uint64_t voxel)
{
    if (!si_grid_totals_add(adder->totals, adder->worker, sum->voxel, sum->sum))
        adder->out_of_memory = true;
    *sum = (struct si_grid_sum){voxel, 0};
}

void si_grid_adder_flush(si_grid_adder *adder)
{
    for (unsigned i = 0; i < 1 << SI_GRID_ADDER_BITS; i++)
        si_grid_adder_replace(adder, &adder->sums[i], 0);
}
