/*
 * The attributes of a population: which there are, and their values for elements asked for.
 *
 * An attribute is a data set in each group that has it, and a column of the types file for the
 * elements of other groups. Values have a type that holds those of all groups.
 */
#include "circuit/dataset.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "circuit/type_values.h"
#include "config/circuit_config.h"
#include "hdf5/hdf5_access.h"
#include "read/index.h"
#include "sonata/node_ids.h"
#include "sonata/population_identity.h"
#include "sonata/sonata_groups.h"

struct si_dataset {
    si_sonata_population *population;
    si_node_ids ids;          /* of nodes; edges have their rows */
    si_types_file *types;     /* NULL: none, or none that can be read */
    char *types_problem;      /* why it cannot be read; NULL: it can, or there is none */
    si_name_table attributes; /* in alphabetical order */
};

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
    SI_TRY(si_node_ids_read(dataset->population, &dataset->ids, error));
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
    si_node_ids_free(&dataset->ids);
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

static si_result fail_identity(const si_dataset *dataset, const si_identity *built,
                               const si_identity *found, const char *index, si_error *error)
{
    const si_sonata_population *population = dataset->population;
    const char *element = si_population_kind_element(population->kind);
    char difference[128];
    if (built->population_size != found->population_size)
        snprintf(difference, sizeof difference,
                 "it has %" PRIu64 " %ss, and had %" PRIu64 " when the index was built",
                 found->population_size, element, built->population_size);
    else
        snprintf(difference, sizeof difference,
                 "its %ss have other ids or positions than when the index was built", element);
    return si_fail(error, SI_ERROR_FORMAT,
                   "%s: is not the population that %s was built from: %s%s; pass the path of the "
                   "file that was indexed, or build the index anew",
                   population->path, index, difference,
                   built->file_bytes == found->file_bytes && built->file_time == found->file_time
                       ? ""
                       : " (the file has changed since, or is another one)");
}

/* Attributes of other elements under the ids of those that were indexed would be wrong, unseen. */
static si_result check_identity(const si_dataset *dataset, const si_identity *built,
                                const char *index, si_error *error)
{
    si_identity found;
    if (!built->is_known)
        return SI_OK;
    si_hdf5_lock();
    si_result result = si_population_identify(dataset->population, &found, error);
    si_hdf5_unlock();
    SI_TRY(result);
    if (built->population_size == found.population_size && built->fingerprint == found.fingerprint)
        return SI_OK;
    return fail_identity(dataset, built, &found, index, error);
}

static const char *name_of(const si_index_info *info)
{
    return info->path ? info->path : "the index";
}

static si_result open_recorded(const si_index *index, const si_index_info *info,
                               si_dataset **dataset, si_error *error)
{
    if (!info->dataset_path)
        return si_fail(
            error, SI_ERROR_NOT_FOUND,
            "%s: does not record the SONATA file it was built from, so it has no attributes",
            name_of(info));
    if (!si_path_exists(info->dataset_path))
        return si_fail(error, SI_ERROR_NOT_FOUND,
                       "%s: its attributes are in %s, which does not exist", name_of(info),
                       info->dataset_path);
    si_dataset *opened;
    SI_TRY(si_dataset_open_file(info->dataset_path, info->types_path, info->population, info->kind,
                                &opened, error));
    si_result result = check_identity(opened, &index->provenance.identity, name_of(info), error);
    if (result == SI_OK)
        *dataset = opened;
    else
        si_dataset_close(opened);
    return result;
}

si_result si_dataset_open_at(const si_index *index, const char *dataset_path,
                             const char *types_path, si_dataset **dataset, si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    SI_TRY(si_require(dataset, "dataset", error));
    si_index_info info = SI_INDEX_INFO_INIT;
    if (si_index_get_info(index, &info) != SI_OK)
        return si_fail(error, SI_ERROR_ARGUMENT, "cannot read the information of the index");
    if (dataset_path)
        info.dataset_path = dataset_path;
    if (types_path)
        info.types_path = types_path;
    return open_recorded(index, &info, dataset, error);
}

si_result si_dataset_open(const si_index *index, si_dataset **dataset, si_error *error)
{
    return si_dataset_open_at(index, NULL, NULL, dataset, error);
}

static si_result open_of_circuit(const si_index *index, si_circuit_config *config,
                                 si_index_info *info, si_dataset **dataset, si_error *error)
{
    const si_edge_population *edges;
    const si_node_population *nodes;
    if (info->kind == SI_SYNAPSE) {
        SI_TRY(si_circuit_config_edge_population(config, info->population, &edges, error));
        info->dataset_path = edges->edges_file;
        info->types_path = edges->edge_types_file;
    } else {
        SI_TRY(si_circuit_config_node_population(config, info->population, &nodes, error));
        info->dataset_path = nodes->nodes_file;
        info->types_path = nodes->node_types_file;
    }
    return open_recorded(index, info, dataset, error);
}

