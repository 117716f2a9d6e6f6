/*
 * Reads a types file: lines, fields and quotes, then rows sorted by id and found by binary search.
 *
 * Fields stay in the text of the file, terminated in place. Several blanks separate fields as one
 * does; a row that then has too few fields is read again with each blank as a separator, which
 * finds the empty fields of tables that were written so.
 */
#include "sonata/types_file.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/memory.h"
#include "sonata/sonata_names.h"

typedef struct type_row {
    int64_t id;
    size_t line;
    size_t first_field;
} type_row;

struct si_types_file {
    char *path;
    const char *id_name;
    char *text;     /* fields are terminated in place */
    locale_t plain; /* numbers have a point, whatever the user's language */
    size_t column_count;
    size_t id_column;
    char **fields; /* the header's, then each row's */
    size_t field_count;
    size_t field_capacity;
    type_row *rows; /* ascending by id */
    size_t row_count;
    size_t row_capacity;
};

/* False unless the number takes up the whole text. */
static bool parse_integer(const char *text, int64_t *value)
{
    char *end;
    errno = 0;
    long long parsed = strtoll(text, &end, 10);
    *value = parsed;
    return end != text && *end == '\0' && errno == 0;
}

static bool parse_number(const si_types_file *types, const char *text, double *value)
{
    char *end;
    *value = strtod_l(text, &end, types->plain);
    return end != text && *end == '\0';
}

/* ------------------------------------------------------------------------------------- parsing */

/* A line without its end; `at` moves on through it. */
typedef struct type_line {
    char *at;
    char *end;
    size_t number;
    /* Several blanks are one separator, unless each is: that finds the empty fields of a table
     * written with exactly one between fields. */
    bool each_blank;
} type_line;

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

/* Where the field that starts here stops; NULL: a quote is not closed. */
static char *find_field_end(char *at, const char *end)
{
    if (at < end && *at == '"') {
        for (at++; at < end; at++) {
            if (*at == '"' && !(at + 1 < end && at[1] == '"'))
                return at + 1;
            at += *at == '"';
        }
        return NULL;
    }
    while (at < end && !is_blank(*at))
        at++;
    return at;
}

/* Finds the next field, quotes included. False: the line has no more, or *stop is NULL. */
static bool next_field(type_line *line, bool is_first, char **start, char **stop)
{
    if (!line->each_blank) {
        while (line->at < line->end && is_blank(*line->at))
            line->at++;
        if (line->at == line->end)
            return false;
    } else if (!is_first) {
        if (line->at == line->end)
            return false;
        line->at++;
    }
    *start = line->at;
    *stop = find_field_end(line->at, line->end);
    if (*stop)
        line->at = *stop;
    return true;
}

static si_result count_fields(const si_types_file *types, type_line line, size_t *count,
                              si_error *error)
{
    char *start, *stop;
    for (*count = 0; next_field(&line, *count == 0, &start, &stop); ++*count) {
        if (!stop)
            return si_fail(error, SI_ERROR_FORMAT, "%s:%zu: an unclosed quote", types->path,
                           line.number);
        if (stop < line.end && !is_blank(*stop))
            return si_fail(error, SI_ERROR_FORMAT,
                           "%s:%zu: '%c' after a closing quote, expected a space", types->path,
                           line.number, *stop);
    }
    return SI_OK;
}

/* Takes the quotes away; a doubled quote stands for one. */
static char *unquote(char *start, char *stop)
{
    if (start == stop || *start != '"') {
        *stop = '\0';
        return start;
    }
    char *write = start;
    for (char *read = start + 1; read < stop - 1; read++) {
        *write++ = *read;
        read += *read == '"';
    }
    *write = '\0';
    return start;
}

static si_result add_fields(si_types_file *types, type_line line, si_error *error)
{
    char *start, *stop;
    bool more = next_field(&line, true, &start, &stop);
    while (more) {
        char *field = start, *field_stop = stop;
        more = next_field(&line, false, &start, &stop);
        char **fields = si_grow(types->fields, &types->field_capacity, types->field_count + 1,
                                sizeof *fields);
        if (!fields)
            return si_fail_memory(error);
        types->fields = fields;
        types->fields[types->field_count++] = unquote(field, field_stop);
    }
    return SI_OK;
}

