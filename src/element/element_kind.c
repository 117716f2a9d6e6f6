/*
 * The table of element kinds (element_types), and what its rows refer to: the geometry of leaves,
 * the functions that compute fields, and for each kind its fields, the columns that a builder
 * takes, the integers that filters look at, and its descriptions in messages.
 *
 * Points and synapses are points to the geometry, spheres are spheres, somas and segments are
 * cylinders (a soma is a cylinder of no length). The functions here only tell the kernels and the
 * exact tests where in a leaf the coordinates are.
 */
#include "element/element_kind.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "geometry/scalar_math.h"
#include "kernels/kernel_set.h"
#include "kernels/match.h"

/* ---- geometry ---- */

/* The floats of a leaf: a column after the other, COLUMN values each. */

enum { COLUMN = SI_LEAF_CAPACITY };

static si_points points_of_leaf(const float *floats)
{
    return (si_points){{floats, floats + COLUMN, floats + 2 * COLUMN}};
}

static si_spheres spheres_of_leaf(const float *floats)
{
    return (si_spheres){{floats, floats + COLUMN, floats + 2 * COLUMN}, floats + 3 * COLUMN};
}

static si_cylinders cylinders_of_leaf(const float *floats)
{
    return (si_cylinders){{floats, floats + COLUMN, floats + 2 * COLUMN},
                          {floats + 3 * COLUMN, floats + 4 * COLUMN, floats + 5 * COLUMN},
                          floats + 6 * COLUMN};
}

static uint64_t match_leaf_of_points(const si_query_shape *query, const float *floats,
                                     unsigned count)
{
    si_points points = points_of_leaf(floats);
    return si_match_points(query, &points, count);
}

static uint64_t match_leaf_of_spheres(const si_query_shape *query, const float *floats,
                                      unsigned count)
{
    si_spheres spheres = spheres_of_leaf(floats);
    return si_match_spheres(query, &spheres, count);
}

static uint64_t match_leaf_of_cylinders(const si_query_shape *query, const float *floats,
                                        unsigned count)
{
    si_cylinders cylinders = cylinders_of_leaf(floats);
    return si_match_cylinders(query, &cylinders, count);
}

static si_box bound_leaf_of_points(const float *floats, unsigned count)
{
    si_points points = points_of_leaf(floats);
    return si_bound_points(&points, count);
}

static si_box bound_leaf_of_spheres(const float *floats, unsigned count)
{
    si_spheres spheres = spheres_of_leaf(floats);
    return si_bound_spheres(&spheres, count);
}

static si_box bound_leaf_of_cylinders(const float *floats, unsigned count)
{
    si_cylinders cylinders = cylinders_of_leaf(floats);
    return si_bound_cylinders(&cylinders, count);
}

static uint64_t near_leaf_of_points(const si_vantage *vantage, const float *floats, unsigned count)
{
    si_points points = points_of_leaf(floats);
    return si_kernels()->distances->near_points(vantage, &points, count);
}

static uint64_t near_leaf_of_spheres(const si_vantage *vantage, const float *floats, unsigned count)
{
    si_spheres spheres = spheres_of_leaf(floats);
    return si_kernels()->distances->near_spheres(vantage, &spheres, count);
}

static uint64_t near_leaf_of_cylinders(const si_vantage *vantage, const float *floats,
                                       unsigned count)
{
    si_cylinders cylinders = cylinders_of_leaf(floats);
    return si_kernels()->distances->near_cylinders(vantage, &cylinders, count);
}

static void copy_point(const float *floats, float point[3])
{
    for (unsigned axis = 0; axis < 3; axis++)
        point[axis] = floats[axis * COLUMN];
}

static double distance_to_point(const si_vantage *vantage, const float *floats, unsigned slot)
{
    float position[3];
    copy_point(floats + slot, position);
    return si_distance_to_point(vantage, position);
}

static double distance_to_sphere(const si_vantage *vantage, const float *floats, unsigned slot)
{
    float center[3];
    copy_point(floats + slot, center);
    return si_distance_to_sphere(vantage, center, floats[3 * COLUMN + slot]);
}

static double distance_to_cylinder(const si_vantage *vantage, const float *floats, unsigned slot)
{
    float p1[3], p2[3];
    copy_point(floats + slot, p1);
    copy_point(floats + 3 * COLUMN + slot, p2);
    return si_distance_to_cylinder(vantage, p1, p2, floats[6 * COLUMN + slot]);
}

