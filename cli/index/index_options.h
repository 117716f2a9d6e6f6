/* The options of the commands that build an index: one table for all of them. */
#ifndef CLI_INDEX_INDEX_OPTIONS_H
#define CLI_INDEX_INDEX_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/command_line.h"
#include "common/gid_list.h"
#include "spatial_index/spatial_index.h"

/* The bits of the commands, for cli_command.bit. */
enum {
    CLI_INDEX_SEGMENTS = 1,
    CLI_INDEX_SYNAPSES = 2,
    CLI_NODES = 4,
    CLI_SYNAPSES = 8,
    CLI_CIRCUIT = 16,
};

typedef struct cli_index_options {
    const char *output;
    const char *population; /* NULL: not given; so with all texts */
    cli_names populations;
    cli_gid_list gids;
    cli_gid_list post_gids;
    const char *node_types;
    const char *edge_types;
    const char *position;
    const char *recenter_given;
    si_recenter recenter;
    const char *soma_radius_given;
    si_soma_radius soma_radius;
    bool skip_bad_cells;
    unsigned threads;
    uint64_t max_file_bytes;
    uint64_t max_memory_bytes;
    const char *temp_folder;
    bool replace;
    bool shrink_on_close;
    bool multi_index;
    bool progress_bar;
    bool verbose;
} cli_index_options;

extern const cli_option cli_index_option_table[];
extern const size_t cli_index_option_count;

/* cli_read_arguments for a command with this table. */
void cli_index_options_read(cli_index_options *options, const cli_command *command, int argc,
                            char **argv, cli_operands *operands);
void cli_index_options_free(cli_index_options *options);

#endif
