/* spatial-index index: builds an index of segments or synapses, from a circuit configuration or
 * from SONATA files. The older commands for either source are here, too: they are the same story
 * with fewer options and other operands. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "common/program.h"
#include "index/build_run.h"
#include "index/index_options.h"
#include "index/settlement.h"

/* A circuit configuration is JSON, every other source is HDF5. What cannot be read is judged by its
 * name. */
static bool is_circuit_configuration(const char *path)
{
    const char *ending = strrchr(path, '.');
    FILE *file = fopen(path, "r");
    int first = EOF;
    if (file) {
        do
            first = getc(file);
        while (first != EOF && isspace(first));
        fclose(file);
    }
    return first == '{' || (first == EOF && ending && strcmp(ending, ".json") == 0);
}

static void refuse_option(bool given, const char *option, const char *purpose)
{
    if (given)
        cli_wrong_use("option '--%s' is for %s only", option, purpose);
}

static void refuse_options(const cli_index_options *options, bool segments, bool circuit)
{
    if (segments) {
        refuse_option(options->position, "position", "synapses");
        refuse_option(options->post_gids.gids, "post-gids", "synapses");
    } else {
        refuse_option(options->recenter_given, "recenter", "segments");
        refuse_option(options->soma_radius_given, "soma-radius", "segments");
        refuse_option(options->skip_bad_cells, "skip-bad-cells", "segments");
    }
    if (circuit) {
        refuse_option(options->node_types, "node-types", "nodes files");
        refuse_option(options->edge_types, "edge-types", "edges files");
    } else {
        refuse_option(options->populations.count > 1, "populations", "circuit configurations");
    }
    if (options->gids.gids && options->post_gids.gids)
        cli_wrong_use("expected at most one of --gids and --post-gids");
}

/* The command of every form: finds out from the operands what to index of which source, and lets
 * the library build it. */
static int build_index(const cli_command *command, int argc, char **argv)
{
    cli_index_options options;
    cli_operands operands;
    cli_index_options_read(&options, command, argc, argv, &operands);

    const char *const *words = operands.words;
    bool segments = command->bit == CLI_INDEX_SEGMENTS || command->bit == CLI_NODES;
    bool circuit = command->bit == CLI_CIRCUIT;
    if (command->bit == CLI_CIRCUIT) {
        segments = strcmp(words[0], "segments") == 0;
        if (!segments && strcmp(words[0], "synapses") != 0)
            cli_wrong_use("expected segments or synapses, not '%s'", words[0]);
        words++;
    } else if (command->bit == CLI_INDEX_SYNAPSES) {
        circuit = is_circuit_configuration(words[0]);
    } else if (command->bit == CLI_INDEX_SEGMENTS) {
        circuit = is_circuit_configuration(words[0]);
        if (circuit && words[1])
            cli_wrong_use("unexpected argument '%s'", words[1]);
        if (!circuit && !words[1])
            cli_wrong_use("expected MORPHOLOGY_DIR after the nodes file '%s'", words[0]);
    }
    refuse_options(&options, segments, circuit);

    /* A file has one population, a circuit has several, however they were given. */
    const char *population = options.population;
    if (options.populations.count == 1)
        population = options.populations.names[0];
    if (command->bit == CLI_SYNAPSES && words[1]) {
        if (population && strcmp(population, words[1]) != 0)
            cli_wrong_use("two populations are given: '%s' and '%s'", words[1], population);
        population = words[1];
    }
    static const char *const tasks[2][2] = {{"synapses of a file", "synapses of a circuit"},
                                            {"segments of files", "segments of a circuit"}};
    cli_build_arguments told = {.task = tasks[segments][circuit],
                                .source = words[0],
                                .folder = segments && !circuit ? words[1] : NULL,
                                .population = population,
                                .options = &options};
    if (!segments && options.gids.gids) { /* what --post-gids was called */
        options.post_gids = options.gids;
        options.gids = (cli_gid_list){0};
    }
    cli_build_run run;
    cli_build_run_begin(&run, &options);
    cli_build_arguments_settle(&told, &run.cluster);

    si_segments_source cells = SI_SEGMENTS_SOURCE_INIT;
    cells.node_types_file = options.node_types;
    cells.gids = options.gids.gids;
    cells.gid_count = options.gids.count;
    cells.skip_bad_cells = options.skip_bad_cells;
    cells.recenter = options.recenter;
    cells.soma_radius = options.soma_radius;
    si_synapses_source synapses = SI_SYNAPSES_SOURCE_INIT;
    synapses.edge_types_file = options.edge_types;
    synapses.position_prefix = options.position;
    synapses.post_gids = options.post_gids.gids;
    synapses.post_gid_count = options.post_gids.count;

    si_result result;
    if (circuit) {
        si_circuit_source source = SI_CIRCUIT_SOURCE_INIT;
        source.config_file = told.source;
        source.populations = told.population ? &told.population : options.populations.names;
        source.population_count = told.population ? 1 : options.populations.count;
        source.segments = cells;
        source.synapses = synapses;
        result = segments ? si_build_circuit_segments(&source, options.output, &run.options,
                                                      &run.report, &run.error)
                          : si_build_circuit_synapses(&source, options.output, &run.options,
                                                      &run.report, &run.error);
    } else if (segments) {
        cells.nodes_file = told.source;
        cells.morphologies = told.folder;
        cells.population = told.population;
        result = si_build_segments(&cells, options.output, &run.options, NULL, &run.report,
                                   &run.error);
    } else {
        synapses.edges_file = told.source;
        synapses.population = told.population;
        result = si_build_synapses(&synapses, options.output, &run.options, NULL, &run.report,
                                   &run.error);
    }
    int code = cli_build_run_end(&run, result);
    cli_index_options_free(&options);
    free(operands.words);
    return code;
}

