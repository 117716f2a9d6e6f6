/* spatial-index-synapses: indexes the synapses of a SONATA edges file. */
#include <stdlib.h>
#include <string.h>

#include "common/program.h"
#include "index/build_run.h"

/* The population may be given as an operand or as an option. */
static const char *choose_population(const char *operand, const char *option)
{
    if (operand && option && strcmp(operand, option) != 0)
        cli_wrong_use("two populations are given: '%s' and '%s'", operand, option);
    return operand ? operand : option;
}

int main(int argc, char **argv)
{
    const cli_command command = {
        .name = "spatial-index-synapses",
        .operands = "EDGES_FILE [POPULATION]",
        .summary = "Indexes the synapses of a SONATA edges file.",
        .options = cli_build_option_table,
        .option_count = cli_build_option_count,
        .bit = CLI_SYNAPSES,
        .least_operands = 1,
        .most_operands = 2,
    };
    cli_build_options options;
    cli_operands operands;
    cli_build_run run;
    cli_begin(command.name);
    cli_build_options_read(&options, &command, argc, argv, &operands);

    si_synapses_source source = SI_SYNAPSES_SOURCE_INIT;
    cli_build_options_to_synapses(&options, &source);
    source.edges_file = operands.words[0];
    source.population = choose_population(operands.words[1], options.population);

    cli_build_run_begin(&run, &options);
    int code = cli_build_run_end(
        &run, si_build_synapses(&source, options.out, &run.options, NULL, &run.report, &run.error));
    free(options.gids.gids);
    free(operands.words);
    return code;
}
