/* Hashing with open addressing and linear probing. */
#include "grid/region_table.h"

#include <stdlib.h>

#include "base/memory.h"

/* The capacity is a power of two, and at most half of it is used. */
#define FIRST_CAPACITY 1024

static bool is_free(const si_region_sum *sum)
{
    return sum->low == 0 && sum->high == 0;
}

static size_t find_place(const si_region_table *table, uint64_t region)
{
    /* Multiplicative hashing, as in group_counts.c. */
    unsigned bits = (unsigned)__builtin_ctzll(table->capacity);
    size_t place = (size_t)(region * UINT64_C(0x9E3779B97F4A7C15) >> (64 - bits));
    while (!is_free(&table->sums[place]) && table->sums[place].region != region)
        place = (place + 1) & (table->capacity - 1);
    return place;
}

static bool grow_table(si_region_table *table)
{
    si_region_table larger = *table;
    larger.capacity = table->capacity ? 2 * table->capacity : FIRST_CAPACITY;
    larger.sums = si_allocate_zeroed(larger.capacity, sizeof *larger.sums);
    if (!larger.sums)
        return false;
    for (size_t i = 0; i < table->capacity; i++)
        if (!is_free(&table->sums[i]))
            larger.sums[find_place(&larger, table->sums[i].region)] = table->sums[i];
    si_free(table->sums);
    *table = larger;
    return true;
}

bool si_region_table_add_sum(si_region_table *table, const si_region_sum *sum)
{
    if (2 * table->used >= table->capacity && !grow_table(table))
        return false;
    si_region_sum *own = &table->sums[find_place(table, sum->region)];
    if (is_free(own)) {
        own->region = sum->region;
        table->used++;
    }
    own->low += sum->low;
    own->high += sum->high + (own->low < sum->low);
    return true;
}

static bool add_table(si_region_table *table, const si_region_table *other)
{
    for (size_t i = 0; i < other->capacity; i++)
        if (!is_free(&other->sums[i]) && !si_region_table_add_sum(table, &other->sums[i]))
            return false;
    return true;
}

static int compare_unsigned(const void *a, const void *b)
{
    uint64_t left = ((const si_region_sum *)a)->region, right = ((const si_region_sum *)b)->region;
    return (left > right) - (left < right);
}

static int compare_signed(const void *a, const void *b)
{
    int64_t left = (int64_t)((const si_region_sum *)a)->region;
    int64_t right = (int64_t)((const si_region_sum *)b)->region;
    return (left > right) - (left < right);
}

bool si_region_tables_gather(si_region_table *tables, size_t count, bool is_signed)
{
    size_t used = 0;
    for (size_t i = 1; i < count; i++)
        if (!add_table(&tables[0], &tables[i]))
            return false;
    for (size_t i = 0; i < tables[0].capacity; i++)
        if (!is_free(&tables[0].sums[i]))
            tables[0].sums[used++] = tables[0].sums[i];
    if (used > 0)
        qsort(tables[0].sums, used, sizeof *tables[0].sums,
              is_signed ? compare_signed : compare_unsigned);
    return true;
}

void si_region_table_free(si_region_table *table)
{
    si_free(table->sums);
    *table = (si_region_table){0};
}
