/* What the files about the circuit configuration share. */
#ifndef SI_SONATA_CIRCUIT_CONFIG_INTERNAL_H
#define SI_SONATA_CIRCUIT_CONFIG_INTERNAL_H

#include <stdbool.h>

#include "sonata/circuit_config.h"
#include "sonata/circuit_config_variables.h"
#include "sonata/sonata_names.h"
#include "sonata/sonata_population.h"

/* A population of nodes or edges; what is not given is NULL. */
typedef struct si_config_population {
    size_t entry;
    char *name;
    char *type;
    char *file;
    char *types_file;
    char *morphologies_dir;
    char *alternate_h5v1;
    char *alternate_asc;
    bool has_alternates; /* of whatever kind */
    bool is_repeated;    /* the file of another entry has it too */
    si_node_population node;
    si_edge_population edge;
} si_config_population;

/* An element of networks.nodes or networks.edges. */
typedef struct si_config_entry {
    json_t *json;
    bool is_listed; /* its populations are known */
} si_config_entry;

/* networks.nodes or networks.edges. */
typedef struct si_config_network {
    si_population_kind kind;
    bool is_read;
    size_t entry_count;
    si_config_entry *entries;
    size_t population_count;
    size_t population_capacity;
    si_config_population **populations;
    void *flat; /* si_node_population or si_edge_population of each; NULL until it is asked for */
} si_config_network;

struct si_circuit_config {
    char *path;
    char *folder; /* that relative paths start from */
    json_t *json;
    bool is_partial;
    si_config_variables variables;
    char *node_sets_file;
    si_config_network networks[2]; /* by si_population_kind */
};

/* A string with its variables replaced: NULL where `object` has none, or it is null or "". `what`
 * says what the object is, for messages. Give `*value` to si_free. */
si_result si_config_text(si_circuit_config *config, const json_t *object, const char *key,
                         const char *what, char **value, si_error *error);
/* The same for a path, made absolute. */
si_result si_config_path(si_circuit_config *config, const json_t *object, const char *key,
                         const char *what, char **value, si_error *error);

/* Reads the entries of a network, and the populations that they name. */
si_result si_config_network_read(si_circuit_config *config, si_population_kind kind,
                                 si_error *error);
/* Adds the populations of an entry that names none, from its HDF5 file. */
si_result si_config_entry_list(si_circuit_config *config, si_config_network *network, size_t entry,
                               si_error *error);
/* NULL: no such population is known yet. */
si_config_population *si_config_network_find(const si_config_network *network, const char *name);
void si_config_network_free(si_config_network *network);

#endif
