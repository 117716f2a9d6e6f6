/*
 * Writes the elements of an index, ordered by ids, as raw test_element or found_synapse structs:
 *   dump_elements nodes FILE NODES_FILE MORPHOLOGIES POPULATION [GID...]
 *   dump_elements edges FILE EDGES_FILE POPULATION POSITION_PREFIX
 *   dump_elements segments FILE CONFIG_FILE INDEX_FOLDER
 *   dump_elements synapses FILE CONFIG_FILE INDEX_FOLDER POPULATION
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/test.h"

#include "circuit_files.h"

static si_result build_nodes(char **arguments, int count, si_index **index, si_error *error)
{
    si_segments_source source = SI_SEGMENTS_SOURCE_INIT;
    source.nodes_file = arguments[0];
    source.morphologies = arguments[1];
    source.population = arguments[2];
    uint64_t *gids = calloc((size_t)count, sizeof *gids);
    for (int i = 3; i < count; i++)
        gids[source.gid_count++] = strtoull(arguments[i], NULL, 10);
    if (source.gid_count > 0)
        source.gids = gids;
    si_result status = si_build_segments(&source, NULL, NULL, index, NULL, error);
    free(gids);
    return status;
}

static si_result build_edges(char **arguments, si_index **index, si_error *error)
{
    si_synapses_source source = SI_SYNAPSES_SOURCE_INIT;
    source.edges_file = arguments[0];
    source.population = arguments[1];
    source.position_prefix = arguments[2];
    return si_build_synapses(&source, NULL, NULL, index, NULL, error);
}

static si_result build_circuit(char **arguments, int count, si_index **index, si_error *error)
{
    si_circuit_source source = SI_CIRCUIT_SOURCE_INIT;
    source.config_file = arguments[0];
    source.populations = (const char *const *)(arguments + 2);
    source.population_count = (size_t)count - 2;
    si_result status = source.population_count > 0
                           ? si_build_circuit_synapses(&source, arguments[1], NULL, NULL, error)
                           : si_build_circuit_segments(&source, arguments[1], NULL, NULL, error);
    return status == SI_OK ? si_index_open(arguments[1], NULL, index, error) : status;
}

static si_result build(const char *what, char **arguments, int count, si_index **index,
                       si_error *error)
{
    if (strcmp(what, "nodes") == 0 && count >= 3)
        return build_nodes(arguments, count, index, error);
    if (strcmp(what, "edges") == 0 && count == 3)
        return build_edges(arguments, index, error);
    if ((strcmp(what, "segments") == 0 && count == 2) ||
        (strcmp(what, "synapses") == 0 && count == 3))
        return build_circuit(arguments, count, index, error);
    strcpy(error->message, "wrong arguments");
    return SI_ERROR_ARGUMENT;
}

static int dump(const si_index *index, const char *path)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    si_index_get_info(index, &info);
    int of_synapses = info.kind == SI_SYNAPSE;
    size_t size = of_synapses ? sizeof(found_synapse) : sizeof(test_element);
    uint64_t count;
    void *elements = of_synapses ? (void *)synapses_of(index, &count)
                                 : (void *)elements_of(index, &count);
    FILE *file = fopen(path, "wb");
    int failed = !file || fwrite(elements, size, count, file) != count;
    if (file)
        failed |= fclose(file) != 0;
    free(elements);
    return failed;
}

int main(int argument_count, char **arguments)
{
    si_index *index = NULL;
    si_error error = {0};
    if (argument_count < 3 ||
        build(arguments[1], arguments + 3, argument_count - 3, &index, &error) != SI_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 2;
    }
    int failed = dump(index, arguments[2]);
    si_index_close(index);
    return failed;
}
