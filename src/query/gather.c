/*
 * Gathering the values of found elements.
 *
 * Of a leaf with gaps, each column that is needed is first compressed to the found elements by a
 * kernel; elements that lie side by side are read where they are. The kind's extraction of each
 * field then writes the values to the caller's column.
 */
#include "query/gather.h"

#include <assert.h>

#include "base/arithmetic.h"
#include "base/bits.h"
#include "kernels/kernel_set.h"
#include "query/delta_search.h"
#include "query/tree.h"

/* The values of some elements of a leaf, side by side. */
typedef struct selected_leaf {
    float floats[SI_MAX_FLOATS][SI_LEAF_CAPACITY];
    uint64_t words[SI_MAX_WORDS][SI_LEAF_CAPACITY];
    uint8_t bytes[SI_MAX_BYTES][SI_LEAF_CAPACITY];
} selected_leaf;

si_result si_gather_check(const si_index *index, const si_column *columns, size_t column_count,
                          bool needs_data, si_error *error)
{
    for (size_t i = 0; i < column_count; i++) {
        if (!si_element_field(index->layout.kind, columns[i].field))
            return si_fail(error, SI_ERROR_ARGUMENT, "a %s index has no field %d",
                           index->type->name, (int)columns[i].field);
        if (needs_data && !columns[i].data)
            return si_fail(error, SI_ERROR_ARGUMENT, "the data of column %zu is NULL", i);
    }
    return SI_OK;
}

void si_columns_from_row(const si_index *index, const si_column *columns, size_t column_count,
                         uint64_t first, si_column *rest)
{
    for (size_t i = 0; i < column_count; i++) {
        size_t size = index->type->extractions[columns[i].field].size;
        rest[i] = (si_column){columns[i].field, (char *)columns[i].data + first * size};
    }
}

void si_gather_start(si_gather *gather, const si_index *index, const si_column *columns,
                     size_t column_count, uint64_t capacity)
{
    *gather = (si_gather){
        .index = index, .columns = columns, .column_count = column_count, .capacity = capacity};
    for (size_t i = 0; i < column_count; i++) {
        const si_column_set *needed = &index->type->extractions[columns[i].field].needed;
        gather->needed.floats |= needed->floats;
        gather->needed.words |= needed->words;
        gather->needed.bytes |= needed->bytes;
    }
}

/* Writes `count` values of every field from columns that hold them side by side. */
static void append(si_gather *gather, const si_columns *columns, uint64_t count)
{
    const si_element_type *type = gather->index->type;
    for (size_t i = 0; i < gather->column_count; i++) {
        const si_column *column = &gather->columns[i];
        const si_extraction *extraction = &type->extractions[column->field];
        extraction->extract(columns, count,
                            (char *)column->data + gather->filled * extraction->size);
    }
    gather->filled += count;
}

/* The columns that are needed, from element `slot` of a leaf on. */
static void locate_columns(const si_gather *gather, uint64_t leaf, unsigned slot,
                           si_columns *columns)
{
    const si_index *index = gather->index;
    uint64_t first = leaf * SI_LEAF_CAPACITY + slot;
    for (unsigned set = gather->needed.floats; set; set &= set - 1) {
        unsigned i = (unsigned)__builtin_ctz(set);
        columns->floats[i] = si_index_leaf_floats(index, leaf) + i * SI_LEAF_CAPACITY + slot;
    }
    for (unsigned set = gather->needed.words; set; set &= set - 1) {
        unsigned i = (unsigned)__builtin_ctz(set);
        columns->words[i] = si_index_words(index, i) + first;
    }
    for (unsigned set = gather->needed.bytes; set; set &= set - 1) {
        unsigned i = (unsigned)__builtin_ctz(set);
        columns->bytes[i] = si_index_bytes(index, i) + first;
    }
}

static void select_bytes(const uint8_t *column, uint64_t mask, uint8_t *values)
{
    for (; mask; mask &= mask - 1)
        *values++ = column[__builtin_ctzll(mask)];
}

