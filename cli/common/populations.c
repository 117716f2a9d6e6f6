/* Opens the index or indexes that a path names, and the SONATA files of their attributes. */
#include "common/populations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/program.h"
#include "common/suggestion.h"

static void add_population(cli_populations *populations, size_t position)
{
    populations->populations[populations->count++] = (cli_population){
        .name = si_population_set_name(populations->set, position),
        .index = si_population_set_index(populations->set, position)};
}

static _Noreturn void refuse_population(const cli_populations *populations, const char *name)
{
    char names[4096] = "";
    size_t length = 0, count = si_population_set_count(populations->set);
    for (size_t i = 0; i < count && length < sizeof names; i++) {
        const char *known = si_population_set_name(populations->set, i);
        if (known)
            length += (size_t)snprintf(names + length, sizeof names - length, "%s'%s'",
                                       length > 0 ? ", " : "", known);
    }
    if (length == 0)
        cli_fail("%s: no population '%s': the index records no name of its population",
                 populations->path, name);
    cli_fail("%s: no population '%s', expected one of %s", populations->path, name, names);
}

static void add_named(cli_populations *populations, const char *name)
{
    for (size_t i = 0; i < si_population_set_count(populations->set); i++) {
        const char *candidate = si_population_set_name(populations->set, i);
        if (candidate && strcmp(candidate, name) == 0) {
            add_population(populations, i);
            return;
        }
    }
    refuse_population(populations, name);
}

static si_element_kind kind_of(const si_index *index)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    si_index_get_info(index, &info);
    return info.kind;
}

/* One table has room for one kind of element. */
static void find_kind(cli_populations *populations)
{
    if (populations->count == 0)
        cli_fail("%s: contains no population", populations->path);
    populations->kind = kind_of(populations->populations[0].index);
    for (size_t i = 1; i < populations->count; i++) {
        if (kind_of(populations->populations[i].index) != populations->kind)
            cli_fail("%s: populations '%s' and '%s' are of different kinds of element",
                     populations->path, populations->populations[0].name,
                     populations->populations[i].name);
    }
}

/* ---- places of data sets ---- */

static const char *name_of(const cli_population *population)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    si_index_get_info(population->index, &info);
    return population->name ? population->name : info.population;
}

/* The path in "POPULATION=PATH" if the word is that of this population, else NULL. */
static const char *path_of(const char *word, const char *name)
{
    size_t length = name ? strlen(name) : 0;
    return name && strncmp(word, name, length) == 0 && word[length] == '=' ? word + length + 1
                                                                           : NULL;
}

static bool names_population(const cli_populations *populations, const char *word)
{
    for (size_t i = 0; i < populations->count; i++)
        if (path_of(word, name_of(&populations->populations[i])))
            return true;
    return false;
}

/* A path may hold a '=' of its own, if there is something at it. */
static void check_places(const cli_populations *populations, const cli_names *places)
{
    for (size_t i = 0; i < places->count; i++) {
        const char *word = places->names[i], *sign = strchr(word, '=');
        if (!sign || names_population(populations, word) || access(word, F_OK) == 0)
            continue;
        char *name = cli_duplicate(word, (size_t)(sign - word));
        refuse_population(populations, name);
    }
}

/* The last place that is given for a population, or else for all; NULL: none. */
static const char *find_place(const cli_populations *populations, const cli_names *places,
                              const cli_population *population)
{
    const char *own = NULL, *of_all = NULL;
    for (size_t i = 0; i < places->count; i++) {
        const char *path = path_of(places->names[i], name_of(population));
        if (path)
            own = path;
        else if (!names_population(populations, places->names[i]))
            of_all = places->names[i];
    }
    return own ? own : of_all;
}

/* ---- opening ---- */

void cli_populations_open(cli_populations *populations, const char *path,
                          const si_open_options *options, const cli_names *names,
                          const cli_data_places *places)
{
    si_error error;
    *populations = (cli_populations){.path = path, .places = places};
    if (si_population_set_open(path, options, &populations->set, &error) != SI_OK)
        cli_fail("%s", error.message);
    size_t present = si_population_set_count(populations->set);
    size_t most = names->count > present ? names->count : present;
    populations->several = si_population_set_is_multi(populations->set);
    populations->populations = cli_allocate(most, sizeof *populations->populations);
    for (size_t i = 0; i < names->count; i++)
        add_named(populations, names->names[i]);
    for (size_t i = 0; names->count == 0 && i < present; i++)
        add_population(populations, i);
    find_kind(populations);
    if (places) {
        check_places(populations, &places->datasets);
        check_places(populations, &places->types);
    }
}

/* ---- attributes ---- */

