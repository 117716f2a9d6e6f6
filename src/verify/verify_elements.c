#include "verify/verify_elements.h"

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
    PART_LEAVES = SI_VERIFIED_PART / SI_LEAF_CAPACITY,
    PART_NODES = PART_LEAVES / SI_FAN_OUT,
};

/* A part that has been read. */
typedef struct read_part {
    const si_verified_file *file;
    const si_element_type *type;
    si_part_reader *reader;
    si_damage_log *log;
    uint64_t first; /* element */
    uint64_t count; /* of elements */
} read_part;

/* ---- reading ---- */

uint64_t si_part_bytes(const si_layout *layout)
{
    const si_element_type *type = si_element_type_of(layout->kind);
    return SI_VERIFIED_PART * (type->float_count * sizeof(float) +
                               type->word_count * sizeof(uint64_t) + type->byte_count);
}

si_result si_part_reader_create(const si_layout *layout, si_part_reader *reader, si_error *error)
{
    const si_element_type *type = si_element_type_of(layout->kind);
    *reader = (si_part_reader){
        .memory = si_allocate(si_part_bytes(layout) + PART_NODES * SI_NODE_BYTES, 1)};
    char *at = reader->memory;
    if (!at)
        return si_fail_memory(error);
    reader->floats = (void *)at;
    at += SI_VERIFIED_PART * type->float_count * sizeof(float);
    for (unsigned i = 0; i < type->word_count; i++, at += SI_VERIFIED_PART * sizeof(uint64_t))
        reader->words[i] = (void *)at;
    reader->nodes = (void *)at;
    at += PART_NODES * SI_NODE_BYTES;
    for (unsigned i = 0; i < type->byte_count; i++, at += SI_VERIFIED_PART)
        reader->bytes[i] = (void *)at;
    return SI_OK;
}

void si_part_reader_destroy(si_part_reader *reader)
{
    si_free(reader->memory);
}

static uint64_t leaf_count(const read_part *part)
{
    return si_divide_up(part->count, SI_LEAF_CAPACITY);
}

/* `bytes` from `offset` on in a section. */
static si_result read_column(const read_part *part, const char *content, const si_section *section,
                             uint64_t offset, uint64_t bytes, void *buffer, si_error *error)
{
    const si_block_run run = {.content = content,
                              .offset = section->offset + offset,
                              .bytes = bytes,
                              .blocks = si_divide_up(bytes, SI_BLOCK_BYTES)};
    return si_blocks_verify(part->file, &run, buffer, part->log, error);
}

static si_result read_columns(const read_part *part, si_error *error)
{
    const si_layout *layout = &part->file->header->layout;
    si_part_reader *reader = part->reader;
    uint64_t leaf_bytes = si_leaf_float_bytes(part->type);
    SI_TRY(read_column(part, "the floats", &layout->floats,
                       part->first / SI_LEAF_CAPACITY * leaf_bytes, leaf_count(part) * leaf_bytes,
                       reader->floats, error));
    for (unsigned i = 0; i < part->type->word_count; i++)
        SI_TRY(read_column(part, "the words", &layout->words[i], part->first * sizeof(uint64_t),
                           part->count * sizeof(uint64_t), reader->words[i], error));
    for (unsigned i = 0; i < part->type->byte_count; i++)
        SI_TRY(read_column(part, "the bytes", &layout->bytes[i], part->first, part->count,
                           reader->bytes[i], error));
    return si_parents_read(part->file, 1, part->first / SI_LEAF_CAPACITY, leaf_count(part),
                           reader->nodes, error);
}

static const float *floats_of(const read_part *part, uint64_t leaf)
{
    return part->reader->floats + leaf * part->type->float_count * SI_LEAF_CAPACITY;
}

static si_columns columns_of(const read_part *part, uint64_t leaf)
{
    si_columns columns;
    uint64_t first = leaf * SI_LEAF_CAPACITY;
    for (unsigned i = 0; i < part->type->float_count; i++)
        columns.floats[i] = floats_of(part, leaf) + i * SI_LEAF_CAPACITY;
    for (unsigned i = 0; i < part->type->word_count; i++)
        columns.words[i] = part->reader->words[i] + first;
    for (unsigned i = 0; i < part->type->byte_count; i++)
        columns.bytes[i] = part->reader->bytes[i] + first;
    return columns;
}

static void read_record(const read_part *part, uint64_t i, char record[SI_MAX_RECORD_BYTES])
{
    si_columns columns = columns_of(part, i / SI_LEAF_CAPACITY);
    si_stored_record_read(part->type, &columns, i % SI_LEAF_CAPACITY, record);
}

