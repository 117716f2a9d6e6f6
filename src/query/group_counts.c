/* Counts of results by the values of integer fields. */
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "query/search.h"

/* Open addressing with linear probing; the capacity is a power of two, at most half of it is used.
 * A group is a row of words: its count, 0 where the place is free, and its keys. */
typedef struct group_table {
    uint64_t *rows;
    size_t row_words;
    size_t capacity;
    size_t used;
    size_t key_count;
    si_type key_types[SI_FIELD_COUNT];
    si_result result;
} group_table;

/* ---- the table ---- */

static bool are_equal(const uint64_t *left, const uint64_t *right, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (left[i] != right[i])
            return false;
    return true;
}

/* The highest bits of a product with 2^64 / golden ratio spread ids that have any pattern in them
 * (Knuth, The Art of Computer Programming 3, 6.4). */
static size_t first_place(const group_table *table, const uint64_t *keys)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < table->key_count; i++)
        hash = ((hash << 23 | hash >> 41) ^ keys[i]) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(hash >> (64 - __builtin_ctzll(table->capacity)));
}

static uint64_t *find_row(const group_table *table, const uint64_t *keys)
{
    size_t place = first_place(table, keys);
    for (;; place = (place + 1) & (table->capacity - 1)) {
        uint64_t *row = table->rows + place * table->row_words;
        if (row[0] == 0 || are_equal(row + 1, keys, table->key_count))
            return row;
    }
}

static si_result grow(group_table *table)
{
    group_table larger = *table;
    larger.capacity = table->capacity ? 2 * table->capacity : 1024;
    larger.rows = si_allocate_zeroed(larger.capacity, larger.row_words * sizeof *larger.rows);
    if (!larger.rows)
        return SI_ERROR_MEMORY;
    for (size_t i = 0; i < table->capacity; i++) {
        const uint64_t *row = table->rows + i * table->row_words;
        if (row[0])
            memcpy(find_row(&larger, row + 1), row, table->row_words * sizeof *row);
    }
    si_free(table->rows);
    *table = larger;
    return SI_OK;
}

static si_result add(group_table *table, const uint64_t *keys)
{
    if (2 * table->used >= table->capacity)
        SI_TRY(grow(table));
    uint64_t *row = find_row(table, keys);
    if (row[0]++ == 0) {
        memcpy(row + 1, keys, table->key_count * sizeof *keys);
        table->used++;
    }
    return SI_OK;
}

/* ---- results as keys ---- */

/* Results whose keys are collected before they are counted. */
#define RESULTS_AT_ONCE 256

static void widen_keys(si_type type, const void *values, uint64_t count, size_t stride,
                       uint64_t *keys)
{
    for (uint64_t i = 0; i < count; i++)
        switch (type) {
        case SI_TYPE_UINT8:
            keys[i * stride] = ((const uint8_t *)values)[i];
            break;
        case SI_TYPE_UINT32:
            keys[i * stride] = ((const uint32_t *)values)[i];
            break;
        default: /* SI_TYPE_UINT64: check_key lets no other through */
            keys[i * stride] = ((const uint64_t *)values)[i];
        }
}

static size_t type_size(si_type type)
{
    return type == SI_TYPE_UINT8 ? 1 : type == SI_TYPE_UINT32 ? 4 : 8;
}

static void add_results(group_table *table, const si_column *columns, uint64_t first,
                        uint64_t count)
{
    uint64_t keys[SI_FIELD_COUNT * RESULTS_AT_ONCE];
    for (size_t i = 0; i < table->key_count; i++)
        widen_keys(table->key_types[i],
                   (const char *)columns[i].data + first * type_size(table->key_types[i]), count,
                   table->key_count, keys + i);
    for (uint64_t i = 0; i < count && table->result == SI_OK; i++)
        table->result = add(table, keys + i * table->key_count);
}

static int add_batch(void *context, const si_column *columns, size_t column_count, uint64_t count)
{
    group_table *table = context;
    (void)column_count;
    for (uint64_t first = 0; first < count; first += RESULTS_AT_ONCE)
        add_results(table, columns, first, si_min_u64(count - first, RESULTS_AT_ONCE));
    return table->result != SI_OK;
}

