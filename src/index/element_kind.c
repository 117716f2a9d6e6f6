#include "index/element_kind.h"

#include <math.h>
#include <string.h>

/* ---- geometry of a leaf ---- */

static si_points points_of(const si_leaf *leaf)
{
    return (si_points){{leaf->floats[0], leaf->floats[1], leaf->floats[2]}};
}

static si_spheres spheres_of(const si_leaf *leaf)
{
    return (si_spheres){{leaf->floats[0], leaf->floats[1], leaf->floats[2]}, leaf->floats[3]};
}

static si_cylinders cylinders_of(const si_leaf *leaf)
{
    return (si_cylinders){{leaf->floats[0], leaf->floats[1], leaf->floats[2]},
                          {leaf->floats[3], leaf->floats[4], leaf->floats[5]},
                          leaf->floats[6]};
}

static uint64_t match_points(const si_query *query, const si_leaf *leaf)
{
    si_points points = points_of(leaf);
    return si_match_points(query, &points, leaf->count);
}

static uint64_t match_spheres(const si_query *query, const si_leaf *leaf)
{
    si_spheres spheres = spheres_of(leaf);
    return si_match_spheres(query, &spheres, leaf->count);
}

static uint64_t match_cylinders(const si_query *query, const si_leaf *leaf)
{
    si_cylinders cylinders = cylinders_of(leaf);
    return si_match_cylinders(query, &cylinders, leaf->count);
}

static si_box bound_points(const si_leaf *leaf)
{
    si_points points = points_of(leaf);
    return si_bound_points(&points, leaf->count);
}

static si_box bound_spheres(const si_leaf *leaf)
{
    si_spheres spheres = spheres_of(leaf);
    return si_bound_spheres(&spheres, leaf->count);
}

static si_box bound_cylinders(const si_leaf *leaf)
{
    si_cylinders cylinders = cylinders_of(leaf);
    return si_bound_cylinders(&cylinders, leaf->count);
}

static void position_centroid(const float *floats, float centroid[3])
{
    memcpy(centroid, floats, 3 * sizeof *floats);
}

/* Halved before the sum, so that no coordinate overflows. */
static float middle(float a, float b)
{
    return 0.5f * a + 0.5f * b;
}

static void axis_midpoint(const float *floats, float centroid[3])
{
    for (unsigned axis = 0; axis < 3; axis++)
        centroid[axis] = middle(floats[axis], floats[3 + axis]);
}

/* ---- fields of a leaf ---- */

static void extract_vector(const float *const columns[3], const uint8_t *slots, unsigned count,
                           float *values)
{
    for (unsigned i = 0; i < count; i++)
        for (unsigned axis = 0; axis < 3; axis++)
            values[3 * i + axis] = columns[axis][slots[i]];
}

static void extract_float(const float *column, const uint8_t *slots, unsigned count, float *values)
{
    for (unsigned i = 0; i < count; i++)
        values[i] = column[slots[i]];
}

static void extract_word(const uint64_t *column, const uint8_t *slots, unsigned count,
                         uint64_t *values)
{
    for (unsigned i = 0; i < count; i++)
        values[i] = column[slots[i]];
}

static void extract_position_field(si_field field, const si_leaf *leaf, const uint8_t *slots,
                                   unsigned count, void *values)
{
    switch (field) {
    case SI_FIELD_ID:
        extract_word(leaf->words[0], slots, count, values);
        break;
    case SI_FIELD_POST_GID:
        extract_word(leaf->words[1], slots, count, values);
        break;
    case SI_FIELD_PRE_GID:
        extract_word(leaf->words[2], slots, count, values);
        break;
    case SI_FIELD_RADIUS:
        extract_float(leaf->floats[3], slots, count, values);
        break;
    default: /* SI_FIELD_POSITION or SI_FIELD_CENTROID */
        extract_vector(leaf->floats, slots, count, values);
    }
}

static bool is_soma(const si_leaf *leaf, unsigned slot)
{
    return si_unpack_segment_ids(leaf->words[0][slot]).section_id == 0;
}