static void position_centroid(const float *floats, float centroid[3])
{
    memcpy(centroid, floats, 3 * sizeof *floats);
}

static void axis_midpoint(const float *floats, float centroid[3])
{
    for (unsigned axis = 0; axis < 3; axis++)
        centroid[axis] = si_middle(floats[axis], floats[3 + axis]);
}

/* ---- values of fields, computed from stored columns ---- */

static void interleave(const float *const columns[3], uint64_t count, float *restrict values)
{
    const float *x = columns[0], *y = columns[1], *z = columns[2];
    for (uint64_t i = 0; i < count; i++) {
        values[3 * i] = x[i];
        values[3 * i + 1] = y[i];
        values[3 * i + 2] = z[i];
    }
}

static void extract_position(const si_columns *columns, uint64_t count, void *values)
{
    interleave(columns->floats, count, values);
}

static void extract_sphere_radius(const si_columns *columns, uint64_t count, void *values)
{
    memcpy(values, columns->floats[3], count * sizeof(float));
}

static void extract_first_word(const si_columns *columns, uint64_t count, void *values)
{
    memcpy(values, columns->words[0], count * sizeof(uint64_t));
}

static void extract_second_word(const si_columns *columns, uint64_t count, void *values)
{
    memcpy(values, columns->words[1], count * sizeof(uint64_t));
}

static void extract_third_word(const si_columns *columns, uint64_t count, void *values)
{
    memcpy(values, columns->words[2], count * sizeof(uint64_t));
}

static bool word_is_of_soma(uint64_t word)
{
    return si_unpack_segment_ids(word).section_id == 0;
}

static void extract_second_endpoint(const si_columns *columns, uint64_t count, void *values)
{
    float(*endpoints)[3] = values;
    interleave(columns->floats + 3, count, values);
    for (uint64_t i = 0; i < count; i++)
        if (word_is_of_soma(columns->words[0][i]))
            endpoints[i][0] = endpoints[i][1] = endpoints[i][2] = NAN;
}

static void extract_axis_midpoint(const si_columns *columns, uint64_t count, void *values)
{
    float(*restrict midpoints)[3] = values;
    for (unsigned axis = 0; axis < 3; axis++) {
        const float *p1 = columns->floats[axis], *p2 = columns->floats[3 + axis];
        for (uint64_t i = 0; i < count; i++)
            midpoints[i][axis] = si_middle(p1[i], p2[i]);
    }
}

static void extract_segment_radius(const si_columns *columns, uint64_t count, void *values)
{
    memcpy(values, columns->floats[6], count * sizeof(float));
}

static void extract_section_type(const si_columns *columns, uint64_t count, void *values)
{
    memcpy(values, columns->bytes[0], count);
}

static void extract_is_soma(const si_columns *columns, uint64_t count, void *values)
{
    uint8_t *restrict bytes = values;
    for (uint64_t i = 0; i < count; i++)
        bytes[i] = word_is_of_soma(columns->words[0][i]);
}

static void extract_gid(const si_columns *columns, uint64_t count, void *values)
{
    uint64_t *restrict gids = values;
    for (uint64_t i = 0; i < count; i++)
        gids[i] = si_unpack_segment_ids(columns->words[0][i]).gid;
}

static void extract_section_id(const si_columns *columns, uint64_t count, void *values)
{
    uint32_t *restrict section_ids = values;
    for (uint64_t i = 0; i < count; i++)
        section_ids[i] = si_unpack_segment_ids(columns->words[0][i]).section_id;
}

static void extract_segment_id(const si_columns *columns, uint64_t count, void *values)
{
    uint32_t *restrict segment_ids = values;
    for (uint64_t i = 0; i < count; i++)
        segment_ids[i] = si_unpack_segment_ids(columns->words[0][i]).segment_id;
}

static void extract_ids(const si_columns *columns, uint64_t count, void *values)
{
    /* Two words each: compilers make better code of these than of three members. */
    uint64_t(*restrict ids)[2] = values;
    const uint64_t *words = columns->words[0];
    for (uint64_t i = 0; i < count; i++) {
        si_segment_ids unpacked = si_unpack_segment_ids(words[i]);
        ids[i][0] = unpacked.gid;
        ids[i][1] = (uint64_t)unpacked.segment_id << 32 | unpacked.section_id;
    }
}

