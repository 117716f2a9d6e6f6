/*
 * Reads a circuit configuration: the JSON first, the entries of networks.nodes and networks.edges
 * when one of their populations is asked for.
 *
 * An entry that names its populations is known from the JSON alone. The populations of another one
 * are those of its HDF5 file, which is opened only for a population that no entry names.
 */
#include "config/circuit_config.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/circuit_config_variables.h"
#include "hdf5/hdf5_access.h"
#include "sonata/sonata_nodes.h"
#include "sonata/sonata_population.h"

/* A population of nodes or edges; what is not given is NULL. */
typedef struct config_population {
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
} config_population;

/* An element of networks.nodes or networks.edges. */
typedef struct config_entry {
    json_t *json;
    bool is_listed; /* its populations are known */
} config_entry;

/* networks.nodes or networks.edges. */
typedef struct config_network {
    si_population_kind kind;
    bool is_read;
    size_t entry_count;
    config_entry *entries;
    size_t population_count;
    size_t population_capacity;
    config_population **populations;
    void *flat; /* si_node_population or si_edge_population of each; NULL until it is asked for */
} config_network;

struct si_circuit_config {
    char *path;
    char *folder; /* that relative paths start from */
    json_t *json;
    bool is_partial;
    si_config_variables variables;
    char *node_sets_file;
    config_network networks[2]; /* by si_population_kind */
};

/* A string with its variables replaced: NULL where `object` has none, or it is null or "". `what`
 * says what the object is, for messages. Give `*value` to si_free. */
static si_result read_text(si_circuit_config *config, const json_t *object, const char *key,
                           const char *what, char **value, si_error *error)
{
    const json_t *json = json_object_get(object, key);
    *value = NULL;
    if (!json || json_is_null(json))
        return SI_OK;
    if (!json_is_string(json))
        return si_fail(error, SI_ERROR_FORMAT, "%s: %s of %s is not a string", config->path, key,
                       what);
    if (json_string_length(json) == 0)
        return SI_OK;
    return si_config_variables_expand(&config->variables, json_string_value(json), config->path,
                                      value, error);
}

/* The same for a path, made absolute. */
static si_result read_path(si_circuit_config *config, const json_t *object, const char *key,
                           const char *what, char **value, si_error *error)
{
    char *text;
    SI_TRY(read_text(config, object, key, what, &text, error));
    *value = NULL;
    if (!text)
        return SI_OK;
    char *joined = si_path_join(config->folder, text);
    if (joined)
        *value = si_path_absolute(joined);
    si_free(joined);
    si_free(text);
    return *value ? SI_OK : si_fail_memory(error);
}

/* ------------------------------------------------------------------------------------ networks */

static const char *network_name(si_population_kind kind)
{
    return kind == SI_NODES ? "nodes" : "edges";
}

static void free_population(config_population *population)
{
    if (!population)
        return;
    si_free(population->name);
    si_free(population->type);
    si_free(population->file);
    si_free(population->types_file);
    si_free(population->morphologies_dir);
    si_free(population->alternate_h5v1);
    si_free(population->alternate_asc);
    si_free(population);
}

static void free_network(config_network *network)
{
    for (size_t i = 0; i < network->population_count; i++)
        free_population(network->populations[i]);
    si_free(network->populations);
    si_free(network->entries);
    si_free(network->flat);
}

static config_population *find_in_network(const config_network *network, const char *name)
{
    for (size_t i = 0; i < network->population_count; i++) {
        if (strcmp(network->populations[i]->name, name) == 0)
            return network->populations[i];
    }
    return NULL;
}

static si_result read_files(si_circuit_config *config, const config_network *network,
                            config_population *population, si_error *error)
{
    const json_t *entry = network->entries[population->entry].json;
    bool is_nodes = network->kind == SI_NODES;
    char what[64];
    snprintf(what, sizeof what, "entry %zu of networks.%s", population->entry + 1,
             network_name(network->kind));
    SI_TRY(read_path(config, entry, is_nodes ? "nodes_file" : "edges_file", what, &population->file,
                     error));
    if (!population->file)
        return si_fail(error, SI_ERROR_FORMAT, "%s: %s has no %s", config->path, what,
                       is_nodes ? "nodes_file" : "edges_file");
    return read_path(config, entry, is_nodes ? "node_types_file" : "edge_types_file", what,
                     &population->types_file, error);
}

