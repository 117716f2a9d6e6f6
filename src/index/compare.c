/* Whether two indexes hold the same elements. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "index/index.h"
#include "index/record.h"
#include "index/sort.h"
#include "index/stored_record.h"

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

/* The first position where the elements differ; the shorter index's count where one begins like the
 * other. */
static uint64_t first_difference(const si_index *left, const si_index *right)
{
    uint64_t count = si_min_u64(left->layout.element_count, right->layout.element_count);
    const si_element_type *type = left->type;
    size_t bytes = si_record_bytes_offset(type) + type->byte_count;
    for (uint64_t i = 0; i < count; i++) {
        char a[SI_MAX_RECORD_BYTES], b[SI_MAX_RECORD_BYTES];
        read_record(left, i, a);
        read_record(right, i, b);
        if (memcmp(a, b, bytes) != 0)
            return i;
    }
    return count;
}

static void describe_difference(const si_index *left, const si_index *right, uint64_t position,
                                char *difference, size_t size)
{
    uint64_t left_count = left->layout.element_count, right_count = right->layout.element_count;
    char a[SI_MAX_RECORD_BYTES], b[SI_MAX_RECORD_BYTES], element[128];
    bool left_has = position < left_count, right_has = position < right_count;
    if (left_has)
        read_record(left, position, a);
    if (right_has)
        read_record(right, position, b);
    bool only_left = !right_has || (left_has && si_record_compare(left->type, a, b) < 0);
    si_record_describe(left->layout.kind, only_left ? a : b, element, sizeof element);
    say(difference, size, "%llu and %llu elements; the first difference: %s is only in the %s one",
        (unsigned long long)left_count, (unsigned long long)right_count, element,
        only_left ? "first" : "second");
}

si_result si_index_compare(const si_index *left, const si_index *right, int *same, char *difference,
                           size_t difference_size, si_error *error)
{
    (void)error;
    *same = 0;
    if (left->layout.kind != right->layout.kind) {
        say(difference, difference_size, "the first is of type %s, the second of type %s",
            left->type->name, right->type->name);
        return SI_OK;
    }
    uint64_t position = first_difference(left, right);
    *same = position == left->layout.element_count && position == right->layout.element_count;
    if (!*same)
        describe_difference(left, right, position, difference, difference_size);
    return SI_OK;
}