static si_result add_header(si_types_file *types, type_line line, si_error *error)
{
    SI_TRY(count_fields(types, line, &types->column_count, error));
    SI_TRY(add_fields(types, line, error));
    for (size_t i = 1; i < types->column_count; i++) {
        size_t first = si_types_file_column(types, types->fields[i]);
        if (first < i)
            return si_fail(error, SI_ERROR_FORMAT, "%s:%zu: columns %zu and %zu are both named %s",
                           types->path, line.number, first + 1, i + 1, types->fields[i]);
    }
    types->id_column = si_types_file_column(types, types->id_name);
    if (types->id_column == SI_NO_COLUMN)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s:%zu: no column %s, expected a line of column names separated by spaces",
                       types->path, line.number, types->id_name);
    return SI_OK;
}

/* An integer, which may be written as a float. */
static bool parse_id(const si_types_file *types, const char *text, int64_t *id)
{
    double value;
    if (parse_integer(text, id))
        return true;
    if (!parse_number(types, text, &value) || !(fabs(value) < 0x1p53) || floor(value) != value)
        return false;
    *id = (int64_t)value;
    return true;
}

static si_result add_row(si_types_file *types, type_line line, si_error *error)
{
    size_t count;
    SI_TRY(count_fields(types, line, &count, error));
    if (count != types->column_count) {
        size_t count_of_runs = count;
        line.each_blank = true;
        SI_TRY(count_fields(types, line, &count, error));
        if (count != types->column_count)
            return si_fail(error, SI_ERROR_FORMAT, "%s:%zu: %zu columns, expected %zu", types->path,
                           line.number, count_of_runs, types->column_count);
    }
    type_row *rows = si_grow(types->rows, &types->row_capacity, types->row_count + 1, sizeof *rows);
    if (!rows)
        return si_fail_memory(error);
    types->rows = rows;
    type_row *row = &rows[types->row_count++];
    *row = (type_row){.line = line.number, .first_field = types->field_count};
    SI_TRY(add_fields(types, line, error));
    const char *id = types->fields[row->first_field + types->id_column];
    if (!parse_id(types, id, &row->id))
        return si_fail(error, SI_ERROR_FORMAT, "%s:%zu: %s is '%s', expected an integer",
                       types->path, line.number, types->id_name, id);
    return SI_OK;
}

