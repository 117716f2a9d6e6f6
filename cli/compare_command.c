/* spatial-index compare: do two indexes hold the same elements? */
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "common/command_line.h"
#include "common/output.h"
#include "common/program.h"
#include "common/reading.h"
#include "common/signals.h"
#include "spatial_index/spatial_index.h"

typedef struct compare_options {
    bool verbose;
    si_open_options reading;
} compare_options;

static const cli_option option_table[] = {
    {.name = "verbose",
     .letter = 'v',
     .words = CLI_FLAG,
     .help = "print 'same' if they are",
     .offset = offsetof(compare_options, verbose)},
    CLI_READING_OPTIONS(offsetof(compare_options, reading), ",\nfor each index"),
};

/* One side of the comparison. */
struct side {
    const char *path;
    si_population_set *set;
};

static void open_side(struct side *side, const char *path, const si_open_options *options)
{
    si_error error;
    side->path = path;
    if (si_population_set_open(path, options, &side->set, &error) != SI_OK)
        cli_fail("%s", error.message);
}

static const si_index *find_population(const struct side *side, const char *name)
{
    for (size_t i = 0; i < si_population_set_count(side->set); i++) {
        if (strcmp(si_population_set_name(side->set, i), name) == 0)
            return si_population_set_index(side->set, i);
    }
    return NULL;
}

/* `name` NULL: these are all that there are. */
static bool same_elements(const si_index *left, const si_index *right, const char *name)
{
    char difference[1024];
    bool same;
    si_error error;
    if (si_index_compare(left, right, &same, difference, sizeof difference, &error) != SI_OK)
        cli_fail("%s", error.message);
    if (!same && name)
        cli_put_format("population '%s': %s\n", name, difference);
    else if (!same)
        cli_put_format("%s\n", difference);
    return same != 0;
}

/* Does `right` have every population of `left`? */
static bool has_all(const struct side *left, const struct side *right)
{
    bool all = true;
    for (size_t i = 0; i < si_population_set_count(left->set); i++) {
        const char *name = si_population_set_name(left->set, i);
        if (find_population(right, name))
            continue;
        cli_put_format("population '%s' is only in '%s'\n", name, left->path);
        all = false;
    }
    return all;
}

static bool same_populations(const struct side *left, const struct side *right)
{
    bool same = has_all(left, right);
    same = has_all(right, left) && same;
    for (size_t i = 0; i < si_population_set_count(left->set); i++) {
        const char *name = si_population_set_name(left->set, i);
        const si_index *other = find_population(right, name);
        if (other && !same_elements(si_population_set_index(left->set, i), other, name))
            same = false;
    }
    return same;
}

static bool same_sides(const struct side *left, const struct side *right)
{
    bool left_multi = si_population_set_is_multi(left->set);
    bool right_multi = si_population_set_is_multi(right->set);
    if (left_multi && right_multi)
        return same_populations(left, right);
    if (!left_multi && !right_multi)
        return same_elements(si_population_set_index(left->set, 0),
                             si_population_set_index(right->set, 0), NULL);
    cli_put_format("'%s' holds one index, '%s' one for each population\n",
                   left_multi ? right->path : left->path, left_multi ? left->path : right->path);
    return false;
}

int cli_compare_command(int argc, char **argv)
{
    const cli_command command = {
        .examples = {"compare segments segments", "compare -v synapses synapses"},
        .operands = "INDEX OTHER_INDEX",
        .summary =
            "Tells whether two indexes hold the same elements: exit code 0 if they do, 1 if\n"
            "not, 2 on errors.",
        .page = "spatial-index-compare",
        .options = option_table,
        .option_count = sizeof option_table / sizeof option_table[0],
        .least_operands = 2,
        .most_operands = 2,
    };
    compare_options options = {.reading = CLI_OPEN_OPTIONS_INIT};
    cli_operands operands;
    struct side left, right;
    cli_read_arguments(&command, argc, argv, &options, &operands);
    cli_exit_on_signals();
    open_side(&left, operands.words[0], &options.reading);
    open_side(&right, operands.words[1], &options.reading);
    bool same = same_sides(&left, &right);
    if (same && options.verbose)
        cli_put_text("same\n");
    cli_finish_output();
    si_population_set_close(left.set);
    si_population_set_close(right.set);
    free(operands.words);
    return same ? CLI_DONE : CLI_ANSWER_IS_NO;
}
