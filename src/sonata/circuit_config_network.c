/* The entries of networks.nodes and networks.edges, and the populations in them. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "hdf5/hdf5_access.h"
#include "sonata/circuit_config_internal.h"
#include "sonata/sonata_nodes.h"

static const char *network_name(si_population_kind kind)
{
    return kind == SI_NODES ? "nodes" : "edges";
}

static void free_population(si_config_population *population)
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

void si_config_network_free(si_config_network *network)
{
    for (size_t i = 0; i < network->population_count; i++)
        free_population(network->populations[i]);
    si_free(network->populations);
    si_free(network->entries);
    si_free(network->flat);
}

si_config_population *si_config_network_find(const si_config_network *network, const char *name)
{
    for (size_t i = 0; i < network->population_count; i++) {
        if (strcmp(network->populations[i]->name, name) == 0)
            return network->populations[i];
    }
    return NULL;
}

static si_result read_files(si_circuit_config *config, const si_config_network *network,
                            si_config_population *population, si_error *error)
{
    const json_t *entry = network->entries[population->entry].json;
    bool is_nodes = network->kind == SI_NODES;
    char what[64];
    snprintf(what, sizeof what, "entry %zu of networks.%s", population->entry + 1,
             network_name(network->kind));
    SI_TRY(si_config_path(config, entry, is_nodes ? "nodes_file" : "edges_file", what,
                          &population->file, error));
    if (!population->file)
        return si_fail(error, SI_ERROR_FORMAT, "%s: %s has no %s", config->path, what,
                       is_nodes ? "nodes_file" : "edges_file");
    return si_config_path(config, entry, is_nodes ? "node_types_file" : "edge_types_file", what,
                          &population->types_file, error);
}

/* The alternates of a population as a whole, or else those of the components. */
static si_result read_alternates(si_circuit_config *config, const json_t *overrides,
                                 si_config_population *population, si_error *error)
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
    SI_TRY(si_config_path(config, alternates, "h5v1", what, &population->alternate_h5v1, error));
    return si_config_path(config, alternates, "neurolucida-asc", what, &population->alternate_asc,
                          error);
}

static si_result read_morphologies(si_circuit_config *config, const json_t *overrides,
                                   const char *what, si_config_population *population,
                                   si_error *error)
{
    SI_TRY(si_config_path(config, overrides, "morphologies_dir", what,
                          &population->morphologies_dir, error));
    if (!population->morphologies_dir)
        SI_TRY(si_config_path(config, json_object_get(config->json, "components"),
                              "morphologies_dir", "components", &population->morphologies_dir,
                              error));
    return read_alternates(config, overrides, population, error);
}

static si_result read_overrides(si_circuit_config *config, const si_config_network *network,
                                const json_t *overrides, si_config_population *population,
                                si_error *error)
{
    char what[128];
    snprintf(what, sizeof what, "population %.100s", population->name);
    if (overrides && !json_is_null(overrides) && !json_is_object(overrides))
        return si_fail(error, SI_ERROR_FORMAT, "%s: %s in networks.%s is not an object",
                       config->path, what, network_name(network->kind));
    SI_TRY(si_config_text(config, overrides, "type", what, &population->type, error));
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

static si_result check_new(const si_circuit_config *config, const si_config_network *network,
                           const char *name, size_t entry, si_error *error)
{
    si_config_population *other = si_config_network_find(network, name);
    if (!other)
        return SI_OK;
    other->is_repeated = true;
    return si_fail(error, SI_ERROR_FORMAT,
                   "%s: population %s is declared twice, in entries %zu and %zu of networks.%s",
                   config->path, name, other->entry + 1, entry + 1, network_name(network->kind));
}

static void set_views(si_config_population *population)
{
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
}

/* A population that the configuration does not name counts as virtual where all its cells are. */
static si_result find_type(si_config_population *population, si_error *error)
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

static si_result add_population(si_circuit_config *config, si_config_network *network, size_t entry,
                                const char *name, const json_t *overrides, bool is_named,
                                si_error *error)
{
    SI_TRY(check_new(config, network, name, entry, error));
    si_config_population **populations = si_grow(
        network->populations, &network->population_capacity, network->population_count + 1,
        sizeof *populations);
    if (!populations)
        return si_fail_memory(error);
    network->populations = populations;
    si_config_population *population = si_allocate_zeroed(1, sizeof *population);
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
    set_views(population);
    populations[network->population_count++] = population;
    return SI_OK;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The keys of an object in alphabetical order; they belong to it. */
static const char **sorted_keys(json_t *object)
{
    size_t count = 0;
    const char **keys = si_allocate(json_object_size(object), sizeof *keys);
    for (void *at = json_object_iter(object); keys && at; at = json_object_iter_next(object, at))
        keys[count++] = json_object_iter_key(at);
    if (keys && count > 0)
        qsort(keys, count, sizeof *keys, compare_names);
    return keys;
}

static si_result add_named_populations(si_circuit_config *config, si_config_network *network,
                                       size_t entry, json_t *populations, si_error *error)
{
    const char **names = sorted_keys(populations);
    if (!names)
        return si_fail_memory(error);
    si_result result = SI_OK;
    for (size_t i = 0; i < json_object_size(populations) && result == SI_OK; i++)
        result = add_population(config, network, entry, names[i],
                                json_object_get(populations, names[i]), true, error);
    si_free(names);
    return result;
}

static si_result read_entry(si_circuit_config *config, si_config_network *network, size_t entry,
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

static si_result read_entries(si_circuit_config *config, si_config_network *network,
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

si_result si_config_network_read(si_circuit_config *config, si_population_kind kind,
                                 si_error *error)
{
    si_config_network *network = &config->networks[kind];
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
        si_config_network_free(network);
        *network = (si_config_network){.kind = kind};
    }
    return result;
}

static si_result file_of_entry(si_circuit_config *config, const si_config_network *network,
                               size_t entry, char **file, si_error *error)
{
    si_config_population files = {.entry = entry};
    si_result result = read_files(config, network, &files, error);
    si_free(files.types_file);
    *file = files.file;
    return result;
}

static si_result add_populations_of_file(si_circuit_config *config, si_config_network *network,
                                         size_t entry, const char *file, si_error *error)
{
    si_name_table names = {0};
    si_hdf5_lock();
    si_result result = si_sonata_population_names(file, network->kind, &names, error);
    si_hdf5_unlock();
    SI_TRY(result);
    for (uint32_t i = 0; i < names.count && result == SI_OK; i++)
        result = add_population(config, network, entry, names.names[i], NULL, false, error);
    si_name_table_free(&names);
    return result;
}

si_result si_config_entry_list(si_circuit_config *config, si_config_network *network, size_t entry,
                               si_error *error)
{
    char *file;
    size_t count_before = network->population_count;
    si_result result = file_of_entry(config, network, entry, &file, error);
    if (result == SI_OK)
        result = add_populations_of_file(config, network, entry, file, error);
    si_free(file);
    network->entries[entry].is_listed = result == SI_OK;
    while (result != SI_OK && network->population_count > count_before)
        free_population(network->populations[--network->population_count]);
    return result;
}
