/*
 * Builds an index of a circuit, as its configuration describes it: of one population, or one index
 * for each of several in a common folder.
 *
 * Segments and synapses differ in a table of three functions; the rest is told once.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/struct_size.h"
#include "circuit/build_options.h"
#include "circuit/population_choice.h"
#include "cluster/cluster.h"
#include "config/circuit_config.h"
#include "folder/population_folders.h"

typedef struct circuit_build circuit_build;

/* What differs between segments and synapses. */
typedef struct circuit_kind {
    si_element_kind element_kind;
    const char *elements;
    si_result (*list_candidates)(circuit_build *build, si_population_candidate **candidates,
                                 size_t *count, si_error *error);
    si_result (*find_candidate)(circuit_build *build, const char *name,
                                si_population_candidate *candidate, si_error *error);
    si_result (*build_population)(const circuit_build *build, const char *name, const char *folder,
                                  const si_build_options *options, si_build_report *report,
                                  si_error *error);
} circuit_kind;

struct circuit_build {
    const circuit_kind *kind;
    const si_circuit_source *source;
    si_circuit_config *config;
    const char **names; /* of the populations, as the configuration has them */
    size_t count;
    si_build_options options;
    si_build_report report;
};

/* ------------------------------------------------------------------------------------- segments */

static si_result list_node_populations(circuit_build *build, si_population_candidate **candidates,
                                       size_t *count, si_error *error)
{
    const si_node_population *populations;
    SI_TRY(si_circuit_config_node_populations(build->config, &populations, count, error));
    *candidates = si_allocate(*count, sizeof **candidates);
    if (!*candidates)
        return si_fail_memory(error);
    for (size_t i = 0; i < *count; i++)
        (*candidates)[i] = si_segments_candidate(&populations[i]);
    return SI_OK;
}

static si_result find_node_population(circuit_build *build, const char *name,
                                      si_population_candidate *candidate, si_error *error)
{
    const si_node_population *population;
    SI_TRY(si_circuit_config_node_population(build->config, name, &population, error));
    *candidate = si_segments_candidate(population);
    return SI_OK;
}

static si_result build_node_population(const circuit_build *build, const char *name,
                                       const char *folder, const si_build_options *options,
                                       si_build_report *report, si_error *error)
{
    const si_node_population *population;
    SI_TRY(si_circuit_config_node_population(build->config, name, &population, error));
    si_segments_source source = build->source->segments;
    source.nodes_file = population->nodes_file;
    source.node_types_file = population->node_types_file;
    source.population = population->name;
    source.morphologies = population->morphologies_dir;
    source.alternate_h5v1 = population->alternate_h5v1;
    source.alternate_asc = population->alternate_asc;
    return si_build_segments(&source, folder, options, NULL, report, error);
}

static const circuit_kind segments = {
    SI_SEGMENT, "segments", list_node_populations, find_node_population, build_node_population,
};

/* ------------------------------------------------------------------------------------- synapses */

static si_result list_edge_populations(circuit_build *build, si_population_candidate **candidates,
                                       size_t *count, si_error *error)
{
    const si_edge_population *populations;
    SI_TRY(si_circuit_config_edge_populations(build->config, &populations, count, error));
    *candidates = si_allocate(*count, sizeof **candidates);
    if (!*candidates)
        return si_fail_memory(error);
    for (size_t i = 0; i < *count; i++)
        (*candidates)[i] = si_synapses_candidate(&populations[i]);
    return SI_OK;
}

static si_result find_edge_population(circuit_build *build, const char *name,
                                      si_population_candidate *candidate, si_error *error)
{
    const si_edge_population *population;
    SI_TRY(si_circuit_config_edge_population(build->config, name, &population, error));
    *candidate = si_synapses_candidate(population);
    return SI_OK;
}

static si_result build_edge_population(const circuit_build *build, const char *name,
                                       const char *folder, const si_build_options *options,
                                       si_build_report *report, si_error *error)
{
    const si_edge_population *population;
    SI_TRY(si_circuit_config_edge_population(build->config, name, &population, error));
    si_synapses_source source = build->source->synapses;
    source.edges_file = population->edges_file;
    source.population = population->name;
    /* Synapses are indexed without their types: recorded, but not read, so that a configuration may
     * name a file that is not there. */
    si_build_options recorded = *options;
    if (!recorded.types_path)
        recorded.types_path = population->edge_types_file;
    return si_build_synapses(&source, folder, &recorded, NULL, report, error);
}

static const circuit_kind synapses = {
    SI_SYNAPSE, "synapses", list_edge_populations, find_edge_population, build_edge_population,
};

/* ---------------------------------------------------------------------------------- populations */

static si_result check_source(const si_circuit_source *source, const char *folder, si_error *error)
{
    if (!source->config_file)
        return si_fail(error, SI_ERROR_ARGUMENT, "no circuit configuration is given");
    if (!folder)
        return si_fail(error, SI_ERROR_ARGUMENT, "no folder is given for the index of the circuit");
    if (!source->populations && source->population_count > 0)
        return si_fail(error, SI_ERROR_ARGUMENT, "population_count is %zu, but populations is NULL",
                       source->population_count);
    return source->populations
               ? si_check_population_names(source->populations, source->population_count, error)
               : SI_OK;
}

