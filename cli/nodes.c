/* spatial-index-nodes: indexes the somas and segments of the cells in a SONATA nodes file. */
#include <stdlib.h>

#include "common/program.h"
#include "index/build_run.h"

int main(int argc, char **argv)
{
    const cli_command command = {
        .name = "spatial-index-nodes",
        .operands = "NODES_FILE MORPHOLOGY_DIR",
        .summary = "Indexes the somas and segments of the cells in a SONATA nodes file.\n"
                   "MORPHOLOGY_DIR is a folder of SWC, ASC or HDF5 morphologies, or an HDF5\n"
                   "container of them.",
        .options = cli_build_option_table,
        .option_count = cli_build_option_count,
        .bit = CLI_NODES,
        .least_operands = 2,
        .most_operands = 2,
    };
    cli_build_options options;
    cli_operands operands;
    cli_build_run run;
    cli_begin(command.name);
    cli_build_options_read(&options, &command, argc, argv, &operands);

    si_segments_source source = SI_SEGMENTS_SOURCE_INIT;
    cli_build_options_to_segments(&options, &source);
    source.nodes_file = operands.words[0];
    source.morphologies = operands.words[1];

    cli_build_run_begin(&run, &options);
    int code = cli_build_run_end(
        &run, si_build_segments(&source, options.out, &run.options, NULL, &run.report, &run.error));
    free(options.gids.gids);
    free(operands.words);
    return code;
}
