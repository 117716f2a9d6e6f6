#include "index/batch.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "index/record.h"

/* Columns that an append must have; IDs may be left out. */
static const si_field required_fields[][7] = {
    [SI_POINT] = {SI_FIELD_POSITION},
    [SI_SPHERE] = {SI_FIELD_CENTROID, SI_FIELD_RADIUS},
    [SI_SYNAPSE] = {SI_FIELD_POSITION, SI_FIELD_POST_GID, SI_FIELD_PRE_GID},
    [SI_MORPHOLOGY] = {SI_FIELD_ENDPOINT1, SI_FIELD_ENDPOINT2, SI_FIELD_RADIUS, SI_FIELD_GID,
                       SI_FIELD_SECTION_ID, SI_FIELD_SEGMENT_ID, SI_FIELD_SECTION_TYPE},
};
static const unsigned required_field_count[] = {1, 2, 3, 7};

static const char *field_name(si_element_kind kind, si_field field)
{
    const si_field_info *info = si_element_field(kind, field);
    return info ? info->name : "unknown";
}

static bool is_input_field(si_element_kind kind, si_field field)
{
    if (field == SI_FIELD_ID)
        return kind != SI_MORPHOLOGY;
    for (unsigned i = 0; i < required_field_count[kind]; i++)
        if (required_fields[kind][i] == field)
            return true;
    return false;
}

static si_status collect_columns(si_batch *batch, const si_input_column *columns,
                                 size_t column_count, si_error *error)
{
    si_element_kind kind = batch->kind;
    for (size_t i = 0; i < column_count; i++) {
        si_field field = columns[i].field;
        if (!is_input_field(kind, field))
            return si_fail(error, SI_ERROR_ARGUMENT, "a %s takes no column \"%s\" (field %d)",
                           batch->type->name, field_name(kind, field), (int)field);
        if (!columns[i].data && batch->count > 0)
            return si_fail(error, SI_ERROR_ARGUMENT, "the data of column \"%s\" is NULL",
                           field_name(kind, field));
        batch->data[field] = columns[i].data;
    }
    for (unsigned i = 0; i < required_field_count[kind]; i++)
        if (!batch->data[required_fields[kind][i]] && batch->count > 0)
            return si_fail(error, SI_ERROR_ARGUMENT, "a %s needs the column \"%s\"",
                           batch->type->name, field_name(kind, required_fields[kind][i]));
    return SI_OK;
}

/* "synapse 17", "gid 3, section 1, segment 0": how an element is called in errors. */
static void describe_element(const si_batch *batch, uint64_t i, char *text, size_t size)
{
    const uint64_t *gids = batch->data[SI_FIELD_GID], *ids = batch->data[SI_FIELD_ID];
    const uint32_t *sections = batch->data[SI_FIELD_SECTION_ID];
    const uint32_t *segments = batch->data[SI_FIELD_SEGMENT_ID];
    if (batch->kind == SI_MORPHOLOGY)
        snprintf(text, size, "gid %llu, section %u, segment %u", (unsigned long long)gids[i],
                 sections[i], segments[i]);
    else if (ids)
        snprintf(text, size, "%s with id %llu (row %llu)", batch->type->name,
                 (unsigned long long)ids[i], (unsigned long long)i);
    else
        snprintf(text, size, "%s in row %llu", batch->type->name, (unsigned long long)i);
}

static si_status check_coordinates(si_batch *batch, si_field field, si_error *error)
{
    const float *values = batch->data[field];
    float seen = 0;
    if (!values)
        return SI_OK;
    for (uint64_t i = 0; i < 3 * batch->count; i++) {
        float size = fabsf(values[i]);
        if (!(size <= FLT_MAX)) {
            char element[96];
            describe_element(batch, i / 3, element, sizeof element);
            return si_fail(error, SI_ERROR_ARGUMENT, "%s: its %s has the %c coordinate %g", element,
                           field_name(batch->kind, field), "xyz"[i % 3], (double)values[i]);
        }
        seen = size > seen ? size : seen;
    }
    batch->largest = seen > batch->largest ? seen : batch->largest;
    return SI_OK;
}

static si_status check_radii(const si_batch *batch, si_error *error)
{
    const float *radii = batch->data[SI_FIELD_RADIUS];
    for (uint64_t i = 0; radii && i < batch->count; i++) {
        if (!(radii[i] >= 0 && radii[i] <= FLT_MAX)) {
            char element[96];
            describe_element(batch, i, element, sizeof element);
            return si_fail(error, SI_ERROR_ARGUMENT,
                           "%s: its radius is %g, expected a finite one of at least 0", element,
                           (double)radii[i]);
        }
    }
    return SI_OK;
}

static si_status check_segment_ids(const si_batch *batch, si_error *error)
{
    const uint64_t *gids = batch->data[SI_FIELD_GID];
    const uint32_t *sections = batch->data[SI_FIELD_SECTION_ID];
    const uint32_t *segments = batch->data[SI_FIELD_SEGMENT_ID];
    for (uint64_t i = 0; gids && i < batch->count; i++)
        if (gids[i] > SI_MAX_GID || sections[i] > SI_MAX_SECTION_ID ||
            segments[i] > SI_MAX_SEGMENT_ID)
            return si_fail(error, SI_ERROR_LIMIT,
                           "gid %llu, section %u, segment %u: the largest ids are %llu, %u, %u",
                           (unsigned long long)gids[i], sections[i], segments[i],
                           (unsigned long long)SI_MAX_GID, SI_MAX_SECTION_ID, SI_MAX_SEGMENT_ID);
    return SI_OK;
}

