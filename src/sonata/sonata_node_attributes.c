/* Reads an attribute of nodes from their group, or else from the row of their type. */
#include "sonata/sonata_node_attributes.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "hdf5/hdf5_access.h"

bool si_model_type_is_virtual(const char *model_type)
{
    static const char *const without_morphology[] = {"virtual", "point_process", "point_neuron",
                                                     "point_soma", "single_compartment"};
    for (size_t i = 0; i < sizeof without_morphology / sizeof *without_morphology; i++) {
        if (strcmp(model_type, without_morphology[i]) == 0)
            return true;
    }
    return false;
}

si_result si_node_reader_start(const struct si_sonata_nodes *nodes, uint64_t first,
                               const uint64_t *rows, uint64_t count, si_node_reader *reader,
                               si_error *error)
{
    *reader = (si_node_reader){.nodes = nodes, .first = first, .rows = rows, .count = count};
    return si_sonata_population_locate(nodes->population, first, rows, count, &reader->located,
                                       &reader->located_count, error);
}

void si_node_reader_finish(si_node_reader *reader)
{
    si_group_rows_free(reader->located, reader->located_count);
    si_free(reader->type_rows);
}

uint64_t si_node_reader_id(const si_node_reader *reader, uint64_t i)
{
    return si_node_id_of_row(&reader->nodes->ids,
                             reader->rows ? reader->rows[i] : reader->first + i);
}

static bool group_has(const si_sonata_group *group, const char *attribute)
{
    return group->group >= 0 && si_hdf5_has_object(group->group, attribute, H5O_TYPE_DATASET);
}

si_attribute_place si_node_attribute_place(const struct si_sonata_nodes *nodes,
                                           const si_sonata_group *group, const char *attribute)
{
    if (group_has(group, attribute))
        return SI_ATTRIBUTE_IN_GROUP;
    if (nodes->types && si_types_file_column(nodes->types, attribute) != SI_NO_COLUMN)
        return SI_ATTRIBUTE_IN_TYPES;
    return SI_ATTRIBUTE_NOWHERE;
}

static si_result read_type_rows(si_node_reader *reader, const si_sonata_column *type_ids,
                                int64_t *ids, si_error *error)
{
    for (size_t g = 0; g < reader->located_count; g++)
        SI_TRY(si_sonata_column_read_integers(type_ids, &reader->located[g].elements, ids, error));
    for (uint64_t i = 0; i < reader->count; i++)
        reader->type_rows[i] = si_types_file_row(reader->nodes->types, ids[i]);
    return SI_OK;
}

static si_result need_type_rows(si_node_reader *reader, si_error *error)
{
    if (reader->type_rows)
        return SI_OK;
    const si_sonata_population *population = reader->nodes->population;
    si_sonata_column type_ids;
    SI_TRY(si_sonata_column_open(population->population, population->path, "node_type_id", 1,
                                 &type_ids, error));
    int64_t *ids = si_allocate(reader->count, sizeof *ids);
    reader->type_rows = si_allocate(reader->count, sizeof *reader->type_rows);
    si_result result = ids && reader->type_rows ? read_type_rows(reader, &type_ids, ids, error)
                                                : si_fail_memory(error);
    si_free(ids);
    si_sonata_column_close(&type_ids);
    return result;
}

static void forget_null_names(const si_rows *rows, const si_name_table *table, uint32_t *indices)
{
    for (uint64_t k = 0; k < rows->count; k++) {
        uint32_t *index = &indices[si_rows_position(rows, k)];
        if (si_name_is_null(table->names[*index]))
            *index = SI_NO_NAME;
    }
}

static si_result names_in_group(const si_group_rows *located, const char *attribute,
                                si_name_interner *interner, uint32_t *indices, si_error *error)
{
    si_sonata_column column;
    SI_TRY(si_sonata_column_open_attribute(located->group->group, located->group->path, attribute,
                                           &column, error));
    si_result result = si_sonata_column_read_names(&column, &located->rows, interner, indices,
                                                   error);
    if (result == SI_OK)
        forget_null_names(&located->rows, &interner->table, indices);
    si_sonata_column_close(&column);
    return result;
}

