/* spatial-index sample-circuit: writes a small SONATA circuit, computed from random numbers. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "common/command_line.h"
#include "common/numbers.h"
#include "common/output.h"
#include "common/program.h"
#include "common/signals.h"
#include "sample_circuit/sample_circuit.h"
#include "sample_circuit/sample_folder.h"

enum { MOST_CELLS = 10000, MOST_SYNAPSES_PER_CELL = 1000, MOST_MORPHOLOGIES = 10000 };

struct options {
    si_sample_plan plan;
    bool replace;
};

static uint64_t read_number(const char *option, const char *text, uint64_t least, uint64_t most)
{
    uint64_t number;
    if (!cli_read_unsigned(text, strlen(text), &number) || number < least || number > most)
        cli_wrong_use("option '--%s' takes a number from %" PRIu64 " to %" PRIu64 ", not '%s'",
                      option, least, most, text);
    return number;
}

static void set_cells(void *target, const char *const *words)
{
    struct options *options = target;
    options->plan.cell_count = read_number("cells", words[0], 1, MOST_CELLS);
}

static void set_synapses_per_cell(void *target, const char *const *words)
{
    struct options *options = target;
    options->plan.synapses_per_cell = read_number("synapses-per-cell", words[0], 0,
                                                  MOST_SYNAPSES_PER_CELL);
}

static void set_morphologies(void *target, const char *const *words)
{
    struct options *options = target;
    options->plan.morphology_count = read_number("morphologies", words[0], si_sample_model_count,
                                                 MOST_MORPHOLOGIES);
}

static void set_populations(void *target, const char *const *words)
{
    struct options *options = target;
    options->plan.population_count = read_number("populations", words[0], 1,
                                                 SI_SAMPLE_MOST_POPULATIONS);
}

static void set_seed(void *target, const char *const *words)
{
    struct options *options = target;
    options->plan.seed = read_number("seed", words[0], 0, UINT64_MAX);
}

static const cli_option option_table[] = {
    {.name = "cells",
     .words = CLI_ONE_WORD,
     .value = "N",
     .help = "number of cells, 1 to 10000 (default 300)",
     .set = set_cells},
    {.name = "synapses-per-cell",
     .words = CLI_ONE_WORD,
     .value = "N",
     .help = "mean number of synapses on a cell, 0 to 1000\n(default 50)",
     .set = set_synapses_per_cell},
    {.name = "morphologies",
     .words = CLI_ONE_WORD,
     .value = "N",
     .help = "number of morphologies, 12 to 10000 (default 12);\ncells take more than 12 in turn",
     .set = set_morphologies},
    {.name = "populations",
     .words = CLI_ONE_WORD,
     .value = "N",
     .help = "number of populations of cells, 1 to 10 (default 1),\n"
             "with synapses between any two and within each",
     .set = set_populations},
    {.name = "seed",
     .words = CLI_ONE_WORD,
     .value = "N",
     .help = "seed of the random numbers (default 1)",
     .set = set_seed},
    {.name = "replace",
     .older_name = "force",
     .letter = 'f',
     .words = CLI_FLAG,
     .help = "write into FOLDER even if it is not empty",
     .offset = offsetof(struct options, replace)},
};

/* Asked between the steps of the work, so that it can clean up. */
static si_result check_signal(si_error *error)
{
    return cli_noted_signal() != 0 ? si_sample_fail(error, SI_ERROR_CANCELLED, "interrupted")
                                   : SI_OK;
}

typedef si_result (*write_step)(const si_sample_circuit *circuit, const char *path,
                                si_error *error);

static si_result write_circuit(const si_sample_circuit *circuit, const char *folder,
                               si_error *error)
{
    static const struct {
        const char *name;
        write_step write;
    } steps[] = {
        {"morphologies", si_sample_write_morphologies},
        {"nodes.h5", si_sample_write_nodes},
        {"edges.h5", si_sample_write_edges},
        {"circuit_config.json", si_sample_write_config},
    };
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        SI_SAMPLE_TRY(check_signal(error));
        char *path = si_sample_path(folder, steps[i].name);
        if (path == NULL)
            return si_sample_fail_memory(error);
        si_result result = steps[i].write(circuit, path, error);
        free(path);
        SI_SAMPLE_TRY(result);
    }
    return check_signal(error);
}

static si_result make_circuit(const struct options *options, const char *path, si_error *error)
{
    si_sample_folder folder;
    si_sample_circuit circuit = {0};
    si_result result = si_sample_folder_open(&folder, path, options->replace, error);
    if (result == SI_OK)
        result = si_sample_circuit_make(&options->plan, &circuit, error);
    if (result == SI_OK)
        result = write_circuit(&circuit, folder.staging, error);
    if (result == SI_OK)
        result = si_sample_folder_publish(&folder, error);
    if (result == SI_OK)
        cli_put_format("%s: %zu cells with %zu morphologies, %zu synapses\n", path,
                       options->plan.cell_count, options->plan.morphology_count,
                       circuit.synapse_count);
    si_sample_circuit_free(&circuit);
    si_sample_folder_close(&folder);
    return result;
}

static int exit_code(si_result result, const si_error *error)
{
    int signal_number = cli_noted_signal();
    if (result == SI_OK)
        return CLI_DONE;
    cli_say("%s", error->message);
    return result == SI_ERROR_CANCELLED ? 128 + signal_number : CLI_FAILED;
}

int cli_sample_circuit_command(int argc, char **argv)
{
    const cli_command command = {
        .examples = {"sample-circuit circuit", "sample-circuit small --cells 20 --seed 7"},
        .operands = "FOLDER",
        .summary =
            "Writes a small artificial brain circuit in the SONATA format to FOLDER:\n"
            "circuit_config.json, nodes.h5, edges.h5 and morphologies/. The same options give\n"
            "the same files, byte for byte.",
        .page = "spatial-index-sample-circuit",
        .options = option_table,
        .option_count = sizeof(option_table) / sizeof(option_table[0]),
        .least_operands = 1,
        .most_operands = 1,
    };
    struct options options = {.plan = {.seed = 1,
                                       .cell_count = 300,
                                       .synapses_per_cell = 50,
                                       .population_count = 1,
                                       .morphology_count = si_sample_model_count}};
    cli_operands operands;
    si_error error = {.result = SI_OK};
    cli_read_arguments(&command, argc, argv, &options, &operands);
    if (operands.words[0][0] == '\0')
        cli_wrong_use("the name of FOLDER is empty");
    if (options.plan.population_count > options.plan.cell_count)
        cli_wrong_use("%zu cells are too few for %zu populations", options.plan.cell_count,
                      options.plan.population_count);
    cli_note_signals();
    int code = exit_code(make_circuit(&options, operands.words[0], &error), &error);
    cli_finish_output();
    free(operands.words);
    return code;
}
