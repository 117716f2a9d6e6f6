#include "config/circuit_config.h"
#include "fuzz_file.h"

/* The files that a configuration names are not there, so this stops where they are opened. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    si_circuit_config *config = NULL;
    const si_node_population *nodes;
    const si_edge_population *edges;
    const char *node_sets;
    size_t count;
    si_error error;
    if (si_circuit_config_open(fuzz_file(data, size), &config, &error) != SI_OK)
        return 0;
    si_circuit_config_node_sets_file(config, &node_sets, &error);
    si_circuit_config_node_populations(config, &nodes, &count, &error);
    si_circuit_config_edge_populations(config, &edges, &count, &error);
    si_circuit_config_node_population(config, "A", &nodes, &error);
    si_circuit_config_edge_population(config, "A", &edges, &error);
    si_circuit_config_close(config);
    return 0;
}
