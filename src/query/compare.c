/* Whether two indexes hold the same elements. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "element/record.h"
#include "element/record_order.h"
#include "element/record_read.h"
#include "read/fetch.h"
#include "read/parts.h"
#include "read/sigbus_guard.h"

/*
 * Elements stand in a total order that depends on them alone, so two indexes with the same elements
 * have them in the same places, and where they part, the smaller one is missing in the other.
 */

static void read_record(const si_index *index, uint64_t position, char record[SI_MAX_RECORD_BYTES])
{
    si_columns leaf = si_index_leaf_columns(index, position / SI_LEAF_CAPACITY);
    si_stored_record_read(index->type, &leaf, position % SI_LEAF_CAPACITY, record);
}

static void say(char *difference, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void say(char *difference, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (difference && size > 0)
        vsnprintf(difference, size, format, arguments);
    va_end(arguments);
}

/* Leaves that are read at once. */
#define LEAVES_AT_ONCE 1024

/* Two indexes, of which some leaves are being compared. */
typedef struct comparison {
    const si_index *left;
    const si_index *right;
    si_fetch left_fetch;
    si_fetch right_fetch;
    uint64_t first; /* elements [first, end) */
    uint64_t end;
    uint64_t position; /* of the first difference; `end`: there is none */
} comparison;

static si_result fetch_leaves(si_fetch *fetch, uint64_t first, uint64_t end, si_error *error)
{
    const si_column_set all = {UINT8_MAX, UINT8_MAX, UINT8_MAX};
    si_fetch_release(fetch);
    si_fetch_add_leaves(fetch, all, first / SI_LEAF_CAPACITY, si_divide_up(end, SI_LEAF_CAPACITY));
    return si_fetch_begin(fetch, false, error);
}

static si_result fetch_both(comparison *compared, si_error *error)
{
    SI_TRY(fetch_leaves(&compared->left_fetch, compared->first, compared->end, error));
    SI_TRY(fetch_leaves(&compared->right_fetch, compared->first, compared->end, error));
    SI_TRY(si_fetch_finish(&compared->left_fetch, error));
    return si_fetch_finish(&compared->right_fetch, error);
}

static si_result compare_elements(void *context, si_error *error)
{
    comparison *compared = context;
    const si_element_type *type = compared->left->type;
    size_t bytes = si_record_bytes_offset(type) + type->byte_count;
    (void)error;
    for (uint64_t i = compared->first; i < compared->end; i++) {
        char a[SI_MAX_RECORD_BYTES], b[SI_MAX_RECORD_BYTES];
        read_record(compared->left, i, a);
        read_record(compared->right, i, b);
        compared->position = i;
        if (memcmp(a, b, bytes) != 0)
            return SI_OK;
    }
    compared->position = compared->end;
    return SI_OK;
}

static si_result compare_guarded(void *context, si_error *error)
{
    comparison *compared = context;
    return si_read_guarded(compared->right, compare_elements, compared, error);
}

/* The first position where the elements differ; the shorter index's count where one begins like the
 * other. */
static si_result find_difference(comparison *compared, si_error *error)
{
    uint64_t count = si_min_u64(compared->left->layout.element_count,
                                compared->right->layout.element_count);
    compared->position = 0;
    while (compared->position == compared->end && compared->end < count) {
        compared->first = compared->end;
        compared->end = si_min_u64(compared->first + LEAVES_AT_ONCE * SI_LEAF_CAPACITY, count);
        SI_TRY(fetch_both(compared, error));
        SI_TRY(si_read_guarded(compared->left, compare_guarded, compared, error));
    }
    return SI_OK;
}

/* ---- telling the difference ---- */

typedef struct element_read {
    const si_index *index;
    uint64_t position;
    char *record;
} element_read;

static si_result read_guarded(void *context, si_error *error)
{
    const element_read *read = context;
    (void)error;
    read_record(read->index, read->position, read->record);
    return SI_OK;
}

static si_result read_element(const si_index *index, uint64_t position, char *record,
                              si_error *error)
{
    si_fetch fetch = si_fetch_of(index);
    si_result result = fetch_leaves(&fetch, position, position + 1, error);
    if (result == SI_OK)
        result = si_fetch_finish(&fetch, error);
    if (result == SI_OK)
        result = si_read_guarded(index, read_guarded, &(element_read){index, position, record},
                                 error);
    si_fetch_end(&fetch);
    return result;
}

static si_result describe_difference(const comparison *compared, char *difference, size_t size,
                                     si_error *error)
{
    const si_index *left = compared->left, *right = compared->right;
    uint64_t position = compared->position;
    uint64_t left_count = left->layout.element_count, right_count = right->layout.element_count;
    char a[SI_MAX_RECORD_BYTES], b[SI_MAX_RECORD_BYTES], element[128];
    bool left_has = position < left_count, right_has = position < right_count;
    if (left_has)
        SI_TRY(read_element(left, position, a, error));
    if (right_has)
        SI_TRY(read_element(right, position, b, error));
    bool only_left = !right_has || (left_has && si_record_compare(left->type, a, b) < 0);
    si_record_describe(left->layout.kind, only_left ? a : b, element, sizeof element);
    say(difference, size, "%llu and %llu elements; the first difference: %s is only in the %s one",
        (unsigned long long)left_count, (unsigned long long)right_count, element,
        only_left ? "first" : "second");
    return SI_OK;
}

static si_result compare_packed(const si_index *left, const si_index *right, bool *same,
                                char *difference, size_t difference_size, si_error *error)
{
    comparison compared = {.left = left,
                           .right = right,
                           .left_fetch = si_fetch_of(left),
                           .right_fetch = si_fetch_of(right)};
    *same = false;
    if (left->layout.kind != right->layout.kind) {
        say(difference, difference_size, "the first is of type %s, the second of type %s",
            left->type->name, right->type->name);
        return SI_OK;
    }
    SI_TRY(si_part_map_all(left, error));
    SI_TRY(si_part_map_all(right, error));
    si_result result = find_difference(&compared, error);
    si_fetch_end(&compared.left_fetch);
    si_fetch_end(&compared.right_fetch);
    if (result != SI_OK)
        return result;
    *same = compared.position == left->layout.element_count &&
            compared.position == right->layout.element_count;
    return *same ? SI_OK : describe_difference(&compared, difference, difference_size, error);
}

/* ---- inserted elements ---- */

/* Elements that were inserted stand in no order. So an index into which any were inserted is packed
 * anew, in memory. `*packed`: the index to compare, `*made`: to close afterwards, or NULL. */
static si_result pack_anew(const si_index *index, const si_index **packed, si_index **made,
                           si_error *error)
{
    si_builder *builder;
    *packed = index;
    *made = NULL;
    if (!si_index_delta(index))
        return SI_OK;
    SI_TRY(si_builder_create(index->layout.kind, NULL, NULL, &builder, error));
    si_result result = si_builder_append_index(builder, index, error);
    if (result != SI_OK) {
        si_builder_abort(builder);
        return result;
    }
    SI_TRY(si_builder_finish(builder, made, NULL, error));
    *packed = *made;
    return SI_OK;
}

si_result si_index_compare(const si_index *left, const si_index *right, bool *same,
                           char *difference, size_t difference_size, si_error *error)
{
    SI_TRY(si_require(left, "left", error));
    SI_TRY(si_require(right, "right", error));
    SI_TRY(si_require(same, "same", error));
    const si_index *packed_left, *packed_right;
    si_index *made_left, *made_right = NULL;
    SI_TRY(pack_anew(left, &packed_left, &made_left, error));
    si_result result = pack_anew(right, &packed_right, &made_right, error);
    if (result == SI_OK)
        result = compare_packed(packed_left, packed_right, same, difference, difference_size,
                                error);
    si_index_close(made_left);
    si_index_close(made_right);
    return result;
}