static void extract_second_endpoint(const si_leaf *leaf, const uint8_t *slots, unsigned count,
                                    float *values)
{
    extract_vector(leaf->floats + 3, slots, count, values);
    for (unsigned i = 0; i < count; i++)
        if (is_soma(leaf, slots[i]))
            values[3 * i] = values[3 * i + 1] = values[3 * i + 2] = NAN;
}

static void extract_axis_midpoint(const si_leaf *leaf, const uint8_t *slots, unsigned count,
                                  float *values)
{
    for (unsigned i = 0; i < count; i++)
        for (unsigned axis = 0; axis < 3; axis++)
            values[3 * i + axis] = middle(leaf->floats[axis][slots[i]],
                                          leaf->floats[3 + axis][slots[i]]);
}

static void extract_gid(const uint64_t *words, const uint8_t *slots, unsigned count, uint64_t *gids)
{
    for (unsigned i = 0; i < count; i++)
        gids[i] = si_unpack_segment_ids(words[slots[i]]).gid;
}

static void extract_section_id(const uint64_t *words, const uint8_t *slots, unsigned count,
                               uint32_t *section_ids)
{
    for (unsigned i = 0; i < count; i++)
        section_ids[i] = si_unpack_segment_ids(words[slots[i]]).section_id;
}

static void extract_segment_id(const uint64_t *words, const uint8_t *slots, unsigned count,
                               uint32_t *segment_ids)
{
    for (unsigned i = 0; i < count; i++)
        segment_ids[i] = si_unpack_segment_ids(words[slots[i]]).segment_id;
}

static void extract_ids(const uint64_t *words, const uint8_t *slots, unsigned count,
                        si_segment_ids *ids)
{
    for (unsigned i = 0; i < count; i++)
        ids[i] = si_unpack_segment_ids(words[slots[i]]);
}

static void extract_morphology_field(si_field field, const si_leaf *leaf, const uint8_t *slots,
                                     unsigned count, void *values)
{
    uint8_t *bytes = values;
    switch (field) {
    case SI_FIELD_ENDPOINT1:
        extract_vector(leaf->floats, slots, count, values);
        break;
    case SI_FIELD_ENDPOINT2:
        extract_second_endpoint(leaf, slots, count, values);
        break;
    case SI_FIELD_CENTROID:
        extract_axis_midpoint(leaf, slots, count, values);
        break;
    case SI_FIELD_RADIUS:
        extract_float(leaf->floats[6], slots, count, values);
        break;
    case SI_FIELD_SECTION_TYPE:
        for (unsigned i = 0; i < count; i++)
            bytes[i] = leaf->bytes[0][slots[i]];
        break;
    case SI_FIELD_IS_SOMA:
        for (unsigned i = 0; i < count; i++)
            bytes[i] = is_soma(leaf, slots[i]);
        break;
    case SI_FIELD_GID:
        extract_gid(leaf->words[0], slots, count, values);
        break;
    case SI_FIELD_SECTION_ID:
        extract_section_id(leaf->words[0], slots, count, values);
        break;
    case SI_FIELD_SEGMENT_ID:
        extract_segment_id(leaf->words[0], slots, count, values);
        break;
    default: /* SI_FIELD_IDS */
        extract_ids(leaf->words[0], slots, count, values);
    }
}

/* ---- the table ---- */

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

static const si_field_info point_fields[] = {
    ID_FIELD(SI_FIELD_ID, "id"),
    VECTOR_FIELD(SI_FIELD_POSITION, "position"),
};

static const si_field_info sphere_fields[] = {
    ID_FIELD(SI_FIELD_ID, "id"),
    VECTOR_FIELD(SI_FIELD_CENTROID, "centroid"),
    FLOAT_FIELD(SI_FIELD_RADIUS, "radius"),
};

static const si_field_info synapse_fields[] = {
    ID_FIELD(SI_FIELD_ID, "id"),
    ID_FIELD(SI_FIELD_PRE_GID, "pre_gid"),
    ID_FIELD(SI_FIELD_POST_GID, "post_gid"),
    VECTOR_FIELD(SI_FIELD_POSITION, "position"),
};

