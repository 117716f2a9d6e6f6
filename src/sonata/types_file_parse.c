/* The text of a types file: lines, fields and quotes. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "sonata/types_file_internal.h"

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
            return si_fail(error, SI_ERROR_FORMAT, "%s:%zu: a quote that is not closed",
                           types->path, line.number);
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

static si_result check_columns_differ(const si_types_file *types, size_t line, si_error *error)
{
    for (size_t i = 1; i < types->column_count; i++) {
        size_t first = si_types_file_column(types, types->fields[i]);
        if (first < i)
            return si_fail(error, SI_ERROR_FORMAT, "%s:%zu: columns %zu and %zu are both named %s",
                           types->path, line, first + 1, i + 1, types->fields[i]);
    }
    return SI_OK;
}

static si_result add_header(si_types_file *types, type_line line, si_error *error)
{
    SI_TRY(count_fields(types, line, &types->column_count, error));
    SI_TRY(add_fields(types, line, error));
    SI_TRY(check_columns_differ(types, line.number, error));
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
    if (si_types_file_parse_integer(text, id))
        return true;
    if (!si_types_file_parse_number(types, text, &value) || !(fabs(value) < 0x1p53) ||
        floor(value) != value)
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
    si_type_row *rows = si_grow(types->rows, &types->row_capacity, types->row_count + 1,
                                sizeof *rows);
    if (!rows)
        return si_fail_memory(error);
    types->rows = rows;
    si_type_row *row = &rows[types->row_count++];
    *row = (si_type_row){.line = line.number, .first_field = types->field_count};
    SI_TRY(add_fields(types, line, error));
    const char *id = types->fields[row->first_field + types->id_column];
    if (!parse_id(types, id, &row->id))
        return si_fail(error, SI_ERROR_FORMAT, "%s:%zu: %s is '%s', expected an integer",
                       types->path, line.number, types->id_name, id);
    return SI_OK;
}

static bool is_empty_line(const type_line *line)
{
    for (const char *at = line->at; at < line->end; at++) {
        if (!is_blank(*at))
            return false;
    }
    return true;
}

static char *find_line_end(char *at, const char *end)
{
    while (at < end && *at != '\n' && *at != '\r')
        at++;
    return at;
}

static si_result parse_lines(si_types_file *types, size_t length, si_error *error)
{
    char *at = types->text, *end = types->text + length;
    if (length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    for (size_t number = 1; at < end; number++) {
        char *line_end = find_line_end(at, end);
        char *next = line_end + (line_end < end);
        next += next < end && *line_end == '\r' && *next == '\n';
        type_line line = {.at = at, .end = line_end, .number = number};
        at = next;
        if (is_empty_line(&line))
            continue;
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
    const si_type_row *a = left, *b = right;
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
                           "%s:%zu: %s %" PRId64 " again, it is already in line %zu", types->path,
                           types->rows[i].line, types->id_name, types->rows[i].id,
                           types->rows[i - 1].line);
    }
    return SI_OK;
}

si_result si_types_file_parse_text(si_types_file *types, size_t length, si_error *error)
{
    if (memchr(types->text, '\0', length))
        return si_fail(error, SI_ERROR_FORMAT, "%s: holds NUL bytes, expected text", types->path);
    types->plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (types->plain == (locale_t)0)
        return si_fail_memory(error);
    SI_TRY(parse_lines(types, length, error));
    return sort_rows(types, error);
}
