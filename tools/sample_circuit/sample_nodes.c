/* nodes.h5: the cells of the column, and the fibres that reach it from elsewhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample_circuit/sample_circuit.h"
#include "sample_circuit/sample_hdf5.h"

#define FIBRES "/nodes/" SI_SAMPLE_VIRTUAL_POPULATION

/* The attributes of a cell, side by side. */
struct node {
    double position[3];
    double orientation[4];
    uint32_t morphology, mtype, etype, synapse_class, model_type, model_template;
    const char *layer; /* an attribute of plain strings, as real circuits have both kinds */
    int32_t minicolumn;
    float exc_mini_frequency;
    double holding_current, threshold_current;
};

static const si_sample_column columns[] = {
    {"x", SI_SAMPLE_FLOAT64, offsetof(struct node, position[0])},
    {"y", SI_SAMPLE_FLOAT64, offsetof(struct node, position[1])},
    {"z", SI_SAMPLE_FLOAT64, offsetof(struct node, position[2])},
    {"orientation_w", SI_SAMPLE_FLOAT64, offsetof(struct node, orientation[0])},
    {"orientation_x", SI_SAMPLE_FLOAT64, offsetof(struct node, orientation[1])},
    {"orientation_y", SI_SAMPLE_FLOAT64, offsetof(struct node, orientation[2])},
    {"orientation_z", SI_SAMPLE_FLOAT64, offsetof(struct node, orientation[3])},
    {"morphology", SI_SAMPLE_UINT32, offsetof(struct node, morphology)},
    {"mtype", SI_SAMPLE_UINT32, offsetof(struct node, mtype)},
    {"etype", SI_SAMPLE_UINT32, offsetof(struct node, etype)},
    {"synapse_class", SI_SAMPLE_UINT32, offsetof(struct node, synapse_class)},
    {"model_type", SI_SAMPLE_UINT32, offsetof(struct node, model_type)},
    {"model_template", SI_SAMPLE_UINT32, offsetof(struct node, model_template)},
    {"layer", SI_SAMPLE_STRING, offsetof(struct node, layer)},
    {"minicolumn", SI_SAMPLE_INT32, offsetof(struct node, minicolumn)},
    {"exc_mini_frequency", SI_SAMPLE_FLOAT32, offsetof(struct node, exc_mini_frequency)},
    {"dynamics_params/holding_current", SI_SAMPLE_FLOAT64, offsetof(struct node, holding_current)},
    {"dynamics_params/threshold_current", SI_SAMPLE_FLOAT64,
     offsetof(struct node, threshold_current)},
};

static const char *const etypes[] = {"cADpyr", "cACint", "cNAC", "dNAC"};
static const char *const templates[] = {"hoc:cADpyr", "hoc:cACint", "hoc:cNAC", "hoc:dNAC"};
enum { ETYPE_COUNT = sizeof(etypes) / sizeof(etypes[0]) };

static uint32_t find_etype(const char *name)
{
    uint32_t i = 0;
    while (i + 1 < ETYPE_COUNT && strcmp(etypes[i], name) != 0)
        i++;
    return i;
}

/* Strips of 50 um along x, counted from the middle. */
static int32_t find_minicolumn(const si_sample_cell *cell)
{
    return (int32_t)(cell->position[0] / 50 + (cell->position[0] < 0 ? -1 : 0));
}

static struct node make_node(const si_sample_circuit *circuit, const si_sample_cell *cell)
{
    uint32_t mtype_number = (uint32_t)circuit->models[cell->model].mtype;
    const si_sample_mtype *mtype = &si_sample_mtypes[mtype_number];
    bool excitatory = mtype->synapse_class == SI_SAMPLE_EXCITATORY;
    struct node node = {
        .morphology = cell->model,
        .mtype = mtype_number,
        .etype = find_etype(mtype->etype),
        .synapse_class = (uint32_t)mtype->synapse_class,
        .layer = si_sample_layers[mtype->layer].name,
        .minicolumn = find_minicolumn(cell),
        .exc_mini_frequency = excitatory ? 0.123F : 0.012F,
        .holding_current = excitatory ? -0.05 : -0.02,
        .threshold_current = excitatory ? 0.2 : 0.1,
    };
    node.model_template = node.etype;
    memcpy(node.position, cell->position, sizeof(node.position));
    memcpy(node.orientation, cell->orientation, sizeof(node.orientation));
    return node;
}