/* ---- columns from records ---- */

/*
 * A column at a time, over the few records of a leaf, which stay in the cache. Inlined for each
 * kind with the numbers of its columns, so that the compiler knows them: every element of an index
 * comes through here.
 */
static inline __attribute__((always_inline)) void transpose_records(
    const char *const *records, unsigned count, const si_writable_columns *columns, uint64_t leaf,
    unsigned word_count, unsigned float_count, unsigned byte_count)
{
    uint64_t first = leaf * SI_LEAF_CAPACITY;
    float *floats = columns->floats + first * float_count;
    size_t offset = 0;
    for (unsigned word = 0; word < word_count; word++, offset += sizeof(uint64_t))
        for (unsigned i = 0; i < count; i++)
            memcpy(columns->words[word] + first + i, records[i] + offset, sizeof(uint64_t));
    for (unsigned column = 0; column < float_count; column++, offset += sizeof(float))
        for (unsigned i = 0; i < count; i++)
            memcpy(floats + column * SI_LEAF_CAPACITY + i, records[i] + offset, sizeof(float));
    for (unsigned byte = 0; byte < byte_count; byte++, offset++)
        for (unsigned i = 0; i < count; i++)
            memcpy(columns->bytes[byte] + first + i, records[i] + offset, 1);
}

static void transpose_points(const char *const *records, unsigned count,
                             const si_writable_columns *columns, uint64_t leaf)
{
    transpose_records(records, count, columns, leaf, 1, 3, 0);
}

static void transpose_spheres(const char *const *records, unsigned count,
                              const si_writable_columns *columns, uint64_t leaf)
{
    transpose_records(records, count, columns, leaf, 1, 4, 0);
}

static void transpose_synapses(const char *const *records, unsigned count,
                               const si_writable_columns *columns, uint64_t leaf)
{
    transpose_records(records, count, columns, leaf, 3, 3, 0);
}

static void transpose_segments(const char *const *records, unsigned count,
                               const si_writable_columns *columns, uint64_t leaf)
{
    transpose_records(records, count, columns, leaf, 1, 7, 1);
}

/* ---- the kinds ---- */

/* Sets of float columns, bit i for column i. */
#define FIRST_VECTOR 7   /* floats 0 .. 2 */
#define SECOND_VECTOR 56 /* floats 3 .. 5 */

#define ID_FIELD(field, name)                                                                      \
    {                                                                                              \
        field, name, SI_TYPE_UINT64, 1, 8                                                          \
    }
#define NUMBER_FIELD(field, name)                                                                  \
    {                                                                                              \
        field, name, SI_TYPE_UINT32, 1, 4                                                          \
    }
#define BYTE_FIELD(field, name)                                                                    \
    {                                                                                              \
        field, name, SI_TYPE_UINT8, 1, 1                                                           \
    }
#define VECTOR_FIELD(field, name)                                                                  \
    {                                                                                              \
        field, name, SI_TYPE_FLOAT32, 3, 12                                                        \
    }
#define FLOAT_FIELD(field, name)                                                                   \
    {                                                                                              \
        field, name, SI_TYPE_FLOAT32, 1, 4                                                         \
    }

/* Points: a position and an id. */

static const si_field_info point_fields[] = {
    ID_FIELD(SI_FIELD_ID, "id"),
    VECTOR_FIELD(SI_FIELD_POSITION, "position"),
};

static const si_extraction point_extractions[SI_FIELD_COUNT] = {
    [SI_FIELD_ID] = {extract_first_word, 8, {.words = 1}},
    [SI_FIELD_POSITION] = {extract_position, 12, {.floats = FIRST_VECTOR}},
    [SI_FIELD_CENTROID] = {extract_position, 12, {.floats = FIRST_VECTOR}},
};

static const si_input point_inputs[] = {
    {SI_FIELD_ID, SI_INPUT_ID, 0},
    {SI_FIELD_POSITION, SI_INPUT_VECTOR, 0},
};

/* Spheres: a center, a radius and an id. */

static const si_field_info sphere_fields[] = {
    ID_FIELD(SI_FIELD_ID, "id"),
    VECTOR_FIELD(SI_FIELD_CENTROID, "centroid"),
    FLOAT_FIELD(SI_FIELD_RADIUS, "radius"),
};

