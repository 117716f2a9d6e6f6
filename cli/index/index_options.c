/* The table of the options of all commands that build an index, and how each value is read. */
#include "index/index_options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/numbers.h"
#include "common/program.h"

enum { MOST_THREADS = 4096 };

static void set_output(void *target, const char *const *words)
{
    if (words[0][0] == '\0')
        cli_wrong_use("option '--output': the name of the folder is empty");
    ((cli_index_options *)target)->output = words[0];
}

static void set_gids(void *target, const char *const *words)
{
    cli_gid_list_read(&((cli_index_options *)target)->gids, "gids", words[0]);
}

static void set_post_gids(void *target, const char *const *words)
{
    cli_gid_list_read(&((cli_index_options *)target)->post_gids, "post-gids", words[0]);
}

static void set_recenter(void *target, const char *const *words)
{
    cli_index_options *options = target;
    options->recenter_given = words[0];
    if (strcmp(words[0], "auto") == 0)
        options->recenter = SI_RECENTER_AUTO;
    else if (strcmp(words[0], "on") == 0)
        options->recenter = SI_RECENTER_ON;
    else if (strcmp(words[0], "off") == 0)
        options->recenter = SI_RECENTER_OFF;
    else
        cli_wrong_use("option '--recenter' takes on, off or auto, not '%s'", words[0]);
}

static void set_soma_radius(void *target, const char *const *words)
{
    cli_index_options *options = target;
    options->soma_radius_given = words[0];
    if (strcmp(words[0], "contour") == 0)
        options->soma_radius = SI_SOMA_RADIUS_CONTOUR;
    else if (strcmp(words[0], "surface") == 0)
        options->soma_radius = SI_SOMA_RADIUS_SURFACE;
    else
        cli_wrong_use("option '--soma-radius' takes contour or surface, not '%s'", words[0]);
}

static void set_threads(void *target, const char *const *words)
{
    uint64_t threads;
    if (!cli_read_unsigned(words[0], strlen(words[0]), &threads) || threads > MOST_THREADS)
        cli_wrong_use("option '--threads' takes a number from 0 to %d, not '%s'", MOST_THREADS,
                      words[0]);
    ((cli_index_options *)target)->threads = (unsigned)threads;
}

static bool means_no_bound(const char *word)
{
    return strcasecmp(word, "off") == 0 || strcasecmp(word, "false") == 0 ||
           strcasecmp(word, "auto") == 0;
}

static void set_memory_map(void *target, const char *const *words)
{
    uint64_t bytes = 0;
    if (!means_no_bound(words[0]) && !cli_read_size(words[0], &bytes))
        cli_wrong_use("option '--use-mem-map' takes a size such as 500 (MiB), 64K or 20G, or auto "
                      "or off, not '%s'",
                      words[0]);
    ((cli_index_options *)target)->max_file_bytes = bytes;
}

static void set_max_memory(void *target, const char *const *words)
{
    uint64_t bytes = 0;
    if (!means_no_bound(words[0]) && !cli_read_size(words[0], &bytes))
        cli_wrong_use("option '--max-memory' takes a size such as 500 (MiB), 512M or 4G, or auto, "
                      "not '%s'",
                      words[0]);
    ((cli_index_options *)target)->max_memory_bytes = bytes;
}

static void set_temp_folder(void *target, const char *const *words)
{
    if (words[0][0] == '\0')
        cli_wrong_use("option '--temp-dir': the name of the folder is empty");
    ((cli_index_options *)target)->temp_folder = words[0];
}

enum {
    FOR_SEGMENTS = CLI_INDEX_SEGMENTS | CLI_NODES | CLI_CIRCUIT,
    FOR_SYNAPSES = CLI_INDEX_SYNAPSES | CLI_SYNAPSES | CLI_CIRCUIT,
    FOR_FILES = CLI_INDEX_SEGMENTS | CLI_INDEX_SYNAPSES | CLI_NODES | CLI_SYNAPSES,
    FOR_CIRCUITS = CLI_INDEX_SEGMENTS | CLI_INDEX_SYNAPSES | CLI_CIRCUIT,
};

