/*
 * Reads the lines of an SWC file as samples: id, type, x, y, z, radius and the id of the parent.
 *
 * Ids may come in any order and with gaps, so parents are found after all lines are read, by a
 * binary search in the ids, which a radix sort puts in order.
 */
#include "morphology/morphology_swc_samples.h"

#include <string.h>

#include "base/memory.h"
#include "morphology/morphology_number.h"

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

/* "nan" and "inf" need a sign to be numbers here. */
static bool begins_number(char character)
{
    return si_is_digit(character) || character == '-' || character == '+' || character == '.';
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

/* A number such as 3.0 or 1.2e+01 as the integer that it is. */
typedef struct whole_number {
    int64_t digits; /* without the point; TOO_LARGE for more */
    int zeros;      /* seen, but not yet part of `digits` */
    int64_t exponent;
} whole_number;

/* Zeros count only when another digit follows: those at the end of a fraction say nothing. */
static void add_digit(whole_number *number, char digit)
{
    number->zeros++;
    for (; digit != '0' && number->zeros > 0; number->zeros--)
        number->digits = number->digits < TOO_LARGE ? number->digits * 10 : TOO_LARGE;
    if (digit != '0' && number->digits < TOO_LARGE)
        number->digits += digit - '0';
}

/* The exponent after "e" and perhaps a sign; `at` if there is none. */
static const char *parse_exponent(const char *at, const char *end, int64_t *exponent)
{
    const char *first = at < end && (*at == 'e' || *at == 'E') ? at + 1 : end;
    bool negative = first < end && *first == '-';
    if (first < end && (*first == '-' || *first == '+'))
        first++;
    if (first >= end || !si_is_digit(*first))
        return at;
    *exponent = 0;
    for (at = first; at < end && si_is_digit(*at); at++)
        *exponent = *exponent < TOO_LARGE ? *exponent * 10 + (*at - '0') : TOO_LARGE;
    if (negative)
        *exponent = -*exponent;
    return at;
}

/* A whole number as tools write it that know only floats. Returns its end, or `first` where it is
 * none. */
static const char *parse_whole_float(const char *first, const char *end, int64_t *value)
{
    whole_number number = {0, 0, 0};
    const char *at = first;
    int64_t fraction = 0;
    for (; at < end && si_is_digit(*at); at++)
        add_digit(&number, *at);
    if (at < end && *at == '.')
        for (at++; at < end && si_is_digit(*at); at++, fraction++)
            add_digit(&number, *at);
    at = parse_exponent(at, end, &number.exponent);
    *value = number.digits;
    if (number.digits == 0)
        return at;
    int64_t shift = number.exponent - fraction + number.zeros;
    if (shift < 0)
        return first;
    for (; shift > 0 && *value < TOO_LARGE; shift--)
        *value *= 10;
    return at;
}

/* Returns the end of an integer, or `at` if there is none. */
static const char *parse_digits(const char *at, const char *end, int64_t *value)
{
    const char *first = at;
    *value = 0;
    for (; at < end && si_is_digit(*at); at++)
        *value = *value < TOO_LARGE ? *value * 10 + (*at - '0') : TOO_LARGE;
    if (at == first || at == end || (*at != '.' && *at != 'e' && *at != 'E'))
        return at;
    return parse_whole_float(first, end, value);
}

static bool continues_number(const char *at, const char *end)
{
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        return at < end && si_is_digit(*at);
    }
    return at < end && (si_is_digit(*at) || *at == '.');
}