si_result si_dataset_open_circuit(const si_index *index, const char *config_file,
                                  si_dataset **dataset, si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    SI_TRY(si_require(config_file, "config_file", error));
    SI_TRY(si_require(dataset, "dataset", error));
    si_index_info info = SI_INDEX_INFO_INIT;
    if (si_index_get_info(index, &info) != SI_OK)
        return si_fail(error, SI_ERROR_ARGUMENT, "cannot read the information of the index");
    if (!info.population)
        return si_fail(error, SI_ERROR_NOT_FOUND,
                       "%s: does not record its population, so it cannot be looked up in %s",
                       name_of(&info), config_file);
    si_circuit_config *config;
    SI_TRY(si_circuit_config_open(config_file, &config, error));
    si_result result = open_of_circuit(index, config, &info, dataset, error);
    si_circuit_config_close(config);
    return result;
}

/* ---- type of an attribute ---- */

/* An attribute: a column in each group that has it, and one of the types for the others. */
typedef struct attribute_columns {
    const si_dataset *dataset;
    const char *name;
    si_sonata_column *columns; /* for each group; without a path where there is none */
    size_t types_column;       /* SI_NO_COLUMN: none, or each group has the attribute */
    si_type type;
} attribute_columns;

static si_type integer_type(const si_sonata_column *column)
{
    static const si_type signed_types[] = {SI_TYPE_INT8, SI_TYPE_INT16, SI_TYPE_INT32,
                                           SI_TYPE_INT64};
    static const si_type unsigned_types[] = {SI_TYPE_UINT8, SI_TYPE_UINT16, SI_TYPE_UINT32,
                                             SI_TYPE_UINT64};
    size_t width = column->size == 1 ? 0 : column->size == 2 ? 1 : column->size <= 4 ? 2 : 3;
    if (column->is_boolean)
        return SI_TYPE_UINT8;
    return column->class == SI_COLUMN_SIGNED ? signed_types[width] : unsigned_types[width];
}

static si_type column_type(const si_sonata_column *column)
{
    if (column->is_enumerated || column->class == SI_COLUMN_TEXT)
        return SI_TYPE_STRING;
    if (column->class == SI_COLUMN_FLOAT)
        return column->size <= sizeof(float) ? SI_TYPE_FLOAT32 : SI_TYPE_FLOAT64;
    return integer_type(column);
}

typedef struct memory_form {
    hid_t type;
    size_t size;
} memory_form;

static memory_form form_of(si_type type)
{
    switch (type) {
    case SI_TYPE_UINT8:
        return (memory_form){H5T_NATIVE_UINT8, sizeof(uint8_t)};
    case SI_TYPE_UINT16:
        return (memory_form){H5T_NATIVE_UINT16, sizeof(uint16_t)};
    case SI_TYPE_UINT32:
        return (memory_form){H5T_NATIVE_UINT32, sizeof(uint32_t)};
    case SI_TYPE_UINT64:
        return (memory_form){H5T_NATIVE_UINT64, sizeof(uint64_t)};
    case SI_TYPE_INT8:
        return (memory_form){H5T_NATIVE_INT8, sizeof(int8_t)};
    case SI_TYPE_INT16:
        return (memory_form){H5T_NATIVE_INT16, sizeof(int16_t)};
    case SI_TYPE_INT32:
        return (memory_form){H5T_NATIVE_INT32, sizeof(int32_t)};
    case SI_TYPE_INT64:
        return (memory_form){H5T_NATIVE_INT64, sizeof(int64_t)};
    case SI_TYPE_FLOAT32:
        return (memory_form){H5T_NATIVE_FLOAT, sizeof(float)};
    default:
        return (memory_form){H5T_NATIVE_DOUBLE, sizeof(double)};
    }
}

static bool is_float(si_type type)
{
    return type == SI_TYPE_FLOAT32 || type == SI_TYPE_FLOAT64;
}

/* A type that holds the values of both groups. */
static si_result common_type(const attribute_columns *attribute, si_type other, si_type *type,
                             si_error *error)
{
    if (*type == other)
        return SI_OK;
    bool mixes_text = *type == SI_TYPE_STRING || other == SI_TYPE_STRING;
    bool mixes_large = !is_float(*type) && !is_float(other) &&
                       (*type == SI_TYPE_UINT64 || other == SI_TYPE_UINT64);
    if (mixes_text || mixes_large)
        return si_fail(
            error, SI_ERROR_UNSUPPORTED,
            "%s: attribute %s has different types in its groups, expected types that convert "
            "to a common one",
            attribute->dataset->population->path, attribute->name);
    *type = is_float(*type) || is_float(other) ? SI_TYPE_FLOAT64 : SI_TYPE_INT64;
    return SI_OK;
}

