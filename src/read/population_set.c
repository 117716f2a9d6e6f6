/* One index, or one for each population of a circuit, opened together. */
#include <stdbool.h>

#include "base/memory.h"
#include "read/index.h"

struct si_population_set {
    bool is_multi;
    size_t count;
    char **names;
    si_index **indexes;
};

/* What the list says of an index holds at the moment at which the list was read. Where its file is
 * not there, the index has been built again by itself. */
static si_result open_listed(const si_metadata_population *population,
                             const si_open_options *options, bool is_last_attempt, si_index **index,
                             si_error *error)
{
    si_result result = SI_ERROR_NOT_FOUND;
    if (population->single)
        result = si_index_open_single(population->single, options, index, error);
    if (result != SI_ERROR_NOT_FOUND || (population->single && !is_last_attempt))
        return result;
    return si_index_open(population->path, options, index, error);
}

static si_result open_member(si_population_set *set, const si_metadata_population *population,
                             const si_open_options *options, bool is_last_attempt, si_error *error)
{
    size_t position = set->count++;
    set->names[position] = si_duplicate_string(population->name);
    if (!set->names[position])
        return si_fail_memory(error);
    return open_listed(population, options, is_last_attempt, &set->indexes[position], error);
}

static si_result allocate_members(si_population_set *set, size_t count, si_error *error)
{
    set->names = si_allocate_zeroed(count, sizeof *set->names);
    set->indexes = si_allocate_zeroed(count, sizeof(si_index *));
    return set->names && set->indexes ? SI_OK : si_fail_memory(error);
}

static si_result open_single(si_population_set *set, const char *path,
                             const si_open_options *options, si_error *error)
{
    SI_TRY(allocate_members(set, 1, error));
    set->count = 1;
    SI_TRY(si_index_open(path, options, &set->indexes[0], error));
    const char *population = set->indexes[0]->provenance.population;
    set->names[0] = population ? si_duplicate_string(population) : NULL;
    return population && !set->names[0] ? si_fail_memory(error) : SI_OK;
}

static si_result open_members(si_population_set *set, const si_metadata *metadata,
                              const si_open_options *options, bool is_last_attempt, si_error *error)
{
    set->is_multi = true;
    SI_TRY(allocate_members(set, metadata->population_count, error));
    for (size_t i = 0; i < metadata->population_count; i++)
        SI_TRY(open_member(set, &metadata->populations[i], options, is_last_attempt, error));
    return SI_OK;
}

static si_result open_once(const char *path, const si_open_options *options, bool is_last_attempt,
                           si_population_set *set, si_error *error)
{
    si_metadata *metadata;
    SI_TRY(si_metadata_read(path, &metadata, error));
    si_result result = metadata->heavy_path
                           ? open_single(set, path, options, error)
                           : open_members(set, metadata, options, is_last_attempt, error);
    si_metadata_free(metadata);
    return result;
}

static si_result try_to_open(const char *path, const si_open_options *options, bool is_last_attempt,
                             si_population_set **set, si_error *error)
{
    si_population_set *opened = si_allocate_zeroed(1, sizeof *opened);
    if (!opened)
        return si_fail_memory(error);
    si_result result = open_once(path, options, is_last_attempt, opened, error);
    if (result == SI_OK)
        *set = opened;
    else
        si_population_set_close(opened);
    return result;
}

/* A build may replace the indexes after their list was read and before they are opened. Then the
 * list is new. */
si_result si_population_set_open(const char *path, const si_open_options *options,
                                 si_population_set **set, si_error *error)
{
    SI_TRY(si_require(path, "path", error));
    SI_TRY(si_require(set, "set", error));
    si_error failure = {.result = SI_OK};
    si_result result = SI_ERROR_NOT_FOUND;
    si_open_options read;
    SI_TRY(si_open_options_read(options, &read, error));
    for (unsigned attempt = 1; result == SI_ERROR_NOT_FOUND && attempt <= SI_OPEN_ATTEMPTS;
         attempt++)
        result = try_to_open(path, &read, attempt == SI_OPEN_ATTEMPTS, set, &failure);
    return result == SI_OK ? SI_OK : si_fail(error, result, "%s", failure.message);
}

void si_population_set_close(si_population_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->count; i++) {
        si_free(set->names ? set->names[i] : NULL);
        si_index_close(set->indexes ? set->indexes[i] : NULL);
    }
    si_free(set->names);
    si_free(set->indexes);
    si_free(set);
}

size_t si_population_set_count(const si_population_set *set)
{
    if (!set)
        return 0;
    return set->count;
}

bool si_population_set_is_multi(const si_population_set *set)
{
    if (!set)
        return false;
    return set->is_multi;
}

const char *si_population_set_name(const si_population_set *set, size_t position)
{
    if (!set)
        return NULL;
    return position < set->count ? set->names[position] : NULL;
}

const si_index *si_population_set_index(const si_population_set *set, size_t position)
{
    if (!set)
        return NULL;
    return position < set->count ? set->indexes[position] : NULL;
}