/* Somas have no second endpoint to check. */
static si_status check_second_endpoints(si_batch *batch, si_error *error)
{
    const uint32_t *sections = batch->data[SI_FIELD_SECTION_ID];
    const float(*endpoints)[3] = batch->data[SI_FIELD_ENDPOINT2];
    for (uint64_t i = 0; endpoints && i < batch->count; i++) {
        if (sections[i] == 0)
            continue;
        for (unsigned axis = 0; axis < 3; axis++) {
            float size = fabsf(endpoints[i][axis]);
            if (!(size <= FLT_MAX))
                return si_fail(error, SI_ERROR_ARGUMENT,
                               "gid %llu, section %u, segment %u: its endpoint2 has the %c "
                               "coordinate %g",
                               (unsigned long long)((const uint64_t *)batch->data[SI_FIELD_GID])[i],
                               sections[i], ((const uint32_t *)batch->data[SI_FIELD_SEGMENT_ID])[i],
                               "xyz"[axis], (double)endpoints[i][axis]);
            batch->largest = size > batch->largest ? size : batch->largest;
        }
    }
    return SI_OK;
}

static si_status check_values(si_batch *batch, si_error *error)
{
    SI_TRY(check_segment_ids(batch, error));
    SI_TRY(check_coordinates(batch, SI_FIELD_POSITION, error));
    SI_TRY(check_coordinates(batch, SI_FIELD_CENTROID, error));
    SI_TRY(check_coordinates(batch, SI_FIELD_ENDPOINT1, error));
    SI_TRY(check_second_endpoints(batch, error));
    return check_radii(batch, error);
}

/* ---- batch to records ---- */

static void put_words(const si_batch *batch, uint64_t i, uint64_t position,
                      uint64_t words[SI_MAX_WORDS])
{
    const uint64_t *ids = batch->data[SI_FIELD_ID];
    if (batch->kind == SI_MORPHOLOGY) {
        words[0] = si_pack_segment_ids(((const uint64_t *)batch->data[SI_FIELD_GID])[i],
                                       ((const uint32_t *)batch->data[SI_FIELD_SECTION_ID])[i],
                                       ((const uint32_t *)batch->data[SI_FIELD_SEGMENT_ID])[i]);
        return;
    }
    words[0] = ids ? ids[i] : position;
    if (batch->kind == SI_SYNAPSE) {
        words[1] = ((const uint64_t *)batch->data[SI_FIELD_POST_GID])[i];
        words[2] = ((const uint64_t *)batch->data[SI_FIELD_PRE_GID])[i];
    }
}

static void put_vector(const si_batch *batch, si_field field, uint64_t i, float floats[3])
{
    memcpy(floats, (const float *)batch->data[field] + 3 * i, 3 * sizeof *floats);
}

static void put_floats(const si_batch *batch, uint64_t i, bool is_soma, float floats[SI_MAX_FLOATS])
{
    const float *radii = batch->data[SI_FIELD_RADIUS];
    switch (batch->kind) {
    case SI_MORPHOLOGY:
        put_vector(batch, SI_FIELD_ENDPOINT1, i, floats);
        put_vector(batch, is_soma ? SI_FIELD_ENDPOINT1 : SI_FIELD_ENDPOINT2, i, floats + 3);
        floats[6] = radii[i];
        break;
    case SI_SPHERE:
        put_vector(batch, SI_FIELD_CENTROID, i, floats);
        floats[3] = radii[i];
        break;
    case SI_POINT:
    case SI_SYNAPSE:
        put_vector(batch, SI_FIELD_POSITION, i, floats);
    }
}

void si_batch_put_record(const si_batch *batch, uint64_t i, uint64_t position, char *record)
{
    const si_element_type *type = batch->type;
    const uint8_t *section_types = batch->data[SI_FIELD_SECTION_TYPE];
    uint64_t words[SI_MAX_WORDS] = {0};
    float floats[SI_MAX_FLOATS] = {0};
    put_words(batch, i, position, words);
    bool is_soma = batch->kind == SI_MORPHOLOGY && si_unpack_segment_ids(words[0]).section_id == 0;
    put_floats(batch, i, is_soma, floats);
    memcpy(record, words, type->word_count * sizeof *words);
    memcpy(record + si_record_floats_offset(type), floats, type->float_count * sizeof *floats);
    if (type->byte_count)
        record[si_record_bytes_offset(type)] = (char)section_types[i];
}

si_status si_batch_open(si_batch *batch, si_element_kind kind, const si_input_column *columns,
                        size_t column_count, uint64_t count, si_error *error)
{
    *batch = (si_batch){.kind = kind, .type = si_element_type_of(kind), .count = count};
    if (count > SIZE_MAX / 64)
        return si_fail(error, SI_ERROR_ARGUMENT, "%llu elements at once cannot be",
                       (unsigned long long)count);
    SI_TRY(collect_columns(batch, columns, column_count, error));
    return check_values(batch, error);
}
