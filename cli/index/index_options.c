#include "index/index_options.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "common/numbers.h"
#include "common/program.h"

enum { MOST_THREADS = 4096 };

static void set_out(void *target, const char *const *words)
{
    if (words[0][0] == '\0')
        cli_wrong_use("option '--out': the name of the folder is empty");
    ((cli_build_options *)target)->out = words[0];
}

static void set_gids(void *target, const char *const *words)
{
    cli_gid_list_read(&((cli_build_options *)target)->gids, "gids", words[0]);
}

static void set_recenter(void *target, const char *const *words)
{
    cli_build_options *options = target;
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
    cli_build_options *options = target;
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
    ((cli_build_options *)target)->threads = (unsigned)threads;
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
    ((cli_build_options *)target)->max_file_bytes = bytes;
}

static void set_max_memory(void *target, const char *const *words)
{
    uint64_t bytes = 0;
    if (!means_no_bound(words[0]) && !cli_read_size(words[0], &bytes))
        cli_wrong_use("option '--max-memory' takes a size such as 500 (MiB), 512M or 4G, or auto, "
                      "not '%s'",
                      words[0]);
    ((cli_build_options *)target)->max_memory_bytes = bytes;
}

static void set_temp_folder(void *target, const char *const *words)
{
    if (words[0][0] == '\0')
        cli_wrong_use("option '--temp-dir': the name of the folder is empty");
    ((cli_build_options *)target)->temp_folder = words[0];
}

const cli_option cli_build_option_table[] = {
    {.name = "out",
     .letter = 'o',
     .words = CLI_ONE_WORD,
     .value = "FOLDER",
     .help = "write the index there (default: out)",
     .set = set_out},
    {.name = "population",
     .words = CLI_ONE_WORD,
     .value = "NAME",
     .help = "index this population (default: the only one,\n"
             "else the one called default)",
     .commands = CLI_NODES | CLI_SYNAPSES,
     .offset = offsetof(cli_build_options, population)},
    {.name = "populations",
     .words = CLI_MANY_WORDS,
     .value = "A,B",
     .help = "index these populations: one gives an index,\n"
             "several a folder with an index each\n"
             "(default: the only one that can be indexed)",
     .commands = CLI_CIRCUIT,
     .offset = offsetof(cli_build_options, populations),
     .set = cli_add_populations},
    {.name = "gids",
     .words = CLI_ONE_WORD,
     .value = "IDS",
     .help = "index only these cells, or the synapses on\n"
             "them: a list such as 1,5,7-20, or a file",
     .set = set_gids},
    {.name = "node-types",
     .words = CLI_ONE_WORD,
     .value = "FILE",
     .help = "attributes of the node types (CSV)",
     .commands = CLI_NODES,
     .offset = offsetof(cli_build_options, node_types)},
    {.name = "edge-types",
     .words = CLI_ONE_WORD,
     .value = "FILE",
     .help = "attributes of the edge types (CSV)",
     .commands = CLI_SYNAPSES,
     .offset = offsetof(cli_build_options, edge_types)},
    {.name = "position",
     .words = CLI_ONE_WORD,
     .value = "PREFIX",
     .help = "place synapses at PREFIX_x, _y, _z (default:\n"
             "afferent_center)",
     .commands = CLI_SYNAPSES | CLI_CIRCUIT,
     .offset = offsetof(cli_build_options, position)},
    {.name = "recenter",
     .words = CLI_ONE_WORD,
     .value = "WHETHER",
     .help = "on, off or auto (default): move the center of\n"
             "the soma to the origin of the morphology",
     .commands = CLI_NODES | CLI_CIRCUIT,
     .set = set_recenter},
    {.name = "soma-radius",
     .words = CLI_ONE_WORD,
     .value = "KIND",
     .help = "contour (default): greatest distance of a soma\n"
             "point from the center; surface: the radius that\n"
             "the morphology gives",
     .commands = CLI_NODES | CLI_CIRCUIT,
     .set = set_soma_radius},
    {.name = "skip-bad-cells",
     .words = CLI_FLAG,
     .help = "leave out cells that cannot be indexed",
     .commands = CLI_NODES | CLI_CIRCUIT,
     .offset = offsetof(cli_build_options, skip_bad_cells)},
    {.name = "threads",
     .words = CLI_ONE_WORD,
     .value = "N",
     .help = "threads to use (default: 0, all processors)",
     .set = set_threads},
    {.name = "use-mem-map",
     .words = CLI_ONE_WORD,
     .value = "SIZE",
     .help = "the most that the index file may take: a number\n"
             "of MiB, or with K, M, G or T; auto or off\n"
             "(default): no bound",
     .set = set_memory_map},
    {.name = "max-memory",
     .words = CLI_ONE_WORD,
     .value = "SIZE",
     .help = "the most memory to use: a number of MiB, or with\n"
             "K, M, G or T; auto (default): half of what is\n"
             "available",
     .set = set_max_memory},
    {.name = "temp-dir",
     .words = CLI_ONE_WORD,
     .value = "FOLDER",
     .help = "where to put what does not fit in that memory\n"
             "(default: the folder of the index)",
     .set = set_temp_folder},
    {.name = "shrink-on-close",
     .words = CLI_FLAG,
     .help = "has no effect: the file always fits",
     .offset = offsetof(cli_build_options, shrink_on_close)},
    {.name = "multi-index",
     .words = CLI_FLAG,
     .help = "write the index as several files, which queries\n"
             "open when they need them",
     .offset = offsetof(cli_build_options, multi_index)},
    {.name = "force",
     .words = CLI_FLAG,
     .help = "replace the index that is in the folder",
     .offset = offsetof(cli_build_options, replace)},
    {.name = "progress-bar",
     .words = CLI_FLAG,
     .help = "show how far it is, if stderr is a terminal",
     .offset = offsetof(cli_build_options, progress_bar)},
    {.name = "verbose",
     .letter = 'v',
     .words = CLI_FLAG,
     .help = "say on stderr what was done",
     .offset = offsetof(cli_build_options, verbose)},
};

const size_t cli_build_option_count = sizeof cli_build_option_table /
                                      sizeof cli_build_option_table[0];

void cli_build_options_read(cli_build_options *options, const cli_command *command, int argc,
                            char **argv, cli_operands *operands)
{
    *options = (cli_build_options){.out = "out"};
    cli_read_arguments(command, argc, argv, options, operands);
    if (options->shrink_on_close)
        cli_say("--shrink-on-close has no effect: the file of the index always has its exact size");
}

void cli_build_options_to_segments(const cli_build_options *options, si_segments_source *source)
{
    source->node_types_file = options->node_types;
    source->population = options->population;
    source->gids = options->gids.gids;
    source->gid_count = options->gids.count;
    source->skip_bad_cells = options->skip_bad_cells;
    source->recenter = options->recenter;
    source->soma_radius = options->soma_radius;
}

void cli_build_options_to_synapses(const cli_build_options *options, si_synapses_source *source)
{
    source->edge_types_file = options->edge_types;
    source->population = options->population;
    source->position_prefix = options->position;
    source->post_gids = options->gids.gids;
    source->post_gid_count = options->gids.count;
}