/* ---- values ---- */

static void blame(const read_part *part, uint64_t i, const char *wrong)
{
    char record[SI_MAX_RECORD_BYTES], name[128];
    read_record(part, i, record);
    si_record_describe(part->file->header->layout.kind, record, name, sizeof name);
    si_damage_add(part->log, "%s: element %llu (%s) %s", part->file->path,
                  (number)(part->first + i), name, wrong);
}

static bool is_finite(const read_part *part, uint64_t i)
{
    si_columns columns = columns_of(part, i / SI_LEAF_CAPACITY);
    for (unsigned column = 0; column < part->type->float_count; column++)
        if (!(fabsf(columns.floats[column][i % SI_LEAF_CAPACITY]) <= FLT_MAX))
            return false;
    return true;
}

/* In all places of all leaves, whether they are used or not. */
static bool all_are_finite(const read_part *part)
{
    uint64_t count = leaf_count(part) * part->type->float_count * SI_LEAF_CAPACITY;
    unsigned bad = 0;
    for (uint64_t i = 0; i < count; i++)
        bad |= (unsigned)!(fabsf(part->reader->floats[i]) <= FLT_MAX);
    return bad == 0;
}

static void check_finite(const read_part *part)
{
    for (uint64_t i = 0; i < part->count; i++)
        if (!is_finite(part, i))
            blame(part, i, "has a coordinate or radius that is not finite");
}

static void check_radii(const read_part *part, unsigned column)
{
    for (uint64_t i = 0; i < part->count; i++) {
        const float *radii = floats_of(part, i / SI_LEAF_CAPACITY) + column * SI_LEAF_CAPACITY;
        if (radii[i % SI_LEAF_CAPACITY] < 0)
            blame(part, i, "has a negative radius");
    }
}

/* A soma's second vector, from float `column` on, is a copy of the first. */
static void check_somas(const read_part *part, unsigned column)
{
    for (uint64_t i = 0; i < part->count; i++) {
        if (si_unpack_segment_ids(part->reader->words[0][i]).section_id != 0)
            continue;
        const float *floats = floats_of(part, i / SI_LEAF_CAPACITY) + i % SI_LEAF_CAPACITY;
        for (unsigned axis = 0; axis < 3; axis++) {
            if (memcmp(floats + axis * SI_LEAF_CAPACITY,
                       floats + (column + axis) * SI_LEAF_CAPACITY, sizeof *floats) != 0) {
                blame(part, i, "is a soma, but its second end is not the first");
                break;
            }
        }
    }
}

static void check_values(const read_part *part)
{
    if (!all_are_finite(part))
        check_finite(part);
    for (size_t i = 0; i < part->type->input_count; i++) {
        const si_input *input = &part->type->inputs[i];
        if (input->role == SI_INPUT_RADIUS)
            check_radii(part, input->slot);
        if (input->role == SI_INPUT_SECOND_VECTOR)
            check_somas(part, input->slot);
    }
}

/* Of the last leaf; all others are full. */
static void check_unused_places(const read_part *part)
{
    static const float zeros[SI_LEAF_CAPACITY];
    uint64_t leaf = part->count / SI_LEAF_CAPACITY;
    unsigned used = part->count % SI_LEAF_CAPACITY;
    for (unsigned column = 0; used > 0 && column < part->type->float_count; column++)
        if (memcmp(floats_of(part, leaf) + column * SI_LEAF_CAPACITY + used, zeros,
                   (SI_LEAF_CAPACITY - used) * sizeof *zeros) != 0)
            si_damage_add(part->log,
                          "%s: float %u of the last leaf is not 0 behind its %u elements",
                          part->file->path, column, used);
}

/* ---- boxes ---- */

static void check_boxes(const read_part *part)
{
    uint64_t leaves = leaf_count(part), base = part->first / SI_LEAF_CAPACITY;
    for (uint64_t leaf = 0; leaf < leaves; leaf++) {
        unsigned count = si_layout_leaf_size(&part->file->header->layout, base + leaf);
        si_box box, expected = part->type->bound(floats_of(part, leaf), count);
        si_child_box(part->reader->nodes, leaf, &box);
        if (!si_box_equals(&box, &expected))
            si_damage_add(part->log,
                          "%s: the box of leaf %llu in its node is not that of its elements",
                          part->file->path, (number)(base + leaf));
    }
    si_absent_children_verify(part->file, 1, part->reader->nodes, base, base + leaves,
                              base + si_divide_up(leaves, SI_FAN_OUT) * SI_FAN_OUT, part->log);
}