int cli_index_segments_command(int argc, char **argv)
{
    const cli_command command = {
        .examples = {"index segments circuit/circuit_config.json -o segments",
                     "index segments nodes.h5 morphologies --population cortex"},
        .operands = "CIRCUIT_CONFIG | NODES_FILE MORPHOLOGY_DIR",
        .summary =
            "Indexes the somas and segments of cells. The cells are those of a SONATA circuit\n"
            "configuration, or of a SONATA nodes file and a folder of SWC, ASC or HDF5\n"
            "morphologies (or an HDF5 container of morphologies).",
        .page = "spatial-index-index",
        .options = cli_index_option_table,
        .option_count = cli_index_option_count,
        .bit = CLI_INDEX_SEGMENTS,
        .least_operands = 1,
        .most_operands = 2,
    };
    return build_index(&command, argc, argv);
}

int cli_index_synapses_command(int argc, char **argv)
{
    const cli_command command = {
        .examples = {"index synapses circuit/circuit_config.json -o synapses",
                     "index synapses edges.h5 --post-gids 0-99"},
        .operands = "CIRCUIT_CONFIG | EDGES_FILE",
        .summary =
            "Indexes synapses: those of a SONATA circuit configuration or of a SONATA edges\n"
            "file.",
        .page = "spatial-index-index",
        .options = cli_index_option_table,
        .option_count = cli_index_option_count,
        .bit = CLI_INDEX_SYNAPSES,
        .least_operands = 1,
        .most_operands = 1,
    };
    return build_index(&command, argc, argv);
}

int cli_nodes_command(int argc, char **argv)
{
    const cli_command command = {
        .examples = {"index segments nodes.h5 morphologies --gids 0-99 -o cells",
                     "index segments nodes.h5 morphologies --population cortex"},
        .operands = "NODES_FILE MORPHOLOGY_DIR",
        .summary = "Indexes the somas and segments of the cells in a SONATA nodes file.\n"
                   "MORPHOLOGY_DIR is a folder of SWC, ASC or HDF5 morphologies, or an HDF5\n"
                   "container of them. The newer name of this command is\n"
                   "'spatial-index index segments'.",
        .page = "spatial-index-index",
        .options = cli_index_option_table,
        .option_count = cli_index_option_count,
        .bit = CLI_NODES,
        .least_operands = 2,
        .most_operands = 2,
    };
    return build_index(&command, argc, argv);
}

int cli_synapses_command(int argc, char **argv)
{
    const cli_command command = {
        .examples = {"index synapses edges.h5 -o synapses",
                     "index synapses edges.h5 --post-gids 0-99"},
        .operands = "EDGES_FILE [POPULATION]",
        .summary =
            "Indexes the synapses of a SONATA edges file. The newer name of this command is\n"
            "'spatial-index index synapses'.",
        .page = "spatial-index-index",
        .options = cli_index_option_table,
        .option_count = cli_index_option_count,
        .bit = CLI_SYNAPSES,
        .least_operands = 1,
        .most_operands = 2,
    };
    return build_index(&command, argc, argv);
}

int cli_circuit_command(int argc, char **argv)
{
    const cli_command command = {
        .examples = {"index segments circuit/circuit_config.json -o segments",
                     "index synapses circuit/circuit_config.json -o synapses"},
        .operands = "segments|synapses CIRCUIT_CONFIG",
        .summary = "Indexes populations of a SONATA circuit configuration: the somas and segments\n"
                   "of their cells, or their synapses. The newer names of this command are\n"
                   "'spatial-index index segments' and 'spatial-index index synapses'.",
        .page = "spatial-index-index",
        .options = cli_index_option_table,
        .option_count = cli_index_option_count,
        .bit = CLI_CIRCUIT,
        .least_operands = 2,
        .most_operands = 2,
    };
    return build_index(&command, argc, argv);
}
