/* The table of the options of grid, and how each value is read. */
#include "grid/grid_options.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/numbers.h"
#include "common/program.h"
#include "common/reading.h"

enum { MOST_THREADS = 4096 };

/* ---- the grid ---- */

static bool read_corner(const char *word, double corner[3])
{
    return cli_read_point(word, corner) && !isnan(corner[0]) && !isnan(corner[1]) &&
           !isnan(corner[2]);
}

static void set_box(void *target, const char *const *words)
{
    cli_grid_options *options = target;
    for (int i = 0; i < 2; i++)
        if (!read_corner(words[i], options->corners[i]))
            cli_wrong_use("option '--box' takes two corners x,y,z, not '%s'", words[i]);
    options->has_box = true;
}

static void set_shape(void *target, const char *const *words)
{
    cli_grid_options *options = target;
    const char *word = words[0];
    size_t count = 0;
    for (; count < 3; count++) {
        size_t length = strcspn(word, ",");
        if (!cli_read_unsigned(word, length, &options->shape[count]))
            break;
        word += length;
        if (*word == '\0')
            break;
        word++;
    }
    if (*word != '\0' || (count != 0 && count != 2))
        cli_wrong_use("option '--shape' takes one number of voxels or three, nx,ny,nz, not '%s'",
                      words[0]);
    if (count == 0)
        options->shape[1] = options->shape[2] = options->shape[0];
    options->has_shape = true;
}

static void set_measure(void *target, const char *const *words)
{
    cli_grid_options *options = target;
    options->measures_length = strcmp(words[0], "length") == 0;
    options->counts_touching = strcmp(words[0], "touching") == 0;
    if (!options->measures_length && !options->counts_touching && strcmp(words[0], "elements") != 0)
        cli_wrong_use("option '--measure' takes elements, touching or length, not '%s'", words[0]);
}

static void set_accuracy(void *target, const char *const *words)
{
    cli_grid_options *options = target;
    options->has_accuracy = true;
    if (strcmp(words[0], "best_effort") == 0)
        options->accuracy = SI_BEST_EFFORT;
    else if (strcmp(words[0], "bounding_box") == 0)
        options->accuracy = SI_BOUNDING_BOX;
    else if (strcmp(words[0], "exact") == 0)
        options->accuracy = SI_EXACT;
    else
        cli_wrong_use("option '--accuracy' takes best_effort, bounding_box or exact, not '%s'",
                      words[0]);
}

/* ---- how ---- */

static void set_format(void *target, const char *const *words)
{
    cli_grid_options *options = target;
    options->has_format = true;
    cli_set_format(&options->format, words);
}

static void set_threads(void *target, const char *const *words)
{
    uint64_t threads;
    if (!cli_read_unsigned(words[0], strlen(words[0]), &threads) || threads > MOST_THREADS)
        cli_wrong_use("option '--threads' takes a number from 0 to %d, not '%s'", MOST_THREADS,
                      words[0]);
    ((cli_grid_options *)target)->threads = (unsigned)threads;
}

static const cli_option option_table[] = {
    {.name = "shape",
     .words = CLI_ONE_WORD,
     .value = "N|X,Y,Z",
     .help = "number of voxels along each axis, or along x, y, z",
     .set = set_shape},
    {.name = "box",
     .words = CLI_TWO_WORDS,
     .value = "X,Y,Z X,Y,Z",
     .help = "two opposite corners of the grid\n"
             "(default: the bounds of all elements)",
     .set = set_box},
    {.name = "regions",
     .words = CLI_ONE_WORD,
     .value = "FILE.npy",
     .help = "array of integers, the region of each voxel: print\n"
             "totals of regions instead of voxels",
     .offset = offsetof(cli_grid_options, regions)},
    {.name = "measure",
     .words = CLI_ONE_WORD,
     .value = "WHAT",
     .help = "elements (default): count each in the voxel of its\n"
             "center; touching: in every voxel that it touches;\n"
             "length: add up the axes of segments",
     .set = set_measure},
    {.name = "accuracy",
     .words = CLI_ONE_WORD,
     .value = "HOW",
     .help = "accuracy of touching: best_effort (default),\n"
             "bounding_box or exact",
     .set = set_accuracy},
    {.name = "output",
     .older_name = "out",
     .letter = 'o',
     .words = CLI_ONE_WORD,
     .value = "FILE.npy",
     .help = "write the grid as a NumPy array instead of a table\n"
             "of the voxels that are not empty",
     .offset = offsetof(cli_grid_options, output)},
    CLI_FILTER_OPTIONS(cli_grid_options),
    {.name = "populations",
     .words = CLI_MANY_WORDS,
     .value = "A,B",
     .help = "populations to use (default: all)",
     .offset = offsetof(cli_grid_options, populations),
     .set = cli_add_populations},
    {.name = "format",
     .words = CLI_ONE_WORD,
     .value = "FORMAT",
     .help = "csv (default), tsv or jsonl",
     .set = set_format},
    {.name = "threads",
     .words = CLI_ONE_WORD,
     .value = "N",
     .help = "number of threads (default: 0, one per processor)",
     .set = set_threads},
    CLI_READING_OPTIONS(offsetof(cli_grid_options, reading), ""),
};

/* A suffix that promises another format than NumPy's. */
static bool is_other_file(const char *path)
{
    static const char *const suffixes[] = {".csv", ".tsv", ".txt",  ".json", ".jsonl", ".dat",
                                           ".npz", ".h5",  ".hdf5", ".nrrd", ".nii",   ".parquet"};
    const char *suffix = strrchr(path, '.');
    for (size_t i = 0; suffix && i < sizeof suffixes / sizeof *suffixes; i++)
        if (strcasecmp(suffix, suffixes[i]) == 0)
            return true;
    return false;
}

static void check(const cli_grid_options *options)
{
    if (options->has_shape == (options->regions != NULL))
        cli_wrong_use("expected one of --shape and --regions");
    if (options->regions && options->output)
        cli_wrong_use("option '--output' cannot be combined with --regions");
    if (options->output && is_other_file(options->output))
        cli_wrong_use("option '--output' writes a NumPy array, FILE.npy, not '%s': for a table, "
                      "leave it out and redirect standard output",
                      options->output);
    if (options->output && options->has_format)
        cli_wrong_use("option '--format' cannot be combined with --output");
    if (options->has_accuracy && !options->counts_touching)
        cli_wrong_use("option '--accuracy' requires --measure touching");
    if (options->filter.somas && options->filter.segments)
        cli_wrong_use("expected at most one of --somas and --segments");
}

void cli_grid_options_read(cli_grid_options *options, int argc, char **argv)
{
    const cli_command command = {
        .examples = {"grid segments --shape 10",
                     "grid synapses --shape 4 --box 0,0,0 80,80,80 -o counts.npy"},
        .operands = "INDEX",
        .summary = "Counts the elements, or adds up the lengths of segments, in each voxel of a\n"
                   "regular grid. Lengths are in micrometers.",
        .page = "spatial-index-grid",
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
}

void cli_grid_options_free(cli_grid_options *options)
{
    cli_filter_free(&options->filter);
    cli_names_free(&options->populations);
}