const cli_option cli_index_option_table[] = {
    {.name = "output",
     .older_name = "out",
     .letter = 'o',
     .words = CLI_ONE_WORD,
     .value = "FOLDER",
     .help = "write the index to this folder (default: out)",
     .set = set_output},
    {.name = "replace",
     .older_name = "force",
     .letter = 'f',
     .words = CLI_FLAG,
     .help = "replace the index that the folder contains",
     .offset = offsetof(cli_index_options, replace)},
    {.name = "population",
     .words = CLI_ONE_WORD,
     .value = "NAME",
     .help = "population to index (default: the only one in the\n"
             "file, else the one called default)",
     .commands = FOR_FILES,
     .offset = offsetof(cli_index_options, population)},
    {.name = "populations",
     .words = CLI_MANY_WORDS,
     .value = "A,B",
     .help = "populations of the circuit to index; several make\n"
             "a folder with one index each (default: the only\n"
             "one that can be indexed)",
     .commands = FOR_CIRCUITS,
     .offset = offsetof(cli_index_options, populations),
     .set = cli_add_populations},
    {.name = "gids",
     .words = CLI_ONE_WORD,
     .value = "LIST|FILE",
     .help = "index only these cells: a list such as 1,5,7-20,\n"
             "or a file of such lists",
     .commands = FOR_SEGMENTS,
     .set = set_gids},
    {.name = "post-gids",
     .words = CLI_ONE_WORD,
     .value = "LIST|FILE",
     .help = "index only the synapses on these cells: a list\n"
             "such as 1,5,7-20, or a file of such lists",
     .commands = FOR_SYNAPSES,
     .set = set_post_gids},
    {.name = "gids", /* what --post-gids was called */
     .words = CLI_ONE_WORD,
     .commands = CLI_INDEX_SYNAPSES | CLI_SYNAPSES,
     .set = set_gids},
    {.name = "node-types",
     .words = CLI_ONE_WORD,
     .value = "FILE",
     .help = "CSV file with the attributes of the node types",
     .commands = CLI_INDEX_SEGMENTS | CLI_NODES,
     .offset = offsetof(cli_index_options, node_types)},
    {.name = "edge-types",
     .words = CLI_ONE_WORD,
     .value = "FILE",
     .help = "CSV file with the attributes of the edge types",
     .commands = CLI_INDEX_SYNAPSES | CLI_SYNAPSES,
     .offset = offsetof(cli_index_options, edge_types)},
    {.name = "position",
     .words = CLI_ONE_WORD,
     .value = "PREFIX",
     .help = "take the positions of synapses from the\n"
             "attributes PREFIX_x, _y and _z (default:\n"
             "afferent_center)",
     .commands = FOR_SYNAPSES,
     .offset = offsetof(cli_index_options, position)},
    {.name = "recenter",
     .words = CLI_ONE_WORD,
     .value = "WHEN",
     .help = "on, off or auto (default): move the center of the\n"
             "soma to the origin of the morphology",
     .commands = FOR_SEGMENTS,
     .set = set_recenter},
    {.name = "soma-radius",
     .words = CLI_ONE_WORD,
     .value = "KIND",
     .help = "contour (default): greatest distance of a soma\n"
             "point from their mean; surface: the radius given\n"
             "in the morphology",
     .commands = FOR_SEGMENTS,
     .set = set_soma_radius},
    {.name = "skip-bad-cells",
     .words = CLI_FLAG,
     .help = "skip cells that cannot be indexed",
     .commands = FOR_SEGMENTS,
     .offset = offsetof(cli_index_options, skip_bad_cells)},
    {.name = "threads",
     .words = CLI_ONE_WORD,
     .value = "N",
     .help = "number of threads (default: 0, one per processor)",
     .set = set_threads},
    {.name = "max-memory",
     .words = CLI_ONE_WORD,
     .value = "SIZE",
     .help = "memory limit: a number of MiB, or with K, M, G\n"
             "or T; auto (default): half of the available\n"
             "memory",
     .set = set_max_memory},
    {.name = "temp-dir",
     .words = CLI_ONE_WORD,
     .value = "FOLDER",
     .help = "folder for data that exceeds this memory\n"
             "(default: the folder of the index)",
     .set = set_temp_folder},
    {.name = "multi-index",
     .words = CLI_FLAG,
     .help = "split the index into several files, which queries\n"
             "open on demand",
     .offset = offsetof(cli_index_options, multi_index)},
    {.name = "use-mem-map",
     .words = CLI_ONE_WORD,
     .value = "SIZE",
     .help = "limit of the size of the index file: a number of\n"
             "MiB, or with K, M, G or T; auto or off (default):\n"
             "no limit",
     .set = set_memory_map},
    {.name = "shrink-on-close",
     .words = CLI_FLAG,
     .help = "no effect: the index file has its exact size",
     .offset = offsetof(cli_index_options, shrink_on_close)},
    {.name = "progress-bar",
     .words = CLI_FLAG,
     .help = "show the progress on stderr",
     .offset = offsetof(cli_index_options, progress_bar)},
    {.name = "verbose",
     .letter = 'v',
     .words = CLI_FLAG,
     .help = "report counts, time and size on stderr",
     .offset = offsetof(cli_index_options, verbose)},
};

const size_t cli_index_option_count = sizeof cli_index_option_table /
                                      sizeof cli_index_option_table[0];

void cli_index_options_read(cli_index_options *options, const cli_command *command, int argc,
                            char **argv, cli_operands *operands)
{
    *options = (cli_index_options){.output = "out"};
    cli_read_arguments(command, argc, argv, options, operands);
    if (options->population && options->populations.count > 0)
        cli_wrong_use("expected at most one of --population and --populations");
    if (options->shrink_on_close)
        cli_say("--shrink-on-close has no effect: the file of the index always has its exact size");
}

void cli_index_options_free(cli_index_options *options)
{
    cli_names_free(&options->populations);
    free(options->gids.gids);
    free(options->post_gids.gids);
}