static void select_elements(const si_gather *gather, si_columns *columns, uint64_t mask,
                            selected_leaf *selected)
{
    const si_kernel_set *kernels = si_kernels();
    for (unsigned set = gather->needed.floats; set; set &= set - 1) {
        unsigned i = (unsigned)__builtin_ctz(set);
        kernels->select_floats(columns->floats[i], mask, selected->floats[i]);
        columns->floats[i] = selected->floats[i];
    }
    for (unsigned set = gather->needed.words; set; set &= set - 1) {
        unsigned i = (unsigned)__builtin_ctz(set);
        kernels->select_words(columns->words[i], mask, selected->words[i]);
        columns->words[i] = selected->words[i];
    }
    for (unsigned set = gather->needed.bytes; set; set &= set - 1) {
        unsigned i = (unsigned)__builtin_ctz(set);
        select_bytes(columns->bytes[i], mask, selected->bytes[i]);
        columns->bytes[i] = selected->bytes[i];
    }
}

static void append_elements(si_gather *gather, uint64_t leaf, uint64_t mask)
{
    si_columns columns;
    selected_leaf selected;
    uint64_t count = si_min_u64(si_bit_count(mask), gather->capacity - gather->filled);
    unsigned first = (unsigned)__builtin_ctzll(mask);
    uint64_t from_first = mask >> first;
    bool is_run = (from_first & (from_first + 1)) == 0;
    locate_columns(gather, leaf, is_run ? first : 0, &columns);
    if (!is_run)
        select_elements(gather, &columns, mask, &selected);
    append(gather, &columns, count);
}

static void append_leaves(si_gather *gather, uint64_t first, uint64_t end)
{
    si_columns columns;
    uint64_t count = si_min_u64(si_tree_element_count(gather->index, first, end),
                                gather->capacity - gather->filled);
    /* Words and bytes of a run lie side by side, floats only those of a leaf. */
    uint64_t piece = gather->needed.floats ? SI_LEAF_CAPACITY : UINT64_MAX;
    for (; count > 0; first++) {
        uint64_t some = si_min_u64(count, piece);
        locate_columns(gather, first, 0, &columns);
        append(gather, &columns, some);
        count -= some;
    }
}

/* ---- finds that wait ---- */

/* Of whole leaves, the beginning: the processor prefetches the rest by itself. */
static void prefetch_leaf(const si_gather *gather, uint64_t leaf, uint64_t mask)
{
    enum { LINE_WORDS = 8 };
    si_columns columns;
    locate_columns(gather, leaf, 0, &columns);
    for (unsigned set = gather->needed.words; set; set &= set - 1) {
        const uint64_t *words = columns.words[__builtin_ctz(set)];
        for (uint64_t rest = mask; rest; rest >>= LINE_WORDS, words += LINE_WORDS)
            if (rest & ((1U << LINE_WORDS) - 1))
                __builtin_prefetch(words);
    }
    for (unsigned set = gather->needed.bytes; set; set &= set - 1)
        __builtin_prefetch(columns.bytes[__builtin_ctz(set)]);
    for (unsigned set = gather->needed.floats; set; set &= set - 1)
        __builtin_prefetch(columns.floats[__builtin_ctz(set)]);
}

static void append_first(si_gather *gather)
{
    const si_find *find = &gather->waiting[gather->first_waiting++ % SI_FINDS_WAITING];
    gather->waiting_count--;
    if (find->end_leaf)
        append_leaves(gather, find->first_leaf, find->end_leaf);
    else
        append_elements(gather, find->first_leaf, find->mask);
}

void si_gather_add(si_gather *gather, const si_find *find)
{
    if (gather->waiting_count == SI_FINDS_WAITING)
        append_first(gather);
    unsigned place = gather->first_waiting + gather->waiting_count++;
    gather->waiting[place % SI_FINDS_WAITING] = *find;
    prefetch_leaf(gather, find->first_leaf, find->end_leaf ? UINT64_MAX : find->mask);
}

void si_gather_flush(si_gather *gather)
{
    while (gather->waiting_count > 0)
        append_first(gather);
}

/* ---- inserted elements ---- */

void si_gather_add_inserted(si_gather *gather, const uint64_t *places, uint64_t count)
{
    assert(gather->waiting_count == 0 && gather->filled <= gather->capacity);
    count = si_min_u64(count, gather->capacity - gather->filled);
    if (count == 0)
        return;
    si_delta_copy_columns(si_index_delta(gather->index), places, count, gather->columns,
                          gather->column_count, gather->filled);
    gather->filled += count;
}
