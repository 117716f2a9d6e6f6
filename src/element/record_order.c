/* Comparison of two records, cheapest first: records with the same floats need no curve. */
#include "element/record_order.h"

#include <string.h>

#include "element/record.h"

si_grid_cell si_record_cell(const si_element_type *type, const char *record)
{
    float centroid[3];
    si_record_centroid(type, record, centroid);
    return si_grid_cell_of(centroid);
}

static int compare_words(const char *a, const char *b, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t left, right;
        memcpy(&left, a + i * sizeof left, sizeof left);
        memcpy(&right, b + i * sizeof right, sizeof right);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return 0;
}

static int compare_float_bits(const char *a, const char *b, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint32_t left, right;
        memcpy(&left, a + i * sizeof left, sizeof left);
        memcpy(&right, b + i * sizeof right, sizeof right);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return 0;
}

int si_record_compare(const si_element_type *type, const char *a, const char *b)
{
    const char *floats_a = a + si_record_floats_offset(type);
    const char *floats_b = b + si_record_floats_offset(type);
    bool same_floats = memcmp(floats_a, floats_b, type->float_count * sizeof(float)) == 0;
    int order = 0;
    if (!same_floats) {
        si_grid_cell cell_a = si_record_cell(type, a), cell_b = si_record_cell(type, b);
        order = si_hilbert_compare(&cell_a, &cell_b);
    }
    if (order == 0)
        order = compare_words(a, b, type->word_count);
    if (order == 0)
        order = memcmp(a + si_record_bytes_offset(type), b + si_record_bytes_offset(type),
                       type->byte_count);
    if (order == 0 && !same_floats)
        order = compare_float_bits(floats_a, floats_b, type->float_count);
    return order;
}
