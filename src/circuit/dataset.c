/* The population that an index was made of, and which attributes it has. */
#include "circuit/dataset.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "circuit/dataset_internal.h"
#include "hdf5/hdf5_access.h"

typedef struct attribute_search {
    const si_sonata_group *group;
    si_name_interner names;
} attribute_search;

static si_result add_attribute(void *context, const char *name, si_error *error)
{
    attribute_search *search = context;
    uint32_t index;
    if (!si_hdf5_has_object(search->group->group, name, H5O_TYPE_DATASET))
        return SI_OK;
    return si_name_intern(&search->names, name, strlen(name), &index, error);
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static si_result search_groups(const si_sonata_population *population, attribute_search *search,
                               si_error *error)
{
    for (size_t g = 0; g < population->group_count; g++) {
        search->group = &population->groups[g];
        if (search->group->group >= 0)
            SI_TRY(si_hdf5_each_child(search->group->group, search->group->path, add_attribute,
                                      search, error));
    }
    return SI_OK;
}

static si_result search_types(const si_types_file *types, attribute_search *search, si_error *error)
{
    size_t count = types ? si_types_file_column_count(types) : 0;
    for (size_t column = 0; column < count; column++) {
        uint32_t index;
        const char *name = si_types_file_attribute(types, column);
        if (name)
            SI_TRY(si_name_intern(&search->names, name, strlen(name), &index, error));
    }
    return SI_OK;
}

static si_result list_attributes(si_dataset *dataset, si_error *error)
{
    attribute_search search = {0};
    si_result result = search_groups(dataset->population, &search, error);
    if (result == SI_OK)
        result = search_types(dataset->types, &search, error);
    dataset->attributes = si_name_interner_take(&search.names);
    if (dataset->attributes.count > 0)
        qsort(dataset->attributes.names, dataset->attributes.count,
              sizeof *dataset->attributes.names, compare_names);
    return result;
}

/* What the SONATA file has is there without the types, so that they cannot be read is only told to
 * those who ask for more. */
static si_result open_types(const char *path, si_population_kind kind, si_dataset *dataset,
                            si_error *error)
{
    si_error problem;
    if (!path || path[0] == '\0')
        return SI_OK;
    si_result result = si_types_file_open(path, si_population_kind_type_id(kind), &dataset->types,
                                          &problem);
    if (result == SI_OK)
        return SI_OK;
    dataset->types_problem = si_duplicate_string(problem.message);
    return result == SI_ERROR_MEMORY || !dataset->types_problem ? si_fail_memory(error) : SI_OK;
}

static si_result open_dataset(const char *path, const char *types_path, const char *population,
                              si_element_kind element_kind, si_dataset *dataset, si_error *error)
{
    si_population_kind kind = element_kind == SI_SYNAPSE ? SI_EDGES : SI_NODES;
    SI_TRY(si_sonata_population_open(path, kind, population, &dataset->population, error));
    SI_TRY(open_types(types_path, kind, dataset, error));
    return list_attributes(dataset, error);
}

si_result si_dataset_open_file(const char *path, const char *types_path, const char *population,
                               si_element_kind kind, si_dataset **dataset, si_error *error)
{
    if (kind != SI_SYNAPSE && kind != SI_SEGMENT)
        return si_fail(error, SI_ERROR_NOT_FOUND,
                       "%s: elements of kind %s have no attributes in a SONATA file", path,
                       si_element_kind_name(kind));
    si_dataset *opened = si_allocate_zeroed(1, sizeof *opened);
    if (!opened)
        return si_fail_memory(error);
    si_hdf5_lock();
    si_result result = open_dataset(path, types_path, population, kind, opened, error);
    si_hdf5_unlock();
    if (result != SI_OK) {
        si_dataset_close(opened);
        return result;
    }
    *dataset = opened;
    return SI_OK;
}

void si_dataset_close(si_dataset *dataset)
{
    if (!dataset)
        return;
    si_hdf5_lock();
    si_sonata_population_close(dataset->population);
    si_hdf5_unlock();
    si_types_file_close(dataset->types);
    si_free(dataset->types_problem);
    si_name_table_free(&dataset->attributes);
    si_free(dataset);
}

size_t si_dataset_attribute_count(const si_dataset *dataset)
{
    if (!dataset)
        return 0;
    return dataset->attributes.count;
}

const char *si_dataset_attribute_name(const si_dataset *dataset, size_t position)
{
    if (!dataset)
        return NULL;
    return position < dataset->attributes.count ? dataset->attributes.names[position] : NULL;
}

si_result si_dataset_open(const si_index *index, si_dataset **dataset, si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    SI_TRY(si_require(dataset, "dataset", error));
    si_index_info info = SI_INDEX_INFO_INIT;
    if (si_index_get_info(index, &info) != SI_OK)
        return si_fail(error, SI_ERROR_ARGUMENT, "the index gives no information about itself");
    const char *name = info.path ? info.path : "the index";
    if (!info.dataset_path)
        return si_fail(
            error, SI_ERROR_NOT_FOUND,
            "%s: does not record the SONATA file it was made of, so it has no attributes", name);
    if (!si_path_exists(info.dataset_path))
        return si_fail(
            error, SI_ERROR_NOT_FOUND,
            "%s: its attributes are in %s, which does not exist; give the place where the "
            "file is now when opening the index",
            name, info.dataset_path);
    return si_dataset_open_file(info.dataset_path, info.types_path, info.population, info.kind,
                                dataset, error);
}