/* The column of an attribute in the types file; SI_NO_COLUMN: none. */
static size_t types_column_of(const si_dataset *dataset, const char *attribute)
{
    if (!dataset->types)
        return SI_NO_COLUMN;
    size_t column = si_types_file_column(dataset->types, attribute);
    bool is_attribute = column != SI_NO_COLUMN && si_types_file_attribute(dataset->types, column);
    return is_attribute ? column : SI_NO_COLUMN;
}

/* The types are text already, so they can be that even where they are numbers. */
static si_result add_types(attribute_columns *attribute, bool is_first, si_error *error)
{
    size_t column = types_column_of(attribute->dataset, attribute->name);
    attribute->types_column = column;
    if (column == SI_NO_COLUMN || (!is_first && attribute->type == SI_TYPE_STRING))
        return SI_OK;
    si_type type = si_types_file_type(attribute->dataset->types, column);
    if (!is_first)
        return common_type(attribute, type, &attribute->type, error);
    attribute->type = type;
    return SI_OK;
}

static si_result open_columns(attribute_columns *attribute, si_error *error)
{
    const si_sonata_population *population = attribute->dataset->population;
    size_t column_count = 0;
    for (size_t g = 0; g < population->group_count; g++) {
        const si_sonata_group *group = &population->groups[g];
        si_sonata_column *column = &attribute->columns[g];
        if (group->group < 0 ||
            !si_hdf5_has_object(group->group, attribute->name, H5O_TYPE_DATASET))
            continue;
        SI_TRY(si_sonata_column_open_attribute(group->group, group->path, attribute->name, column,
                                               error));
        if (column_count++ == 0)
            attribute->type = column_type(column);
        else
            SI_TRY(common_type(attribute, column_type(column), &attribute->type, error));
    }
    return column_count < population->group_count ? add_types(attribute, column_count == 0, error)
                                                  : SI_OK;
}

/* NULL: the attribute is that of the types. */
static si_result find_column(const attribute_columns *attribute, const si_group_rows *located,
                             const si_sonata_column **column, si_error *error)
{
    const si_dataset *dataset = attribute->dataset;
    const si_sonata_population *population = dataset->population;
    *column = &attribute->columns[located->group - population->groups];
    if ((*column)->path)
        return SI_OK;
    *column = NULL;
    if (attribute->types_column != SI_NO_COLUMN)
        return SI_OK;
    return si_fail(error, SI_ERROR_NOT_FOUND,
                   "%s: %s %" PRIu64 " is in group %" PRIu64 ", which has no attribute %s%s%s",
                   population->path, si_population_kind_element(population->kind),
                   si_rows_row(&located->elements, 0), located->group->id, attribute->name,
                   dataset->types_problem ? ", and its types cannot be read: " : "",
                   dataset->types_problem ? dataset->types_problem : "");
}

static si_result read_texts(const attribute_columns *attribute, const si_group_rows *located,
                            size_t located_count, si_name_interner *interner, uint32_t *indices,
                            si_error *error)
{
    for (size_t g = 0; g < located_count; g++) {
        const si_sonata_column *column;
        SI_TRY(find_column(attribute, &located[g], &column, error));
        if (column)
            SI_TRY(si_sonata_column_read_names(column, &located[g].rows, interner, indices, error));
        else
            SI_TRY(si_type_values_read_texts(attribute->dataset->population,
                                             attribute->dataset->types, attribute->types_column,
                                             &located[g].elements, interner, indices, error));
    }
    return SI_OK;
}

/* Hands over the texts and lets each value point to its own. */
static si_result point_to_texts(si_name_interner *interner, const uint32_t *indices, uint64_t count,
                                si_values *values, si_error *error)
{
    const char **texts = si_allocate(count, sizeof *texts);
    si_name_table *table = si_allocate(1, sizeof *table);
    if (!texts || !table) {
        si_free(texts);
        si_free(table);
        return si_fail_memory(error);
    }
    *table = si_name_interner_take(interner);
    for (uint64_t i = 0; i < count; i++)
        texts[i] = table->names[indices[i]];
    *values = (si_values){SI_TYPE_STRING, count, texts, table};
    return SI_OK;
}

static si_result read_strings(const attribute_columns *attribute, const si_group_rows *located,
                              size_t located_count, uint64_t count, si_values *values,
                              si_error *error)
{
    si_name_interner interner = {0};
    uint32_t *indices = si_allocate(count, sizeof *indices);
    if (!indices)
        return si_fail_memory(error);
    si_result result = read_texts(attribute, located, located_count, &interner, indices, error);
    if (result == SI_OK)
        result = point_to_texts(&interner, indices, count, values, error);
    si_name_interner_free(&interner);
    si_free(indices);
    return result;
}

