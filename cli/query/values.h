/* Values of the library's types in a table. */
#ifndef CLI_QUERY_VALUES_H
#define CLI_QUERY_VALUES_H

#include "common/table.h"
#include "spatial_index/spatial_index.h"

/* The value at a position of an array; of its components each in a column. */
void cli_table_put_value(cli_table *table, si_type type, unsigned components, const void *data,
                         uint64_t position);

#endif
