/* The lines of an SWC file. */
#include <string.h>

#include "base/memory.h"
#include "morphology/morphology_number.h"
#include "morphology/morphology_swc.h"

typedef struct line_reader {
    const si_source *source;
    const char *at;
} line_reader;

/* One more than any id, so that larger numbers need not be told apart. */
#define TOO_LARGE (INT64_C(1) << 32)

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

static bool is_line_end(char character)
{
    return character == '\n' || character == '\r';
}

static bool is_digit(char character)
{
    return (unsigned char)(character - '0') < 10;
}

/* "nan" and "inf" need a sign to be numbers here. */
static bool begins_number(char character)
{
    return is_digit(character) || character == '-' || character == '+' || character == '.';
}

static bool at_line_end(const line_reader *reader)
{
    return reader->at == reader->source->end || is_line_end(*reader->at);
}

static void skip_blanks(line_reader *reader)
{
    while (reader->at < reader->source->end && is_blank(*reader->at))
        reader->at++;
}

static void skip_line(line_reader *reader)
{
    while (!at_line_end(reader))
        reader->at++;
}

static si_result fail_number(const line_reader *reader, const char *column, const char *expected,
                             si_error *error)
{
    return si_source_fail(reader->source, reader->at, error, "the %s is %s, expected %s", column,
                          si_source_quote(reader->source, reader->at).text, expected);
}

static si_result read_float(line_reader *reader, const char *column, float *value, si_error *error)
{
    skip_blanks(reader);
    const char *rest = reader->at;
    if (!at_line_end(reader) && begins_number(*rest))
        SI_TRY(si_number_read(reader->at, reader->source->end, &rest, value, error));
    if (rest == reader->at)
        return fail_number(reader, column, "a number", error);
    reader->at = rest;
    return SI_OK;
}

/* Digits, and a fraction of zeros after them, as tools write it that know only floats. The end of
 * that, or `at` if there is no integer. */
static const char *read_digits(const char *at, const char *end, int64_t *value)
{
    const char *first = at;
    *value = 0;
    for (; at < end && is_digit(*at); at++)
        *value = *value < TOO_LARGE ? *value * 10 + (*at - '0') : TOO_LARGE;
    if (at == first || at == end || *at != '.')
        return at;
    at++;
    while (at < end && *at == '0')
        at++;
    return at;
}

static bool continues_number(const char *at, const char *end)
{
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        return at < end && is_digit(*at);
    }
    return at < end && (is_digit(*at) || *at == '.');
}

/* `is_last`: the column after which the rest of the line is nobody's business. */
static si_result read_integer(line_reader *reader, const char *column, bool is_last, int64_t *value,
                              si_error *error)
{
    skip_blanks(reader);
    const char *end = reader->source->end;
    const char *digits = reader->at;
    bool negative = digits < end && *digits == '-';
    if (digits < end && (*digits == '-' || *digits == '+'))
        digits++;
    const char *rest = read_digits(digits, end, value);
    bool separated = rest == end || is_blank(*rest) || is_line_end(*rest);
    if (rest == digits || (is_last ? continues_number(rest, end) : !separated))
        return fail_number(reader, column, "an integer", error);
    if (negative)
        *value = -*value;
    reader->at = rest;
    return SI_OK;
}

static si_result read_integer_within(line_reader *reader, const char *column, bool is_last,
                                     int64_t lowest, int64_t highest, int64_t *value,
                                     const char **place, si_error *error)
{
    skip_blanks(reader);
    *place = reader->at;
    SI_TRY(read_integer(reader, column, is_last, value, error));
    if (*value >= lowest && *value <= highest)
        return SI_OK;
    return si_source_fail(reader->source, *place, error, "the %s is %s, expected %lld to %lld",
                          column, si_source_quote(reader->source, *place).text, (long long)lowest,
                          (long long)highest);
}

static si_result read_sample(line_reader *reader, si_swc_sample *sample, si_error *error)
{
    int64_t id, type, parent;
    float radius = 0;
    const char *type_place;
    SI_TRY(
        read_integer_within(reader, "sample id", false, 0, UINT32_MAX, &id, &sample->place, error));
    SI_TRY(read_integer_within(reader, "type", false, SI_SECTION_SOMA, SI_SECTION_LAST, &type,
                               &type_place, error));
    SI_TRY(read_float(reader, "x coordinate", &sample->point[0], error));
    SI_TRY(read_float(reader, "y coordinate", &sample->point[1], error));
    SI_TRY(read_float(reader, "z coordinate", &sample->point[2], error));
    SI_TRY(read_float(reader, "radius", &radius, error));
    SI_TRY(read_integer_within(reader, "parent", true, -1, UINT32_MAX, &parent,
                               &sample->parent_place, error));
    sample->id = (uint32_t)id;
    sample->type = (uint8_t)type;
    sample->diameter = 2 * radius;
    sample->is_root = parent == -1;
    sample->parent_id = (uint32_t)parent;
    sample->parent = SI_SWC_NONE;
    return SI_OK;
}

static si_result add_sample(line_reader *reader, si_swc_samples *samples, si_error *error)
{
    if (samples->count >= INT32_MAX)
        return si_fail(error, SI_ERROR_LIMIT, "%s: more than %d samples", reader->source->path,
                       INT32_MAX);
    void *grown = si_grow(samples->data, &samples->capacity, samples->count + 1,
                          sizeof *samples->data);
    if (!grown)
        return si_fail_memory(error);
    samples->data = grown;
    SI_TRY(read_sample(reader, &samples->data[samples->count], error));
    samples->count++;
    return SI_OK;
}

si_result si_swc_samples_read(const si_source *source, si_swc_samples *samples, si_error *error)
{
    line_reader reader = {source, source->begin};
    memset(samples, 0, sizeof *samples);
    while (reader.at < source->end) {
        skip_blanks(&reader);
        if (!at_line_end(&reader)) {
            if (*reader.at != '#')
                SI_TRY(add_sample(&reader, samples, error));
            skip_line(&reader);
        }
        if (reader.at < source->end)
            reader.at++;
    }
    return SI_OK;
}

void si_swc_samples_free(si_swc_samples *samples)
{
    si_free(samples->data);
    memset(samples, 0, sizeof *samples);
}