/* The alternates of a population as a whole, or else those of the components. */
static si_result read_alternates(si_circuit_config *config, const json_t *overrides,
                                 config_population *population, si_error *error)
{
    const json_t *alternates = json_object_get(overrides, "alternate_morphologies");
    const char *what = "alternate_morphologies";
    if (!alternates || json_is_null(alternates) ||
        (json_is_object(alternates) && json_object_size(alternates) == 0))
        alternates = json_object_get(json_object_get(config->json, "components"),
                                     "alternate_morphologies");
    if (!alternates || json_is_null(alternates))
        return SI_OK;
    if (!json_is_object(alternates))
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: alternate_morphologies, for population %s, is not an object",
                       config->path, population->name);
    population->has_alternates = json_object_size(alternates) > 0;
    SI_TRY(read_path(config, alternates, "h5v1", what, &population->alternate_h5v1, error));
    return read_path(config, alternates, "neurolucida-asc", what, &population->alternate_asc,
                     error);
}

static si_result read_morphologies(si_circuit_config *config, const json_t *overrides,
                                   const char *what, config_population *population, si_error *error)
{
    SI_TRY(read_path(config, overrides, "morphologies_dir", what, &population->morphologies_dir,
                     error));
    if (!population->morphologies_dir)
        SI_TRY(read_path(config, json_object_get(config->json, "components"), "morphologies_dir",
                         "components", &population->morphologies_dir, error));
    return read_alternates(config, overrides, population, error);
}

static si_result read_overrides(si_circuit_config *config, const config_network *network,
                                const json_t *overrides, config_population *population,
                                si_error *error)
{
    char what[128];
    snprintf(what, sizeof what, "population %.100s", population->name);
    if (overrides && !json_is_null(overrides) && !json_is_object(overrides))
        return si_fail(error, SI_ERROR_FORMAT, "%s: %s in networks.%s is not an object",
                       config->path, what, network_name(network->kind));
    SI_TRY(read_text(config, overrides, "type", what, &population->type, error));
    if (!population->type) {
        population->type = si_duplicate_string(network->kind == SI_NODES ? "biophysical"
                                                                         : "chemical");
        if (!population->type)
            return si_fail_memory(error);
    }
    if (network->kind == SI_EDGES)
        return SI_OK;
    return read_morphologies(config, overrides, what, population, error);
}

/* A population that the configuration does not name counts as virtual where all its cells are. */
static si_result find_type(config_population *population, si_error *error)
{
    si_sonata_nodes *nodes;
    bool all_virtual;
    SI_TRY(si_sonata_nodes_open(population->file, population->types_file, population->name, &nodes,
                                error));
    si_result result = si_sonata_nodes_all_virtual(nodes, &all_virtual, error);
    si_sonata_nodes_close(nodes);
    if (result != SI_OK || !all_virtual)
        return result;
    char *type = si_duplicate_string("virtual");
    if (!type)
        return si_fail_memory(error);
    si_free(population->type);
    population->type = type;
    return SI_OK;
}

static si_result add_population(si_circuit_config *config, config_network *network, size_t entry,
                                const char *name, const json_t *overrides, bool is_named,
                                si_error *error)
{
    config_population *other = find_in_network(network, name);
    if (other) {
        other->is_repeated = true;
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: population %s is declared twice, in entries %zu and %zu of networks.%s",
                       config->path, name, other->entry + 1, entry + 1,
                       network_name(network->kind));
    }
    config_population **populations = si_grow(network->populations, &network->population_capacity,
                                              network->population_count + 1, sizeof *populations);
    if (!populations)
        return si_fail_memory(error);
    network->populations = populations;
    config_population *population = si_allocate_zeroed(1, sizeof *population);
    if (!population)
        return si_fail_memory(error);
    population->entry = entry;
    population->name = si_duplicate_string(name);
    si_result result = population->name ? SI_OK : si_fail_memory(error);
    if (result == SI_OK)
        result = read_files(config, network, population, error);
    if (result == SI_OK)
        result = read_overrides(config, network, overrides, population, error);
    if (result == SI_OK && !is_named && network->kind == SI_NODES)
        result = find_type(population, error);
    if (result != SI_OK) {
        free_population(population);
        return result;
    }
    population->node = (si_node_population){.name = population->name,
                                            .type = population->type,
                                            .nodes_file = population->file,
                                            .node_types_file = population->types_file,
                                            .morphologies_dir = population->morphologies_dir,
                                            .alternate_h5v1 = population->alternate_h5v1,
                                            .alternate_asc = population->alternate_asc};
    population->edge = (si_edge_population){.name = population->name,
                                            .type = population->type,
                                            .edges_file = population->file,
                                            .edge_types_file = population->types_file};
    populations[network->population_count++] = population;
    return SI_OK;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* In alphabetical order, whatever that of the JSON is. */
