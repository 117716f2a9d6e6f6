/*
 * Verifies one pack unit: reads its columns, and checks their values, the unused places of the last
 * leaf, the boxes of the leaves in the nodes above, and the order of the elements. The order is
 * checked by a walk along the Hilbert curve; only elements that do not follow each other on it are
 * compared as records.
 */
#include "verify/verify_elements.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/file.h"
#include "base/memory.h"
#include "element/hilbert.h"
#include "element/record_order.h"
#include "element/record_read.h"
#include "verify/verify_nodes.h"

typedef unsigned long long number;

enum {
    UNIT_LEAVES = SI_VERIFIED_UNIT / SI_LEAF_CAPACITY,
    UNIT_NODES = UNIT_LEAVES / SI_FAN_OUT,
};

/* A unit whose columns have been read. */
typedef struct read_unit {
    const si_verified_file *file;
    const si_element_type *type;
    si_unit_reader *reader;
    si_damage_log *log;
    uint64_t first; /* element */
    uint64_t count; /* of elements */
} read_unit;

/* ---- reading ---- */

uint64_t si_unit_bytes(const si_layout *layout)
{
    const si_element_type *type = si_element_type_of(layout->kind);
    return SI_VERIFIED_UNIT * (type->float_count * sizeof(float) +
                               type->word_count * sizeof(uint64_t) + type->byte_count);
}

si_result si_unit_reader_create(const si_layout *layout, si_unit_reader *reader, si_error *error)
{
    const si_element_type *type = si_element_type_of(layout->kind);
    *reader = (si_unit_reader){
        .memory = si_allocate(si_unit_bytes(layout) + UNIT_NODES * SI_NODE_BYTES, 1)};
    char *at = reader->memory;
    if (!at)
        return si_fail_memory(error);
    reader->floats = (void *)at;
    at += SI_VERIFIED_UNIT * type->float_count * sizeof(float);
    for (unsigned i = 0; i < type->word_count; i++, at += SI_VERIFIED_UNIT * sizeof(uint64_t))
        reader->words[i] = (void *)at;
    reader->nodes = (void *)at;
    at += UNIT_NODES * SI_NODE_BYTES;
    for (unsigned i = 0; i < type->byte_count; i++, at += SI_VERIFIED_UNIT)
        reader->bytes[i] = (void *)at;
    return SI_OK;
}

void si_unit_reader_destroy(si_unit_reader *reader)
{
    si_free(reader->memory);
}

static uint64_t leaf_count(const read_unit *unit)
{
    return si_divide_up(unit->count, SI_LEAF_CAPACITY);
}

/* Reads `bytes` bytes from `offset` on in a section. */
static si_result read_column(const read_unit *unit, const char *content, const si_section *section,
                             uint64_t offset, uint64_t bytes, void *buffer, si_error *error)
{
    const si_verified_blocks range = {.content = content,
                                      .offset = section->offset + offset,
                                      .bytes = bytes,
                                      .blocks = si_divide_up(bytes, SI_BLOCK_BYTES)};
    return si_blocks_verify(unit->file, &range, buffer, unit->log, error);
}

static si_result read_columns(const read_unit *unit, si_error *error)
{
    const si_layout *layout = &unit->file->header->layout;
    si_unit_reader *reader = unit->reader;
    uint64_t leaf_bytes = si_leaf_float_bytes(unit->type);
    SI_TRY(read_column(unit, "the floats", &layout->floats,
                       unit->first / SI_LEAF_CAPACITY * leaf_bytes, leaf_count(unit) * leaf_bytes,
                       reader->floats, error));
    for (unsigned i = 0; i < unit->type->word_count; i++)
        SI_TRY(read_column(unit, "the words", &layout->words[i], unit->first * sizeof(uint64_t),
                           unit->count * sizeof(uint64_t), reader->words[i], error));
    for (unsigned i = 0; i < unit->type->byte_count; i++)
        SI_TRY(read_column(unit, "the bytes", &layout->bytes[i], unit->first, unit->count,
                           reader->bytes[i], error));
    return si_parents_read(unit->file, 1, unit->first / SI_LEAF_CAPACITY, leaf_count(unit),
                           reader->nodes, error);
}

static const float *floats_of(const read_unit *unit, uint64_t leaf)
{
    return unit->reader->floats + leaf * unit->type->float_count * SI_LEAF_CAPACITY;
}

static si_columns columns_of(const read_unit *unit, uint64_t leaf)
{
    si_columns columns;
    uint64_t first = leaf * SI_LEAF_CAPACITY;
    for (unsigned i = 0; i < unit->type->float_count; i++)
        columns.floats[i] = floats_of(unit, leaf) + i * SI_LEAF_CAPACITY;
    for (unsigned i = 0; i < unit->type->word_count; i++)
        columns.words[i] = unit->reader->words[i] + first;
    for (unsigned i = 0; i < unit->type->byte_count; i++)
        columns.bytes[i] = unit->reader->bytes[i] + first;
    return columns;
}

