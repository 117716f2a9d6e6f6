/* Which fields and attributes are shown, in which columns. */
#ifndef CLI_QUERY_SHOWN_FIELDS_H
#define CLI_QUERY_SHOWN_FIELDS_H

#include <stddef.h>

#include "common/command_line.h"
#include "common/populations.h"
#include "common/table.h"
#include "spatial_index/spatial_index.h"

typedef struct cli_field {
    const si_field_info *info; /* NULL: an attribute of the data set */
    const char *attribute;
} cli_field;

typedef struct cli_fields {
    cli_field *fields; /* for free() */
    size_t count;
    size_t attribute_count;
} cli_fields;

/* NULL where a kind of element has no such field. */
const si_field_info *cli_find_field(si_element_kind kind, const char *name);

/* The field that names an element's row in the data set: its id or gid. */
const si_field_info *cli_row_field(si_element_kind kind);

/* `names` empty: all fields. "ids" and "endpoints" stand for the fields that they are made of. A
 * name that is neither field nor attribute ends the command. */
void cli_fields_choose(cli_fields *fields, cli_populations *populations, const cli_names *names);

/* A column for each number: centroid_x, centroid_y, ... */
void cli_fields_add_columns(const cli_fields *fields, cli_table *table);

#endif
