/* The table of the options of query, and how each value is read. */
#include "query/query_options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/numbers.h"
#include "common/program.h"
#include "common/reading.h"
#include "query/shape_options.h"

static void set_max_distance(void *target, const char *const *words)
{
    cli_query_options *options = target;
    if (!cli_read_double(words[0], &options->max_distance) || !(options->max_distance >= 0))
        cli_wrong_use("option '--max-distance' takes 0 or a positive number, not '%s'", words[0]);
    options->has_max_distance = true;
}

static void set_accuracy(void *target, const char *const *words)
{
    cli_accuracy *accuracy = &((cli_query_options *)target)->accuracy;
    *accuracy = (cli_accuracy){.of_shapes = SI_BEST_EFFORT};
    if (strcmp(words[0], "bounding_box") == 0)
        accuracy->of_shapes = SI_BOUNDING_BOX;
    else if (strcmp(words[0], "exact") == 0)
        accuracy->of_shapes = SI_EXACT;
    else if (strcmp(words[0], "center") == 0)
        accuracy->is_center = true;
    else if (strcmp(words[0], "best_effort") != 0)
        cli_wrong_use("option '--accuracy' takes best_effort, bounding_box, exact or center, not "
                      "'%s'",
                      words[0]);
}

static void add_fields(void *target, const char *const *words)
{
    cli_names_add(&((cli_query_options *)target)->fields, "fields", words[0]);
}

static void add_group_fields(void *target, const char *const *words)
{
    cli_names_add(&((cli_query_options *)target)->group_by, "group-by", words[0]);
}

static const cli_option option_table[] = {
    {.name = "box",
     .words = CLI_TWO_WORDS,
     .value = "X,Y,Z X,Y,Z",
     .help = "elements in the box between two opposite corners",
     .offset = offsetof(cli_query_options, shapes),
     .set = cli_add_box},
    {.name = "sphere",
     .words = CLI_TWO_WORDS,
     .value = "X,Y,Z R",
     .help = "elements in the sphere around a center",
     .offset = offsetof(cli_query_options, shapes),
     .set = cli_add_sphere},
    {.name = "capsule",
     .words = CLI_THREE_WORDS,
     .value = "X,Y,Z X,Y,Z R",
     .help = "elements within R of the line between two points",
     .offset = offsetof(cli_query_options, shapes),
     .set = cli_add_capsule},
    {.name = "cylinder",
     .words = CLI_THREE_WORDS,
     .value = "X,Y,Z X,Y,Z R",
     .help = "elements in the cylinder with flat ends between\n"
             "two points",
     .offset = offsetof(cli_query_options, shapes),
     .set = cli_add_cylinder},
    {.name = "oriented-box",
     .words = CLI_THREE_WORDS,
     .value = "X,Y,Z X,Y,Z W,X,Y,Z",
     .help = "elements in the box around a center with this half\n"
             "size, rotated by a quaternion",
     .offset = offsetof(cli_query_options, shapes),
     .set = cli_add_oriented_box},
    {.name = "nearest",
     .words = CLI_TWO_WORDS,
     .value = "X,Y,Z K",
     .help = "the K elements nearest to a point, nearest first",
     .offset = offsetof(cli_query_options, shapes),
     .set = cli_add_nearest},
    {.name = "max-distance",
     .words = CLI_ONE_WORD,
     .value = "D",
     .help = "leave out nearest elements farther than D",
     .set = set_max_distance},
    {.name = "queries",
     .words = CLI_ONE_WORD,
     .value = "FILE",
     .help = "file of queries, one per line: box x y z x y z,\n"
             "sphere x y z r, capsule x y z x y z r,\n"
             "cylinder x y z x y z r,\n"
             "oriented_box x y z x y z w x y z\n"
             "or nearest x y z k [distance];\n"
             "- means standard input",
     .offset = offsetof(cli_query_options, queries_file)},
    {.name = "accuracy",
     .words = CLI_ONE_WORD,
     .value = "HOW",
     .help = "best_effort (default), bounding_box, exact, or\n"
             "center (boxes only): elements with their center in\n"
             "the box and not on its upper sides",
     .set = set_accuracy},
    {.name = "fields",
     .words = CLI_ONE_WORD,
     .value = "A,B",
     .help = "fields of the elements, or attributes of the SONATA\n"
             "file, to print (default: all fields)",
     .set = add_fields},
    {.name = "count",
     .words = CLI_FLAG,
     .help = "print the number of elements instead",
     .offset = offsetof(cli_query_options, count)},
    {.name = "empty",
     .words = CLI_FLAG,
     .help = "print true if there are none, else false",
     .offset = offsetof(cli_query_options, empty)},
    {.name = "group-by",
     .words = CLI_ONE_WORD,
     .value = "A,B",
     .help = "print the number of elements for each value of a\n"
             "field or attribute, or each combination of values",
     .set = add_group_fields},
    CLI_FILTER_OPTIONS(cli_query_options),
    {.name = "populations",
     .words = CLI_MANY_WORDS,
     .value = "A,B",
     .help = "populations to query (default: all)",
     .offset = offsetof(cli_query_options, populations),
     .set = cli_add_populations},
    {.name = "format",
     .words = CLI_ONE_WORD,
     .value = "FORMAT",
     .help = "csv (default), tsv or jsonl",
     .offset = offsetof(cli_query_options, format),
     .set = cli_set_format},
    {.name = "dataset",
     .words = CLI_ONE_WORD,
     .value = "[POPULATION=]PATH",
     .help = "where the SONATA file with the attributes is now;\n"
             "once for each population if there are several",
     .offset = offsetof(cli_query_options, places.datasets),
     .set = cli_add_word},
    {.name = "types",
     .words = CLI_ONE_WORD,
     .value = "[POPULATION=]PATH",
     .help = "where the CSV file of its types is now",
     .offset = offsetof(cli_query_options, places.types),
     .set = cli_add_word},
    {.name = "circuit",
     .words = CLI_ONE_WORD,
     .value = "CONFIG",
     .help = "circuit configuration that names these files",
     .offset = offsetof(cli_query_options, places.circuit)},
    {.name = "verify",
     .words = CLI_FLAG,
     .help = "read all of the index first: damage is an error",
     .offset = offsetof(cli_query_options, verify)},
    CLI_READING_OPTIONS(offsetof(cli_query_options, reading), ""),
};

