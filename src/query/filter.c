/*
 * Filters: tests of the stored integers of elements, one for each condition.
 *
 * The values that pass a test are a set, of bits or a hash table. Where few elements of a leaf are
 * to be tested, each is looked up; where many are, a kernel tests the whole leaf against the bits.
 */
#include "query/filter.h"

#include "base/bits.h"
#include "base/memory.h"
#include "kernels/kernel_set.h"
#include "query/value_set.h"

typedef struct element_test {
    si_stored_integer place;
    si_value_set values;
    si_word_set words; /* the same, for kernels; of words whose set has bits ... */
    si_byte_set bytes; /* ... and of bytes */
} element_test;

struct si_filter {
    si_element_kind kind;
    bool is_quick; /* without tables */
    size_t test_count;
    element_test tests[];
};

/* ---- making ---- */

static si_result fail_no_field(si_element_kind kind, si_field field, si_error *error)
{
    const si_field_info *info = NULL;
    for (int other = SI_POINT; !info && other <= SI_SEGMENT; other++)
        info = si_element_field((si_element_kind)other, field);
    if (info)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "cannot filter by %s: a %s index has no such field", info->name,
                       si_element_kind_name(kind));
    return si_fail(error, SI_ERROR_ARGUMENT, "cannot filter by %d: there is no such field",
                   (int)field);
}

static si_result find_place(si_element_kind kind, si_field field, si_stored_integer *place,
                            si_error *error)
{
    const si_field_info *info = si_element_field(kind, field);
    if (!info)
        return fail_no_field(kind, field, error);
    *place = si_element_type_of(kind)->integers[field];
    if (place->mask == 0)
        return si_fail(error, SI_ERROR_ARGUMENT, "cannot filter by %s: it is not an integer field",
                       info->name);
    return SI_OK;
}

static bool is_among(uint64_t value, const si_condition *condition)
{
    for (size_t i = 0; i < condition->count; i++)
        if (condition->values[i] == value)
            return true;
    return false;
}

/* The stored integers that stand for the values: 0 for 1, and all greater ones for 0. */
static si_result make_zero_test(element_test *test, const si_condition *condition, si_error *error)
{
    bool zero = is_among(1, condition), others = is_among(0, condition);
    return si_value_set_make_range(&test->values, zero ? 0 : 1,
                                   (zero ? 1u : 0u) + (others ? test->place.mask : 0u), error);
}

static void add_bytes(si_byte_set *bytes, const si_condition *condition)
{
    for (size_t i = 0; i < condition->count; i++)
        if (condition->values[i] <= UINT8_MAX)
            si_byte_set_add(bytes, (uint8_t)condition->values[i]);
}

static si_result make_test(si_filter *filter, const si_condition *condition, si_error *error)
{
    element_test *test = &filter->tests[filter->test_count];
    SI_TRY(find_place(filter->kind, condition->field, &test->place, error));
    if (!condition->values && condition->count > 0)
        return si_fail(error, SI_ERROR_ARGUMENT, "the values of a condition are NULL");
    filter->test_count++;
    if (test->place.is_zero)
        SI_TRY(make_zero_test(test, condition, error));
    else
        SI_TRY(si_value_set_make(&test->values, condition->values, condition->count, error));
    if (test->place.is_byte)
        add_bytes(&test->bytes, condition);
    test->words = (si_word_set){.shift = test->place.shift,
                                .mask = test->place.mask,
                                .least = test->values.least,
                                .range = test->values.range,
                                .bits = test->values.bits};
    return SI_OK;
}

static bool has_table(const si_filter *filter)
{
    for (size_t i = 0; i < filter->test_count; i++)
        if (filter->tests[i].values.table)
            return true;
    return false;
}

si_result si_filter_create(si_element_kind kind, const si_condition *conditions,
                           size_t condition_count, si_filter **filter, si_error *error)
{
    SI_TRY(si_require(filter, "filter", error));
    if (!si_element_kind_is_valid((uint32_t)kind))
        return si_fail(error, SI_ERROR_ARGUMENT, "%d is not an element kind", (int)kind);
    if (condition_count > SI_FIELD_COUNT)
        return si_fail(error, SI_ERROR_ARGUMENT, "a filter of %zu conditions, expected at most %d",
                       condition_count, (int)SI_FIELD_COUNT);
    if (!conditions && condition_count > 0)
        return si_fail(error, SI_ERROR_ARGUMENT, "the conditions of a filter are NULL");
    si_filter *made = si_allocate_zeroed(1, sizeof *made + condition_count * sizeof made->tests[0]);
    if (!made)
        return si_fail_memory(error);
    made->kind = kind;
    si_result result = SI_OK;
    for (size_t i = 0; result == SI_OK && i < condition_count; i++)
        result = make_test(made, &conditions[i], error);
    made->is_quick = !has_table(made);
    if (result == SI_OK)
        *filter = made;
    else
        si_filter_free(made);
    return result;
}

