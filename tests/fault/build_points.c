/* Builds an index of made-up points in the least memory that a build takes, less than the commands
 * may be given: so a build that sorts on the disk is a matter of a moment.
 *
 * Usage: build_points COUNT [--threads N] [--temp-dir FOLDER] [--force] -o FOLDER */
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <spatial_index/spatial_index.h>

enum { BATCH = 1000, LEAST_MEMORY = 32 << 20 };

typedef struct arguments {
    uint64_t count;
    const char *folder;
    si_build_options options;
} arguments;

static void read_arguments(int argc, char **argv, arguments *given)
{
    static const struct option known[] = {
        {"threads", required_argument, NULL, 't'},
        {"temp-dir", required_argument, NULL, 'd'},
        {"force", no_argument, NULL, 'f'},
        {0},
    };
    *given = (arguments){.options = SI_BUILD_OPTIONS_INIT};
    given->options.max_memory_bytes = LEAST_MEMORY;
    for (int option; (option = getopt_long(argc, argv, "o:", known, NULL)) != -1;) {
        if (option == 'o')
            given->folder = optarg;
        else if (option == 't')
            given->options.threads = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'd')
            given->options.temp_folder = optarg;
        else if (option == 'f')
            given->options.replace = 1;
        else
            exit(2);
    }
    if (!given->folder || optind + 1 != argc)
        exit(2);
    given->count = strtoull(argv[optind], NULL, 10);
}

static float next_coordinate(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (float)(*state >> 44) / 1024;
}

static si_result append_batch(si_builder *builder, uint64_t first, uint64_t *state, si_error *error)
{
    static float positions[BATCH][3];
    static uint64_t ids[BATCH];
    const si_input_column columns[] = {{SI_FIELD_POSITION, positions}, {SI_FIELD_ID, ids}};
    for (uint64_t i = 0; i < BATCH; i++) {
        ids[i] = first + i;
        for (int axis = 0; axis < 3; axis++)
            positions[i][axis] = next_coordinate(state);
    }
    return si_builder_append(builder, columns, 2, BATCH, error);
}

static si_result build(const arguments *given, si_error *error)
{
    si_builder *builder;
    uint64_t state = 1;
    si_result status = si_builder_create(SI_POINT, given->folder, &given->options, &builder, error);
    if (status != SI_OK)
        return status;
    for (uint64_t first = 0; first < given->count && status == SI_OK; first += BATCH)
        status = append_batch(builder, first, &state, error);
    if (status == SI_OK)
        return si_builder_finish(builder, NULL, NULL, error);
    si_builder_abort(builder);
    return status;
}

int main(int argc, char **argv)
{
    arguments given;
    si_error error;
    read_arguments(argc, argv, &given);
    if (build(&given, &error) == SI_OK)
        return 0;
    fprintf(stderr, "spatial-index-points: %s\n", error.message);
    return 2;
}
