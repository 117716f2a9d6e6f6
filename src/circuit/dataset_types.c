/* Attributes that elements have from their type. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "circuit/dataset_internal.h"

size_t si_dataset_types_column(const si_dataset *dataset, const char *attribute)
{
    if (!dataset->types)
        return SI_NO_COLUMN;
    size_t column = si_types_file_column(dataset->types, attribute);
    bool is_attribute = column != SI_NO_COLUMN && si_types_file_attribute(dataset->types, column);
    return is_attribute ? column : SI_NO_COLUMN;
}

/* The types of some elements: the k-th row of the list has the k-th type. */
static si_result read_type_ids(const si_sonata_population *population, const si_rows *elements,
                               int64_t *ids, si_error *error)
{
    si_sonata_column column;
    si_rows in_order = *elements;
    in_order.positions = NULL;
    SI_TRY(si_sonata_column_open(population->population, population->path,
                                 si_population_kind_type_id(population->kind), 1, &column, error));
    si_result result = si_sonata_column_read_integers(&column, &in_order, ids, error);
    si_sonata_column_close(&column);
    return result;
}

static si_result find_type_rows(const si_dataset *dataset, const si_rows *elements,
                                const int64_t *ids, size_t *rows, si_error *error)
{
    for (uint64_t k = 0; k < elements->count; k++) {
        bool is_same = k > 0 && ids[k] == ids[k - 1];
        rows[k] = is_same ? rows[k - 1] : si_types_file_row(dataset->types, ids[k]);
        if (rows[k] == SI_NO_ROW)
            return si_fail(
                error, SI_ERROR_NOT_FOUND,
                "%s: %s %" PRIu64 " has %s %" PRId64 ", which is not in %s",
                dataset->population->path, si_population_kind_element(dataset->population->kind),
                si_rows_row(elements, k), si_population_kind_type_id(dataset->population->kind),
                ids[k], si_types_file_path(dataset->types));
    }
    return SI_OK;
}

/* The row of the types file for the k-th element, for each k. Give it to si_free. */
static si_result locate_types(const si_dataset *dataset, const si_rows *elements, size_t **rows,
                              si_error *error)
{
    int64_t *ids = si_allocate(elements->count, sizeof *ids);
    size_t *located = si_allocate(elements->count, sizeof *located);
    si_result result = ids && located ? read_type_ids(dataset->population, elements, ids, error)
                                      : si_fail_memory(error);
    if (result == SI_OK)
        result = find_type_rows(dataset, elements, ids, located, error);
    si_free(ids);
    if (result == SI_OK)
        *rows = located;
    else
        si_free(located);
    return result;
}

static si_result put_doubles(const si_types_file *types, size_t column, const si_rows *elements,
                             const size_t *rows, double *values, si_error *error)
{
    for (uint64_t k = 0; k < elements->count; k++) {
        double *value = &values[si_rows_position(elements, k)];
        bool is_given;
        SI_TRY(si_types_file_number(types, rows[k], column, value, &is_given, error));
        if (!is_given)
            *value = NAN;
    }
    return SI_OK;
}

static void put_integers(const si_types_file *types, size_t column, const si_rows *elements,
                         const size_t *rows, int64_t *values)
{
    for (uint64_t k = 0; k < elements->count; k++)
        values[si_rows_position(elements, k)] = si_types_file_integer(types, rows[k], column);
}

si_result si_dataset_read_type_numbers(const si_dataset *dataset, size_t column,
                                       const si_rows *elements, si_type type, void *values,
                                       si_error *error)
{
    size_t *rows;
    si_result result = SI_OK;
    SI_TRY(locate_types(dataset, elements, &rows, error));
    if (type == SI_TYPE_INT64)
        put_integers(dataset->types, column, elements, rows, values);
    else
        result = put_doubles(dataset->types, column, elements, rows, values, error);
    si_free(rows);
    return result;
}

static si_result put_texts(const si_types_file *types, size_t column, const si_rows *elements,
                           const size_t *rows, si_name_interner *interner, uint32_t *indices,
                           si_error *error)
{
    for (uint64_t k = 0; k < elements->count; k++) {
        uint32_t *index = &indices[si_rows_position(elements, k)];
        const char *text = si_types_file_text(types, rows[k], column);
        text = text ? text : "";
        SI_TRY(si_name_intern(interner, text, strlen(text), index, error));
    }
    return SI_OK;
}

si_result si_dataset_read_type_texts(const si_dataset *dataset, size_t column,
                                     const si_rows *elements, si_name_interner *interner,
                                     uint32_t *indices, si_error *error)
{
    size_t *rows;
    SI_TRY(locate_types(dataset, elements, &rows, error));
    si_result result = put_texts(dataset->types, column, elements, rows, interner, indices, error);
    si_free(rows);
    return result;
}