/* ---- handing out ---- */

static int compare_rows(const void *left, const void *right, void *key_count)
{
    const uint64_t *a = left, *b = right;
    for (size_t i = 1; i <= *(const size_t *)key_count; i++)
        if (a[i] != b[i])
            return a[i] > b[i] ? 1 : -1;
    return 0;
}

static void gather_used(group_table *table)
{
    const size_t row_bytes = table->row_words * sizeof *table->rows;
    size_t used = 0;
    for (size_t i = 0; i < table->capacity; i++) {
        const uint64_t *row = table->rows + i * table->row_words;
        if (row[0])
            memmove(table->rows + used++ * table->row_words, row, row_bytes);
    }
    qsort_r(table->rows, used, row_bytes, compare_rows, &table->key_count);
}

static si_result hand_out(group_table *table, si_group_counts *groups, si_error *error)
{
    const size_t key_count = table->key_count;
    uint64_t *keys = si_allocate(table->used, key_count * sizeof *keys);
    uint64_t *counts = si_allocate(table->used, sizeof *counts);
    if (!keys || !counts) {
        si_free(keys);
        si_free(counts);
        return si_fail_memory(error);
    }
    if (table->used)
        gather_used(table);
    for (size_t i = 0; i < table->used; i++) {
        const uint64_t *row = table->rows + i * table->row_words;
        memcpy(keys + i * key_count, row + 1, key_count * sizeof *keys);
        counts[i] = row[0];
    }
    *groups = (si_group_counts){table->used, keys, counts, key_count};
    return SI_OK;
}

/* ---- what is asked ---- */

static si_result check_key(const si_index *index, si_field field, si_type *type, si_error *error)
{
    const si_field_info *info = si_element_field(index->layout.kind, field);
    if (!info)
        return si_fail(error, SI_ERROR_ARGUMENT, "a %s index has no field %d", index->type->name,
                       (int)field);
    if (info->components != 1 || (info->type != SI_TYPE_UINT8 && info->type != SI_TYPE_UINT32 &&
                                  info->type != SI_TYPE_UINT64))
        return si_fail(error, SI_ERROR_ARGUMENT, "cannot group by %s: it is not an integer field",
                       info->name);
    *type = info->type;
    return SI_OK;
}

static si_result make_table(const si_index *index, const si_field *fields, size_t field_count,
                            group_table *table, si_error *error)
{
    if (field_count == 0 || field_count > SI_FIELD_COUNT)
        return si_fail(error, SI_ERROR_ARGUMENT, "cannot group by %zu fields, expected 1 to %d",
                       field_count, (int)SI_FIELD_COUNT);
    *table = (group_table){.key_count = field_count, .row_words = field_count + 1};
    for (size_t i = 0; i < field_count; i++)
        SI_TRY(check_key(index, fields[i], &table->key_types[i], error));
    return SI_OK;
}

/* What is in the table, unless counting has failed; the table is freed. */
static si_result end_counting(si_result result, group_table *table, si_group_counts *groups,
                              si_error *error)
{
    if (result == SI_OK && table->result != SI_OK)
        result = si_fail_memory(error);
    if (result == SI_OK)
        result = hand_out(table, groups, error);
    si_free(table->rows);
    return result;
}

si_result si_index_count_groups(const si_index *index, const si_query *query,
                                const si_field *fields, size_t field_count, si_group_counts *groups,
                                si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    SI_TRY(si_require(groups, "groups", error));
    if (field_count > 0)
        SI_TRY(si_require(fields, "fields", error));
    group_table table;
    SI_TRY(make_table(index, fields, field_count, &table, error));
    si_result result = si_index_visit(index, query, fields, field_count, add_batch, &table, error);
    return end_counting(result, &table, groups, error);
}

void si_group_counts_free(si_group_counts *groups)
{
    if (!groups)
        return;
    si_free(groups->keys);
    si_free(groups->counts);
    memset(groups, 0, sizeof *groups);
}
