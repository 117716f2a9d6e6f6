/* edges.h5: the synapses, and the indices that find those of a cell. */
#include <stdio.h>
#include <stdlib.h>

#include "sample_circuit/sample_circuit.h"
#include "sample_circuit/sample_hdf5.h"

#define EDGES "/edges/" SI_SAMPLE_EDGE_POPULATION

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
static void sort_edges(const si_sample_circuit *circuit, size_t node_offset, uint64_t *starts,
                       uint64_t *order)
{
    for (size_t i = 0; i < circuit->synapse_count; i++)
        starts[node_of(&circuit->synapses[i], node_offset) + 1]++;
    for (size_t i = 0; i < circuit->plan.cell_count; i++)
        starts[i + 1] += starts[i];
    for (size_t i = 0; i < circuit->synapse_count; i++)
        order[starts[node_of(&circuit->synapses[i], node_offset)]++] = i;
    /* Each start has moved on to the next one. */
    for (size_t i = circuit->plan.cell_count; i > 0; i--)
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
    snprintf(name, sizeof(name), EDGES "/indices/%s/node_id_to_ranges", group);
    si_sample_hdf5_table(hdf5, name, SI_SAMPLE_UINT64, index->ranges_of_nodes, index->node_count,
                         2);
    snprintf(name, sizeof(name), EDGES "/indices/%s/range_to_edge_id", group);
    si_sample_hdf5_table(hdf5, name, SI_SAMPLE_UINT64, index->edges_of_ranges, index->range_count,
                         2);
}

static void make_index(si_sample_hdf5 *hdf5, const si_sample_circuit *circuit, size_t node_offset,
                       const char *group)
{
    size_t node_count = circuit->plan.cell_count, edge_count = circuit->synapse_count;
    struct edge_index index = {.ranges_of_nodes = calloc(node_count, sizeof(struct range)),
                               .edges_of_ranges = calloc(edge_count + 1, sizeof(struct range)),
                               .node_count = node_count};
    uint64_t *starts = calloc(node_count + 1, sizeof(*starts));
    uint64_t *order = calloc(edge_count + 1, sizeof(*order));
    if (index.ranges_of_nodes == NULL || index.edges_of_ranges == NULL || starts == NULL ||
        order == NULL) {
        hdf5->result = si_sample_fail_memory(hdf5->error);
    } else {
        sort_edges(circuit, node_offset, starts, order);
        collect_ranges(starts, order, &index);
        write_index(hdf5, &index, group);
    }
    free(index.ranges_of_nodes);
    free(index.edges_of_ranges);
    free(starts);
    free(order);
}

static void write_node_ids(si_sample_hdf5 *hdf5, const char *name, const uint64_t *first,
                           size_t count)
{
    si_sample_hdf5_member(hdf5, name, SI_SAMPLE_UINT64, first, sizeof(si_sample_synapse), count);
    si_sample_hdf5_attribute_string(hdf5, name, "node_population", SI_SAMPLE_NODE_POPULATION);
}

si_result si_sample_write_edges(const si_sample_circuit *circuit, const char *path, si_error *error)
{
    static const si_sample_synapse none;
    size_t count = circuit->synapse_count;
    const si_sample_synapse *synapses = count == 0 ? &none : circuit->synapses;
    si_sample_hdf5 hdf5;
    si_sample_hdf5_create(&hdf5, path, error);
    write_node_ids(&hdf5, EDGES "/source_node_id", &synapses->source, count);
    write_node_ids(&hdf5, EDGES "/target_node_id", &synapses->target, count);
    si_sample_hdf5_constant(&hdf5, EDGES "/edge_type_id", -1, count);
    si_sample_hdf5_constant(&hdf5, EDGES "/edge_group_id", 0, count);
    si_sample_hdf5_sequence(&hdf5, EDGES "/edge_group_index", count);
    si_sample_hdf5_columns(&hdf5, EDGES "/0", columns, sizeof(columns) / sizeof(columns[0]),
                           synapses, sizeof(*synapses), count);
    make_index(&hdf5, circuit, offsetof(si_sample_synapse, target), "target_to_source");
    make_index(&hdf5, circuit, offsetof(si_sample_synapse, source), "source_to_target");
    return si_sample_hdf5_close(&hdf5);
}