static si_result add_named_populations(si_circuit_config *config, config_network *network,
                                       size_t entry, json_t *populations, si_error *error)
{
    size_t count = 0;
    const char **names = si_allocate(json_object_size(populations), sizeof *names);
    if (!names)
        return si_fail_memory(error);
    for (void *at = json_object_iter(populations); at; at = json_object_iter_next(populations, at))
        names[count++] = json_object_iter_key(at);
    if (count > 0)
        qsort(names, count, sizeof *names, compare_names);
    si_result result = SI_OK;
    for (size_t i = 0; i < count && result == SI_OK; i++)
        result = add_population(config, network, entry, names[i],
                                json_object_get(populations, names[i]), true, error);
    si_free(names);
    return result;
}

static si_result read_entry(si_circuit_config *config, config_network *network, size_t entry,
                            si_error *error)
{
    json_t *json = network->entries[entry].json;
    if (!json_is_object(json))
        return si_fail(error, SI_ERROR_FORMAT, "%s: entry %zu of networks.%s is not an object",
                       config->path, entry + 1, network_name(network->kind));
    json_t *populations = json_object_get(json, "populations");
    if (!populations || json_is_null(populations))
        return SI_OK;
    if (!json_is_object(populations))
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: populations in entry %zu of networks.%s is not an object", config->path,
                       entry + 1, network_name(network->kind));
    network->entries[entry].is_listed = true;
    return add_named_populations(config, network, entry, populations, error);
}

static si_result read_entries(si_circuit_config *config, config_network *network,
                              const json_t *list, si_error *error)
{
    network->entries = si_allocate_zeroed(json_array_size(list), sizeof *network->entries);
    if (!network->entries)
        return si_fail_memory(error);
    network->entry_count = json_array_size(list);
    for (size_t i = 0; i < network->entry_count; i++) {
        network->entries[i].json = json_array_get(list, i);
        SI_TRY(read_entry(config, network, i, error));
    }
    return SI_OK;
}

/* Reads the entries of a network, and the populations that they name; once. */
static si_result read_network(si_circuit_config *config, si_population_kind kind, si_error *error)
{
    config_network *network = &config->networks[kind];
    if (network->is_read)
        return SI_OK;
    const json_t *networks = json_object_get(config->json, "networks");
    const json_t *list = json_object_get(networks, network_name(kind));
    si_result result = SI_OK;
    if (networks && !json_is_null(networks) && !json_is_object(networks))
        result = si_fail(error, SI_ERROR_FORMAT, "%s: networks is not an object", config->path);
    else if (list && !json_is_null(list) && !json_is_array(list))
        result = si_fail(error, SI_ERROR_FORMAT, "%s: networks.%s is not a list", config->path,
                         network_name(kind));
    else
        result = read_entries(config, network, list, error);
    network->is_read = result == SI_OK;
    if (result != SI_OK) {
        free_network(network);
        *network = (config_network){.kind = kind};
    }
    return result;
}

/* Adds the populations of an entry that names none, from its HDF5 file. */
static si_result list_entry(si_circuit_config *config, config_network *network, size_t entry,
                            si_error *error)
{
    size_t count_before = network->population_count;
    config_population files = {.entry = entry};
    si_name_table names = {0};
    si_result result = read_files(config, network, &files, error);
    if (result == SI_OK) {
        si_hdf5_lock();
        result = si_sonata_population_names(files.file, network->kind, &names, error);
        si_hdf5_unlock();
    }
    for (uint32_t i = 0; i < names.count && result == SI_OK; i++)
        result = add_population(config, network, entry, names.names[i], NULL, false, error);
    si_name_table_free(&names);
    si_free(files.types_file);
    si_free(files.file);
    network->entries[entry].is_listed = result == SI_OK;
    while (result != SI_OK && network->population_count > count_before)
        free_population(network->populations[--network->population_count]);
    return result;
}

/* ------------------------------------------------------------------------------------- opening */

