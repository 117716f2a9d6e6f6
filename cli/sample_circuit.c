/* spatial-index-sample-circuit: makes up a small SONATA circuit. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample_circuit/circuit.h"
#include "sample_circuit/folder.h"
#include "sample_circuit/signal.h"

#define PROGRAM "spatial-index-sample-circuit"

enum { MOST_CELLS = 10000, MOST_SYNAPSES_PER_CELL = 1000, EXIT_ERROR = 2 };

static const char usage[] =
    "Usage: " PROGRAM " [options] FOLDER\n"
    "\n"
    "Makes up a small brain circuit in FOLDER, to try things on: nodes.h5, edges.h5,\n"
    "circuit_config.json and morphologies/, as SONATA has them. The same options give\n"
    "the same files, byte for byte.\n"
    "\n"
    "Options:\n"
    "  --cells N              cells, 1 to 10000 (default 300)\n"
    "  --synapses-per-cell N  on the mean, 0 to 1000 (default 50)\n"
    "  --seed N               of the random numbers (default 1)\n"
    "  --force                write into FOLDER even if it is not empty\n"
    "  -h, --help             show this and exit\n"
    "  --version              show the version and exit\n"
    "\n"
    "Exit status: 0 done, 2 wrong use or any error.\n";

struct options {
    si_sample_plan plan;
    bool force;
    bool help, version;
    const char *folder;
};

/* Asked between the steps of the work, so that it can clean up. */
static si_status check_signal(si_error *error)
{
    return si_sample_signal_caught() != 0 ? si_sample_fail(error, SI_ERROR_CANCELLED, "interrupted")
                                          : SI_OK;
}

static si_status parse_number(const char *option, const char *text, uint64_t least, uint64_t most,
                              uint64_t *number, si_error *error)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    bool digits = text[0] >= '0' && text[0] <= '9' && *end == '\0';
    if (!digits || errno != 0 || value < least || value > most)
        return si_sample_fail(error, SI_ERROR_ARGUMENT,
                              "%s is a whole number from %" PRIu64 " to %" PRIu64 ", not '%s'",
                              option, least, most, text);
    *number = value;
    return SI_OK;
}

static si_status parse_option(int option, const char *value, struct options *options,
                              si_error *error)
{
    uint64_t number = 0;
    switch (option) {
    case 'c':
        SI_SAMPLE_TRY(parse_number("--cells", value, 1, MOST_CELLS, &number, error));
        options->plan.cell_count = number;
        return SI_OK;
    case 'n':
        SI_SAMPLE_TRY(
            parse_number("--synapses-per-cell", value, 0, MOST_SYNAPSES_PER_CELL, &number, error));
        options->plan.synapses_per_cell = number;
        return SI_OK;
    case 's':
        return parse_number("--seed", value, 0, UINT64_MAX, &options->plan.seed, error);
    case 'f':
        options->force = true;
        return SI_OK;
    case 'h':
        options->help = true;
        return SI_OK;
    case 'v':
        options->version = true;
        return SI_OK;
    default:
        /* getopt has said what is wrong. */
        return si_sample_fail(error, SI_ERROR_ARGUMENT, "see " PROGRAM " --help");
    }
}

static si_status parse_arguments(int count, char **arguments, struct options *options,
                                 si_error *error)
{
    static const struct option known[] = {
        {"cells", required_argument, NULL, 'c'},
        {"synapses-per-cell", required_argument, NULL, 'n'},
        {"seed", required_argument, NULL, 's'},
        {"force", no_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(count, arguments, "h", known, NULL)) != -1)
        SI_SAMPLE_TRY(parse_option(option, optarg, options, error));
    if (options->help || options->version)
        return SI_OK;
    if (count - optind != 1)
        return si_sample_fail(error, SI_ERROR_ARGUMENT,
                              "one FOLDER is needed, not %d; see " PROGRAM " --help",
                              count - optind);
    options->folder = arguments[optind];
    if (options->folder[0] == '\0')
        return si_sample_fail(error, SI_ERROR_ARGUMENT, "the name of the FOLDER is empty");
    return SI_OK;
}

typedef si_status (*write_step)(const si_sample_circuit *circuit, const char *path,
                                si_error *error);

static si_status write_config(const si_sample_circuit *circuit, const char *path, si_error *error)
{
    (void)circuit;
    return si_sample_write_config(path, error);
}

static si_status write_circuit(const si_sample_circuit *circuit, const char *folder,
                               si_error *error)
{
    static const struct {
        const char *name;
        write_step write;
    } steps[] = {
        {"morphologies", si_sample_write_morphologies},
        {"nodes.h5", si_sample_write_nodes},
        {"edges.h5", si_sample_write_edges},
        {"circuit_config.json", write_config},
    };
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        SI_SAMPLE_TRY(check_signal(error));
        char *path = si_sample_path(folder, steps[i].name);
        if (path == NULL)
            return si_sample_fail_memory(error);
        si_status status = steps[i].write(circuit, path, error);
        free(path);
        SI_SAMPLE_TRY(status);
    }
    return check_signal(error);
}

static si_status make_circuit(const struct options *options, si_error *error)
{
    si_sample_folder folder;
    si_sample_circuit circuit = {0};
    si_status status = si_sample_folder_open(&folder, options->folder, options->force, error);
    if (status == SI_OK)
        status = si_sample_circuit_make(&options->plan, &circuit, error);
    if (status == SI_OK)
        status = write_circuit(&circuit, folder.staging, error);
    if (status == SI_OK)
        status = si_sample_folder_publish(&folder, error);
    if (status == SI_OK)
        printf("%s: %zu cells with %zu morphologies, %zu synapses\n", options->folder,
               options->plan.cell_count, si_sample_model_count, circuit.synapse_count);
    si_sample_circuit_free(&circuit);
    si_sample_folder_close(&folder);
    return status;
}

/* Output that cannot be written is an error too. */
static int finish(int exit_status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return exit_status;
    fprintf(stderr, PROGRAM ": cannot write to standard output: %s\n", strerror(errno));
    return EXIT_ERROR;
}

int main(int count, char **arguments)
{
    si_error error = {.status = SI_OK};
    struct options options = {.plan = {.seed = 1, .cell_count = 300, .synapses_per_cell = 50}};
    si_status status = parse_arguments(count, arguments, &options, &error);
    if (status == SI_OK && options.help) {
        fputs(usage, stdout);
        return finish(EXIT_SUCCESS);
    }
    if (status == SI_OK && options.version) {
        printf(PROGRAM " %s\n", si_version());
        return finish(EXIT_SUCCESS);
    }
    if (status == SI_OK) {
        si_sample_signals_catch();
        status = make_circuit(&options, &error);
    }
    if (status == SI_OK)
        return finish(EXIT_SUCCESS);
    fprintf(stderr, PROGRAM ": %s\n", error.message);
    int signal_caught = si_sample_signal_caught();
    return signal_caught != 0 ? 128 + signal_caught : EXIT_ERROR;
}
