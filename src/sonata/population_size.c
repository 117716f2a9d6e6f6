/* How many nodes or edges a population has, for programs that share it out. */
#include "hdf5/hdf5_access.h"
#include "sonata/sonata_population.h"

static si_result population_size(const char *file, si_population_kind kind, const char *population,
                                 uint64_t *size, si_error *error)
{
    si_sonata_population *opened;
    if (!file)
        return si_fail(error, SI_ERROR_ARGUMENT, "no %ss file is given",
                       si_population_kind_element(kind));
    si_hdf5_lock();
    si_result result = si_sonata_population_open(file, kind, population, &opened, error);
    if (result == SI_OK) {
        *size = opened->size;
        si_sonata_population_close(opened);
    }
    si_hdf5_unlock();
    return result;
}

si_result si_nodes_population_size(const char *nodes_file, const char *population, uint64_t *size,
                                   si_error *error)
{
    SI_TRY(si_require(nodes_file, "nodes_file", error));
    SI_TRY(si_require(size, "size", error));
    return population_size(nodes_file, SI_NODES, population, size, error);
}

si_result si_edges_population_size(const char *edges_file, const char *population, uint64_t *size,
                                   si_error *error)
{
    SI_TRY(si_require(edges_file, "edges_file", error));
    SI_TRY(si_require(size, "size", error));
    return population_size(edges_file, SI_EDGES, population, size, error);
}
