/* The command line of spatial-index-grid. */
#ifndef CLI_GRID_GRID_OPTIONS_H
#define CLI_GRID_GRID_OPTIONS_H

#include <stdbool.h>

#include "common/command_line.h"
#include "common/filter_options.h"
#include "common/table.h"
#include "spatial_index/spatial_index.h"

typedef struct cli_grid_options {
    const char *index;
    bool has_box;
    double corners[2][3];
    bool has_shape;
    uint64_t shape[3];
    const char *regions; /* NULL: not given; so with all texts */
    const char *output;
    bool measures_length;
    bool counts_touching;
    si_accuracy accuracy;
    bool has_accuracy;
    cli_filter filter;
    cli_names populations;
    cli_table_format format;
    bool has_format;
    unsigned threads;
    si_open_options reading;
} cli_grid_options;

void cli_grid_options_read(cli_grid_options *options, int argc, char **argv);
void cli_grid_options_free(cli_grid_options *options);

#endif
