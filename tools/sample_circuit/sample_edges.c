/* edges.h5: the synapses between each two populations, and the indices that find those of a cell.
 */
#include <stdio.h>
#include <stdlib.h>

#include "sample_circuit/sample_circuit.h"
#include "sample_circuit/sample_hdf5.h"

#define SITE_COLUMNS(side)                                                                         \
    {#side "_center_x", SI_SAMPLE_FLOAT32, offsetof(si_sample_synapse, side.center[0])},           \
        {#side "_center_y", SI_SAMPLE_FLOAT32, offsetof(si_sample_synapse, side.center[1])},       \
        {#side "_center_z", SI_SAMPLE_FLOAT32, offsetof(si_sample_synapse, side.center[2])},       \
        {#side "_surface_x", SI_SAMPLE_FLOAT32, offsetof(si_sample_synapse, side.surface[0])},     \
        {#side "_surface_y", SI_SAMPLE_FLOAT32, offsetof(si_sample_synapse, side.surface[1])},     \
        {#side "_surface_z", SI_SAMPLE_FLOAT32, offsetof(si_sample_synapse, side.surface[2])},     \
        {#side "_section_id", SI_SAMPLE_UINT32, offsetof(si_sample_synapse, side.section_id)},     \
        {#side "_segment_id", SI_SAMPLE_UINT32, offsetof(si_sample_synapse, side.segment_id)},     \
        {#side "_section_type", SI_SAMPLE_INT16, offsetof(si_sample_synapse, side.section_type)},  \
        {#side "_segment_offset", SI_SAMPLE_FLOAT32,                                               \
         offsetof(si_sample_synapse, side.segment_offset)},                                        \
    {                                                                                              \
#side "_section_pos", SI_SAMPLE_FLOAT32, offsetof(si_sample_synapse, side.section_pos)     \
    }

static const si_sample_column columns[] = {
    SITE_COLUMNS(afferent),
    SITE_COLUMNS(efferent),
    {"conductance", SI_SAMPLE_FLOAT32, offsetof(si_sample_synapse, conductance)},
    {"decay_time", SI_SAMPLE_FLOAT32, offsetof(si_sample_synapse, decay_time)},
    {"delay", SI_SAMPLE_FLOAT32, offsetof(si_sample_synapse, delay)},
    {"depression_time", SI_SAMPLE_FLOAT32, offsetof(si_sample_synapse, depression_time)},
    {"facilitation_time", SI_SAMPLE_FLOAT32, offsetof(si_sample_synapse, facilitation_time)},
    {"u_syn", SI_SAMPLE_FLOAT32, offsetof(si_sample_synapse, u_syn)},
    {"spine_length", SI_SAMPLE_FLOAT32, offsetof(si_sample_synapse, spine_length)},
    {"n_rrp_vesicles", SI_SAMPLE_INT16, offsetof(si_sample_synapse, n_rrp_vesicles)},
    {"syn_type_id", SI_SAMPLE_INT16, offsetof(si_sample_synapse, syn_type_id)},
};

/* The synapses from one population of cells to another. */
struct edges {
    si_sample_name source, target; /* the populations */
    const si_sample_synapse *synapses;
    size_t count, source_size, target_size;
};

/* Begin and end, not included. */
struct range {
    uint64_t begin, end;
};

/* node_id_to_ranges and range_to_edge_id of the SONATA guide. */
struct edge_index {
    struct range *ranges_of_nodes;
    struct range *edges_of_ranges;
    size_t node_count, range_count;
};

static uint64_t node_of(const si_sample_synapse *synapse, size_t node_offset)
{
    return *(const uint64_t *)((const char *)synapse + node_offset);
}

/* Edge ids by node, those of one node ascending: a counting sort. */
static void sort_edges(const struct edges *edges, size_t node_offset, size_t node_count,
                       uint64_t *starts, uint64_t *order)
{
    for (size_t i = 0; i < edges->count; i++)
        starts[node_of(&edges->synapses[i], node_offset) + 1]++;
    for (size_t i = 0; i < node_count; i++)
        starts[i + 1] += starts[i];
    for (size_t i = 0; i < edges->count; i++)
        order[starts[node_of(&edges->synapses[i], node_offset)]++] = i;
    /* Each start has moved on to the next one. */
    for (size_t i = node_count; i > 0; i--)
        starts[i] = starts[i - 1];
    starts[0] = 0;
}

/* Edges of a node that follow one another make one range. */
static void collect_ranges(const uint64_t *starts, const uint64_t *order, struct edge_index *index)
{
    for (size_t node = 0; node < index->node_count; node++) {
        index->ranges_of_nodes[node].begin = index->range_count;
        for (uint64_t i = starts[node]; i < starts[node + 1]; i++) {
            if (i == starts[node] || order[i] != order[i - 1] + 1)
                index->edges_of_ranges[index->range_count++].begin = order[i];
            index->edges_of_ranges[index->range_count - 1].end = order[i] + 1;
        }
        index->ranges_of_nodes[node].end = index->range_count;
    }
}

static void write_index(si_sample_hdf5 *hdf5, const struct edge_index *index, const char *group)
{
    char name[256];
    snprintf(name, sizeof(name), "indices/%s/node_id_to_ranges", group);
    si_sample_hdf5_table(hdf5, name, SI_SAMPLE_UINT64, index->ranges_of_nodes, index->node_count,
                         2);
    snprintf(name, sizeof(name), "indices/%s/range_to_edge_id", group);
    si_sample_hdf5_table(hdf5, name, SI_SAMPLE_UINT64, index->edges_of_ranges, index->range_count,
                         2);
}

static void make_index(si_sample_hdf5 *hdf5, const struct edges *edges, size_t node_offset,
                       size_t node_count, const char *group)
{
    struct edge_index index = {.ranges_of_nodes = calloc(node_count, sizeof(struct range)),
                               .edges_of_ranges = calloc(edges->count + 1, sizeof(struct range)),
                               .node_count = node_count};
    uint64_t *starts = calloc(node_count + 1, sizeof(*starts));
    uint64_t *order = calloc(edges->count + 1, sizeof(*order));
    if (index.ranges_of_nodes == NULL || index.edges_of_ranges == NULL || starts == NULL ||
        order == NULL) {
        hdf5->result = si_sample_fail_memory(hdf5->error);
    } else {
        sort_edges(edges, node_offset, node_count, starts, order);
        collect_ranges(starts, order, &index);
        write_index(hdf5, &index, group);
    }
    free(index.ranges_of_nodes);
    free(index.edges_of_ranges);
    free(starts);
    free(order);
}

static void write_node_ids(si_sample_hdf5 *hdf5, const char *name, const uint64_t *first,
                           size_t count, const char *population)
{
    si_sample_hdf5_member(hdf5, name, SI_SAMPLE_UINT64, first, sizeof(si_sample_synapse), count);
    si_sample_hdf5_attribute_string(hdf5, name, "node_population", population);
}

static void write_edges(si_sample_hdf5 *hdf5, const struct edges *edges)
{
    size_t count = edges->count;
    const si_sample_synapse *synapses = edges->synapses;
    write_node_ids(hdf5, "source_node_id", &synapses->source, count, edges->source.text);
    write_node_ids(hdf5, "target_node_id", &synapses->target, count, edges->target.text);
    si_sample_hdf5_constant(hdf5, "edge_type_id", -1, count);
    si_sample_hdf5_constant(hdf5, "edge_group_id", 0, count);
    si_sample_hdf5_sequence(hdf5, "edge_group_index", count);
    si_sample_hdf5_columns(hdf5, "0", columns, sizeof(columns) / sizeof(columns[0]), synapses,
                           sizeof(*synapses), count);
    make_index(hdf5, edges, offsetof(si_sample_synapse, target), edges->target_size,
               "target_to_source");
    make_index(hdf5, edges, offsetof(si_sample_synapse, source), edges->source_size,
               "source_to_target");
}

/* The synapses of a pair of populations, with gids for positions in the circuit's cells. */
static size_t select_synapses(const si_sample_circuit *circuit, size_t source, size_t target,
                              si_sample_synapse *selected)
{
    size_t count = 0;
    for (size_t i = 0; i < circuit->synapse_count; i++) {
        const si_sample_synapse *synapse = &circuit->synapses[i];
        const si_sample_cell *from = &circuit->cells[synapse->source];
        const si_sample_cell *to = &circuit->cells[synapse->target];
        if (from->population != source || to->population != target)
            continue;
        if (selected != NULL) {
            selected[count] = *synapse;
            selected[count].source = from->gid;
            selected[count].target = to->gid;
        }
        count++;
    }
    return count;
}

static void write_population(si_sample_hdf5 *hdf5, const si_sample_circuit *circuit, size_t source,
                             size_t target)
{
    size_t count = select_synapses(circuit, source, target, NULL);
    si_sample_synapse *selected = calloc(count + 1, sizeof(*selected));
    if (selected == NULL) {
        hdf5->result = si_sample_fail_memory(hdf5->error);
        return;
    }
    select_synapses(circuit, source, target, selected);
    struct edges edges = {
        .source = si_sample_node_name(circuit, source),
        .target = si_sample_node_name(circuit, target),
        .synapses = selected,
        .count = count,
        .source_size = si_sample_population_size(circuit, source),
        .target_size = si_sample_population_size(circuit, target),
    };
    char group[128];
    snprintf(group, sizeof(group), "/edges/%s", si_sample_edge_name(circuit, source, target).text);
    hdf5->group = group;
    write_edges(hdf5, &edges);
    hdf5->group = "";
    free(selected);
}

si_result si_sample_write_edges(const si_sample_circuit *circuit, const char *path, si_error *error)
{
    si_sample_hdf5 hdf5;
    si_sample_hdf5_create(&hdf5, path, error);
    size_t populations = circuit->plan.population_count;
    for (size_t source = 0; source < populations; source++)
        for (size_t target = 0; target < populations && hdf5.result == SI_OK; target++)
            write_population(&hdf5, circuit, source, target);
    return si_sample_hdf5_close(&hdf5);
}