static const si_extraction sphere_extractions[SI_FIELD_COUNT] = {
    [SI_FIELD_ID] = {extract_first_word, 8, {.words = 1}},
    [SI_FIELD_CENTROID] = {extract_position, 12, {.floats = FIRST_VECTOR}},
    [SI_FIELD_RADIUS] = {extract_sphere_radius, 4, {.floats = 8}},
};

static const si_input sphere_inputs[] = {
    {SI_FIELD_ID, SI_INPUT_ID, 0},
    {SI_FIELD_CENTROID, SI_INPUT_VECTOR, 0},
    {SI_FIELD_RADIUS, SI_INPUT_RADIUS, 3},
};

/* Synapses: a position, an id and the gids of both cells. */

static const si_field_info synapse_fields[] = {
    ID_FIELD(SI_FIELD_ID, "id"),
    ID_FIELD(SI_FIELD_PRE_GID, "pre_gid"),
    ID_FIELD(SI_FIELD_POST_GID, "post_gid"),
    VECTOR_FIELD(SI_FIELD_POSITION, "position"),
};

static const si_extraction synapse_extractions[SI_FIELD_COUNT] = {
    [SI_FIELD_ID] = {extract_first_word, 8, {.words = 1}},
    [SI_FIELD_POST_GID] = {extract_second_word, 8, {.words = 2}},
    [SI_FIELD_PRE_GID] = {extract_third_word, 8, {.words = 4}},
    [SI_FIELD_POSITION] = {extract_position, 12, {.floats = FIRST_VECTOR}},
    [SI_FIELD_CENTROID] = {extract_position, 12, {.floats = FIRST_VECTOR}},
};

static const si_input synapse_inputs[] = {
    {SI_FIELD_ID, SI_INPUT_ID, 0},
    {SI_FIELD_POST_GID, SI_INPUT_WORD, 1},
    {SI_FIELD_PRE_GID, SI_INPUT_WORD, 2},
    {SI_FIELD_POSITION, SI_INPUT_VECTOR, 0},
};

/* Somas and segments: a cylinder, its section type, and one word with gid, section and segment. */

static const si_field_info segment_fields[] = {
    ID_FIELD(SI_FIELD_GID, "gid"),
    NUMBER_FIELD(SI_FIELD_SECTION_ID, "section_id"),
    NUMBER_FIELD(SI_FIELD_SEGMENT_ID, "segment_id"),
    {SI_FIELD_IDS, "ids", SI_TYPE_SEGMENT_IDS, 1, sizeof(si_segment_ids)},
    VECTOR_FIELD(SI_FIELD_CENTROID, "centroid"),
    VECTOR_FIELD(SI_FIELD_ENDPOINT1, "endpoint1"),
    VECTOR_FIELD(SI_FIELD_ENDPOINT2, "endpoint2"),
    FLOAT_FIELD(SI_FIELD_RADIUS, "radius"),
    BYTE_FIELD(SI_FIELD_SECTION_TYPE, "section_type"),
    BYTE_FIELD(SI_FIELD_IS_SOMA, "is_soma"),
};

static const si_extraction segment_extractions[SI_FIELD_COUNT] = {
    [SI_FIELD_CENTROID] = {extract_axis_midpoint, 12, {.floats = FIRST_VECTOR | SECOND_VECTOR}},
    [SI_FIELD_RADIUS] = {extract_segment_radius, 4, {.floats = 64}},
    [SI_FIELD_GID] = {extract_gid, 8, {.words = 1}},
    [SI_FIELD_SECTION_ID] = {extract_section_id, 4, {.words = 1}},
    [SI_FIELD_SEGMENT_ID] = {extract_segment_id, 4, {.words = 1}},
    [SI_FIELD_IDS] = {extract_ids, sizeof(si_segment_ids), {.words = 1}},
    [SI_FIELD_ENDPOINT1] = {extract_position, 12, {.floats = FIRST_VECTOR}},
    [SI_FIELD_ENDPOINT2] = {extract_second_endpoint, 12, {.floats = SECOND_VECTOR, .words = 1}},
    [SI_FIELD_SECTION_TYPE] = {extract_section_type, 1, {.bytes = 1}},
    [SI_FIELD_IS_SOMA] = {extract_is_soma, 1, {.words = 1}},
};

