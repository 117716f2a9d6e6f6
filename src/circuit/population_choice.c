/* Chooses the populations to index, by their type and by what the configuration gives for them. */
#include "circuit/population_choice.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

static bool is_one_of(const char *type, const char *const *types, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

si_population_candidate si_segments_candidate(const si_node_population *population)
{
    static const char *const without_morphology[] = {"virtual", "point_neuron", "point_process",
                                                     "single_compartment", "vasculature"};
    si_population_candidate candidate = {population->name, population->type, NULL};
    if (is_one_of(population->type, without_morphology,
                  sizeof without_morphology / sizeof *without_morphology))
        candidate.obstacle = "cells of this type have no morphology";
    else if (!population->morphologies_dir && !population->alternate_h5v1 &&
             !population->alternate_asc)
        candidate.obstacle = "the configuration does not give a folder of morphologies";
    return candidate;
}

si_population_candidate si_synapses_candidate(const si_edge_population *population)
{
    static const char *const supported[] = {"chemical",          "electrical",
                                            "chemical_synapse",  "electrical_synapse",
                                            "synapse_astrocyte", "glialglial"};
    si_population_candidate candidate = {population->name, population->type, NULL};
    if (!is_one_of(population->type, supported, sizeof supported / sizeof *supported))
        candidate.obstacle = "edges of this type are not indexed";
    return candidate;
}

/* "A (virtual), B (biophysical)", of those with this obstacle. */
static si_result list_candidates(const si_population_candidate *candidates, size_t count,
                                 const char *obstacle, si_text *list)
{
    const char *separator = "";
    for (size_t i = 0; i < count; i++) {
        if (candidates[i].obstacle != obstacle)
            continue;
        SI_TRY(
            si_text_append(list, "%s%s (%s)", separator, candidates[i].name, candidates[i].type));
        separator = ", ";
    }
    return SI_OK;
}

/* "A (virtual), B (virtual): why; C (biophysical): why" */
static si_result list_obstacles(const si_population_candidate *candidates, size_t count,
                                si_text *list)
{
    for (size_t i = 0; i < count; i++) {
        const char *obstacle = candidates[i].obstacle;
        size_t first = 0;
        while (candidates[first].obstacle != obstacle)
            first++;
        if (first < i)
            continue;
        if (list->length > 0)
            SI_TRY(si_text_append(list, "; "));
        SI_TRY(list_candidates(candidates, count, obstacle, list));
        SI_TRY(si_text_append(list, ": %s", obstacle));
    }
    return SI_OK;
}

static si_result fail_to_choose(const si_population_candidate *candidates, size_t count,
                                size_t fitting, const char *file, const char *elements,
                                si_error *error)
{
    si_text list = {0};
    si_result result = fitting > 0 ? list_candidates(candidates, count, NULL, &list)
                                   : list_obstacles(candidates, count, &list);
    if (result != SI_OK)
        result = si_fail_memory(error);
    else if (fitting > 0)
        result = si_fail(error, SI_ERROR_ARGUMENT,
                         "%s: several populations have %s; choose one of: %s", file, elements,
                         list.data);
    else
        result = si_fail(error, SI_ERROR_NOT_FOUND,
                         "%s: no population has %s that can be indexed; populations in "
                         "networks.%s: %s",
                         file, elements, strcmp(elements, "segments") == 0 ? "nodes" : "edges",
                         list.data ? list.data : "none");
    si_text_free(&list);
    return result;
}

si_result si_choose_only_population(const si_population_candidate *candidates, size_t count,
                                    const char *file, const char *elements, size_t *chosen,
                                    si_error *error)
{
    size_t fitting = 0;
    for (size_t i = 0; i < count; i++)
        if (!candidates[i].obstacle) {
            *chosen = i;
            fitting++;
        }
    if (fitting == 1)
        return SI_OK;
    if (count == 1)
        return si_check_candidate(&candidates[0], file, elements, error);
    return fail_to_choose(candidates, count, fitting, file, elements, error);
}

si_result si_check_candidate(const si_population_candidate *candidate, const char *file,
                             const char *elements, si_error *error)
{
    if (candidate->obstacle)
        return si_fail(error, SI_ERROR_UNSUPPORTED,
                       "%s: population '%s' of type '%s' has no %s to index: %s", file,
                       candidate->name, candidate->type, elements, candidate->obstacle);
    return SI_OK;
}

static bool is_folder_name(const char *name)
{
    if (!name || *name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    for (const char *at = name; *at; at++)
        if (*at == '/' || (unsigned char)*at < 0x20 || *at == 0x7f)
            return false;
    return true;
}

si_result si_check_population_names(const char *const *names, size_t count, si_error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_folder_name(names[i]))
            return si_fail(error, SI_ERROR_ARGUMENT,
                           "invalid population name '%s', expected printable characters without "
                           "'/', and neither '.' nor '..'",
                           names[i] ? names[i] : "");
        if (is_one_of(names[i], names, i))
            return si_fail(error, SI_ERROR_ARGUMENT, "population '%s' is given twice", names[i]);
    }
    return SI_OK;
}
