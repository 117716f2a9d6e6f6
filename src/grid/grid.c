/* The public functions of grids: counts and lengths by voxel or by region. The index is one pass;
 * the elements of its delta are added as leaves of their own. */
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "grid/grid_leaf.h"
#include "grid/grid_pass.h"
#include "grid/grid_sums.h"
#include "query/filter.h"

/* ---- inserted elements ---- */

/* The elements of rows [first, first + count) of the delta that pass the filter. */
static uint64_t filter_rows(const si_grid_sums *sums, const si_delta *delta, uint64_t first,
                            uint64_t count)
{
    uint64_t mask = UINT64_MAX >> (SI_LEAF_CAPACITY - count), passed = 0;
    if (!sums->filter)
        return mask;
    for (uint64_t i = 0; i < count; i++)
        passed |= (uint64_t)si_filter_passes_id(sums->filter, delta->ids[first + i]) << i;
    return passed;
}

/* Adds the rows of the delta, copied into leaves. */
static void add_rows(const si_grid_sums *sums, const si_delta *delta, si_grid_adder *adder)
{
    float floats[4 * SI_LEAF_CAPACITY] = {0};
    for (uint64_t first = 0; first < delta->count; first += SI_LEAF_CAPACITY) {
        uint64_t count = si_min_u64(SI_LEAF_CAPACITY, delta->count - first);
        for (unsigned column = 0; column < sums->frame.type->float_count; column++)
            memcpy(floats + column * SI_LEAF_CAPACITY, delta->floats[column] + first,
                   count * sizeof *floats);
        si_grid_add_leaf(&sums->frame, adder, floats, filter_rows(sums, delta, first, count));
    }
}

static si_result add_delta(const si_grid_sums *sums, si_delta *delta, si_error *error)
{
    si_grid_adder *adder = si_allocate_zeroed(1, sizeof *adder);
    if (!adder)
        return si_fail_memory(error);
    adder->totals = sums->frame.totals;
    si_delta_lock(delta);
    add_rows(sums, delta, adder);
    si_delta_unlock(delta);
    si_grid_adder_flush(adder);
    si_result result = adder->out_of_memory ? si_fail_memory(error) : SI_OK;
    si_free(adder);
    return result;
}

static si_result add_index(const si_grid_sums *sums, const si_index *index, si_error *error)
{
    si_delta *delta = si_index_delta(index);
    SI_TRY(si_grid_pass(index, &sums->frame, sums->filter, sums->threads, error));
    return delta ? add_delta(sums, delta, error) : SI_OK;
}

/* ---- by voxel ---- */

si_result si_index_grid_counts(const si_index *index, const si_grid *grid, uint64_t *counts,
                               si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    SI_TRY(si_require(grid, "grid", error));
    SI_TRY(si_require(counts, "counts", error));
    si_grid_sums sums;
    SI_TRY(si_grid_sums_begin(&sums, index, grid, false, error));
    memset(counts, 0, sums.voxel_count * sizeof *counts);
    sums.totals.low = counts;
    return add_index(&sums, index, error);
}

si_result si_index_grid_lengths(const si_index *index, const si_grid *grid, double *lengths,
                                si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    SI_TRY(si_require(grid, "grid", error));
    SI_TRY(si_require(lengths, "lengths", error));
    si_grid_sums sums;
    SI_TRY(si_grid_sums_begin(&sums, index, grid, true, error));
    sums.totals.low = si_allocate_zeroed(sums.voxel_count, sizeof *sums.totals.low);
    sums.totals.high = si_allocate_zeroed(sums.voxel_count, sizeof *sums.totals.high);
    si_result result = sums.totals.low && sums.totals.high ? add_index(&sums, index, error)
                                                           : si_fail_memory(error);
    for (uint64_t i = 0; result == SI_OK && i < sums.voxel_count; i++)
        lengths[i] = si_grid_micrometres(&sums.frame, sums.totals.low[i], sums.totals.high[i]);
    si_free(sums.totals.low);
    si_free(sums.totals.high);
    return result;
}

/* ---- by region ---- */

static si_result gather_regions(si_grid_sums *sums, si_error *error)
{
    si_type type = sums->totals.regions.type;
    bool is_signed = type == SI_TYPE_INT8 || type == SI_TYPE_INT16 || type == SI_TYPE_INT32 ||
                     type == SI_TYPE_INT64;
    return si_region_tables_gather(sums->totals.tables, sums->threads, is_signed)
               ? SI_OK
               : si_fail_memory(error);
}

static si_result hand_out_counts(const si_region_table *table, si_group_counts *counts,
                                 si_error *error)
{
    si_group_counts made = {table->used, si_allocate(table->used, sizeof *made.keys),
                            si_allocate(table->used, sizeof *made.counts), 1};
    if (!made.keys || !made.counts) {
        si_group_counts_free(&made);
        return si_fail_memory(error);
    }
    for (size_t i = 0; i < table->used; i++) {
        made.keys[i] = table->sums[i].region;
        made.counts[i] = table->sums[i].low;
    }
    *counts = made;
    return SI_OK;
}

static si_result hand_out_lengths(const si_grid_sums *sums, si_group_lengths *lengths,
                                  si_error *error)
{
    const si_region_table *table = &sums->totals.tables[0];
    si_group_lengths made = {table->used, si_allocate(table->used, sizeof *made.keys),
                             si_allocate(table->used, sizeof *made.lengths)};
    if (!made.keys || !made.lengths) {
        si_group_lengths_free(&made);
        return si_fail_memory(error);
    }
    for (size_t i = 0; i < table->used; i++) {
        const si_region_sum *sum = &table->sums[i];
        made.keys[i] = sum->region;
        made.lengths[i] = si_grid_micrometres(&sums->frame, sum->low, sum->high);
    }
    *lengths = made;
    return SI_OK;
}

si_result si_index_region_counts(const si_index *index, const si_grid *grid,
                                 const si_regions *regions, si_group_counts *counts,
                                 si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    SI_TRY(si_require(grid, "grid", error));
    SI_TRY(si_require(regions, "regions", error));
    SI_TRY(si_require(counts, "counts", error));
    si_grid_sums sums;
    si_result result = si_grid_sums_begin_regions(&sums, index, grid, regions, false, error);
    if (result == SI_OK)
        result = add_index(&sums, index, error);
    if (result == SI_OK)
        result = gather_regions(&sums, error);
    if (result == SI_OK)
        result = hand_out_counts(&sums.totals.tables[0], counts, error);
    si_grid_sums_free_tables(&sums);
    return result;
}

si_result si_index_region_lengths(const si_index *index, const si_grid *grid,
                                  const si_regions *regions, si_group_lengths *lengths,
                                  si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    SI_TRY(si_require(grid, "grid", error));
    SI_TRY(si_require(regions, "regions", error));
    SI_TRY(si_require(lengths, "lengths", error));
    si_grid_sums sums;
    si_result result = si_grid_sums_begin_regions(&sums, index, grid, regions, true, error);
    if (result == SI_OK)
        result = add_index(&sums, index, error);
    if (result == SI_OK)
        result = gather_regions(&sums, error);
    if (result == SI_OK)
        result = hand_out_lengths(&sums, lengths, error);
    si_grid_sums_free_tables(&sums);
    return result;
}

void si_group_lengths_free(si_group_lengths *lengths)
{
    if (!lengths)
        return;
    si_free(lengths->keys);
    si_free(lengths->lengths);
    memset(lengths, 0, sizeof *lengths);
}