static const si_field_info morphology_fields[] = {
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

static const si_input point_inputs[] = {
    {SI_FIELD_ID, SI_INPUT_ID, 0},
    {SI_FIELD_POSITION, SI_INPUT_VECTOR, 0},
};

static const si_input sphere_inputs[] = {
    {SI_FIELD_ID, SI_INPUT_ID, 0},
    {SI_FIELD_CENTROID, SI_INPUT_VECTOR, 0},
    {SI_FIELD_RADIUS, SI_INPUT_RADIUS, 3},
};

static const si_input synapse_inputs[] = {
    {SI_FIELD_ID, SI_INPUT_ID, 0},
    {SI_FIELD_POST_GID, SI_INPUT_WORD, 1},
    {SI_FIELD_PRE_GID, SI_INPUT_WORD, 2},
    {SI_FIELD_POSITION, SI_INPUT_VECTOR, 0},
};

static const si_input morphology_inputs[] = {
    {SI_FIELD_GID, SI_INPUT_GID, 0},
    {SI_FIELD_SECTION_ID, SI_INPUT_SECTION_ID, 0},
    {SI_FIELD_SEGMENT_ID, SI_INPUT_SEGMENT_ID, 0},
    {SI_FIELD_ENDPOINT1, SI_INPUT_VECTOR, 0},
    {SI_FIELD_ENDPOINT2, SI_INPUT_SECOND_VECTOR, 3},
    {SI_FIELD_RADIUS, SI_INPUT_RADIUS, 6},
    {SI_FIELD_SECTION_TYPE, SI_INPUT_BYTE, 0},
};

#define INPUTS(array) .input_count = sizeof(array) / sizeof(array)[0], .inputs = (array)
#define FIELDS(array) .field_count = sizeof(array) / sizeof(array)[0], .fields = (array)

/* Page sizes are those that leave the least room unused at a few blocks of 4096 bytes. */
static const si_element_type element_types[] = {
    [SI_POINT] = {.name = "point",
                  .word_count = 1,
                  .float_count = 3,
                  .page_bytes = 20480,
                  .page_capacity = 1024,
                  FIELDS(point_fields),
                  INPUTS(point_inputs),
                  .match = match_points,
                  .bound = bound_points,
                  .centroid = position_centroid,
                  .extract = extract_position_field},
    [SI_SPHERE] = {.name = "sphere",
                   .word_count = 1,
                   .float_count = 4,
                   .page_bytes = 12288,
                   .page_capacity = 512,
                   FIELDS(sphere_fields),
                   INPUTS(sphere_inputs),
                   .match = match_spheres,
                   .bound = bound_spheres,
                   .centroid = position_centroid,
                   .extract = extract_position_field},
    [SI_SYNAPSE] = {.name = "synapse",
                    .word_count = 3,
                    .float_count = 3,
                    .page_bytes = 16384,
                    .page_capacity = 448,
                    FIELDS(synapse_fields),
                    INPUTS(synapse_inputs),
                    .match = match_points,
                    .bound = bound_points,
                    .centroid = position_centroid,
                    .extract = extract_position_field},
    [SI_MORPHOLOGY] = {.name = "morphology",
                       .word_count = 1,
                       .float_count = 7,
                       .byte_count = 1,
                       .page_bytes = 12288,
                       .page_capacity = 320,
                       FIELDS(morphology_fields),
                       INPUTS(morphology_inputs),
                       .match = match_cylinders,
                       .bound = bound_cylinders,
                       .centroid = axis_midpoint,
                       .extract = extract_morphology_field},
};

#define ELEMENT_KIND_COUNT (sizeof element_types / sizeof element_types[0])

const si_element_type *si_element_type_of(si_element_kind kind)
{
    return &element_types[kind];
}

bool si_element_kind_is_valid(uint32_t value)
{
    return value < ELEMENT_KIND_COUNT;
}

bool si_element_kind_by_name(const char *name, si_element_kind *kind)
{
    for (uint32_t i = 0; i < ELEMENT_KIND_COUNT; i++) {
        if (strcmp(name, element_types[i].name) == 0) {
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
    if (!si_element_kind_is_valid((uint32_t)kind))
        return 0;
    *fields = element_types[kind].fields;
    return element_types[kind].field_count;
}
