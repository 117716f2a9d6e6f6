/* The catalogue: layers of the column, morphologies and the cells that have them. */
#ifndef SI_SAMPLE_CIRCUIT_SAMPLE_TYPES_H
#define SI_SAMPLE_CIRCUIT_SAMPLE_TYPES_H

#include "sample_circuit/sample_morphology.h"

/* The column stands on y = 0; its top is the surface of the brain. */
#define SI_SAMPLE_COLUMN_TOP 1200.0

typedef struct si_sample_layer {
    const char *name;
    double bottom, top;
} si_sample_layer;

extern const si_sample_layer si_sample_layers[];
extern const size_t si_sample_layer_count;

extern const char *const si_sample_synapse_classes[]; /* by si_sample_synapse_class */
extern const size_t si_sample_synapse_class_count;

typedef enum si_sample_synapse_class {
    SI_SAMPLE_EXCITATORY = 0,
    SI_SAMPLE_INHIBITORY = 1
} si_sample_synapse_class;

#define SI_SAMPLE_MOST_NEURITES 4

/* How cells of one shape grow. */
typedef struct si_sample_shape {
    double soma_radius;
    size_t neurite_count;
    si_sample_neurite neurites[SI_SAMPLE_MOST_NEURITES];
} si_sample_shape;

typedef struct si_sample_mtype {
    const char *name;
    const char *etype;
    size_t layer; /* position in si_sample_layers */
    si_sample_synapse_class synapse_class;
    const si_sample_shape *shape;
} si_sample_mtype;

extern const si_sample_mtype si_sample_mtypes[];
extern const size_t si_sample_mtype_count;

typedef si_result (*si_sample_writer)(const si_sample_morphology *morphology, const char *path,
                                      si_error *error);

/* A morphology, and how many of 100 cells have it. */
typedef struct si_sample_model {
    const char *name;
    const char *suffix; /* of the file, with the dot */
    si_sample_writer write;
    size_t mtype; /* position in si_sample_mtypes */
    unsigned share;
} si_sample_model;

/* The morphologies that there are if not more are asked for. */
extern const si_sample_model si_sample_models[];
extern const size_t si_sample_model_count;

#endif
