/* Checks the columns that a caller gives to a builder: whole columns by loops without branches, and
 * value by value only to name the element that is wrong. */
#include "element/batch.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The bits of a float without its sign; those of a number that is not finite are at least
 * NOT_FINITE_BITS. */
#define SIZE_BITS 0x7fffffffu
#define NOT_FINITE_BITS 0x7f800000u

static const char *field_name(si_element_kind kind, si_field field)
{
    const si_field_info *info = si_element_field(kind, field);
    return info ? info->name : "unknown";
}

/* ---- columns ---- */

static bool is_input_field(const si_element_type *type, si_field field)
{
    for (size_t i = 0; i < type->input_count; i++)
        if (type->inputs[i].field == field)
            return true;
    return false;
}

static si_result check_all_given(const si_column_batch *batch, si_error *error)
{
    for (size_t i = 0; i < batch->type->input_count; i++) {
        const si_input *input = &batch->type->inputs[i];
        if (input->role != SI_INPUT_ID && !batch->data[input->field])
            return si_fail(error, SI_ERROR_ARGUMENT, "a %s needs the column \"%s\"",
                           batch->type->name, field_name(batch->kind, input->field));
    }
    return SI_OK;
}

static si_result collect_columns(si_column_batch *batch, const si_input_column *columns,
                                 size_t column_count, si_error *error)
{
    for (size_t i = 0; i < column_count; i++) {
        si_field field = columns[i].field;
        if (!is_input_field(batch->type, field))
            return si_fail(error, SI_ERROR_ARGUMENT, "a %s takes no column \"%s\" (field %d)",
                           batch->type->name, field_name(batch->kind, field), (int)field);
        if (!columns[i].data && batch->count > 0)
            return si_fail(error, SI_ERROR_ARGUMENT, "the data of column \"%s\" is NULL",
                           field_name(batch->kind, field));
        batch->data[field] = columns[i].data;
    }
    return batch->count > 0 ? check_all_given(batch, error) : SI_OK;
}

/* ---- values ---- */

/* The bits of the value of the greatest size; bits are in the order of the sizes. */
static uint32_t largest_bits(const float *values, uint64_t count)
{
    uint32_t largest = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        bits &= SIZE_BITS;
        largest = bits > largest ? bits : largest;
    }
    return largest;
}

static bool is_unread(const si_column_batch *batch, const si_input *input, uint64_t i)
{
    const uint32_t *sections = batch->data[SI_FIELD_SECTION_ID];
    return input->role == SI_INPUT_SECOND_VECTOR && sections[i] == 0;
}

/* Checks value by value: finds the element that is wrong, and skips what is not read of somas. */
static si_result check_each_vector(si_column_batch *batch, const si_input *input, si_error *error)
{
    const float(*vectors)[3] = batch->data[input->field];
    for (uint64_t i = 0; i < batch->count; i++) {
        if (is_unread(batch, input, i))
            continue;
        for (unsigned axis = 0; axis < 3; axis++) {
            float size = fabsf(vectors[i][axis]);
            if (!(size <= FLT_MAX)) {
                char element[96];
                batch->type->describe_row(batch->type->name, batch->data, i, element,
                                          sizeof element);
                return si_fail(error, SI_ERROR_ARGUMENT, "%s: its %s has the %c coordinate %g",
                               element, field_name(batch->kind, input->field), "xyz"[axis],
                               (double)vectors[i][axis]);
            }
            batch->largest = size > batch->largest ? size : batch->largest;
        }
    }
    return SI_OK;
}

static si_result check_vectors(si_column_batch *batch, const si_input *input, si_error *error)
{
    uint32_t bits = largest_bits(batch->data[input->field], 3 * batch->count);
    float largest;
    if (bits >= NOT_FINITE_BITS)
        return check_each_vector(batch, input, error);
    memcpy(&largest, &bits, sizeof largest);
    batch->largest = largest > batch->largest ? largest : batch->largest;
    return SI_OK;
}

static si_result check_radii(const si_column_batch *batch, si_error *error)
{
    const float *radii = batch->data[SI_FIELD_RADIUS];
    unsigned bad = 0;
    for (uint64_t i = 0; i < batch->count; i++)
        bad |= (unsigned)!(radii[i] >= 0) | (unsigned)!(radii[i] <= FLT_MAX);
    for (uint64_t i = 0; bad && i < batch->count; i++) {
        if (!(radii[i] >= 0 && radii[i] <= FLT_MAX)) {
            char element[96];
            batch->type->describe_row(batch->type->name, batch->data, i, element, sizeof element);
            return si_fail(error, SI_ERROR_ARGUMENT,
                           "%s: its radius is %g, expected a finite number of at least 0", element,
                           (double)radii[i]);
        }
    }
    return SI_OK;
}

static si_result check_segment_ids(const si_column_batch *batch, si_error *error)
{
    const uint64_t *gids = batch->data[SI_FIELD_GID];
    const uint32_t *sections = batch->data[SI_FIELD_SECTION_ID];
    const uint32_t *segments = batch->data[SI_FIELD_SEGMENT_ID];
    for (uint64_t i = 0; i < batch->count; i++)
        if (gids[i] > SI_MAX_GID || sections[i] > SI_MAX_SECTION_ID ||
            segments[i] > SI_MAX_SEGMENT_ID)
            return si_fail(error, SI_ERROR_LIMIT,
                           "gid %llu, section %u, segment %u: the limits are %llu, %u, %u",
                           (unsigned long long)gids[i], sections[i], segments[i],
                           (unsigned long long)SI_MAX_GID, SI_MAX_SECTION_ID, SI_MAX_SEGMENT_ID);
    return SI_OK;
}

static si_result check_input(si_column_batch *batch, const si_input *input, si_error *error)
{
    switch (input->role) {
    case SI_INPUT_VECTOR:
    case SI_INPUT_SECOND_VECTOR:
        return check_vectors(batch, input, error);
    case SI_INPUT_RADIUS:
        return check_radii(batch, error);
    case SI_INPUT_GID:
        return check_segment_ids(batch, error);
    default:
        return SI_OK;
    }
}

si_result si_column_batch_open(si_column_batch *batch, si_element_kind kind,
                               const si_input_column *columns, size_t column_count, uint64_t count,
                               si_error *error)
{
    *batch = (si_column_batch){.kind = kind, .type = si_element_type_of(kind), .count = count};
    if (count > SIZE_MAX / 64)
        return si_fail(error, SI_ERROR_ARGUMENT, "invalid element count %llu",
                       (unsigned long long)count);
    SI_TRY(collect_columns(batch, columns, column_count, error));
    for (size_t i = 0; count > 0 && i < batch->type->input_count; i++)
        SI_TRY(check_input(batch, &batch->type->inputs[i], error));
    return SI_OK;
}