void si_filter_free(si_filter *filter)
{
    if (!filter)
        return;
    for (size_t i = 0; i < filter->test_count; i++)
        si_value_set_free(&filter->tests[i].values);
    si_free(filter);
}

si_result si_filter_check(const si_filter *filter, const si_index *index, si_error *error)
{
    if (filter && filter->kind != index->layout.kind)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the filter is for %s elements, but the index holds %s elements",
                       si_element_kind_name(filter->kind), index->type->name);
    return SI_OK;
}

/* ---- testing ---- */

/* From so many on it costs less to test all of a leaf, side by side. */
enum { MANY_WORDS = 12, MANY_BYTES = 4 };

static uint64_t value_at(const si_stored_integer *place, const si_index *index, uint64_t position)
{
    if (place->is_byte)
        return si_index_bytes(index, place->column)[position];
    return si_index_words(index, place->column)[position] >> place->shift & place->mask;
}

static uint64_t test_some(const element_test *test, const si_index *index, uint64_t first,
                          uint64_t mask)
{
    uint64_t passed = 0;
    for (; mask; mask &= mask - 1) {
        unsigned slot = (unsigned)__builtin_ctzll(mask);
        uint64_t value = value_at(&test->place, index, first + slot);
        passed |= (uint64_t)si_value_set_holds(&test->values, value) << slot;
    }
    return passed;
}

static uint64_t test_leaf(const element_test *test, const si_index *index, uint64_t leaf,
                          uint64_t mask)
{
    const si_stored_integer *place = &test->place;
    uint64_t first = leaf * SI_LEAF_CAPACITY;
    if (!test->values.table && !test->values.bits)
        return 0;
    if (test->values.table || si_bit_count(mask) < (place->is_byte ? MANY_BYTES : MANY_WORDS))
        return test_some(test, index, first, mask);
    if (place->is_byte)
        return mask & si_kernels()->bytes_among(si_index_bytes(index, place->column) + first,
                                                &test->bytes);
    return mask &
           si_kernels()->words_among(si_index_words(index, place->column) + first, &test->words);
}

uint64_t si_filter_leaf(const si_filter *filter, const si_index *index, uint64_t leaf,
                        uint64_t mask)
{
    for (size_t i = 0; mask && i < filter->test_count; i++)
        mask = test_leaf(&filter->tests[i], index, leaf, mask);
    return mask;
}

bool si_filter_is_quick(const si_filter *filter)
{
    return filter->is_quick;
}

void si_filter_prefetch(const si_filter *filter, const si_index *index, uint64_t leaf)
{
    enum { LINE_BYTES = 64 };
    uint64_t first = leaf * SI_LEAF_CAPACITY;
    for (size_t i = 0; i < filter->test_count; i++) {
        const si_stored_integer *place = &filter->tests[i].place;
        const char *values = place->is_byte
                                 ? (const char *)(si_index_bytes(index, place->column) + first)
                                 : (const char *)(si_index_words(index, place->column) + first);
        size_t bytes = SI_LEAF_CAPACITY * (place->is_byte ? 1 : sizeof(uint64_t));
        for (size_t at = 0; at < bytes; at += LINE_BYTES)
            __builtin_prefetch(values + at);
    }
}

void si_filter_add_columns(const si_filter *filter, si_column_set *columns)
{
    for (size_t i = 0; i < filter->test_count; i++) {
        const si_stored_integer *place = &filter->tests[i].place;
        if (place->is_byte)
            columns->bytes |= (uint8_t)(1u << place->column);
        else
            columns->words |= (uint8_t)(1u << place->column);
    }
}

bool si_filter_passes_id(const si_filter *filter, uint64_t id)
{
    for (size_t i = 0; i < filter->test_count; i++)
        if (!si_value_set_holds(&filter->tests[i].values, id))
            return false;
    return true;
}