static si_result read_numbers(const attribute_columns *attribute, const si_group_rows *located,
                              size_t located_count, uint64_t count, si_values *values,
                              si_error *error)
{
    const si_dataset *dataset = attribute->dataset;
    memory_form form = form_of(attribute->type);
    void *data = si_allocate(count, form.size);
    si_result result = data ? SI_OK : si_fail_memory(error);
    for (size_t g = 0; g < located_count && result == SI_OK; g++) {
        const si_sonata_column *column = NULL;
        result = find_column(attribute, &located[g], &column, error);
        if (result == SI_OK && column)
            result = si_sonata_column_read(column, &located[g].rows, form.type, form.size, data,
                                           form.size, error);
        else if (result == SI_OK)
            result = si_type_values_read_numbers(dataset->population, dataset->types,
                                                 attribute->types_column, &located[g].elements,
                                                 attribute->type, data, error);
    }
    if (result != SI_OK) {
        si_free(data);
        return result;
    }
    *values = (si_values){attribute->type, count, data, NULL};
    return SI_OK;
}

static si_result read_values(const attribute_columns *attribute, const uint64_t *ids,
                             uint64_t count, si_values *values, si_error *error)
{
    si_group_rows *located;
    size_t located_count;
    SI_TRY(si_sonata_population_locate(attribute->dataset->population, 0, ids, count, &located,
                                       &located_count, error));
    si_result result = attribute->type == SI_TYPE_STRING
                           ? read_strings(attribute, located, located_count, count, values, error)
                           : read_numbers(attribute, located, located_count, count, values, error);
    si_group_rows_free(located, located_count);
    return result;
}

static si_result read_attribute(attribute_columns *attribute, const uint64_t *ids, uint64_t count,
                                si_values *values, si_error *error)
{
    size_t group_count = attribute->dataset->population->group_count;
    attribute->columns = si_allocate_zeroed(group_count, sizeof *attribute->columns);
    if (!attribute->columns)
        return si_fail_memory(error);
    si_hdf5_lock();
    si_result result = open_columns(attribute, error);
    if (result == SI_OK)
        result = read_values(attribute, ids, count, values, error);
    for (size_t g = 0; g < group_count; g++)
        si_sonata_column_close(&attribute->columns[g]);
    si_hdf5_unlock();
    si_free(attribute->columns);
    return result;
}

static int compare_name(const void *key, const void *name)
{
    return strcmp(key, *(char *const *)name);
}

static si_result fail_unknown(const si_dataset *dataset, const char *name, si_error *error)
{
    si_text list = {0};
    for (uint32_t i = 0; i < dataset->attributes.count; i++)
        si_text_append(&list, "%s%s", i ? ", " : "", dataset->attributes.names[i]);
    si_error_set(error, SI_ERROR_NOT_FOUND, "%s: no attribute %s%s%s; the population has: %s",
                 dataset->population->path, name,
                 dataset->types_problem ? ", and the types cannot be read: " : "",
                 dataset->types_problem ? dataset->types_problem : "",
                 list.data ? list.data : "none");
    si_text_free(&list);
    return SI_ERROR_NOT_FOUND;
}

si_result si_dataset_read(const si_dataset *dataset, const char *name, const uint64_t *ids,
                          uint64_t count, si_values *values, si_error *error)
{
    SI_TRY(si_require(dataset, "dataset", error));
    SI_TRY(si_require(name, "name", error));
    SI_TRY(si_require(values, "values", error));
    if (count > 0)
        SI_TRY(si_require(ids, "ids", error));
    const si_name_table *names = &dataset->attributes;
    if (names->count == 0 ||
        !bsearch(name, names->names, names->count, sizeof *names->names, compare_name))
        return fail_unknown(dataset, name, error);
    if (!ids && count > 0)
        return si_fail(error, SI_ERROR_ARGUMENT, "%s: cannot read %s: ids is NULL",
                       dataset->population->path, name);
    attribute_columns attribute = {.dataset = dataset, .name = name, .types_column = SI_NO_COLUMN};
    uint64_t *rows;
    SI_TRY(si_node_ids_find_rows(&dataset->ids, dataset->population, ids, count, &rows, error));
    si_result result = read_attribute(&attribute, rows ? rows : ids, count, values, error);
    si_free(rows);
    return result;
}

void si_values_free(si_values *values)
{
    if (!values)
        return;
    si_free(values->data);
    if (values->strings) {
        si_name_table_free(values->strings);
        si_free(values->strings);
    }
    *values = (si_values){0};
}
