/*
 * Writes the elements of an index of segments, ordered by ids, as raw test_element structs:
 *   dump_segments nodes NODES_FILE MORPHOLOGIES POPULATION FILE [GID...]
 *   dump_segments circuit CONFIG_FILE INDEX_FOLDER FILE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/test.h"

#include "circuit_files.h"

static si_status build_nodes(char **arguments, int count, si_index **index, si_error *error)
{
    si_segments_source source = SI_SEGMENTS_SOURCE_INIT;
    source.nodes_file = arguments[0];
    source.morphologies = arguments[1];
    source.population = arguments[2];
    uint64_t *gids = calloc((size_t)count, sizeof *gids);
    for (int i = 4; i < count; i++)
        gids[source.gid_count++] = strtoull(arguments[i], NULL, 10);
    if (source.gid_count > 0)
        source.gids = gids;
    si_status status = si_build_segments(&source, NULL, NULL, index, NULL, error);
    free(gids);
    return status;
}

static si_status build_circuit(char **arguments, si_index **index, si_error *error)
{
    si_circuit_source source = SI_CIRCUIT_SOURCE_INIT;
    source.config_file = arguments[0];
    si_status status = si_build_circuit_segments(&source, arguments[1], NULL, NULL, error);
    return status == SI_OK ? si_index_open(arguments[1], NULL, index, error) : status;
}

static int dump(const si_index *index, const char *path)
{
    uint64_t count;
    test_element *elements = elements_of(index, &count);
    FILE *file = fopen(path, "wb");
    int failed = !file || fwrite(elements, sizeof *elements, count, file) != count;
    if (file)
        failed |= fclose(file) != 0;
    free(elements);
    return failed;
}

int main(int argument_count, char **arguments)
{
    si_index *index = NULL;
    si_error error = {.message = "wrong arguments"};
    si_status status = SI_ERROR_ARGUMENT;
    if (argument_count >= 6 && strcmp(arguments[1], "nodes") == 0)
        status = build_nodes(arguments + 2, argument_count - 2, &index, &error);
    else if (argument_count == 5 && strcmp(arguments[1], "circuit") == 0)
        status = build_circuit(arguments + 2, &index, &error);
    if (status != SI_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 2;
    }
    int failed = dump(index, arguments[1][0] == 'n' ? arguments[5] : arguments[4]);
    si_index_close(index);
    return failed;
}
