/* spatial-index-circuit: indexes populations of a SONATA circuit configuration. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/program.h"
#include "index/build_run.h"

static bool wants_segments(const char *word)
{
    if (strcmp(word, "segments") != 0 && strcmp(word, "synapses") != 0)
        cli_wrong_use("expected segments or synapses, not '%s'", word);
    return strcmp(word, "segments") == 0;
}

static void refuse_options_of_segments(const cli_build_options *options)
{
    if (options->recenter_given)
        cli_wrong_use("option '--recenter' is for segments only");
    if (options->soma_radius_given)
        cli_wrong_use("option '--soma-radius' is for segments only");
    if (options->skip_bad_cells)
        cli_wrong_use("option '--skip-bad-cells' is for segments only");
}

static si_result build(bool segments, const si_circuit_source *source, cli_build_run *run)
{
    const char *folder = run->chosen->out;
    if (segments)
        return si_build_circuit_segments(source, folder, &run->options, &run->report, &run->error);
    return si_build_circuit_synapses(source, folder, &run->options, &run->report, &run->error);
}

int main(int argc, char **argv)
{
    const cli_command command = {
        .name = "spatial-index-circuit",
        .operands = "segments|synapses CIRCUIT_CONFIG",
        .summary = "Indexes populations of a SONATA circuit configuration: the somas and segments\n"
                   "of their cells, or their synapses.",
        .options = cli_build_option_table,
        .option_count = cli_build_option_count,
        .bit = CLI_CIRCUIT,
        .least_operands = 2,
        .most_operands = 2,
    };
    cli_build_options options;
    cli_operands operands;
    cli_build_run run;
    cli_begin(command.name);
    cli_build_options_read(&options, &command, argc, argv, &operands);
    bool segments = wants_segments(operands.words[0]);
    if (!segments)
        refuse_options_of_segments(&options);
    else if (options.position)
        cli_wrong_use("option '--position' is for synapses only");

    si_circuit_source source = SI_CIRCUIT_SOURCE_INIT;
    source.config_file = operands.words[1];
    source.populations = options.populations.names;
    source.population_count = options.populations.count;
    cli_build_options_to_segments(&options, &source.segments);
    cli_build_options_to_synapses(&options, &source.synapses);

    cli_build_run_begin(&run, &options);
    int code = cli_build_run_end(&run, build(segments, &source, &run));
    cli_names_free(&options.populations);
    free(options.gids.gids);
    free(operands.words);
    return code;
}