static const si_input segment_inputs[] = {
    {SI_FIELD_GID, SI_INPUT_GID, 0},
    {SI_FIELD_SECTION_ID, SI_INPUT_SECTION_ID, 0},
    {SI_FIELD_SEGMENT_ID, SI_INPUT_SEGMENT_ID, 0},
    {SI_FIELD_ENDPOINT1, SI_INPUT_VECTOR, 0},
    {SI_FIELD_ENDPOINT2, SI_INPUT_SECOND_VECTOR, 3},
    {SI_FIELD_RADIUS, SI_INPUT_RADIUS, 6},
    {SI_FIELD_SECTION_TYPE, SI_INPUT_BYTE, 0},
};

/* ---- stored integers ---- */

static const si_stored_integer id_integers[SI_FIELD_COUNT] = {
    [SI_FIELD_ID] = {.mask = UINT64_MAX},
};

static const si_stored_integer synapse_integers[SI_FIELD_COUNT] = {
    [SI_FIELD_ID] = {.mask = UINT64_MAX},
    [SI_FIELD_POST_GID] = {.column = 1, .mask = UINT64_MAX},
    [SI_FIELD_PRE_GID] = {.column = 2, .mask = UINT64_MAX},
};

/* Somas are section 0. */
static const si_stored_integer segment_integers[SI_FIELD_COUNT] = {
    [SI_FIELD_GID] = {.shift = 28, .mask = SI_MAX_GID},
    [SI_FIELD_SECTION_ID] = {.shift = 14, .mask = SI_MAX_SECTION_ID},
    [SI_FIELD_SEGMENT_ID] = {.mask = SI_MAX_SEGMENT_ID},
    [SI_FIELD_IS_SOMA] = {.shift = 14, .mask = SI_MAX_SECTION_ID, .is_zero = true},
    [SI_FIELD_SECTION_TYPE] = {.is_byte = true, .mask = 255},
};

/* ---- descriptions ---- */

static void describe_id(const uint64_t *words, char *text, size_t size)
{
    snprintf(text, size, "id %llu", (unsigned long long)words[0]);
}

static void describe_synapse(const uint64_t *words, char *text, size_t size)
{
    snprintf(text, size, "id %llu, post_gid %llu, pre_gid %llu", (unsigned long long)words[0],
             (unsigned long long)words[1], (unsigned long long)words[2]);
}

static void describe_segment(const uint64_t *words, char *text, size_t size)
{
    si_segment_ids ids = si_unpack_segment_ids(words[0]);
    snprintf(text, size, "gid %llu, section %u, segment %u", (unsigned long long)ids.gid,
             ids.section_id, ids.segment_id);
}

/* "synapse with id 17 (row 3)" */
static void describe_row_by_id(const char *kind, const void *const *data, uint64_t row, char *text,
                               size_t size)
{
    const uint64_t *ids = data[SI_FIELD_ID];
    if (ids)
        snprintf(text, size, "%s with id %llu (row %llu)", kind, (unsigned long long)ids[row],
                 (unsigned long long)row);
    else
        snprintf(text, size, "%s in row %llu", kind, (unsigned long long)row);
}

/* "gid 3, section 1, segment 0" */
static void describe_row_of_segments(const char *kind, const void *const *data, uint64_t row,
                                     char *text, size_t size)
{
    const uint64_t *gids = data[SI_FIELD_GID];
    const uint32_t *sections = data[SI_FIELD_SECTION_ID], *segments = data[SI_FIELD_SEGMENT_ID];
    (void)kind;
    snprintf(text, size, "gid %llu, section %u, segment %u", (unsigned long long)gids[row],
             sections[row], segments[row]);
}

/* ---- the table ---- */

#define INPUTS(array) .input_count = sizeof(array) / sizeof(array)[0], .inputs = (array)
#define FIELDS(array) .field_count = sizeof(array) / sizeof(array)[0], .fields = (array)

