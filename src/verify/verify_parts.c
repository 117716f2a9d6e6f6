/* What single parts cannot show: the order from the last element of a part to the first one of the
 * next, and the nodes of the manifest against the lowest nodes of all parts. */
#include "verify/verify_parts.h"

#include <assert.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/file.h"
#include "base/memory.h"
#include "element/record_order.h"
#include "element/record_read.h"
#include "format/nodes.h"

static_assert(SI_MAX_RECORD_BYTES <= sizeof((si_parts_check *)0)->last_record, "a record fits");

/* ---- the order ---- */

static si_result read_stored_record(const si_header_content *header, int descriptor,
                                    const char *path, uint64_t element,
                                    char record[SI_MAX_RECORD_BYTES], si_error *error)
{
    const si_layout *layout = &header->layout;
    const si_element_type *type = si_element_type_of(layout->kind);
    float floats[SI_MAX_FLOATS];
    uint64_t words[SI_MAX_WORDS];
    uint8_t bytes[SI_MAX_BYTES];
    si_columns columns;
    uint64_t leaf = layout->floats.offset + element / SI_LEAF_CAPACITY * si_leaf_float_bytes(type);
    uint64_t slot = element % SI_LEAF_CAPACITY;
    for (unsigned i = 0; i < type->float_count; i++) {
        SI_TRY(si_file_read_at(descriptor, &floats[i], sizeof floats[i],
                               leaf + (i * SI_LEAF_CAPACITY + slot) * sizeof floats[i], path,
                               error));
        columns.floats[i] = &floats[i];
    }
    for (unsigned i = 0; i < type->word_count; i++) {
        SI_TRY(si_file_read_at(descriptor, &words[i], sizeof words[i],
                               layout->words[i].offset + element * sizeof words[i], path, error));
        columns.words[i] = &words[i];
    }
    for (unsigned i = 0; i < type->byte_count; i++) {
        SI_TRY(si_file_read_at(descriptor, &bytes[i], 1, layout->bytes[i].offset + element, path,
                               error));
        columns.bytes[i] = &bytes[i];
    }
    si_stored_record_read(type, &columns, 0, record);
    return SI_OK;
}

static si_result check_order_of_parts(si_parts_check *check, int descriptor, const char *path,
                                      const si_header_content *header, si_damage_log *log,
                                      si_error *error)
{
    const si_element_type *type = si_element_type_of(header->layout.kind);
    char record[SI_MAX_RECORD_BYTES], element[128];
    SI_TRY(read_stored_record(header, descriptor, path, 0, record, error));
    if (check->has_last && si_record_compare(type, check->last_record, record) > 0) {
        si_record_describe(header->layout.kind, record, element, sizeof element);
        si_damage_add(log,
                      "%s: its first element, %s, belongs before the last one of the part "
                      "before",
                      path, element);
    }
    SI_TRY(read_stored_record(header, descriptor, path, header->layout.element_count - 1,
                              check->last_record, error));
    check->has_last = true;
    return SI_OK;
}

/* ---- the boxes ---- */

static si_result collect_lowest_boxes(const si_parts_check *check, uint64_t first_element,
                                      int descriptor, const char *path, const si_layout *layout,
                                      si_error *error)
{
    uint64_t bytes = layout->node_count[1] * SI_NODE_BYTES;
    si_box *lowest = check->lowest + first_element / SI_LEAF_CAPACITY / SI_FAN_OUT;
    float *nodes = si_allocate(bytes, 1);
    if (!nodes)
        return si_fail_memory(error);
    si_result result = si_file_read_at(descriptor, nodes, bytes, layout->level_offset[1], path,
                                       error);
    for (uint64_t i = 0; i < layout->node_count[1] && result == SI_OK; i++)
        lowest[i] = si_nodes_box(nodes + i * SI_NODE_FLOATS);
    si_free(nodes);
    return result;
}

si_result si_parts_check_part(si_parts_check *check, uint64_t first_element, int descriptor,
                              const char *path, const si_header_content *header, si_damage_log *log,
                              si_error *error)
{
    SI_TRY(check_order_of_parts(check, descriptor, path, header, log, error));
    return collect_lowest_boxes(check, first_element, descriptor, path, &header->layout, error);
}

si_result si_parts_check_top(const si_parts_check *check, si_damage_log *log, si_error *error)
{
    si_error failure;
    si_result result = si_top_check_nodes(check->top_descriptor, check->top_path, check->top,
                                          check->is_complete ? check->lowest : NULL, &failure);
    if (result == SI_ERROR_FORMAT)
        si_damage_add(log, "%s", failure.message);
    else if (result != SI_OK)
        return si_fail(error, result, "%s", failure.message);
    return SI_OK;
}
