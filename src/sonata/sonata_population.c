/* Opens a population of a nodes or edges file: chooses it by name, and opens its groups and the
 * columns that tell in which group each element is. */
#include "sonata/sonata_population.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "hdf5/hdf5_access.h"

const char *si_population_kind_element(si_population_kind kind)
{
    return kind == SI_NODES ? "node" : "edge";
}

const char *si_population_kind_type_id(si_population_kind kind)
{
    return kind == SI_NODES ? "node_type_id" : "edge_type_id";
}

static const char *root_name(si_population_kind kind)
{
    return kind == SI_NODES ? "nodes" : "edges";
}

static si_result fail_without_root(hid_t file, const char *file_path, si_population_kind kind,
                                   si_error *error)
{
    if (si_hdf5_exists(file, "cells/positions"))
        return si_fail(error, SI_ERROR_UNSUPPORTED,
                       "%s: an MVD3 file, expected SONATA; convert it, for example in Python with "
                       "voxcell.CellCollection.load_mvd3(...).save_sonata(...)",
                       file_path);
    si_population_kind other = kind == SI_NODES ? SI_EDGES : SI_NODES;
    if (si_hdf5_exists(file, root_name(other)))
        return si_fail(error, SI_ERROR_NOT_FOUND, "%s: holds SONATA %s, expected %s", file_path,
                       root_name(other), root_name(kind));
    return si_fail(error, SI_ERROR_NOT_FOUND, "%s: no group /%s, so this is not a SONATA %s file",
                   file_path, root_name(kind), root_name(kind));
}

static si_result open_root(hid_t file, const char *file_path, si_population_kind kind, hid_t *root,
                           si_error *error)
{
    if (!si_hdf5_has_object(file, root_name(kind), H5O_TYPE_GROUP))
        return fail_without_root(file, file_path, kind, error);
    *root = H5Gopen2(file, root_name(kind), H5P_DEFAULT);
    if (*root < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: /%s cannot be opened", file_path,
                     root_name(kind));
    return SI_OK;
}

typedef struct group_names {
    hid_t parent;
    si_name_interner names;
} group_names;

static si_result add_group_name(void *context, const char *name, si_error *error)
{
    group_names *found = context;
    uint32_t index;
    if (!si_hdf5_has_object(found->parent, name, H5O_TYPE_GROUP))
        return SI_OK;
    return si_name_intern(&found->names, name, strlen(name), &index, error);
}

/* The names of the groups in a group. */
static si_result list_groups(hid_t parent, const char *path, si_name_table *names, si_error *error)
{
    group_names found = {.parent = parent};
    si_result result = si_hdf5_each_child(parent, path, add_group_name, &found, error);
    if (result == SI_OK)
        *names = si_name_interner_take(&found.names);
    si_name_interner_free(&found.names);
    return result;
}

si_result si_sonata_population_names(const char *file_path, si_population_kind kind,
                                     si_name_table *names, si_error *error)
{
    hid_t file, root;
    SI_TRY(si_hdf5_open(file_path, &file, error));
    si_result result = open_root(file, file_path, kind, &root, error);
    if (result == SI_OK) {
        result = list_groups(root, file_path, names, error);
        H5Gclose(root);
    }
    H5Fclose(file);
    return result;
}

static bool table_has(const si_name_table *names, const char *name)
{
    for (uint32_t i = 0; i < names->count; i++) {
        if (strcmp(names->names[i], name) == 0)
            return true;
    }
    return false;
}

static si_result fail_choice(const si_name_table *names, const char *file_path, const char *name,
                             si_error *error)
{
    si_text list = {0};
    for (uint32_t i = 0; i < names->count; i++)
        si_text_append(&list, "%s%s", i ? ", " : "", names->names[i]);
    const char *all = list.data ? list.data : "none";
    if (name)
        si_error_set(error, SI_ERROR_NOT_FOUND, "%s: no population %s; the file has: %s", file_path,
                     name, all);
    else
        si_error_set(error, SI_ERROR_NOT_FOUND,
                     "%s: no population was named; expected a file with exactly one, found: %s",
                     file_path, all);
    si_text_free(&list);
    return SI_ERROR_NOT_FOUND;
}

static si_result choose_name(si_sonata_population *population, const si_name_table *names,
                             const char *name, si_error *error)
{
    const char *chosen = NULL;
    if (name)
        chosen = table_has(names, name) ? name : NULL;
    else if (names->count == 1)
        chosen = names->names[0];
    else if (table_has(names, "default"))
        chosen = "default";
    if (!chosen)
        return fail_choice(names, population->file_path, name, error);
    population->name = si_duplicate_string(chosen);
    population->path = si_format("%s: /%s/%s", population->file_path, root_name(population->kind),
                                 chosen);
    return population->name && population->path ? SI_OK : si_fail_memory(error);
}

