/*
 * A SONATA types file: attributes that all nodes or edges of a type share, as a CSV with columns
 * separated by spaces, the names of the columns in the first line, that of the ids among them.
 */
#ifndef SI_SONATA_TYPES_FILE_H
#define SI_SONATA_TYPES_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef struct si_types_file si_types_file;

/* `id_name`: the column of the ids, node_type_id or edge_type_id. It must outlive the types. */
si_result si_types_file_open(const char *path, const char *id_name, si_types_file **types,
                             si_error *error);
/* The same from a text in memory; `path` is for messages. */
si_result si_types_file_parse(const char *text, size_t length, const char *path,
                              const char *id_name, si_types_file **types, si_error *error);
void si_types_file_close(si_types_file *types);

const char *si_types_file_path(const si_types_file *types);

#define SI_NO_COLUMN SIZE_MAX
#define SI_NO_ROW SIZE_MAX

/* The column of an attribute, SI_NO_COLUMN if there is none. */
size_t si_types_file_column(const si_types_file *types, const char *attribute);
/* The row of a type, SI_NO_ROW if there is none. */
size_t si_types_file_row(const si_types_file *types, int64_t id);

size_t si_types_file_column_count(const si_types_file *types);
/* The name of a column, NULL for that of the ids. */
const char *si_types_file_attribute(const si_types_file *types, size_t column);

/* What the values of a column are: SI_TYPE_INT64 if all rows have integers, SI_TYPE_FLOAT64 if all
 * have numbers or no value, but any a value; else SI_TYPE_STRING. */
si_type si_types_file_type(const si_types_file *types, size_t column);

/* NULL where the file says NULL, NONE or nothing. Lives as long as the types. */
const char *si_types_file_text(const si_types_file *types, size_t row, size_t column);
/* The value of a column of SI_TYPE_INT64. */
int64_t si_types_file_integer(const si_types_file *types, size_t row, size_t column);
/* `*given` is false where there is no value. `true` and `false` are 1 and 0. SI_ERROR_FORMAT: no
 * number. */
si_result si_types_file_number(const si_types_file *types, size_t row, size_t column, double *value,
                               bool *given, si_error *error);

#endif
