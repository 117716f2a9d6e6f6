/* Adding to voxels by atomic operations, to regions by a table for each thread. */
#include "grid/grid_totals.h"

uint64_t si_region_of(const si_regions *regions, uint64_t voxel)
{
    switch (regions->type) {
    case SI_TYPE_UINT8:
        return ((const uint8_t *)regions->ids)[voxel];
    case SI_TYPE_INT8:
        return (uint64_t)(int64_t)((const int8_t *)regions->ids)[voxel];
    case SI_TYPE_UINT16:
        return ((const uint16_t *)regions->ids)[voxel];
    case SI_TYPE_INT16:
        return (uint64_t)(int64_t)((const int16_t *)regions->ids)[voxel];
    case SI_TYPE_UINT32:
        return ((const uint32_t *)regions->ids)[voxel];
    case SI_TYPE_INT32:
        return (uint64_t)(int64_t)((const int32_t *)regions->ids)[voxel];
    default: /* 64 bits; check_regions refuses all other types */
        return ((const uint64_t *)regions->ids)[voxel];
    }
}

static void add_to_voxel(si_grid_totals *totals, uint64_t voxel, uint64_t amount)
{
    uint64_t before = __atomic_fetch_add(&totals->low[voxel], amount, __ATOMIC_RELAXED);
    if (totals->high && before + amount < before)
        __atomic_fetch_add(&totals->high[voxel], 1, __ATOMIC_RELAXED);
}

bool si_grid_totals_add(si_grid_totals *totals, unsigned worker, uint64_t voxel, uint64_t amount)
{
    if (amount == 0)
        return true;
    if (totals->regions.ids)
        return si_region_table_add(&totals->tables[worker], si_region_of(&totals->regions, voxel),
                                   amount);
    add_to_voxel(totals, voxel, amount);
    return true;
}
