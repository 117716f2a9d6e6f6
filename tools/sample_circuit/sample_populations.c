/* Divides the cells of the column among populations. Cells of all populations stand side by side,
 * so that synapses run between any two of them. */
#include <stdio.h>

#include "sample_circuit/sample_circuit.h"

/* Cells are dealt to all populations, then to all but the last, and so on down to the first alone:
 * so each has another number of cells, and the first cells suffice to give every one a cell. */
static size_t population_of(size_t cell, size_t population_count)
{
    size_t round = population_count;
    size_t place = cell % (population_count * (population_count + 1) / 2);
    while (place >= round)
        place -= round--;
    return place;
}

void si_sample_divide_cells(si_sample_circuit *circuit)
{
    uint64_t sizes[SI_SAMPLE_MOST_POPULATIONS] = {0};
    for (size_t i = 0; i < circuit->plan.cell_count; i++) {
        size_t population = population_of(i, circuit->plan.population_count);
        circuit->cells[i].population = (uint32_t)population;
        circuit->cells[i].gid = sizes[population]++;
    }
}

size_t si_sample_population_size(const si_sample_circuit *circuit, size_t population)
{
    size_t size = 0;
    for (size_t i = 0; i < circuit->plan.cell_count; i++)
        size += circuit->cells[i].population == population;
    return size;
}

si_sample_name si_sample_node_name(const si_sample_circuit *circuit, size_t population)
{
    si_sample_name name = {SI_SAMPLE_NODE_POPULATION};
    if (circuit->plan.population_count > 1)
        snprintf(name.text, sizeof(name.text), "%s_%u", SI_SAMPLE_NODE_POPULATION,
                 (unsigned)population + 1);
    return name;
}

si_sample_name si_sample_edge_name(const si_sample_circuit *circuit, size_t source, size_t target)
{
    si_sample_name name, from = si_sample_node_name(circuit, source);
    si_sample_name to = si_sample_node_name(circuit, target);
    snprintf(name.text, sizeof(name.text), "%.20s__%.20s__chemical", from.text, to.text);
    return name;
}
