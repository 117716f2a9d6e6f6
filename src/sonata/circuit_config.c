#include "sonata/circuit_config.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "sonata/circuit_config_internal.h"

si_result si_config_text(si_circuit_config *config, const json_t *object, const char *key,
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

si_result si_config_path(si_circuit_config *config, const json_t *object, const char *key,
                         const char *what, char **value, si_error *error)
{
    char *text;
    SI_TRY(si_config_text(config, object, key, what, &text, error));
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
    SI_TRY(si_config_text(config, json_object_get(config->json, "metadata"), "status", "metadata",
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

static si_result find_folder(si_circuit_config *config, si_error *error)
{
    char *absolute = si_path_absolute(config->path);
    if (absolute)
        config->folder = si_path_parent(absolute);
    si_free(absolute);
    return config->folder ? SI_OK : si_fail_memory(error);
}

static si_result open_config(const char *path, si_circuit_config *config, si_error *error)
{
    config->path = si_duplicate_string(path);
    if (!config->path)
        return si_fail_memory(error);
    config->networks[SI_NODES].kind = SI_NODES;
    config->networks[SI_EDGES].kind = SI_EDGES;
    SI_TRY(find_folder(config, error));
    SI_TRY(parse_json(config, error));
    SI_TRY(si_config_variables_read(json_object_get(config->json, "manifest"), path,
                                    &config->variables, error));
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
    si_config_network_free(&config->networks[SI_NODES]);
    si_config_network_free(&config->networks[SI_EDGES]);
    si_config_variables_free(&config->variables);
    json_decref(config->json);
    si_free(config->node_sets_file);
    si_free(config->folder);
    si_free(config->path);
    si_free(config);
}

si_result si_circuit_config_node_sets_file(si_circuit_config *config, const char **path,
                                           si_error *error)
{
    if (!config->node_sets_file)
        SI_TRY(si_config_path(config, config->json, "node_sets_file", "the configuration",
                              &config->node_sets_file, error));
    *path = config->node_sets_file;
    return SI_OK;
}

static si_result fail_unknown(const si_circuit_config *config, const si_config_network *network,
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
static si_result find_in_files(si_circuit_config *config, si_config_network *network,
                               const char *name, si_config_population **found, si_error *error)
{
    si_error first_error = {.result = SI_OK};
    for (size_t i = 0; i < network->entry_count; i++) {
        si_error entry_error;
        if (network->entries[i].is_listed)
            continue;
        if (si_config_entry_list(config, network, i, &entry_error) != SI_OK &&
            first_error.result == SI_OK)
            first_error = entry_error;
    }
    *found = si_config_network_find(network, name);
    if (*found)
        return SI_OK;
    if (first_error.result != SI_OK)
        return si_fail(error, first_error.result, "%s", first_error.message);
    return fail_unknown(config, network, name, error);
}

static si_result find_population(si_circuit_config *config, si_population_kind kind,
                                 const char *name, si_config_population **found, si_error *error)
{
    si_config_network *network = &config->networks[kind];
    SI_TRY(si_config_network_read(config, kind, error));
    *found = si_config_network_find(network, name);
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
    si_config_population *found;
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
    si_config_population *found;
    SI_TRY(find_population(config, SI_EDGES, name, &found, error));
    *population = &found->edge;
    return SI_OK;
}

static void flatten(si_config_network *network)
{
    size_t next = 0;
    for (size_t entry = 0; entry < network->entry_count; entry++) {
        for (size_t i = 0; i < network->population_count; i++) {
            const si_config_population *population = network->populations[i];
            if (population->entry != entry)
                continue;
            if (network->kind == SI_NODES)
                ((si_node_population *)network->flat)[next++] = population->node;
            else
                ((si_edge_population *)network->flat)[next++] = population->edge;
        }
    }
}

static si_result list_populations(si_circuit_config *config, si_population_kind kind,
                                  si_error *error)
{
    si_config_network *network = &config->networks[kind];
    SI_TRY(si_config_network_read(config, kind, error));
    if (network->flat)
        return SI_OK;
    for (size_t i = 0; i < network->entry_count; i++) {
        if (!network->entries[i].is_listed)
            SI_TRY(si_config_entry_list(config, network, i, error));
    }
    size_t size = kind == SI_NODES ? sizeof(si_node_population) : sizeof(si_edge_population);
    network->flat = si_allocate(network->population_count, size);
    if (!network->flat)
        return si_fail_memory(error);
    flatten(network);
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
