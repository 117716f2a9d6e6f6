#include "index/extract.h"

#include "base/arithmetic.h"
#include "geometry/kernel_set.h"
#include "index/search.h"

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

static void skip_elements(const si_element_type *type, si_columns *columns, uint64_t count)
{
    for (unsigned i = 0; i < type->float_count; i++)
        columns->floats[i] += count;
    for (unsigned i = 0; i < type->word_count; i++)
        columns->words[i] += count;
    for (unsigned i = 0; i < type->byte_count; i++)
        columns->bytes[i] += count;
}

static void select_bytes(const uint8_t *column, uint64_t mask, uint8_t *values)
{
    for (; mask; mask &= mask - 1)
        *values++ = column[__builtin_ctzll(mask)];
}

/* Only of the columns that are needed. */
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

static void append_leaf(si_extractor *extractor, uint64_t leaf, uint64_t mask)
{
    selected_leaf selected;
    uint64_t count = si_min_u64((uint64_t)__builtin_popcountll(mask),
                                extractor->capacity - extractor->filled);
    si_columns columns = si_index_leaf_columns(extractor->index, leaf);
    unsigned first = (unsigned)__builtin_ctzll(mask);
    uint64_t from_first = mask >> first;
    if ((from_first & (from_first + 1)) == 0)
        skip_elements(extractor->index->type, &columns, first);
    else
        select_elements(extractor, &columns, mask, &selected);
    append(extractor, &columns, count);
}

/* ---- leaves that wait ---- */

static void prefetch_leaf(const si_extractor *extractor, uint64_t leaf)
{
    enum { LINE_WORDS = 8 };
    const si_index *index = extractor->index;
    uint64_t first = leaf * SI_LEAF_CAPACITY;
    for (unsigned set = extractor->needed.words; set; set &= set - 1)
        for (unsigned i = 0; i < SI_LEAF_CAPACITY; i += LINE_WORDS)
            __builtin_prefetch(si_index_words(index, (unsigned)__builtin_ctz(set)) + first + i);
    for (unsigned set = extractor->needed.bytes; set; set &= set - 1)
        __builtin_prefetch(si_index_bytes(index, (unsigned)__builtin_ctz(set)) + first);
}

static void append_first(si_extractor *extractor)
{
    unsigned place = extractor->first_waiting++ % SI_EXTRACTS_WAITING;
    extractor->waiting_count--;
    append_leaf(extractor, extractor->waiting[place].leaf, extractor->waiting[place].mask);
}

void si_extractor_add(si_extractor *extractor, uint64_t leaf, uint64_t mask)
{
    if (extractor->waiting_count == SI_EXTRACTS_WAITING)
        append_first(extractor);
    unsigned place = extractor->first_waiting + extractor->waiting_count++;
    extractor->waiting[place % SI_EXTRACTS_WAITING] = (si_waiting_leaf){leaf, mask};
    prefetch_leaf(extractor, leaf);
}

void si_extractor_flush(si_extractor *extractor)
{
    while (extractor->waiting_count > 0)
        append_first(extractor);
}

/* ---- runs ---- */

void si_extractor_add_run(si_extractor *extractor, uint64_t first, uint64_t end)
{
    si_extractor_flush(extractor);
    uint64_t room = extractor->capacity - extractor->filled;
    uint64_t count = si_min_u64(si_leaves_size(extractor->index, first, end), room);
    si_columns columns = si_index_leaf_columns(extractor->index, first);
    /* Words and bytes of a run lie side by side, floats only those of a leaf. */
    if (!extractor->needed.floats) {
        append(extractor, &columns, count);
        return;
    }
    for (; count > 0; first++) {
        uint64_t some = si_min_u64(count, SI_LEAF_CAPACITY);
        columns = si_index_leaf_columns(extractor->index, first);
        append(extractor, &columns, some);
        count -= some;
    }
}
