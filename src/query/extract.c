#include "query/extract.h"

#include "base/arithmetic.h"
#include "base/bits.h"
#include "kernels/kernel_set.h"
#include "query/search.h"

/* The values of some elements of a leaf, side by side. */
typedef struct selected_leaf {
    float floats[SI_MAX_FLOATS][SI_LEAF_CAPACITY];
    uint64_t words[SI_MAX_WORDS][SI_LEAF_CAPACITY];
    uint8_t bytes[SI_MAX_BYTES][SI_LEAF_CAPACITY];
} selected_leaf;

void si_extractor_start(si_extractor *extractor, const si_index *index, const si_column *columns,
                        size_t column_count, uint64_t capacity)
{
    *extractor = (si_extractor){
        .index = index, .columns = columns, .column_count = column_count, .capacity = capacity};
    for (size_t i = 0; i < column_count; i++) {
        const si_column_set *needed = &index->type->extractions[columns[i].field].needed;
        extractor->needed.floats |= needed->floats;
        extractor->needed.words |= needed->words;
        extractor->needed.bytes |= needed->bytes;
    }
}

/* Writes `count` values of every field from columns that hold them side by side. */
static void append(si_extractor *extractor, const si_columns *columns, uint64_t count)
{
    const si_element_type *type = extractor->index->type;
    for (size_t i = 0; i < extractor->column_count; i++) {
        const si_column *column = &extractor->columns[i];
        const si_extraction *extraction = &type->extractions[column->field];
        extraction->extract(columns, count,
                            (char *)column->data + extractor->filled * extraction->size);
    }
    extractor->filled += count;
}

/* The columns that are needed, from element `slot` of a leaf on. */
static void locate_columns(const si_extractor *extractor, uint64_t leaf, unsigned slot,
                           si_columns *columns)
{
    const si_index *index = extractor->index;
    uint64_t first = leaf * SI_LEAF_CAPACITY + slot;
    for (unsigned set = extractor->needed.floats; set; set &= set - 1) {
        unsigned i = (unsigned)__builtin_ctz(set);
        columns->floats[i] = si_index_leaf_floats(index, leaf) + i * SI_LEAF_CAPACITY + slot;
    }
    for (unsigned set = extractor->needed.words; set; set &= set - 1) {
        unsigned i = (unsigned)__builtin_ctz(set);
        columns->words[i] = si_index_words(index, i) + first;
    }
    for (unsigned set = extractor->needed.bytes; set; set &= set - 1) {
        unsigned i = (unsigned)__builtin_ctz(set);
        columns->bytes[i] = si_index_bytes(index, i) + first;
    }
}

static void select_bytes(const uint8_t *column, uint64_t mask, uint8_t *values)
{
    for (; mask; mask &= mask - 1)
        *values++ = column[__builtin_ctzll(mask)];
}

static void select_elements(const si_extractor *extractor, si_columns *columns, uint64_t mask,
                            selected_leaf *selected)
{
    const si_kernel_set *kernels = si_kernels();
    for (unsigned set = extractor->needed.floats; set; set &= set - 1) {
        unsigned i = (unsigned)__builtin_ctz(set);
        kernels->select_floats(columns->floats[i], mask, selected->floats[i]);
        columns->floats[i] = selected->floats[i];
    }
    for (unsigned set = extractor->needed.words; set; set &= set - 1) {
        unsigned i = (unsigned)__builtin_ctz(set);
        kernels->select_words(columns->words[i], mask, selected->words[i]);
        columns->words[i] = selected->words[i];
    }
    for (unsigned set = extractor->needed.bytes; set; set &= set - 1) {
        unsigned i = (unsigned)__builtin_ctz(set);
        select_bytes(columns->bytes[i], mask, selected->bytes[i]);
        columns->bytes[i] = selected->bytes[i];
    }
}

static void append_elements(si_extractor *extractor, uint64_t leaf, uint64_t mask)
{
    si_columns columns;
    selected_leaf selected;
    uint64_t count = si_min_u64(si_bit_count(mask), extractor->capacity - extractor->filled);
    unsigned first = (unsigned)__builtin_ctzll(mask);
    uint64_t from_first = mask >> first;
    bool is_run = (from_first & (from_first + 1)) == 0;
    locate_columns(extractor, leaf, is_run ? first : 0, &columns);
    if (!is_run)
        select_elements(extractor, &columns, mask, &selected);
    append(extractor, &columns, count);
}

static void append_leaves(si_extractor *extractor, uint64_t first, uint64_t end)
{
    si_columns columns;
    uint64_t count = si_min_u64(si_leaves_size(extractor->index, first, end),
                                extractor->capacity - extractor->filled);
    /* Words and bytes of a run lie side by side, floats only those of a leaf. */
    uint64_t piece = extractor->needed.floats ? SI_LEAF_CAPACITY : UINT64_MAX;
    for (; count > 0; first++) {
        uint64_t some = si_min_u64(count, piece);
        locate_columns(extractor, first, 0, &columns);
        append(extractor, &columns, some);
        count -= some;
    }
}

/* ---- what waits ---- */

/* Of a run, the beginning: the processor sees by itself that there is more. */
static void prefetch_leaf(const si_extractor *extractor, uint64_t leaf, uint64_t mask)
{
    enum { LINE_WORDS = 8 };
    si_columns columns;
    locate_columns(extractor, leaf, 0, &columns);
    for (unsigned set = extractor->needed.words; set; set &= set - 1) {
        const uint64_t *words = columns.words[__builtin_ctz(set)];
        for (uint64_t rest = mask; rest; rest >>= LINE_WORDS, words += LINE_WORDS)
            if (rest & ((1U << LINE_WORDS) - 1))
                __builtin_prefetch(words);
    }
    for (unsigned set = extractor->needed.bytes; set; set &= set - 1)
        __builtin_prefetch(columns.bytes[__builtin_ctz(set)]);
    for (unsigned set = extractor->needed.floats; set; set &= set - 1)
        __builtin_prefetch(columns.floats[__builtin_ctz(set)]);
}

static void append_first(si_extractor *extractor)
{
    const si_find *find = &extractor->waiting[extractor->first_waiting++ % SI_FINDS_WAITING];
    extractor->waiting_count--;
    if (find->end_leaf)
        append_leaves(extractor, find->first_leaf, find->end_leaf);
    else
        append_elements(extractor, find->first_leaf, find->mask);
}

static void add(si_extractor *extractor, const si_find *find)
{
    if (extractor->waiting_count == SI_FINDS_WAITING)
        append_first(extractor);
    unsigned place = extractor->first_waiting + extractor->waiting_count++;
    extractor->waiting[place % SI_FINDS_WAITING] = *find;
    prefetch_leaf(extractor, find->first_leaf, find->end_leaf ? UINT64_MAX : find->mask);
}

void si_extractor_add_elements(si_extractor *extractor, uint64_t leaf, uint64_t mask)
{
    add(extractor, &(si_find){.first_leaf = leaf, .mask = mask});
}

void si_extractor_add_leaves(si_extractor *extractor, uint64_t first, uint64_t end)
{
    add(extractor, &(si_find){.first_leaf = first, .end_leaf = end});
}

void si_extractor_flush(si_extractor *extractor)
{
    while (extractor->waiting_count > 0)
        append_first(extractor);
}