static si_result parse_json(si_circuit_config *config, si_error *error)
{
    char *text;
    size_t length;
    SI_TRY(si_file_read_all(config->path, &text, &length, error));
    size_t mark = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    json_error_t problem;
    /* No number of a configuration is used, so none can be too large. */
    config->json = json_loadb(text + mark, length - mark, JSON_DECODE_INT_AS_REAL, &problem);
    si_free(text);
    if (!config->json)
        return si_fail(error, SI_ERROR_FORMAT, "%s:%d: not JSON: %s", config->path, problem.line,
                       problem.text);
    if (!json_is_object(config->json))
        return si_fail(error, SI_ERROR_FORMAT, "%s: not a JSON object", config->path);
    return SI_OK;
}

static si_result read_status(si_circuit_config *config, si_error *error)
{
    char *status;
    SI_TRY(read_text(config, json_object_get(config->json, "metadata"), "status", "metadata",
                     &status, error));
    config->is_partial = status && strcmp(status, "partial") == 0;
    si_result result = SI_OK;
    if (status && !config->is_partial && strcmp(status, "complete") != 0)
        result = si_fail(error, SI_ERROR_FORMAT,
                         "%s: status of metadata is '%s', expected 'complete' or 'partial'",
                         config->path, status);
    si_free(status);
    return result;
}

static si_result read_file(const char *path, si_circuit_config *config, si_error *error)
{
    config->path = si_duplicate_string(path);
    if (!config->path)
        return si_fail_memory(error);
    char *absolute = si_path_absolute(path);
    if (absolute)
        config->folder = si_path_parent(absolute);
    si_free(absolute);
    if (!config->folder)
        return si_fail_memory(error);
    SI_TRY(parse_json(config, error));
    return si_config_variables_read(json_object_get(config->json, "manifest"), path, config->folder,
                                    &config->variables, error);
}

static void forget_file(si_circuit_config *config)
{
    si_config_variables_free(&config->variables);
    json_decref(config->json);
    si_free(config->folder);
    si_free(config->path);
    config->json = NULL;
    config->folder = config->path = NULL;
}

/* The circuit that a simulation configuration simulates; NULL: this is none. */
static si_result find_simulated(si_circuit_config *config, char **path, si_error *error)
{
    *path = NULL;
    if (json_object_get(config->json, "networks"))
        return SI_OK;
    return read_path(config, config->json, "network", "the simulation", path, error);
}

/* A simulation configuration stands for that of its circuit. */
static si_result follow_simulation(si_circuit_config *config, si_error *error)
{
    char *circuit, *further = NULL;
    SI_TRY(find_simulated(config, &circuit, error));
    if (!circuit)
        return SI_OK;
    forget_file(config);
    si_result result = read_file(circuit, config, error);
    if (result == SI_OK)
        result = find_simulated(config, &further, error);
    if (further)
        result = si_fail(error, SI_ERROR_FORMAT,
                         "%s: is the configuration of a simulation, expected that of the circuit "
                         "which another simulation names",
                         circuit);
    si_free(further);
    si_free(circuit);
    return result;
}

static si_result open_config(const char *path, si_circuit_config *config, si_error *error)
{
    config->networks[SI_NODES].kind = SI_NODES;
    config->networks[SI_EDGES].kind = SI_EDGES;
    SI_TRY(read_file(path, config, error));
    SI_TRY(follow_simulation(config, error));
    return read_status(config, error);
}

si_result si_circuit_config_open(const char *path, si_circuit_config **config, si_error *error)
{
    si_circuit_config *opened = si_allocate_zeroed(1, sizeof *opened);
    if (!opened)
        return si_fail_memory(error);
    si_result status = open_config(path, opened, error);
    if (status != SI_OK) {
        si_circuit_config_close(opened);
        return status;
    }
    *config = opened;
    return SI_OK;
}

void si_circuit_config_close(si_circuit_config *config)
{
    if (!config)
        return;
    free_network(&config->networks[SI_NODES]);
    free_network(&config->networks[SI_EDGES]);
    si_free(config->node_sets_file);
    forget_file(config);
    si_free(config);
}

/* --------------------------------------------------------------------------------- populations */

si_result si_circuit_config_node_sets_file(si_circuit_config *config, const char **path,
                                           si_error *error)
{
    if (!config->node_sets_file)
        SI_TRY(read_path(config, config->json, "node_sets_file", "the configuration",
                         &config->node_sets_file, error));
    *path = config->node_sets_file;
    return SI_OK;
}