static const si_element_type element_types[] = {
    [SI_POINT] = {.name = "point",
                  .stored_name = "point",
                  .word_count = 1,
                  .float_count = 3,
                  .record_bytes = 20,
                  FIELDS(point_fields),
                  INPUTS(point_inputs),
                  .match = match_leaf_of_points,
                  .bound = bound_leaf_of_points,
                  .centroid = position_centroid,
                  .transpose_leaf = transpose_points,
                  .near = near_leaf_of_points,
                  .distance = distance_to_point,
                  .extractions = point_extractions,
                  .integers = id_integers,
                  .describe = describe_id,
                  .describe_row = describe_row_by_id},
    [SI_SPHERE] = {.name = "sphere",
                   .stored_name = "sphere",
                   .word_count = 1,
                   .float_count = 4,
                   .record_bytes = 24,
                   FIELDS(sphere_fields),
                   INPUTS(sphere_inputs),
                   .match = match_leaf_of_spheres,
                   .bound = bound_leaf_of_spheres,
                   .centroid = position_centroid,
                   .transpose_leaf = transpose_spheres,
                   .near = near_leaf_of_spheres,
                   .distance = distance_to_sphere,
                   .overhang = SI_OVERHANG_ROUNDING,
                   .extractions = sphere_extractions,
                   .integers = id_integers,
                   .describe = describe_id,
                   .describe_row = describe_row_by_id},
    [SI_SYNAPSE] = {.name = "synapse",
                    .stored_name = "synapse",
                    .word_count = 3,
                    .float_count = 3,
                    .record_bytes = 36,
                    FIELDS(synapse_fields),
                    INPUTS(synapse_inputs),
                    .match = match_leaf_of_points,
                    .bound = bound_leaf_of_points,
                    .centroid = position_centroid,
                    .transpose_leaf = transpose_synapses,
                    .near = near_leaf_of_points,
                    .distance = distance_to_point,
                    .extractions = synapse_extractions,
                    .integers = synapse_integers,
                    .describe = describe_synapse,
                    .describe_row = describe_row_by_id},
    [SI_SEGMENT] = {.name = "segment",
                    .stored_name = "morphology",
                    .word_count = 1,
                    .float_count = 7,
                    .byte_count = 1,
                    .record_bytes = 37,
                    FIELDS(segment_fields),
                    INPUTS(segment_inputs),
                    .match = match_leaf_of_cylinders,
                    .bound = bound_leaf_of_cylinders,
                    .centroid = axis_midpoint,
                    .transpose_leaf = transpose_segments,
                    .near = near_leaf_of_cylinders,
                    .distance = distance_to_cylinder,
                    .overhang = SI_OVERHANG_CAPS,
                    .extractions = segment_extractions,
                    .integers = segment_integers,
                    .describe = describe_segment,
                    .describe_row = describe_row_of_segments},
};

/* ---- look-ups ---- */

#define ELEMENT_KIND_COUNT (sizeof element_types / sizeof element_types[0])

const si_element_type *si_element_type_of(si_element_kind kind)
{
    return &element_types[kind];
}

size_t si_leaf_column_bytes(const si_element_type *type, si_column_set columns)
{
    size_t bytes = columns.floats ? si_leaf_float_bytes(type) : 0;
    bytes += (size_t)__builtin_popcount(columns.words) * SI_LEAF_CAPACITY * sizeof(uint64_t);
    return bytes + (size_t)__builtin_popcount(columns.bytes) * SI_LEAF_CAPACITY;
}

bool si_element_kind_is_valid(uint32_t value)
{
    return value < ELEMENT_KIND_COUNT;
}

bool si_element_kind_by_stored_name(const char *name, si_element_kind *kind)
{
    for (uint32_t i = 0; i < ELEMENT_KIND_COUNT; i++) {
        if (strcmp(name, element_types[i].stored_name) == 0) {
            *kind = (si_element_kind)i;
            return true;
        }
    }
    return false;
}

const si_field_info *si_element_field(si_element_kind kind, si_field field)
{
    const si_element_type *type = si_element_type_of(kind);
    for (size_t i = 0; i < type->field_count; i++)
        if (type->fields[i].field == field)
            return &type->fields[i];
    return NULL;
}

const char *si_element_kind_name(si_element_kind kind)
{
    return si_element_kind_is_valid((uint32_t)kind) ? element_types[kind].name : NULL;
}

size_t si_element_kind_fields(si_element_kind kind, const si_field_info **fields)
{
    if (!fields || !si_element_kind_is_valid((uint32_t)kind))
        return 0;
    *fields = element_types[kind].fields;
    return element_types[kind].field_count;
}
