/* The circuit as it is computed, before it is written. */
#ifndef SI_SAMPLE_CIRCUIT_SAMPLE_CIRCUIT_H
#define SI_SAMPLE_CIRCUIT_SAMPLE_CIRCUIT_H

#include "sample_circuit/sample_types.h"

#define SI_SAMPLE_NODE_POPULATION "cortex" /* of one; several are cortex_1, cortex_2, ... */
#define SI_SAMPLE_VIRTUAL_POPULATION "thalamus"
#define SI_SAMPLE_MOST_POPULATIONS 10

typedef struct si_sample_plan {
    uint64_t seed;
    size_t cell_count;
    size_t synapses_per_cell; /* mean */
    size_t morphology_count;  /* at least si_sample_model_count */
    size_t population_count;  /* of cells; not more than cells */
} si_sample_plan;

typedef struct si_sample_cell {
    uint32_t model; /* position in the circuit's models */
    uint32_t population;
    uint64_t gid; /* in its population, in the order of the cells */
    double position[3];
    double orientation[4]; /* unit quaternion w x y z */
    double rotation[3][3]; /* the same as a matrix */
} si_sample_cell;

/* One side of a synapse. */
typedef struct si_sample_site {
    float center[3];     /* on the axis of the segment */
    float surface[3];    /* on its mantle, towards the other side */
    uint32_t section_id; /* 0 would be the soma */
    uint32_t segment_id;
    int16_t section_type;
    float segment_offset; /* um from the beginning of the segment */
    float section_pos;    /* 0 to 1 along the section */
} si_sample_site;

typedef struct si_sample_synapse {
    uint64_t source, target; /* positions in the circuit's cells */
    si_sample_site efferent, afferent;
    float conductance, decay_time, delay, depression_time, facilitation_time, u_syn, spine_length;
    int16_t n_rrp_vesicles;
    int16_t syn_type_id;
} si_sample_synapse;

typedef struct si_sample_circuit {
    si_sample_plan plan;
    si_sample_model *models;            /* those of the catalogue, then variants of them in turn */
    si_sample_morphology *morphologies; /* one for each model */
    si_sample_cell *cells;
    si_sample_synapse *synapses; /* by target, then by source */
    size_t synapse_count, synapse_capacity;
} si_sample_circuit;

/* Computes everything. Free it also after a failure. */
si_result si_sample_circuit_make(const si_sample_plan *plan, si_sample_circuit *circuit,
                                 si_error *error);
void si_sample_circuit_free(si_sample_circuit *circuit);

/* The steps of making it. */
si_result si_sample_list_models(si_sample_circuit *circuit, si_error *error);
si_result si_sample_grow_morphologies(si_sample_circuit *circuit, si_error *error);
si_result si_sample_place_cells(si_sample_circuit *circuit, si_error *error);
void si_sample_divide_cells(si_sample_circuit *circuit);
si_result si_sample_connect_cells(si_sample_circuit *circuit, si_error *error);

/* Where a point of a cell's morphology lies in the circuit. */
void si_sample_place_point(const si_sample_cell *cell, const float point[3], float placed[3]);

/* The files of the circuit. The folder of the morphologies is created. */
si_result si_sample_write_morphologies(const si_sample_circuit *circuit, const char *folder,
                                       si_error *error);
si_result si_sample_write_nodes(const si_sample_circuit *circuit, const char *path,
                                si_error *error);
si_result si_sample_write_edges(const si_sample_circuit *circuit, const char *path,
                                si_error *error);
si_result si_sample_write_config(const si_sample_circuit *circuit, const char *path,
                                 si_error *error);

size_t si_sample_virtual_cell_count(const si_sample_circuit *circuit);

/* How many cells a population has. */
size_t si_sample_population_size(const si_sample_circuit *circuit, size_t population);
/* Names of populations, of cells and of the synapses from one of them to another. */
typedef struct si_sample_name {
    char text[64];
} si_sample_name;

si_sample_name si_sample_node_name(const si_sample_circuit *circuit, size_t population);
si_sample_name si_sample_edge_name(const si_sample_circuit *circuit, size_t source, size_t target);

#endif
