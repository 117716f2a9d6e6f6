/* The options of the commands that build an index. */
#ifndef CLI_INDEX_INDEX_OPTIONS_H
#define CLI_INDEX_INDEX_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/command_line.h"
#include "common/gid_list.h"
#include "spatial_index/spatial_index.h"

/* The bits of the commands, for cli_command.bit. */
enum { CLI_NODES = 1, CLI_SYNAPSES = 2, CLI_CIRCUIT = 4 };

typedef struct cli_build_options {
    const char *out;
    const char *population; /* NULL: not given; so with all texts */
    cli_names populations;
    cli_gid_list gids;
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
} cli_build_options;

extern const cli_option cli_build_option_table[];
extern const size_t cli_build_option_count;

/* cli_read_arguments for a command with this table. */
void cli_build_options_read(cli_build_options *options, const cli_command *command, int argc,
                            char **argv, cli_operands *operands);

/* Where the library takes its sources: what the options say about them. */
void cli_build_options_to_segments(const cli_build_options *options, si_segments_source *source);
void cli_build_options_to_synapses(const cli_build_options *options, si_synapses_source *source);

#endif
