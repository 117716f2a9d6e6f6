/* One index, or one for each population of a circuit, opened together. */
#include "base/memory.h"
#include "index/index.h"

struct si_population_set {
    int is_multi;
    size_t count;
    char **names;
    si_index **indexes;
};

static si_status open_member(si_population_set *set, const si_metadata_population *population,
                             const si_open_options *options, si_error *error)
{
    size_t position = set->count++;
    set->names[position] = si_duplicate_string(population->name);
    if (!set->names[position])
        return si_fail_memory(error);
    return si_index_open(population->path, options, &set->indexes[position], error);
}

static si_status fill_set(si_population_set *set, const si_metadata *metadata,
                          const si_open_options *options, si_error *error)
{
    set->is_multi = metadata->heavy_path == NULL;
    size_t count = set->is_multi ? metadata->population_count : 1;
    set->names = si_allocate_zeroed(count, sizeof *set->names);
    set->indexes = si_allocate_zeroed(count, sizeof(si_index *));
    if (!set->names || !set->indexes)
        return si_fail_memory(error);
    if (!set->is_multi) {
        set->count = 1;
        if (metadata->population && !(set->names[0] = si_duplicate_string(metadata->population)))
            return si_fail_memory(error);
        return si_index_open_metadata(metadata, options, &set->indexes[0], error);
    }
    for (size_t i = 0; i < count; i++)
        SI_TRY(open_member(set, &metadata->populations[i], options, error));
    return SI_OK;
}

si_status si_population_set_open(const char *path, const si_open_options *options,
                                 si_population_set **set, si_error *error)
{
    si_metadata *metadata;
    SI_TRY(si_open_options_check(options, error));
    SI_TRY(si_metadata_read(path, &metadata, error));
    si_population_set *opened = si_allocate_zeroed(1, sizeof *opened);
    si_status status = opened ? fill_set(opened, metadata, options, error) : si_fail_memory(error);
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