static void read_unit_record(const read_unit *unit, uint64_t i, char record[SI_MAX_RECORD_BYTES])
{
    si_columns columns = columns_of(unit, i / SI_LEAF_CAPACITY);
    si_stored_record_read(unit->type, &columns, i % SI_LEAF_CAPACITY, record);
}

/* ---- values ---- */

static void report_element(const read_unit *unit, uint64_t i, const char *wrong)
{
    char record[SI_MAX_RECORD_BYTES], name[128];
    read_unit_record(unit, i, record);
    si_record_describe(unit->file->header->layout.kind, record, name, sizeof name);
    si_damage_add(unit->log, "%s: element %llu (%s) %s", unit->file->path,
                  (number)(unit->first + i), name, wrong);
}

static bool is_element_finite(const read_unit *unit, uint64_t i)
{
    si_columns columns = columns_of(unit, i / SI_LEAF_CAPACITY);
    for (unsigned column = 0; column < unit->type->float_count; column++)
        if (!(fabsf(columns.floats[column][i % SI_LEAF_CAPACITY]) <= FLT_MAX))
            return false;
    return true;
}

/* Looks at all places of all leaves, used or not. */
static bool all_are_finite(const read_unit *unit)
{
    uint64_t count = leaf_count(unit) * unit->type->float_count * SI_LEAF_CAPACITY;
    unsigned bad = 0;
    for (uint64_t i = 0; i < count; i++)
        bad |= (unsigned)!(fabsf(unit->reader->floats[i]) <= FLT_MAX);
    return bad == 0;
}

static void check_finite(const read_unit *unit)
{
    for (uint64_t i = 0; i < unit->count; i++)
        if (!is_element_finite(unit, i))
            report_element(unit, i, "has a coordinate or radius that is not finite");
}

static void check_stored_radii(const read_unit *unit, unsigned column)
{
    for (uint64_t i = 0; i < unit->count; i++) {
        const float *radii = floats_of(unit, i / SI_LEAF_CAPACITY) + column * SI_LEAF_CAPACITY;
        if (radii[i % SI_LEAF_CAPACITY] < 0)
            report_element(unit, i, "has a negative radius");
    }
}

/* The second vector of a soma, from float `column` on, must be a copy of the first. */
static void check_somas(const read_unit *unit, unsigned column)
{
    for (uint64_t i = 0; i < unit->count; i++) {
        if (si_unpack_segment_ids(unit->reader->words[0][i]).section_id != 0)
            continue;
        const float *floats = floats_of(unit, i / SI_LEAF_CAPACITY) + i % SI_LEAF_CAPACITY;
        for (unsigned axis = 0; axis < 3; axis++) {
            if (memcmp(floats + axis * SI_LEAF_CAPACITY,
                       floats + (column + axis) * SI_LEAF_CAPACITY, sizeof *floats) != 0) {
                report_element(unit, i, "is a soma, but its second end is not the first");
                break;
            }
        }
    }
}

static void check_values(const read_unit *unit)
{
    if (!all_are_finite(unit))
        check_finite(unit);
    for (size_t i = 0; i < unit->type->input_count; i++) {
        const si_input *input = &unit->type->inputs[i];
        if (input->role == SI_INPUT_RADIUS)
            check_stored_radii(unit, input->slot);
        if (input->role == SI_INPUT_SECOND_VECTOR)
            check_somas(unit, input->slot);
    }
}

/* The unused places of the last leaf must be 0; all other leaves are full. */
static void check_unused_places(const read_unit *unit)
{
    static const float zeros[SI_LEAF_CAPACITY];
    uint64_t leaf = unit->count / SI_LEAF_CAPACITY;
    unsigned used = unit->count % SI_LEAF_CAPACITY;
    for (unsigned column = 0; used > 0 && column < unit->type->float_count; column++)
        if (memcmp(floats_of(unit, leaf) + column * SI_LEAF_CAPACITY + used, zeros,
                   (SI_LEAF_CAPACITY - used) * sizeof *zeros) != 0)
            si_damage_add(unit->log,
                          "%s: float %u of the last leaf is not 0 behind its %u elements",
                          unit->file->path, column, used);
}

/* ---- boxes ---- */

static void check_leaf_boxes(const read_unit *unit)
{
    uint64_t leaves = leaf_count(unit), base = unit->first / SI_LEAF_CAPACITY;
    for (uint64_t leaf = 0; leaf < leaves; leaf++) {
        unsigned count = si_layout_leaf_size(&unit->file->header->layout, base + leaf);
        si_box box, expected = unit->type->bound(floats_of(unit, leaf), count);
        si_child_box(unit->reader->nodes, leaf, &box);
        if (!si_box_equals(&box, &expected))
            si_damage_add(unit->log,
                          "%s: the box of leaf %llu in its node is not that of its elements",
                          unit->file->path, (number)(base + leaf));
    }
    si_absent_children_verify(unit->file, 1, unit->reader->nodes, base, base + leaves,
                              base + si_divide_up(leaves, SI_FAN_OUT) * SI_FAN_OUT, unit->log);
}

