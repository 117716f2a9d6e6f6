/* Sums by region: a hash table from region ids to numbers of 128 bits. */
#ifndef SI_GRID_REGION_TABLE_H
#define SI_GRID_REGION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct si_region_sum {
    uint64_t region;
    uint64_t low;
    uint64_t high; /* both 0: a free place */
} si_region_sum;

typedef struct si_region_table {
    si_region_sum *sums;
    size_t capacity;
    size_t used;
    char apart[64]; /* keeps the tables of two threads in different cache lines */
} si_region_table;

/* `low` and `high` are not both 0. False: out of memory. */
bool si_region_table_add_sum(si_region_table *table, const si_region_sum *sum);

static inline bool si_region_table_add(si_region_table *table, uint64_t region, uint64_t amount)
{
    return si_region_table_add_sum(table, &(si_region_sum){region, amount, 0});
}

/* Adds all tables to the first one, and turns that into an array: its first `used` entries are the
 * sums by region, in ascending order. Nothing can be added afterwards. False: out of memory. */
bool si_region_tables_gather(si_region_table *tables, size_t count, bool is_signed);

void si_region_table_free(si_region_table *table);

#endif
