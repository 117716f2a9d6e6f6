/*
 * The SONATA circuit configuration: which files and folders make up which population.
 *
 * Opening reads the JSON alone. Files that it names are opened only where an entry names no
 * populations, and then not before they are asked for; folders are never looked at.
 */
#ifndef SI_CONFIG_CIRCUIT_CONFIG_H
#define SI_CONFIG_CIRCUIT_CONFIG_H

#include <stddef.h>

#include "base/error.h"

typedef struct si_circuit_config si_circuit_config;

/* Paths are absolute and normalised; what is not given is NULL. The strings live as long as the
 * configuration. */
typedef struct si_node_population {
    const char *name;
    /* "biophysical" unless given. Populations that the configuration does not name, but the HDF5
     * file has, are "virtual" where all their cells have a model_type without morphology. */
    const char *type;
    const char *nodes_file;
    const char *node_types_file;
    const char *morphologies_dir;
    const char *alternate_h5v1; /* of alternate_morphologies, in this order of preference */
    const char *alternate_asc;  /* `neurolucida-asc` */
} si_node_population;

typedef struct si_edge_population {
    const char *name;
    const char *type; /* "chemical" unless given */
    const char *edges_file;
    const char *edge_types_file;
} si_edge_population;

/* Of a simulation the circuit that it names as `network` is opened. SI_ERROR_FORMAT names file and
 * line of what is no JSON, the variable or population otherwise. */
si_result si_circuit_config_open(const char *path, si_circuit_config **config, si_error *error);
void si_circuit_config_close(si_circuit_config *config);

/* The file of node sets; NULL: none is named. Lives as long as the configuration. */
si_result si_circuit_config_node_sets_file(si_circuit_config *config, const char **path,
                                           si_error *error);

/* All populations in the order of the configuration, those of one entry in alphabetical order. The
 * array lives as long as the configuration. Fails where an HDF5 file that must be asked for its
 * populations cannot be read. */
si_result si_circuit_config_node_populations(si_circuit_config *config,
                                             const si_node_population **populations, size_t *count,
                                             si_error *error);
si_result si_circuit_config_edge_populations(si_circuit_config *config,
                                             const si_edge_population **populations, size_t *count,
                                             si_error *error);

/* One population. HDF5 files of other entries are opened only if the configuration does not name
 * it, and may then be missing as long as the population is found elsewhere. SI_ERROR_NOT_FOUND
 * lists those that exist. SI_ERROR_FORMAT: a biophysical population without any folder of
 * morphologies, unless the configuration says that it is partial. */
si_result si_circuit_config_node_population(si_circuit_config *config, const char *name,
                                            const si_node_population **population, si_error *error);
si_result si_circuit_config_edge_population(si_circuit_config *config, const char *name,
                                            const si_edge_population **population, si_error *error);

#endif