/* ---- order ---- */

static void check_order_of_two(const read_unit *unit, const char *before, uint64_t i)
{
    char record[SI_MAX_RECORD_BYTES];
    read_unit_record(unit, i, record);
    if (si_record_compare(unit->type, before, record) > 0)
        report_element(unit, i, "should stand before the one that it follows");
}

static void find_cells(const read_unit *unit, uint64_t leaf, unsigned count, si_grid_cell *cells)
{
    float centroids[SI_LEAF_CAPACITY][3];
    si_columns columns = columns_of(unit, leaf);
    unit->type->extractions[SI_FIELD_CENTROID].extract(&columns, count, centroids);
    si_grid_cells_of((const float(*)[3])centroids, count, cells);
}

/* Checks the order of the elements from `first` on. Nearly always their places on the curve decide.
 */
static void check_order_along(const read_unit *unit, si_hilbert_walk *walk,
                              const si_grid_cell *cells, uint64_t first, unsigned count)
{
    char before[SI_MAX_RECORD_BYTES];
    for (size_t i = 0;; i++) {
        i += si_hilbert_walk_along(walk, cells + i, count - i);
        if (i >= count)
            return;
        read_unit_record(unit, first + i - 1, before);
        check_order_of_two(unit, before, first + i);
    }
}

static void check_unit_order(const read_unit *unit)
{
    si_hilbert_walk walk;
    si_grid_cell cells[SI_LEAF_CAPACITY];
    for (uint64_t first = 0; first < unit->count; first += SI_LEAF_CAPACITY) {
        unsigned count = (unsigned)si_min_u64(SI_LEAF_CAPACITY, unit->count - first);
        unsigned begun = first == 0;
        find_cells(unit, first / SI_LEAF_CAPACITY, count, cells);
        if (begun)
            si_hilbert_walk_start(&walk, &cells[0]);
        check_order_along(unit, &walk, cells + begun, first + begun, count - begun);
    }
}

/* Reads the last element of the unit before this one. */
static si_result read_record_before(const read_unit *unit, char record[SI_MAX_RECORD_BYTES],
                                    si_error *error)
{
    const si_layout *layout = &unit->file->header->layout;
    const uint64_t element = unit->first - 1, leaf = element / SI_LEAF_CAPACITY;
    float floats[SI_MAX_FLOATS * SI_LEAF_CAPACITY];
    uint64_t words[SI_MAX_WORDS];
    uint8_t bytes[SI_MAX_BYTES];
    si_columns columns;
    size_t leaf_bytes = si_leaf_float_bytes(unit->type);
    int descriptor = unit->file->descriptor;
    SI_TRY(si_file_read_at(descriptor, floats, leaf_bytes,
                           layout->floats.offset + leaf * leaf_bytes, unit->file->path, error));
    for (unsigned i = 0; i < unit->type->float_count; i++)
        columns.floats[i] = floats + i * SI_LEAF_CAPACITY + element % SI_LEAF_CAPACITY;
    for (unsigned i = 0; i < unit->type->word_count; i++) {
        columns.words[i] = &words[i];
        SI_TRY(si_file_read_at(descriptor, &words[i], sizeof words[i],
                               layout->words[i].offset + element * sizeof words[i],
                               unit->file->path, error));
    }
    for (unsigned i = 0; i < unit->type->byte_count; i++) {
        columns.bytes[i] = &bytes[i];
        SI_TRY(si_file_read_at(descriptor, &bytes[i], 1, layout->bytes[i].offset + element,
                               unit->file->path, error));
    }
    si_stored_record_read(unit->type, &columns, 0, record);
    return SI_OK;
}

static si_result check_order_of_first(const read_unit *unit, si_error *error)
{
    char before[SI_MAX_RECORD_BYTES];
    if (unit->first == 0)
        return SI_OK;
    SI_TRY(read_record_before(unit, before, error));
    check_order_of_two(unit, before, 0);
    return SI_OK;
}

/* ---- the whole ---- */

si_result si_unit_verify(const si_verified_file *file, si_unit_reader *reader, uint64_t unit,
                         si_damage_log *log, si_error *error)
{
    const si_layout *layout = &file->header->layout;
    uint64_t first = unit * SI_VERIFIED_UNIT;
    const read_unit read = {.file = file,
                            .type = si_element_type_of(layout->kind),
                            .reader = reader,
                            .log = log,
                            .first = first,
                            .count = si_min_u64(SI_VERIFIED_UNIT, layout->element_count - first)};
    SI_TRY(read_columns(&read, error));
    check_values(&read);
    check_unused_places(&read);
    check_leaf_boxes(&read);
    SI_TRY(check_order_of_first(&read, error));
    check_unit_order(&read);
    return SI_OK;
}
