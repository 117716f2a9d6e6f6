/*
 * A SONATA types file: attributes that all nodes of a type share, as a CSV with columns separated
 * by spaces, the names of the columns in the first line, node_type_id among them.
 */
#ifndef SI_CIRCUIT_NODE_TYPES_H
#define SI_CIRCUIT_NODE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef struct si_node_types si_node_types;

si_status si_node_types_open(const char *path, si_node_types **types, si_error *error);
/* The same from a text in memory; `path` is for messages. */
si_status si_node_types_parse(const char *text, size_t length, const char *path,
                              si_node_types **types, si_error *error);
void si_node_types_close(si_node_types *types);

const char *si_node_types_path(const si_node_types *types);

#define SI_NO_COLUMN SIZE_MAX
#define SI_NO_ROW SIZE_MAX

/* The column of an attribute, SI_NO_COLUMN if there is none. */
size_t si_node_types_column(const si_node_types *types, const char *attribute);
/* The row of a type, SI_NO_ROW if there is none. */
size_t si_node_types_row(const si_node_types *types, int64_t node_type_id);

/* NULL where the file says NULL, NONE or nothing. Lives as long as the types. */
const char *si_node_types_text(const si_node_types *types, size_t row, size_t column);
/* `*given` is false where there is no value. `true` and `false` are 1 and 0. SI_ERROR_FORMAT: no
 * number. */
si_status si_node_types_number(const si_node_types *types, size_t row, size_t column, double *value,
                               bool *given, si_error *error);

#endif