static si_result fail_unknown(const si_circuit_config *config, const config_network *network,
                              const char *name, si_error *error)
{
    si_text list = {0};
    for (size_t i = 0; i < network->population_count; i++)
        si_text_append(&list, "%s%s", i ? ", " : "", network->populations[i]->name);
    si_error_set(error, SI_ERROR_NOT_FOUND, "%s: no %s population %s; the circuit has: %s",
                 config->path, si_population_kind_element(network->kind), name,
                 list.data ? list.data : "none");
    si_text_free(&list);
    return SI_ERROR_NOT_FOUND;
}

/* Looks into all HDF5 files whose populations the configuration does not name. One that cannot be
 * read matters only if the population is in no other. */
static si_result find_in_files(si_circuit_config *config, config_network *network, const char *name,
                               config_population **found, si_error *error)
{
    si_error first_error = {.result = SI_OK};
    for (size_t i = 0; i < network->entry_count; i++) {
        si_error entry_error;
        if (network->entries[i].is_listed)
            continue;
        if (list_entry(config, network, i, &entry_error) != SI_OK && first_error.result == SI_OK)
            first_error = entry_error;
    }
    *found = find_in_network(network, name);
    if (*found)
        return SI_OK;
    if (first_error.result != SI_OK)
        return si_fail(error, first_error.result, "%s", first_error.message);
    return fail_unknown(config, network, name, error);
}

static si_result find_population(si_circuit_config *config, si_population_kind kind,
                                 const char *name, config_population **found, si_error *error)
{
    config_network *network = &config->networks[kind];
    SI_TRY(read_network(config, kind, error));
    *found = find_in_network(network, name);
    if (!*found)
        SI_TRY(find_in_files(config, network, name, found, error));
    if ((*found)->is_repeated)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: population %s is declared twice, in networks.%ss: in entry %zu and in "
                       "the file of a later one",
                       config->path, name, si_population_kind_element(kind), (*found)->entry + 1);
    return SI_OK;
}

si_result si_circuit_config_node_population(si_circuit_config *config, const char *name,
                                            const si_node_population **population, si_error *error)
{
    config_population *found;
    SI_TRY(find_population(config, SI_NODES, name, &found, error));
    if (!config->is_partial && strcmp(found->type, "biophysical") == 0 &&
        !found->morphologies_dir && !found->has_alternates)
        return si_fail(
            error, SI_ERROR_FORMAT,
            "%s: node population %s is biophysical, but has neither morphologies_dir nor "
            "alternate_morphologies",
            config->path, name);
    *population = &found->node;
    return SI_OK;
}

si_result si_circuit_config_edge_population(si_circuit_config *config, const char *name,
                                            const si_edge_population **population, si_error *error)
{
    config_population *found;
    SI_TRY(find_population(config, SI_EDGES, name, &found, error));
    *population = &found->edge;
    return SI_OK;
}

/* Lists all populations in the order of their entries, as an array of one of the public structs. */
static si_result list_populations(si_circuit_config *config, si_population_kind kind,
                                  si_error *error)
{
    config_network *network = &config->networks[kind];
    SI_TRY(read_network(config, kind, error));
    if (network->flat)
        return SI_OK;
    for (size_t i = 0; i < network->entry_count; i++)
        if (!network->entries[i].is_listed)
            SI_TRY(list_entry(config, network, i, error));
    size_t size = kind == SI_NODES ? sizeof(si_node_population) : sizeof(si_edge_population);
    network->flat = si_allocate(network->population_count, size);
    if (!network->flat)
        return si_fail_memory(error);
    size_t next = 0;
    for (size_t entry = 0; entry < network->entry_count; entry++) {
        for (size_t i = 0; i < network->population_count; i++) {
            const config_population *population = network->populations[i];
            if (population->entry != entry)
                continue;
            if (kind == SI_NODES)
                ((si_node_population *)network->flat)[next++] = population->node;
            else
                ((si_edge_population *)network->flat)[next++] = population->edge;
        }
    }
    assert(next == network->population_count);
    return SI_OK;
}

si_result si_circuit_config_node_populations(si_circuit_config *config,
                                             const si_node_population **populations, size_t *count,
                                             si_error *error)
{
    SI_TRY(list_populations(config, SI_NODES, error));
    *populations = config->networks[SI_NODES].flat;
    *count = config->networks[SI_NODES].population_count;
    return SI_OK;
}

si_result si_circuit_config_edge_populations(si_circuit_config *config,
                                             const si_edge_population **populations, size_t *count,
                                             si_error *error)
{
    SI_TRY(list_populations(config, SI_EDGES, error));
    *populations = config->networks[SI_EDGES].flat;
    *count = config->networks[SI_EDGES].population_count;
    return SI_OK;
}
