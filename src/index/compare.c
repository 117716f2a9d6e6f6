/* Whether two indexes hold the same elements. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "index/index.h"
#include "index/record.h"
#include "index/sort.h"

/*
 * Elements stand in a total order that depends on them alone, so two indexes with the same elements
 * have them in the same places, and where they part, the smaller one is missing in the other.
 */

#define RECORD_BYTES_MAX (SI_MAX_WORDS * 8 + SI_MAX_FLOATS * 4 + 8)

static void read_record(const si_index *index, uint64_t position, char record[RECORD_BYTES_MAX])
{
    const si_element_type *type = index->type;
    si_columns leaf = si_index_leaf_columns(index, position / SI_LEAF_CAPACITY);
    uint64_t slot = position % SI_LEAF_CAPACITY;
    char *to = record;
    memset(record, 0, RECORD_BYTES_MAX);
    for (unsigned i = 0; i < type->word_count; i++, to += sizeof(uint64_t))
        memcpy(to, &leaf.words[i][slot], sizeof(uint64_t));
    for (unsigned i = 0; i < type->float_count; i++, to += sizeof(float))
        memcpy(to, &leaf.floats[i][slot], sizeof(float));
    for (unsigned i = 0; i < type->byte_count; i++, to++)
        *to = (char)leaf.bytes[i][slot];
}

static void describe_record(const si_index *index, const char *record, char *text, size_t size)
{
    uint64_t words[SI_MAX_WORDS] = {0};
    memcpy(words, record, index->type->word_count * sizeof *words);
    si_segment_ids ids = si_unpack_segment_ids(words[0]);
    if (index->layout.kind == SI_MORPHOLOGY)
        snprintf(text, size, "gid %llu, section %u, segment %u", (unsigned long long)ids.gid,
                 ids.section_id, ids.segment_id);
    else if (index->layout.kind == SI_SYNAPSE)
        snprintf(text, size, "id %llu, post_gid %llu, pre_gid %llu", (unsigned long long)words[0],
                 (unsigned long long)words[1], (unsigned long long)words[2]);
    else
        snprintf(text, size, "id %llu", (unsigned long long)words[0]);
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
        char a[RECORD_BYTES_MAX], b[RECORD_BYTES_MAX];
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
    char a[RECORD_BYTES_MAX], b[RECORD_BYTES_MAX], element[128];
    bool left_has = position < left_count, right_has = position < right_count;
    if (left_has)
        read_record(left, position, a);
    if (right_has)
        read_record(right, position, b);
    bool only_left = !right_has || (left_has && si_record_compare(left->type, a, b) < 0);
    describe_record(left, only_left ? a : b, element, sizeof element);
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