/* The strings behind the numbers of an enumeration: one member of an array of structs. */
static void write_library(si_sample_hdf5 *hdf5, const char *name, const char *const *first,
                          size_t stride, size_t count)
{
    si_sample_hdf5_member(hdf5, name, SI_SAMPLE_STRING, first, stride, count);
}

static void write_libraries(si_sample_hdf5 *hdf5, const si_sample_circuit *circuit)
{
    static const char *const model_types[] = {"biophysical"};
    write_library(hdf5, "0/@library/morphology", &circuit->models[0].name,
                  sizeof(circuit->models[0]), circuit->plan.morphology_count);
    write_library(hdf5, "0/@library/mtype", &si_sample_mtypes[0].name, sizeof(si_sample_mtypes[0]),
                  si_sample_mtype_count);
    write_library(hdf5, "0/@library/etype", etypes, sizeof(etypes[0]), ETYPE_COUNT);
    write_library(hdf5, "0/@library/synapse_class", si_sample_synapse_classes, sizeof(const char *),
                  si_sample_synapse_class_count);
    write_library(hdf5, "0/@library/model_type", model_types, sizeof(model_types[0]), 1);
    write_library(hdf5, "0/@library/model_template", templates, sizeof(templates[0]), ETYPE_COUNT);
}

static void write_node_ids(si_sample_hdf5 *hdf5, const char *type_id, const char *group_id,
                           const char *group_index, size_t count)
{
    si_sample_hdf5_constant(hdf5, type_id, -1, count);
    si_sample_hdf5_constant(hdf5, group_id, 0, count);
    si_sample_hdf5_sequence(hdf5, group_index, count);
}

static void write_cells(si_sample_hdf5 *hdf5, const si_sample_circuit *circuit,
                        const struct node *nodes, size_t count)
{
    write_node_ids(hdf5, "node_type_id", "node_group_id", "node_group_index", count);
    si_sample_hdf5_columns(hdf5, "0", columns, sizeof(columns) / sizeof(columns[0]), nodes,
                           sizeof(*nodes), count);
    write_libraries(hdf5, circuit);
}

/* Fibres have no place and no shape. */
static void write_fibres(si_sample_hdf5 *hdf5, size_t count)
{
    static const char *const model_types[] = {"virtual"};
    const uint32_t first = 0;
    write_node_ids(hdf5, "node_type_id", "node_group_id", "node_group_index", count);
    si_sample_hdf5_member(hdf5, "0/model_type", SI_SAMPLE_UINT32, &first, 0, count);
    write_library(hdf5, "0/@library/model_type", model_types, sizeof(model_types[0]), 1);
    si_sample_hdf5_member(hdf5, "0/synapse_class", SI_SAMPLE_UINT32, &first, 0, count);
    write_library(hdf5, "0/@library/synapse_class", si_sample_synapse_classes, sizeof(const char *),
                  si_sample_synapse_class_count);
}

static void write_population(si_sample_hdf5 *hdf5, const si_sample_circuit *circuit,
                             size_t population, struct node *nodes)
{
    size_t count = 0;
    for (size_t i = 0; i < circuit->plan.cell_count; i++)
        if (circuit->cells[i].population == population)
            nodes[count++] = make_node(circuit, &circuit->cells[i]);
    char group[128];
    snprintf(group, sizeof(group), "/nodes/%s", si_sample_node_name(circuit, population).text);
    hdf5->group = group;
    write_cells(hdf5, circuit, nodes, count);
    hdf5->group = "";
}

si_result si_sample_write_nodes(const si_sample_circuit *circuit, const char *path, si_error *error)
{
    struct node *nodes = calloc(circuit->plan.cell_count, sizeof(*nodes));
    if (nodes == NULL)
        return si_sample_fail_memory(error);
    si_sample_hdf5 hdf5;
    si_sample_hdf5_create(&hdf5, path, error);
    for (size_t i = 0; i < circuit->plan.population_count; i++)
        write_population(&hdf5, circuit, i, nodes);
    hdf5.group = FIBRES;
    write_fibres(&hdf5, si_sample_virtual_cell_count(circuit));
    free(nodes);
    return si_sample_hdf5_close(&hdf5);
}
