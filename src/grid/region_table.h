/* Sums by region: a hash table of numbers of 128 bits. */
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
    char apart[64]; /* from the next thread's, so that they share no line of a cache */
} si_region_table;

/* `low` and `high` are not both 0. False: out of memory. */
bool si_region_table_add_sum(si_region_table *table, const si_region_sum *sum);

static inline bool si_region_table_add(si_region_table *table, uint64_t region, uint64_t amount)
{
    return si_region_table_add_sum(table, &(si_region_sum){region, amount, 0});
}

/* Adds up all tables in the first one, whose first `used` entries then are the sums by region, in
 * ascending order. The table is good for nothing else then. False: out of memory. */
bool si_region_tables_gather(si_region_table *tables, size_t count, bool is_signed);

void si_region_table_free(si_region_table *table);

#endif