static void check(const cli_query_options *options)
{
    size_t sources = options->shapes.count + (options->queries_file != NULL);
    int answers = (options->fields.count > 0) + options->count + options->empty +
                  (options->group_by.count > 0);
    if (sources != 1)
        cli_wrong_use("expected one of --box, --sphere, --capsule, --cylinder, --oriented-box, "
                      "--nearest and --queries, once");
    if (options->has_max_distance && !options->queries_file &&
        options->shapes.shapes[0].kind != CLI_NEAREST)
        cli_wrong_use("option '--max-distance' requires --nearest or --queries");
    if (answers > 1)
        cli_wrong_use("expected at most one of --fields, --count, --empty and --group-by");
    if (options->filter.somas && options->filter.segments)
        cli_wrong_use("expected at most one of --somas and --segments");
}

void cli_query_options_read(cli_query_options *options, int argc, char **argv)
{
    const cli_command command = {
        .examples = {"query segments --box -20,400,-20 20,440,20 --count",
                     "query synapses --sphere 0,420,0 25 --format jsonl"},
        .operands = "INDEX",
        .summary = "Finds the elements of an index in a box or another shape, or the nearest to "
                   "a\npoint, and prints them. Lengths are in micrometers.",
        .page = "spatial-index-query",
        .options = option_table,
        .option_count = sizeof option_table / sizeof option_table[0],
        .least_operands = 1,
        .most_operands = 1,
    };
    cli_operands operands;
    cli_read_arguments(&command, argc, argv, options, &operands);
    options->index = operands.words[0];
    free(operands.words);
    check(options);
    for (size_t i = 0; i < options->shapes.count; i++) {
        if (options->shapes.shapes[i].kind == CLI_NEAREST)
            options->shapes.shapes[i].numbers[3] = options->max_distance;
    }
}

void cli_query_options_free(cli_query_options *options)
{
    cli_shapes_free(&options->shapes);
    cli_names_free(&options->fields);
    cli_names_free(&options->group_by);
    cli_filter_free(&options->filter);
    cli_names_free(&options->populations);
    cli_names_free(&options->places.datasets);
    cli_names_free(&options->places.types);
}