static si_result open_named(si_sonata_population *population, hid_t root, const char *name,
                            si_error *error)
{
    si_name_table names = {0};
    SI_TRY(list_groups(root, population->file_path, &names, error));
    si_result result = choose_name(population, &names, name, error);
    si_name_table_free(&names);
    SI_TRY(result);
    population->population = H5Gopen2(root, population->name, H5P_DEFAULT);
    if (population->population < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: cannot be opened", population->path);
    return SI_OK;
}

static si_result read_size(si_sonata_population *population, si_error *error)
{
    si_sonata_column type_ids;
    SI_TRY(si_sonata_column_open(population->population, population->path,
                                 si_population_kind_type_id(population->kind), 1, &type_ids,
                                 error));
    population->size = type_ids.rows;
    si_sonata_column_close(&type_ids);
    return SI_OK;
}

static bool parse_group_id(const char *name, uint64_t *id)
{
    if (strspn(name, "0123456789") != strlen(name) || strlen(name) > 18 ||
        (name[0] == '0' && name[1] != '\0'))
        return false;
    *id = strtoull(name, NULL, 10);
    return true;
}

static si_result add_group(si_sonata_population *population, const char *name, uint64_t id,
                           si_error *error)
{
    si_sonata_group *group = &population->groups[population->group_count];
    *group = (si_sonata_group){.id = id, .group = -1};
    group->path = si_format("%s/%s", population->path, name);
    if (!group->path)
        return si_fail_memory(error);
    population->group_count++;
    if (!si_hdf5_exists(population->population, name))
        return SI_OK;
    group->group = H5Gopen2(population->population, name, H5P_DEFAULT);
    if (group->group < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: cannot be opened", group->path);
    return SI_OK;
}

/* Groups have numbers for names; what else the population holds, such as indices, is none. */
static si_result open_groups(si_sonata_population *population, si_error *error)
{
    si_name_table names = {0};
    SI_TRY(list_groups(population->population, population->path, &names, error));
    population->groups = si_allocate((size_t)names.count + 1, sizeof *population->groups);
    si_result result = population->groups ? SI_OK : si_fail_memory(error);
    uint64_t id;
    for (uint32_t i = 0; i < names.count && result == SI_OK; i++) {
        if (parse_group_id(names.names[i], &id))
            result = add_group(population, names.names[i], id, error);
    }
    si_name_table_free(&names);
    /* Elements whose attributes are all in the types file need no group. */
    if (result == SI_OK && population->group_count == 0)
        result = add_group(population, "0", 0, error);
    return result;
}

static si_result open_group_columns(si_sonata_population *population, si_error *error)
{
    if (population->group_count == 1 && population->groups[0].id == 0)
        return SI_OK;
    bool is_node = population->kind == SI_NODES;
    const char *ids = is_node ? "node_group_id" : "edge_group_id";
    const char *rows = is_node ? "node_group_index" : "edge_group_index";
    if (population->size > 0 && (!si_hdf5_exists(population->population, ids) ||
                                 !si_hdf5_exists(population->population, rows)))
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: group %" PRIu64 " exists, but not both of %s and %s", population->path,
                       population->groups[population->group_count - 1].id, ids, rows);
    if (population->size == 0)
        return SI_OK;
    population->is_grouped = true;
    SI_TRY(si_sonata_column_open(population->population, population->path, ids, 1,
                                 &population->group_ids, error));
    return si_sonata_column_open(population->population, population->path, rows, 1,
                                 &population->group_rows, error);
}

static si_result open_population(si_sonata_population *population, const char *name,
                                 si_error *error)
{
    hid_t root;
    SI_TRY(si_hdf5_open(population->file_path, &population->file, error));
    SI_TRY(open_root(population->file, population->file_path, population->kind, &root, error));
    si_result result = open_named(population, root, name, error);
    H5Gclose(root);
    SI_TRY(result);
    SI_TRY(read_size(population, error));
    SI_TRY(open_groups(population, error));
    return open_group_columns(population, error);
}

si_result si_sonata_population_open(const char *file_path, si_population_kind kind,
                                    const char *name, si_sonata_population **population,
                                    si_error *error)
{
    si_sonata_population *opened = si_allocate_zeroed(1, sizeof *opened);
    if (!opened)
        return si_fail_memory(error);
    opened->kind = kind;
    opened->file = -1;
    opened->population = -1;
    opened->group_ids.dataset = opened->group_rows.dataset = -1;
    opened->file_path = si_duplicate_string(file_path);
    si_result result = opened->file_path ? open_population(opened, name, error)
                                         : si_fail_memory(error);
    if (result != SI_OK) {
        si_sonata_population_close(opened);
        return result;
    }
    *population = opened;
    return SI_OK;
}

void si_sonata_population_close(si_sonata_population *population)
{
    if (!population)
        return;
    for (size_t i = 0; i < population->group_count; i++) {
        if (population->groups[i].group >= 0)
            H5Gclose(population->groups[i].group);
        si_free(population->groups[i].path);
    }
    si_free(population->groups);
    si_sonata_column_close(&population->group_ids);
    si_sonata_column_close(&population->group_rows);
    if (population->population >= 0)
        H5Gclose(population->population);
    if (population->file >= 0)
        H5Fclose(population->file);
    si_free(population->path);
    si_free(population->name);
    si_free(population->file_path);
    si_free(population);
}

static si_result population_size(const char *file, si_population_kind kind, const char *population,
                                 uint64_t *size, si_error *error)
{
    si_sonata_population *opened;
    if (!file)
        return si_fail(error, SI_ERROR_ARGUMENT, "no %ss file is given",
                       si_population_kind_element(kind));
    si_hdf5_lock();
    si_result result = si_sonata_population_open(file, kind, population, &opened, error);
    if (result == SI_OK) {
        *size = opened->size;
        si_sonata_population_close(opened);
    }
    si_hdf5_unlock();
    return result;
}

si_result si_nodes_population_size(const char *nodes_file, const char *population, uint64_t *size,
                                   si_error *error)
{
    SI_TRY(si_require(nodes_file, "nodes_file", error));
    SI_TRY(si_require(size, "size", error));
    return population_size(nodes_file, SI_NODES, population, size, error);
}

si_result si_edges_population_size(const char *edges_file, const char *population, uint64_t *size,
                                   si_error *error)
{
    SI_TRY(si_require(edges_file, "edges_file", error));
    SI_TRY(si_require(size, "size", error));
    return population_size(edges_file, SI_EDGES, population, size, error);
}
