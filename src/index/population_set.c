/* One index, or one for each population of a circuit, opened together. */
#include "base/memory.h"
#include "index/index.h"

struct si_population_set {
    int is_multi;
    size_t count;
    char **names;
    si_index **indexes;
};

static si_result open_member(si_population_set *set, const si_metadata_population *population,
                             const si_open_options *options, si_error *error)
{
    size_t position = set->count++;
    set->names[position] = si_duplicate_string(population->name);
    if (!set->names[position])
        return si_fail_memory(error);
    return si_index_open(population->path, options, &set->indexes[position], error);
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
    const char *population = set->indexes[0]->population;
    set->names[0] = population ? si_duplicate_string(population) : NULL;
    return population && !set->names[0] ? si_fail_memory(error) : SI_OK;
}

static si_result open_members(si_population_set *set, const si_metadata *metadata,
                              const si_open_options *options, si_error *error)
{
    set->is_multi = 1;
    SI_TRY(allocate_members(set, metadata->population_count, error));
    for (size_t i = 0; i < metadata->population_count; i++)
        SI_TRY(open_member(set, &metadata->populations[i], options, error));
    return SI_OK;
}

static si_result fill_set(si_population_set *set, const char *path, const si_metadata *metadata,
                          const si_open_options *options, si_error *error)
{
    return metadata->heavy_path ? open_single(set, path, options, error)
                                : open_members(set, metadata, options, error);
}

si_result si_population_set_open(const char *path, const si_open_options *options,
                                 si_population_set **set, si_error *error)
{
    si_metadata *metadata;
    SI_TRY(si_open_options_check(options, error));
    SI_TRY(si_metadata_read(path, &metadata, error));
    si_population_set *opened = si_allocate_zeroed(1, sizeof *opened);
    si_result status = opened ? fill_set(opened, path, metadata, options, error)
                              : si_fail_memory(error);
    si_metadata_free(metadata);
    if (status == SI_OK)
        *set = opened;
    else
        si_population_set_close(opened);
    return status;
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
    return set->count;
}

int si_population_set_is_multi(const si_population_set *set)
{
    return set->is_multi;
}

const char *si_population_set_name(const si_population_set *set, size_t position)
{
    return position < set->count ? set->names[position] : NULL;
}

const si_index *si_population_set_index(const si_population_set *set, size_t position)
{
    return position < set->count ? set->indexes[position] : NULL;
}
