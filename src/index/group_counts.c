/* Counts of results by the value of an integer field. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "index/search.h"

typedef struct group_entry {
    uint64_t key;
    uint64_t count; /* 0: a free place */
} group_entry;

/* Open addressing with linear probing; the capacity is a power of two, at most half of it is used.
 */
typedef struct group_table {
    group_entry *groups;
    size_t capacity;
    size_t used;
    si_type key_type;
    si_result status;
} group_table;

static size_t place_of(const group_table *table, uint64_t key)
{
    /* The highest bits of a product with 2^64 / golden ratio spread ids that have any pattern in
     * them (Knuth, The Art of Computer Programming 3, 6.4). */
    unsigned bits = (unsigned)__builtin_ctzll(table->capacity);
    size_t place = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> (64 - bits));
    while (table->groups[place].count && table->groups[place].key != key)
        place = (place + 1) & (table->capacity - 1);
    return place;
}

static si_result grow(group_table *table)
{
    group_table larger = *table;
    larger.capacity = table->capacity ? 2 * table->capacity : 1024;
    larger.groups = si_allocate_zeroed(larger.capacity, sizeof *larger.groups);
    if (!larger.groups)
        return SI_ERROR_MEMORY;
    for (size_t i = 0; i < table->capacity; i++)
        if (table->groups[i].count)
            larger.groups[place_of(&larger, table->groups[i].key)] = table->groups[i];
    si_free(table->groups);
    *table = larger;
    return SI_OK;
}

static si_result add(group_table *table, uint64_t key)
{
    if (2 * table->used >= table->capacity)
        SI_TRY(grow(table));
    group_entry *entry = &table->groups[place_of(table, key)];
    if (entry->count++ == 0) {
        entry->key = key;
        table->used++;
    }
    return SI_OK;
}

static uint64_t key_at(const group_table *table, const void *values, uint64_t i)
{
    switch (table->key_type) {
    case SI_TYPE_UINT8:
        return ((const uint8_t *)values)[i];
    case SI_TYPE_UINT32:
        return ((const uint32_t *)values)[i];
    default: /* SI_TYPE_UINT64: check_key lets no other through */
        return ((const uint64_t *)values)[i];
    }
}

static int add_batch(void *context, const si_column *columns, size_t column_count, uint64_t count)
{
    group_table *table = context;
    (void)column_count;
    for (uint64_t i = 0; i < count && table->status == SI_OK; i++)
        table->status = add(table, key_at(table, columns[0].data, i));
    return table->status != SI_OK;
}

static int compare_keys(const void *a, const void *b)
{
    uint64_t left = ((const group_entry *)a)->key, right = ((const group_entry *)b)->key;
    return (left > right) - (left < right);
}

static void gather_used(group_table *table)
{
    size_t used = 0;
    for (size_t i = 0; i < table->capacity; i++)
        if (table->groups[i].count)
            table->groups[used++] = table->groups[i];
    qsort(table->groups, used, sizeof *table->groups, compare_keys);
}

static si_result hand_out(group_table *table, si_group_counts *groups, si_error *error)
{
    uint64_t *keys = si_allocate(table->used, sizeof *keys);
    uint64_t *counts = si_allocate(table->used, sizeof *counts);
    if (!keys || !counts) {
        si_free(keys);
        si_free(counts);
        return si_fail_memory(error);
    }
    if (table->used)
        gather_used(table);
    for (size_t i = 0; i < table->used; i++) {
        keys[i] = table->groups[i].key;
        counts[i] = table->groups[i].count;
    }
    *groups = (si_group_counts){table->used, keys, counts};
    return SI_OK;
}

static si_result check_key(const si_index *index, si_field field, si_type *type, si_error *error)
{
    const si_field_info *info = si_element_field(index->layout.kind, field);
    if (!info)
        return si_fail(error, SI_ERROR_ARGUMENT, "a %s index has no field %d", index->type->name,
                       (int)field);
    if (info->components != 1 || (info->type != SI_TYPE_UINT8 && info->type != SI_TYPE_UINT32 &&
                                  info->type != SI_TYPE_UINT64))
        return si_fail(error, SI_ERROR_ARGUMENT, "cannot group by %s: it is no integer",
                       info->name);
    *type = info->type;
    return SI_OK;
}

si_result si_index_count_groups(const si_index *index, const si_query *query, si_field field,
                                si_group_counts *groups, si_error *error)
{
    group_table table = {0};
    SI_TRY(check_key(index, field, &table.key_type, error));
    si_result status = si_index_visit(index, query, &field, 1, add_batch, &table, error);
    if (status == SI_OK && table.status != SI_OK)
        status = si_fail_memory(error);
    if (status == SI_OK)
        status = hand_out(&table, groups, error);
    si_free(table.groups);
    return status;
}

void si_group_counts_free(si_group_counts *groups)
{
    if (!groups)
        return;
    si_free(groups->keys);
    si_free(groups->counts);
    memset(groups, 0, sizeof *groups);
}