static si_result names_in_types(si_node_reader *reader, const si_group_rows *located,
                                const char *attribute, si_name_interner *interner,
                                uint32_t *indices, si_error *error)
{
    const si_types_file *types = reader->nodes->types;
    size_t column = si_types_file_column(types, attribute);
    SI_TRY(need_type_rows(reader, error));
    for (uint64_t k = 0; k < located->rows.count; k++) {
        uint64_t i = si_rows_position(&located->rows, k);
        size_t row = reader->type_rows[i];
        const char *text = row == SI_NO_ROW ? NULL : si_types_file_text(types, row, column);
        indices[i] = SI_NO_NAME;
        if (text)
            SI_TRY(si_name_intern(interner, text, strlen(text), &indices[i], error));
    }
    return SI_OK;
}

si_result si_node_reader_names(si_node_reader *reader, const si_group_rows *located,
                               const char *attribute, si_name_interner *interner, uint32_t *indices,
                               si_error *error)
{
    switch (si_node_attribute_place(reader->nodes, located->group, attribute)) {
    case SI_ATTRIBUTE_IN_GROUP:
        return names_in_group(located, attribute, interner, indices, error);
    case SI_ATTRIBUTE_IN_TYPES:
        return names_in_types(reader, located, attribute, interner, indices, error);
    default:
        for (uint64_t k = 0; k < located->rows.count; k++)
            indices[si_rows_position(&located->rows, k)] = SI_NO_NAME;
        return SI_OK;
    }
}

static si_result numbers_in_group(const si_group_rows *located, const char *attribute,
                                  double *values, size_t stride, uint16_t *given, uint16_t bit,
                                  si_error *error)
{
    si_sonata_column column;
    SI_TRY(si_sonata_column_open(located->group->group, located->group->path, attribute, 1, &column,
                                 error));
    si_result result = si_sonata_column_read_doubles(&column, &located->rows, values, stride,
                                                     error);
    si_sonata_column_close(&column);
    for (uint64_t k = 0; k < located->rows.count; k++)
        given[si_rows_position(&located->rows, k)] |= bit;
    return result;
}

static si_result numbers_in_types(si_node_reader *reader, const si_group_rows *located,
                                  const char *attribute, double *values, size_t stride,
                                  uint16_t *given, uint16_t bit, si_error *error)
{
    const si_types_file *types = reader->nodes->types;
    size_t column = si_types_file_column(types, attribute);
    SI_TRY(need_type_rows(reader, error));
    for (uint64_t k = 0; k < located->rows.count; k++) {
        uint64_t i = si_rows_position(&located->rows, k);
        double value;
        bool is_given = false;
        if (reader->type_rows[i] != SI_NO_ROW)
            SI_TRY(si_types_file_number(types, reader->type_rows[i], column, &value, &is_given,
                                        error));
        if (!is_given)
            continue;
        memcpy((char *)values + i * stride, &value, sizeof value);
        given[i] |= bit;
    }
    return SI_OK;
}

si_result si_node_reader_numbers(si_node_reader *reader, const si_group_rows *located,
                                 const char *attribute, double *values, size_t stride,
                                 uint16_t *given, uint16_t bit, si_error *error)
{
    switch (si_node_attribute_place(reader->nodes, located->group, attribute)) {
    case SI_ATTRIBUTE_IN_GROUP:
        return numbers_in_group(located, attribute, values, stride, given, bit, error);
    case SI_ATTRIBUTE_IN_TYPES:
        return numbers_in_types(reader, located, attribute, values, stride, given, bit, error);
    default:
        return SI_OK;
    }
}

si_result si_node_reader_fail_missing(si_node_reader *reader, const si_group_rows *located,
                                      uint64_t i, const char *attribute, si_error *error)
{
    uint64_t id = si_node_reader_id(reader, i);
    const si_types_file *types = reader->nodes->types;
    if (!types)
        return si_fail(error, SI_ERROR_NOT_FOUND,
                       "%s: node %" PRIu64 " has no %s: the group does not have it, and there is "
                       "no node types file",
                       located->group->path, id, attribute);
    SI_TRY(need_type_rows(reader, error));
    const char *reason = "has no value for it";
    if (si_types_file_column(types, attribute) == SI_NO_COLUMN)
        reason = "has no such column";
    else if (reader->type_rows[i] == SI_NO_ROW)
        reason = "does not have its node_type_id";
    return si_fail(error, SI_ERROR_NOT_FOUND,
                   "%s: node %" PRIu64 " has no %s: the group does not have it, and %s %s",
                   located->group->path, id, attribute, si_types_file_path(types), reason);
}
