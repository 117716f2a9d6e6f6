/* The processes of an MPI job agree on the arguments of a build, one argument after another. */
#include "index/settlement.h"

#include <stdlib.h>
#include <string.h>

#include "common/program.h"

static void settle_text(cli_cluster *joined, const char *name, const char **text)
{
    size_t bytes = *text ? strlen(*text) + 1 : 0;
    *text = cli_cluster_settle(joined, name, *text, &bytes);
}

static void settle_flag(cli_cluster *joined, const char *name, bool flag)
{
    size_t bytes = sizeof flag;
    cli_cluster_settle(joined, name, &flag, &bytes);
}

/* `given` is the word of the option; NULL: it is not given. */
static void settle_choice(cli_cluster *joined, const char *name, const char *given, void *value,
                          size_t bytes)
{
    size_t count = bytes;
    const void *settled = cli_cluster_settle(joined, name, given ? value : NULL, &count);
    if (settled && settled != value)
        memcpy(value, settled, bytes);
}

/* The list is for free(). */
static void settle_gids(cli_cluster *joined, const char *name, cli_gid_list *list)
{
    size_t bytes = list->count * sizeof *list->gids;
    const void *settled = cli_cluster_settle(joined, name, list->gids, &bytes);
    if (list->gids || !settled)
        return;
    list->gids = cli_allocate(bytes + 1, 1);
    list->count = bytes / sizeof *list->gids;
    memcpy(list->gids, settled, bytes);
}

/* Names, each with its end, one after another. */
static char *join_names(const cli_names *names, size_t *bytes)
{
    *bytes = 0;
    for (size_t i = 0; i < names->count; i++)
        *bytes += strlen(names->names[i]) + 1;
    char *text = cli_allocate(*bytes + 1, 1), *end = text;
    for (size_t i = 0; i < names->count; i++)
        end = stpcpy(end, names->names[i]) + 1;
    return text;
}

static void split_names(const char *text, size_t bytes, cli_names *names)
{
    names->names = cli_allocate(bytes, sizeof *names->names);
    for (const char *name = text; name < text + bytes; name += strlen(name) + 1)
        names->names[names->count++] = cli_duplicate(name, strlen(name));
}

static void settle_populations(cli_build_arguments *arguments, cli_cluster *joined)
{
    cli_names one = {&arguments->population, 1}, *several = &arguments->options->populations;
    bool is_given = arguments->population || several->count > 0;
    size_t bytes;
    char *own = join_names(arguments->population ? &one : several, &bytes);
    const char *settled = cli_cluster_settle(joined, "--population", is_given ? own : NULL, &bytes);
    if (!is_given && settled && strlen(settled) + 1 == bytes)
        arguments->population = settled;
    else if (!is_given && settled)
        split_names(settled, bytes, several);
    free(own);
}

void cli_build_arguments_settle(cli_build_arguments *arguments, cli_cluster *joined)
{
    cli_index_options *options = arguments->options;
    if (!joined->library)
        return;
    settle_text(joined, "the source of elements", &arguments->task);
    settle_text(joined, "the file to index", &arguments->source);
    settle_text(joined, "MORPHOLOGY_DIR", &arguments->folder);
    settle_text(joined, "--output", &options->output);
    settle_flag(joined, "--replace", options->replace);
    settle_populations(arguments, joined);
    settle_gids(joined, "--gids", &options->gids);
    settle_gids(joined, "--post-gids", &options->post_gids);
    settle_text(joined, "--node-types", &options->node_types);
    settle_text(joined, "--edge-types", &options->edge_types);
    settle_text(joined, "--position", &options->position);
    settle_choice(joined, "--recenter", options->recenter_given, &options->recenter,
                  sizeof options->recenter);
    settle_choice(joined, "--soma-radius", options->soma_radius_given, &options->soma_radius,
                  sizeof options->soma_radius);
    settle_flag(joined, "--skip-bad-cells", options->skip_bad_cells);
}