static bool has_attribute(const si_dataset *dataset, const char *attribute)
{
    for (size_t i = 0; i < si_dataset_attribute_count(dataset); i++) {
        if (strcmp(si_dataset_attribute_name(dataset, i), attribute) == 0)
            return true;
    }
    return false;
}

/* "a morphology index (gid, section_id, ...)" */
static void describe_fields(si_element_kind kind, char *text, size_t size)
{
    const si_field_info *fields;
    size_t count = si_element_kind_fields(kind, &fields);
    size_t length = (size_t)snprintf(text, size, "a %s index", si_element_kind_name(kind));
    for (size_t i = 0; i < count && length < size; i++)
        length += (size_t)snprintf(text + length, size - length, "%s%s", i == 0 ? " (" : ", ",
                                   fields[i].name);
    if (length < size)
        snprintf(text + length, size - length, ")");
}

/* ": did you mean 'gid'?" where a field or an attribute has a similar name; `dataset` may be NULL.
 */
static void suggest_name(si_element_kind kind, const si_dataset *dataset, const char *mistyped,
                         char *text, size_t size)
{
    const si_field_info *fields;
    size_t count = si_element_kind_fields(kind, &fields);
    cli_suggestion suggestion = {.mistyped = mistyped};
    for (size_t i = 0; i < count; i++)
        cli_suggestion_consider(&suggestion, fields[i].name);
    for (size_t i = 0; i < si_dataset_attribute_count(dataset); i++)
        cli_suggestion_consider(&suggestion, si_dataset_attribute_name(dataset, i));
    text[0] = '\0';
    if (suggestion.closest)
        snprintf(text, size, ": did you mean '%s'?", suggestion.closest);
}

static _Noreturn void refuse_attribute(const cli_populations *populations,
                                       const si_dataset *dataset, const char *attribute)
{
    char fields[512], suggestion[256];
    si_values values;
    si_error error = {.message = "there is no attribute of this name"};
    describe_fields(populations->kind, fields, sizeof fields);
    suggest_name(populations->kind, dataset, attribute, suggestion, sizeof suggestion);
    si_dataset_read(dataset, attribute, NULL, 0, &values, &error);
    cli_fail("%s: '%s' is neither a field of %s nor an attribute of its data set%s%s%s",
             populations->path, attribute, fields, suggestion, suggestion[0] == '\0' ? ": " : " ",
             error.message);
}

static si_result open_at_place(const cli_populations *populations, cli_population *population,
                               si_error *error)
{
    const cli_data_places *places = populations->places;
    if (!places)
        return si_dataset_open(population->index, &population->dataset, error);
    const char *dataset = find_place(populations, &places->datasets, population);
    const char *types = find_place(populations, &places->types, population);
    if (places->circuit && !dataset && !types)
        return si_dataset_open_circuit(population->index, places->circuit, &population->dataset,
                                       error);
    return si_dataset_open_at(population->index, dataset, types, &population->dataset, error);
}

/* What to do about a data set that is not where the index records. */
static const char *advice(const cli_populations *populations, const cli_population *population)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    const cli_data_places *places = populations->places;
    si_index_get_info(population->index, &info);
    bool is_recorded = info.dataset_path && access(info.dataset_path, F_OK) == 0;
    bool is_given = places && (places->circuit || places->datasets.count > 0);
    return is_recorded || is_given ? ""
                                   : "; --dataset FILE or --circuit CONFIG tells where it is now";
}

static void open_dataset(const cli_populations *populations, cli_population *population,
                         const char *attribute)
{
    char fields[512], suggestion[256];
    si_error error;
    if (population->dataset || open_at_place(populations, population, &error) == SI_OK)
        return;
    describe_fields(populations->kind, fields, sizeof fields);
    suggest_name(populations->kind, NULL, attribute, suggestion, sizeof suggestion);
    if (suggestion[0] != '\0')
        cli_fail("'%s' is not a field of %s%s No attribute can be read: %s%s", attribute, fields,
                 suggestion, error.message, advice(populations, population));
    cli_fail("'%s' is not a field of %s, and no attribute can be read: %s%s", attribute, fields,
             error.message, advice(populations, population));
}

void cli_populations_need_attribute(cli_populations *populations, const char *attribute)
{
    for (size_t i = 0; i < populations->count; i++) {
        cli_population *population = &populations->populations[i];
        open_dataset(populations, population, attribute);
        if (!has_attribute(population->dataset, attribute))
            refuse_attribute(populations, population->dataset, attribute);
    }
}

void cli_populations_close(cli_populations *populations)
{
    for (size_t i = 0; i < populations->count; i++)
        si_dataset_close(populations->populations[i].dataset);
    free(populations->populations);
    si_population_set_close(populations->set);
}