static si_result parse_lines(si_types_file *types, size_t length, si_error *error)
{
    char *at = types->text, *end = types->text + length;
    if (length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    for (size_t number = 1; at < end; number++) {
        char *line_end = at;
        while (line_end < end && *line_end != '\n' && *line_end != '\r')
            line_end++;
        char *next = line_end + (line_end < end);
        next += next < end && *line_end == '\r' && *next == '\n';
        char *line_begin = at;
        type_line line = {.at = at, .end = line_end, .number = number};
        at = next;
        while (line.at < line.end && is_blank(*line.at))
            line.at++;
        if (line.at == line.end)
            continue;
        line.at = line_begin;
        if (types->column_count == 0)
            SI_TRY(add_header(types, line, error));
        else
            SI_TRY(add_row(types, line, error));
    }
    if (types->column_count == 0)
        return si_fail(error, SI_ERROR_FORMAT, "%s: empty, expected a line of column names",
                       types->path);
    return SI_OK;
}

static int compare_rows(const void *left, const void *right)
{
    const type_row *a = left, *b = right;
    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

static si_result sort_rows(si_types_file *types, si_error *error)
{
    if (types->row_count > 0)
        qsort(types->rows, types->row_count, sizeof *types->rows, compare_rows);
    for (size_t i = 1; i < types->row_count; i++) {
        if (types->rows[i - 1].id == types->rows[i].id)
            return si_fail(error, SI_ERROR_FORMAT,
                           "%s:%zu: %s %" PRId64 " is given again, it is also in line %zu",
                           types->path, types->rows[i].line, types->id_name, types->rows[i].id,
                           types->rows[i - 1].line);
    }
    return SI_OK;
}

static si_result parse_text(si_types_file *types, size_t length, si_error *error)
{
    if (memchr(types->text, '\0', length))
        return si_fail(error, SI_ERROR_FORMAT, "%s: holds NUL bytes, expected text", types->path);
    types->plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (types->plain == (locale_t)0)
        return si_fail_memory(error);
    SI_TRY(parse_lines(types, length, error));
    return sort_rows(types, error);
}

/* ------------------------------------------------------------------------------ opening, values */

/* Takes over `text`, which has a terminator. */
static si_result open_text(char *text, size_t length, const char *path, const char *id_name,
                           si_types_file **types, si_error *error)
{
    si_types_file *opened = si_allocate_zeroed(1, sizeof *opened);
    if (!opened) {
        si_free(text);
        return si_fail_memory(error);
    }
    opened->text = text;
    opened->id_name = id_name;
    opened->path = si_duplicate_string(path);
    si_result result = opened->path ? parse_text(opened, length, error) : si_fail_memory(error);
    if (result != SI_OK) {
        si_types_file_close(opened);
        return result;
    }
    *types = opened;
    return SI_OK;
}

si_result si_types_file_parse(const char *text, size_t length, const char *path,
                              const char *id_name, si_types_file **types, si_error *error)
{
    char *copy = si_duplicate_bytes(text, length);
    if (!copy)
        return si_fail_memory(error);
    return open_text(copy, length, path, id_name, types, error);
}

si_result si_types_file_open(const char *path, const char *id_name, si_types_file **types,
                             si_error *error)
{
    char *text;
    size_t length;
    SI_TRY(si_file_read_all(path, &text, &length, error));
    return open_text(text, length, path, id_name, types, error);
}

void si_types_file_close(si_types_file *types)
{
    if (!types)
        return;
    if (types->plain != (locale_t)0)
        freelocale(types->plain);
    si_free(types->path);
    si_free(types->text);
    si_free(types->fields);
    si_free(types->rows);
    si_free(types);
}

const char *si_types_file_path(const si_types_file *types)
{
    return types->path;
}

size_t si_types_file_column(const si_types_file *types, const char *attribute)
{
    for (size_t i = 0; i < types->column_count; i++) {
        if (strcmp(types->fields[i], attribute) == 0)
            return i;
    }
    return SI_NO_COLUMN;
}

static int compare_id(const void *key, const void *row)
{
    int64_t id = *(const int64_t *)key, other = ((const type_row *)row)->id;
    return (id > other) - (id < other);
}

size_t si_types_file_row(const si_types_file *types, int64_t id)
{
    if (types->row_count == 0)
        return SI_NO_ROW;
    const type_row *row = bsearch(&id, types->rows, types->row_count, sizeof *types->rows,
                                  compare_id);
    return row ? (size_t)(row - types->rows) : SI_NO_ROW;
}

size_t si_types_file_column_count(const si_types_file *types)
{
    return types->column_count;
}

const char *si_types_file_attribute(const si_types_file *types, size_t column)
{
    return column == types->id_column ? NULL : types->fields[column];
}

const char *si_types_file_text(const si_types_file *types, size_t row, size_t column)
{
    assert(row < types->row_count && column < types->column_count);
    const char *text = types->fields[types->rows[row].first_field + column];
    return si_name_is_null(text) ? NULL : text;
}

si_result si_types_file_number(const si_types_file *types, size_t row, size_t column, double *value,
                               bool *given, si_error *error)
{
    const char *text = si_types_file_text(types, row, column);
    *given = text != NULL;
    if (!text || parse_number(types, text, value))
        return SI_OK;
    bool is_true = strcasecmp(text, "true") == 0;
    if (!is_true && strcasecmp(text, "false") != 0)
        return si_fail(error, SI_ERROR_FORMAT, "%s:%zu: %s is '%s', expected a number", types->path,
                       types->rows[row].line, types->fields[column], text);
    *value = is_true;
    return SI_OK;
}

si_type si_types_file_type(const si_types_file *types, size_t column)
{
    bool is_given = false, is_missing = false, is_integer = true;
    int64_t integer;
    double number;
    for (size_t row = 0; row < types->row_count; row++) {
        const char *text = si_types_file_text(types, row, column);
        if (text && !parse_number(types, text, &number))
            return SI_TYPE_STRING;
        is_given |= text != NULL;
        is_missing |= text == NULL;
        is_integer &= !text || parse_integer(text, &integer);
    }
    if (!is_given)
        return SI_TYPE_STRING;
    return is_integer && !is_missing ? SI_TYPE_INT64 : SI_TYPE_FLOAT64;
}

int64_t si_types_file_integer(const si_types_file *types, size_t row, size_t column)
{
    int64_t value = 0;
    const char *text = si_types_file_text(types, row, column);
    if (text)
        parse_integer(text, &value);
    return value;
}