/* ---- order ---- */

static void check_pair(const read_part *part, const char *before, uint64_t i)
{
    char record[SI_MAX_RECORD_BYTES];
    read_record(part, i, record);
    if (si_record_compare(part->type, before, record) > 0)
        blame(part, i, "should stand before the one that it follows");
}

static void find_cells(const read_part *part, uint64_t leaf, unsigned count, si_grid_cell *cells)
{
    float centroids[SI_LEAF_CAPACITY][3];
    si_columns columns = columns_of(part, leaf);
    part->type->extractions[SI_FIELD_CENTROID].extract(&columns, count, centroids);
    si_grid_cells_of((const float(*)[3])centroids, count, cells);
}

/* Elements from `first` on. Nearly always their places on the curve decide. */
static void check_run(const read_part *part, si_hilbert_walk *walk, const si_grid_cell *cells,
                      uint64_t first, unsigned count)
{
    char before[SI_MAX_RECORD_BYTES];
    for (size_t i = 0;; i++) {
        i += si_hilbert_walk_along(walk, cells + i, count - i);
        if (i >= count)
            return;
        read_record(part, first + i - 1, before);
        check_pair(part, before, first + i);
    }
}

static void check_order(const read_part *part)
{
    si_hilbert_walk walk;
    si_grid_cell cells[SI_LEAF_CAPACITY];
    for (uint64_t first = 0; first < part->count; first += SI_LEAF_CAPACITY) {
        unsigned count = (unsigned)si_min_u64(SI_LEAF_CAPACITY, part->count - first);
        unsigned begun = first == 0;
        find_cells(part, first / SI_LEAF_CAPACITY, count, cells);
        if (begun)
            si_hilbert_walk_start(&walk, &cells[0]);
        check_run(part, &walk, cells + begun, first + begun, count - begun);
    }
}

/* The last element of the part before this one. */
static si_result read_record_before(const read_part *part, char record[SI_MAX_RECORD_BYTES],
                                    si_error *error)
{
    const si_layout *layout = &part->file->header->layout;
    const uint64_t element = part->first - 1, leaf = element / SI_LEAF_CAPACITY;
    float floats[SI_MAX_FLOATS * SI_LEAF_CAPACITY];
    uint64_t words[SI_MAX_WORDS];
    uint8_t bytes[SI_MAX_BYTES];
    si_columns columns;
    size_t leaf_bytes = si_leaf_float_bytes(part->type);
    int descriptor = part->file->descriptor;
    SI_TRY(si_file_read_at(descriptor, floats, leaf_bytes,
                           layout->floats.offset + leaf * leaf_bytes, part->file->path, error));
    for (unsigned i = 0; i < part->type->float_count; i++)
        columns.floats[i] = floats + i * SI_LEAF_CAPACITY + element % SI_LEAF_CAPACITY;
    for (unsigned i = 0; i < part->type->word_count; i++) {
        columns.words[i] = &words[i];
        SI_TRY(si_file_read_at(descriptor, &words[i], sizeof words[i],
                               layout->words[i].offset + element * sizeof words[i],
                               part->file->path, error));
    }
    for (unsigned i = 0; i < part->type->byte_count; i++) {
        columns.bytes[i] = &bytes[i];
        SI_TRY(si_file_read_at(descriptor, &bytes[i], 1, layout->bytes[i].offset + element,
                               part->file->path, error));
    }
    si_stored_record_read(part->type, &columns, 0, record);
    return SI_OK;
}

static si_result check_first(const read_part *part, si_error *error)
{
    char before[SI_MAX_RECORD_BYTES];
    if (part->first == 0)
        return SI_OK;
    SI_TRY(read_record_before(part, before, error));
    check_pair(part, before, 0);
    return SI_OK;
}

/* ---- the whole ---- */

si_result si_part_verify(const si_verified_file *file, si_part_reader *reader, uint64_t part,
                         si_damage_log *log, si_error *error)
{
    const si_layout *layout = &file->header->layout;
    uint64_t first = part * SI_VERIFIED_PART;
    const read_part read = {.file = file,
                            .type = si_element_type_of(layout->kind),
                            .reader = reader,
                            .log = log,
                            .first = first,
                            .count = si_min_u64(SI_VERIFIED_PART, layout->element_count - first)};
    SI_TRY(read_columns(&read, error));
    check_values(&read);
    check_unused_places(&read);
    check_boxes(&read);
    SI_TRY(check_first(&read, error));
    check_order(&read);
    return SI_OK;
}