static si_result choose_only(circuit_build *build, si_error *error)
{
    si_population_candidate *candidates = NULL;
    size_t count, chosen;
    si_result result = build->kind->list_candidates(build, &candidates, &count, error);
    if (result == SI_OK)
        result = si_choose_only_population(candidates, count, build->source->config_file,
                                           build->kind->elements, &chosen, error);
    if (result == SI_OK) {
        build->names[0] = candidates[chosen].name;
        build->count = 1;
    }
    si_free(candidates);
    return result;
}

static si_result choose_named(circuit_build *build, si_error *error)
{
    const si_circuit_source *source = build->source;
    for (size_t i = 0; i < source->population_count; i++) {
        si_population_candidate candidate;
        SI_TRY(build->kind->find_candidate(build, source->populations[i], &candidate, error));
        SI_TRY(si_check_candidate(&candidate, source->config_file, build->kind->elements, error));
        build->names[i] = candidate.name;
    }
    build->count = source->population_count;
    return SI_OK;
}

static si_result choose_populations(circuit_build *build, si_error *error)
{
    size_t named = build->source->population_count;
    build->names = si_allocate(named > 0 ? named : 1, sizeof *build->names);
    if (!build->names)
        return si_fail_memory(error);
    return named > 0 ? choose_named(build, error) : choose_only(build, error);
}

/* -------------------------------------------------------------------------------------- building
 */

static si_result build_one(circuit_build *build, size_t position, const char *folder,
                           si_error *error)
{
    si_build_report report = SI_BUILD_REPORT_INIT;
    SI_TRY(build->kind->build_population(build, build->names[position], folder, &build->options,
                                         &report, error));
    si_result result = si_build_report_add(&build->report, &report, error);
    si_build_report_free(&report);
    return result;
}

/* Of a cluster, rank 0 has the folders. */
static si_result build_all(circuit_build *build, si_population_folders *folders, si_error *error)
{
    si_cluster *cluster = build->options.cluster;
    bool is_first = si_cluster_rank(cluster) == 0;
    for (size_t i = 0; i < build->count; i++)
        SI_TRY(build_one(build, i, is_first ? folders->populations[i].path : NULL, error));
    si_result result = SI_OK;
    if (is_first)
        result = si_population_folders_publish(folders, build->kind->element_kind, error);
    return si_cluster_agree(cluster, result, error);
}

/* Each index records its own population and files, whatever the options say of them. */
static si_result build_several(circuit_build *build, const char *folder, si_error *error)
{
    si_population_folders folders = {.folder.lock = -1};
    bool is_first = si_cluster_rank(build->options.cluster) == 0;
    si_result result = SI_OK;
    if (is_first)
        result = si_population_folders_claim(&folders, folder, build->names, build->count,
                                             build->options.replace, error);
    bool is_claimed = is_first && result == SI_OK;
    result = si_cluster_agree(build->options.cluster, result, error);
    build->options.population = NULL;
    build->options.dataset_path = NULL;
    build->options.types_path = NULL;
    if (result == SI_OK)
        result = build_all(build, &folders, error);
    if (is_claimed)
        si_population_folders_release(&folders);
    return result;
}

static si_result run(circuit_build *build, const char *folder, si_error *error)
{
    si_result result = si_circuit_config_open(build->source->config_file, &build->config, error);
    if (result == SI_OK)
        result = choose_populations(build, error);
    SI_TRY(si_cluster_agree(build->options.cluster, result, error));
    return build->count == 1 ? build_one(build, 0, folder, error)
                             : build_several(build, folder, error);
}

static si_result build_circuit(const circuit_kind *kind, const si_circuit_source *source,
                               const char *folder, const si_build_options *options,
                               si_build_report *report, si_error *error)
{
    si_circuit_source read = SI_CIRCUIT_SOURCE_INIT;
    circuit_build build = {.kind = kind, .source = &read, .report = SI_BUILD_REPORT_INIT};
    SI_TRY(si_struct_read(&read, sizeof read, source, SI_SIZE_THROUGH(si_circuit_source, synapses),
                          "si_circuit_source", error));
    SI_TRY(check_source(&read, folder, error));
    SI_TRY(si_build_report_check(report, error));
    SI_TRY(si_build_options_copy(options, &build.options, error));
    si_result result = run(&build, folder, error);
    if (result == SI_OK && report)
        si_struct_fill(report, &build.report, sizeof *report);
    else
        si_build_report_free(&build.report);
    si_free(build.names);
    si_circuit_config_close(build.config);
    return result;
}

si_result si_build_circuit_segments(const si_circuit_source *source, const char *folder,
                                    const si_build_options *options, si_build_report *report,
                                    si_error *error)
{
    SI_TRY(si_require(source, "source", error));
    return build_circuit(&segments, source, folder, options, report, error);
}

si_result si_build_circuit_synapses(const si_circuit_source *source, const char *folder,
                                    const si_build_options *options, si_build_report *report,
                                    si_error *error)
{
    SI_TRY(si_require(source, "source", error));
    return build_circuit(&synapses, source, folder, options, report, error);
}