/* `is_last`: the last column: the rest of the line after it is ignored. */
static si_result read_integer(line_reader *reader, const char *column, bool is_last, int64_t *value,
                              si_error *error)
{
    skip_blanks(reader);
    const char *end = reader->source->end;
    const char *digits = reader->at;
    bool negative = digits < end && *digits == '-';
    if (digits < end && (*digits == '-' || *digits == '+'))
        digits++;
    const char *rest = parse_digits(digits, end, value);
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

static si_result read_lines(const si_source *source, si_swc_samples *samples, si_error *error)
{
    line_reader reader = {source, source->begin};
    while (reader.at < source->end) {
        skip_blanks(&reader);
        if (!at_line_end(&reader)) {
            if (*reader.at != '#')
                SI_TRY(add_sample(&reader, samples, error));
            while (!at_line_end(&reader))
                reader.at++;
        }
        if (reader.at < source->end)
            reader.at++;
    }
    return SI_OK;
}

/* ------------------------------------------------------------------------------------- parents */

typedef struct id_entry {
    uint32_t id;
    uint32_t sample;
} id_entry;

enum { BYTE_VALUES = 256 };

/* One pass of a radix sort: by the byte at `shift`, stable. */
static void sort_ids_by_byte(const id_entry *from, id_entry *to, size_t count, unsigned shift)
{
    size_t begins[BYTE_VALUES] = {0};
    for (size_t i = 0; i < count; i++)
        begins[from[i].id >> shift & 0xff]++;
    size_t begin = 0;
    for (size_t value = 0; value < BYTE_VALUES; value++) {
        size_t in_bucket = begins[value];
        begins[value] = begin;
        begin += in_bucket;
    }
    for (size_t i = 0; i < count; i++)
        to[begins[from[i].id >> shift & 0xff]++] = from[i];
}

/* Linear whatever the ids are; four passes, so that the result is where it began. Ids that ascend
 * already, as in nearly every file, are left alone. */
static si_result sort_ids(id_entry *entries, size_t count, si_error *error)
{
    bool is_sorted = true;
    for (size_t i = 1; i < count; i++)
        is_sorted = is_sorted && entries[i - 1].id <= entries[i].id;
    if (is_sorted)
        return SI_OK;
    id_entry *other = si_allocate(count, sizeof *other);
    if (!other)
        return si_fail_memory(error);
    for (unsigned shift = 0; shift < 32; shift += 16) {
        sort_ids_by_byte(entries, other, count, shift);
        sort_ids_by_byte(other, entries, count, shift + 8);
    }
    si_free(other);
    return SI_OK;
}

/* The sample with an id; SI_SWC_NONE if there is none. */
static uint32_t find_sample_by_id(const id_entry *entries, size_t count, uint32_t id)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (entries[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && entries[low].id == id ? entries[low].sample : SI_SWC_NONE;
}

static si_result find_parent(const si_source *source, si_swc_samples *samples, size_t index,
                             const id_entry *entries, si_error *error)
{
    si_swc_sample *sample = &samples->data[index];
    if (sample->is_root)
        return SI_OK;
    if (sample->parent_id == sample->id)
        return si_source_fail(source, sample->parent_place, error,
                              "sample %u is its own parent, expected -1 or another sample",
                              sample->id);
    /* It is nearly always the line before. */
    if (index > 0 && samples->data[index - 1].id == sample->parent_id)
        sample->parent = (uint32_t)(index - 1);
    else
        sample->parent = find_sample_by_id(entries, samples->count, sample->parent_id);
    if (sample->parent == SI_SWC_NONE)
        return si_source_fail(source, sample->parent_place, error,
                              "the parent of sample %u is %u, expected a sample of this file or -1",
                              sample->id, sample->parent_id);
    return SI_OK;
}

/* Sorts the ids of all samples, refuses those that occur twice, and looks up each parent. */
static si_result find_parents(const si_source *source, si_swc_samples *samples, id_entry *entries,
                              si_error *error)
{
    for (size_t i = 0; i < samples->count; i++)
        entries[i] = (id_entry){samples->data[i].id, (uint32_t)i};
    SI_TRY(sort_ids(entries, samples->count, error));
    for (size_t i = 1; i < samples->count; i++) {
        if (entries[i - 1].id != entries[i].id)
            continue;
        const char *first = samples->data[entries[i - 1].sample].place;
        return si_source_fail(source, samples->data[entries[i].sample].place, error,
                              "the sample id %u is also that of line %zu", entries[i].id,
                              si_source_line(source, first));
    }
    for (size_t i = 0; i < samples->count; i++)
        SI_TRY(find_parent(source, samples, i, entries, error));
    return SI_OK;
}

si_result si_swc_samples_read(const si_source *source, si_swc_samples *samples, si_error *error)
{
    memset(samples, 0, sizeof *samples);
    SI_TRY(read_lines(source, samples, error));
    id_entry *entries = si_allocate(samples->count, sizeof *entries);
    if (!entries)
        return si_fail_memory(error);
    si_result result = find_parents(source, samples, entries, error);
    si_free(entries);
    return result;
}

void si_swc_samples_free(si_swc_samples *samples)
{
    si_free(samples->data);
    memset(samples, 0, sizeof *samples);
}
