/* Prints tables as CSV, TSV or JSON lines. What precedes each value is prepared once per column. */
#include "common/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/json_string.h"
#include "common/output.h"
#include "common/program.h"

void cli_set_format(void *table_format, const char *const *words)
{
    cli_table_format *format = table_format;
    if (strcmp(words[0], "csv") == 0)
        *format = CLI_CSV;
    else if (strcmp(words[0], "tsv") == 0)
        *format = CLI_TSV;
    else if (strcmp(words[0], "jsonl") == 0)
        *format = CLI_JSON_LINES;
    else
        cli_wrong_use("option '--format' takes csv, tsv or jsonl, not '%s'", words[0]);
}

/* RFC 4180 */
static void put_csv_string(const char *text)
{
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        cli_put_text(text);
        return;
    }
    cli_put_character('"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            cli_put_character('"');
        cli_put_character(*text);
    }
    cli_put_character('"');
}

static void put_tsv_string(const char *text)
{
    static const char escaped[] = "\t\n\r\\";
    static const char letters[] = "tnr\\";
    for (; *text != '\0'; text++) {
        const char *place = strchr(escaped, *text);
        if (place) {
            cli_put_character('\\');
            cli_put_character(letters[place - escaped]);
        } else {
            cli_put_character(*text);
        }
    }
}

static void put_string(cli_table_format format, const char *text)
{
    if (format == CLI_CSV)
        put_csv_string(text);
    else if (format == CLI_TSV)
        put_tsv_string(text);
    else
        cli_put_json_string(text);
}

/* {"name": or ,"name": */
static char *write_json_key(char *end, const char *name, size_t position)
{
    *end++ = position == 0 ? '{' : ',';
    *end++ = '"';
    while (*name != '\0')
        end += cli_json_character(&name, end);
    *end++ = '"';
    *end++ = ':';
    return end;
}

static void set_prefix(cli_table_column *column, cli_table_format format, size_t position)
{
    char *prefix = cli_allocate(strlen(column->name) + 1, CLI_JSON_CHARACTER_SIZE);
    char *end = prefix;
    if (format == CLI_JSON_LINES)
        end = write_json_key(prefix, column->name, position);
    else if (position > 0)
        *end++ = format == CLI_CSV ? ',' : '\t';
    column->prefix = prefix;
    column->prefix_length = (size_t)(end - prefix);
}

void cli_table_add_column(cli_table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (strcmp(table->columns[i].name, name) == 0)
            cli_wrong_use("column '%s' is given twice", name);
    }
    size_t position = table->column_count++;
    table->columns = cli_reallocate(table->columns, table->column_count, sizeof *table->columns);
    table->columns[position].name = cli_duplicate(name, strlen(name));
    set_prefix(&table->columns[position], table->format, position);
}

void cli_table_put_header(cli_table *table)
{
    if (table->format == CLI_JSON_LINES)
        return;
    for (size_t i = 0; i < table->column_count; i++)
        cli_table_put_string(table, table->columns[i].name);
    cli_table_end_row(table);
}

static void begin_value(cli_table *table)
{
    const cli_table_column *column = &table->columns[table->next++];
    cli_put(column->prefix, column->prefix_length);
}

static void put_missing(const cli_table *table)
{
    if (table->format == CLI_JSON_LINES)
        cli_put_text("null");
}

void cli_table_put_unsigned(cli_table *table, uint64_t value)
{
    begin_value(table);
    cli_put_unsigned(value);
}

void cli_table_put_signed(cli_table *table, int64_t value)
{
    begin_value(table);
    cli_put_signed(value);
}

/* JSON has no infinity. */
static int is_missing(const cli_table *table, double value)
{
    return isnan(value) || (isinf(value) && table->format == CLI_JSON_LINES);
}

void cli_table_put_float(cli_table *table, float value)
{
    begin_value(table);
    if (is_missing(table, (double)value))
        put_missing(table);
    else
        cli_put_float(value);
}

void cli_table_put_double(cli_table *table, double value)
{
    begin_value(table);
    if (is_missing(table, value))
        put_missing(table);
    else
        cli_put_double(value);
}

void cli_table_put_boolean(cli_table *table, int value)
{
    begin_value(table);
    cli_put_text(value ? "true" : "false");
}

void cli_table_put_string(cli_table *table, const char *value)
{
    begin_value(table);
    if (value)
        put_string(table->format, value);
    else
        put_missing(table);
}

void cli_table_end_row(cli_table *table)
{
    if (table->format == CLI_JSON_LINES)
        cli_put_character('}');
    cli_put_character('\n');
    table->next = 0;
}

void cli_table_free(cli_table *table)
{
    for (size_t i = 0; i < table->column_count; i++) {
        free(table->columns[i].name);
        free(table->columns[i].prefix);
    }
    free(table->columns);
    *table = (cli_table){.format = table->format};
}
