#include "sonata/types_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/memory.h"
#include "sonata/sonata_names.h"
#include "sonata/types_file_internal.h"

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
    si_result result = opened->path ? si_types_file_parse_text(opened, length, error)
                                    : si_fail_memory(error);
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
    int64_t id = *(const int64_t *)key, other = ((const si_type_row *)row)->id;
    return (id > other) - (id < other);
}

size_t si_types_file_row(const si_types_file *types, int64_t id)
{
    if (types->row_count == 0)
        return SI_NO_ROW;
    const si_type_row *row = bsearch(&id, types->rows, types->row_count, sizeof *types->rows,
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

bool si_types_file_parse_integer(const char *text, int64_t *value)
{
    char *end;
    errno = 0;
    long long parsed = strtoll(text, &end, 10);
    *value = parsed;
    return end != text && *end == '\0' && errno == 0;
}

bool si_types_file_parse_number(const si_types_file *types, const char *text, double *value)
{
    char *end;
    *value = strtod_l(text, &end, types->plain);
    return end != text && *end == '\0';
}

const char *si_types_file_text(const si_types_file *types, size_t row, size_t column)
{
    const char *text = types->fields[types->rows[row].first_field + column];
    return si_name_is_null(text) ? NULL : text;
}

si_result si_types_file_number(const si_types_file *types, size_t row, size_t column, double *value,
                               bool *given, si_error *error)
{
    const char *text = si_types_file_text(types, row, column);
    *given = text != NULL;
    if (!text || si_types_file_parse_number(types, text, value))
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
        if (text && !si_types_file_parse_number(types, text, &number))
            return SI_TYPE_STRING;
        is_given |= text != NULL;
        is_missing |= text == NULL;
        is_integer &= !text || si_types_file_parse_integer(text, &integer);
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
        si_types_file_parse_integer(text, &value);
    return value;
}
