/* The command line of spatial-index-query. */
#ifndef CLI_QUERY_QUERY_OPTIONS_H
#define CLI_QUERY_QUERY_OPTIONS_H

#include <stdbool.h>

#include "common/command_line.h"
#include "common/filter_options.h"
#include "common/populations.h"
#include "common/table.h"
#include "query/questions.h"
#include "spatial_index/spatial_index.h"

typedef struct cli_query_options {
    const char *index;
    cli_shapes shapes;   /* of --box, --nearest and so on */
    double max_distance; /* of the nearest; infinite where it is not given */
    bool has_max_distance;
    const char *queries_file; /* NULL: not given; so with all texts */
    cli_accuracy accuracy;
    cli_names fields;
    bool count;
    bool empty;
    cli_names group_by;
    cli_filter filter;
    cli_names populations;
    cli_table_format format;
    cli_data_places places;
    bool verify;
    si_open_options reading; /* of it: how the index is read */
} cli_query_options;

void cli_query_options_read(cli_query_options *options, int argc, char **argv);
void cli_query_options_free(cli_query_options *options);

#endif
