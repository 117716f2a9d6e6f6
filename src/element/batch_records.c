/* Converts columns to records: one column at a time, over few enough records to stay in the
 * processor's cache. */
#include <string.h>

#include "base/arithmetic.h"
#include "element/batch.h"
#include "element/record.h"

#define RECORDS_AT_A_TIME 256

/* A column of records: where it begins, and the bytes from one record to the next. */
typedef struct record_column {
    char *at;
    size_t stride;
} record_column;

static void put_words(record_column to, const uint64_t *values, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        memcpy(to.at + i * to.stride, &values[i], sizeof *values);
}

static void put_counted_ids(record_column to, uint64_t first, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        uint64_t number = first + i;
        memcpy(to.at + i * to.stride, &number, sizeof number);
    }
}

static void put_floats(record_column to, const float *values, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        memcpy(to.at + i * to.stride, &values[i], sizeof *values);
}

static void put_vectors(record_column to, const float *values, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        memcpy(to.at + i * to.stride, values + 3 * i, 3 * sizeof *values);
}

static void put_bytes(record_column to, const uint8_t *values, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        memcpy(to.at + i * to.stride, &values[i], 1);
}

static void put_segment_ids(record_column to, const si_column_batch *batch, uint64_t first,
                            uint64_t count)
{
    const uint64_t *gids = (const uint64_t *)batch->data[SI_FIELD_GID] + first;
    const uint32_t *sections = (const uint32_t *)batch->data[SI_FIELD_SECTION_ID] + first;
    const uint32_t *segments = (const uint32_t *)batch->data[SI_FIELD_SEGMENT_ID] + first;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t word = si_pack_segment_ids(gids[i], sections[i], segments[i]);
        memcpy(to.at + i * to.stride, &word, sizeof word);
    }
}

/* The second endpoint of a soma is its first one: a cylinder without length is the ball of its
 * radius. */
static void put_second_endpoints(record_column to, const si_column_batch *batch, uint64_t first,
                                 uint64_t count)
{
    const float(*starts)[3] = batch->data[SI_FIELD_ENDPOINT1];
    const float(*ends)[3] = batch->data[SI_FIELD_ENDPOINT2];
    const uint32_t *sections = batch->data[SI_FIELD_SECTION_ID];
    for (uint64_t i = first; i < first + count; i++, to.at += to.stride)
        memcpy(to.at, sections[i] == 0 ? starts[i] : ends[i], sizeof ends[i]);
}

static record_column word_column(const si_element_type *type, const si_input *input, char *records)
{
    return (record_column){records + input->slot * sizeof(uint64_t), type->record_bytes};
}

static record_column float_column(const si_element_type *type, const si_input *input, char *records)
{
    return (record_column){records + si_record_floats_offset(type) + input->slot * sizeof(float),
                           type->record_bytes};
}

static record_column byte_column(const si_element_type *type, const si_input *input, char *records)
{
    return (record_column){records + si_record_bytes_offset(type) + input->slot,
                           type->record_bytes};
}

static void put_input(const si_column_batch *batch, const si_input *input, uint64_t first,
                      uint64_t count, uint64_t position, char *records)
{
    const si_element_type *type = batch->type;
    const void *data = batch->data[input->field];
    switch (input->role) {
    case SI_INPUT_ID:
        if (!data)
            put_counted_ids(word_column(type, input, records), position, count);
        else
            put_words(word_column(type, input, records), (const uint64_t *)data + first, count);
        break;
    case SI_INPUT_WORD:
        put_words(word_column(type, input, records), (const uint64_t *)data + first, count);
        break;
    case SI_INPUT_VECTOR:
        put_vectors(float_column(type, input, records), (const float *)data + 3 * first, count);
        break;
    case SI_INPUT_SECOND_VECTOR:
        put_second_endpoints(float_column(type, input, records), batch, first, count);
        break;
    case SI_INPUT_RADIUS:
        put_floats(float_column(type, input, records), (const float *)data + first, count);
        break;
    case SI_INPUT_BYTE:
        put_bytes(byte_column(type, input, records), (const uint8_t *)data + first, count);
        break;
    case SI_INPUT_GID:
        put_segment_ids(word_column(type, input, records), batch, first, count);
        break;
    case SI_INPUT_SECTION_ID:
    case SI_INPUT_SEGMENT_ID:
        break; /* packed together with the gid */
    }
}

void si_column_batch_put_records(const si_column_batch *batch, uint64_t first, uint64_t count,
                                 uint64_t position, char *records)
{
    size_t stride = batch->type->record_bytes;
    for (uint64_t done = 0; done < count; done += RECORDS_AT_A_TIME) {
        uint64_t some = si_min_u64(RECORDS_AT_A_TIME, count - done);
        for (size_t i = 0; i < batch->type->input_count; i++)
            put_input(batch, &batch->type->inputs[i], first + done, some, position + done,
                      records + done * stride);
    }
}
