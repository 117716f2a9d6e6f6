/* A table on standard output: CSV, TSV or JSON lines. */
#ifndef CLI_COMMON_TABLE_H
#define CLI_COMMON_TABLE_H

#include <stddef.h>
#include <stdint.h>

typedef enum cli_table_format { CLI_CSV, CLI_TSV, CLI_JSON_LINES } cli_table_format;

/* For the option --format. */
void cli_set_format(void *table_format, const char *const *words);

typedef struct cli_table_column {
    char *name;
    char *prefix; /* what goes before its values */
    size_t prefix_length;
} cli_table_column;

/* Zero-initialised but for the format; columns are added, then the header is put, then rows:
 * one value for each column, then the end of the row. */
typedef struct cli_table {
    cli_table_format format;
    cli_table_column *columns;
    size_t column_count;
    size_t next; /* column of the next value */
} cli_table;

/* A name that is there already is wrong use. */
void cli_table_add_column(cli_table *table, const char *name);
/* Nothing in JSON lines. */
void cli_table_put_header(cli_table *table);

void cli_table_put_unsigned(cli_table *table, uint64_t value);
void cli_table_put_signed(cli_table *table, int64_t value);
/* NaN is an empty value, null in JSON. */
void cli_table_put_float(cli_table *table, float value);
void cli_table_put_double(cli_table *table, double value);
void cli_table_put_boolean(cli_table *table, int value);
/* Quoted or escaped as the format wants it; NULL is like NaN. */
void cli_table_put_string(cli_table *table, const char *value);
void cli_table_end_row(cli_table *table);

void cli_table_free(cli_table *table);

#endif
