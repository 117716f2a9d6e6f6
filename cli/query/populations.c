#include "query/populations.h"

#include <stdlib.h>
#include <string.h>

#include "common/program.h"

static void add_population(cli_populations *populations, size_t position)
{
    populations->populations[populations->count++] = (cli_population){
        .name = si_population_set_name(populations->set, position),
        .index = si_population_set_index(populations->set, position)};
}

static void add_named(cli_populations *populations, const char *path, const char *name)
{
    for (size_t i = 0; i < si_population_set_count(populations->set); i++) {
        const char *candidate = si_population_set_name(populations->set, i);
        if (candidate && strcmp(candidate, name) == 0) {
            add_population(populations, i);
            return;
        }
    }
    cli_fail("'%s' holds no population '%s'", path, name);
}

static si_element_kind kind_of(const si_index *index)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    si_index_get_info(index, &info);
    return info.kind;
}

/* One table has room for one kind of element. */
static void find_kind(cli_populations *populations, const char *path)
{
    if (populations->count == 0)
        cli_fail("'%s' holds no population", path);
    populations->kind = kind_of(populations->populations[0].index);
    for (size_t i = 1; i < populations->count; i++) {
        if (kind_of(populations->populations[i].index) != populations->kind)
            cli_fail("'%s' holds different kinds of element in its populations '%s' and '%s'", path,
                     populations->populations[0].name, populations->populations[i].name);
    }
}

void cli_populations_open(cli_populations *populations, const char *path, const char *dataset,
                          const cli_names *names)
{
    si_open_options options = SI_OPEN_OPTIONS_INIT;
    si_error error;
    options.dataset_path = dataset;
    *populations = (cli_populations){.set = NULL};
    if (si_population_set_open(path, &options, &populations->set, &error) != SI_OK)
        cli_fail("%s", error.message);
    size_t present = si_population_set_count(populations->set);
    size_t most = names->count > present ? names->count : present;
    populations->several = si_population_set_is_multi(populations->set) != 0;
    populations->populations = cli_allocate(most, sizeof *populations->populations);
    for (size_t i = 0; i < names->count; i++)
        add_named(populations, path, names->names[i]);
    for (size_t i = 0; names->count == 0 && i < present; i++)
        add_population(populations, i);
    find_kind(populations, path);
}

static bool has_attribute(const si_dataset *dataset, const char *attribute)
{
    for (size_t i = 0; i < si_dataset_attribute_count(dataset); i++) {
        if (strcmp(si_dataset_attribute_name(dataset, i), attribute) == 0)
            return true;
    }
    return false;
}

void cli_populations_need_attribute(cli_populations *populations, const char *attribute)
{
    const char *kind = si_element_kind_name(populations->kind);
    si_error error;
    for (size_t i = 0; i < populations->count; i++) {
        cli_population *population = &populations->populations[i];
        if (!population->dataset &&
            si_dataset_open(population->index, &population->dataset, &error) != SI_OK)
            cli_fail("'%s' is no field of a %s index, and its attributes cannot be read: %s",
                     attribute, kind, error.message);
        if (!has_attribute(population->dataset, attribute))
            cli_fail("'%s' is no field of a %s index and no attribute of its data set", attribute,
                     kind);
    }
}

void cli_populations_close(cli_populations *populations)
{
    for (size_t i = 0; i < populations->count; i++)
        si_dataset_close(populations->populations[i].dataset);
    free(populations->populations);
    si_population_set_close(populations->set);
}
