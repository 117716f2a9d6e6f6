/* Reads values of types: the ids of the types of all elements first, then the row of each. */
#include "circuit/type_values.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"

/* The row of the types file for the k-th element, for each k. Give it to si_free. */
static si_result find_type_rows(const si_sonata_population *population, const si_types_file *types,
                                const si_rows *elements, size_t **rows, si_error *error)
{
    const char *id_name = si_population_kind_type_id(population->kind);
    si_sonata_column column;
    si_rows in_order = *elements; /* the k-th id belongs to the k-th element */
    in_order.positions = NULL;
    SI_TRY(si_sonata_column_open(population->population, population->path, id_name, 1, &column,
                                 error));
    int64_t *ids = si_allocate(elements->count, sizeof *ids);
    size_t *found = si_allocate(elements->count, sizeof *found);
    si_result result = ids && found ? si_sonata_column_read_integers(&column, &in_order, ids, error)
                                    : si_fail_memory(error);
    si_sonata_column_close(&column);
    for (uint64_t k = 0; k < elements->count && result == SI_OK; k++) {
        bool is_same = k > 0 && ids[k] == ids[k - 1];
        found[k] = is_same ? found[k - 1] : si_types_file_row(types, ids[k]);
        if (found[k] == SI_NO_ROW)
            result = si_fail(error, SI_ERROR_NOT_FOUND,
                             "%s: %s %" PRIu64 " has %s %" PRId64 ", which is not in %s",
                             population->path, si_population_kind_element(population->kind),
                             si_rows_row(elements, k), id_name, ids[k], si_types_file_path(types));
    }
    si_free(ids);
    if (result == SI_OK)
        *rows = found;
    else
        si_free(found);
    return result;
}

si_result si_type_values_read_numbers(const si_sonata_population *population,
                                      const si_types_file *types, size_t column,
                                      const si_rows *elements, si_type type, void *values,
                                      si_error *error)
{
    size_t *rows;
    si_result result = SI_OK;
    assert(type == SI_TYPE_INT64 || type == SI_TYPE_FLOAT64);
    SI_TRY(find_type_rows(population, types, elements, &rows, error));
    for (uint64_t k = 0; k < elements->count && result == SI_OK; k++) {
        uint64_t position = si_rows_position(elements, k);
        if (type == SI_TYPE_INT64) {
            ((int64_t *)values)[position] = si_types_file_integer(types, rows[k], column);
            continue;
        }
        double *value = (double *)values + position;
        bool is_given = true;
        result = si_types_file_number(types, rows[k], column, value, &is_given, error);
        if (!is_given)
            *value = NAN;
    }
    si_free(rows);
    return result;
}

si_result si_type_values_read_texts(const si_sonata_population *population,
                                    const si_types_file *types, size_t column,
                                    const si_rows *elements, si_name_interner *interner,
                                    uint32_t *indices, si_error *error)
{
    size_t *rows;
    SI_TRY(find_type_rows(population, types, elements, &rows, error));
    si_result result = SI_OK;
    for (uint64_t k = 0; k < elements->count && result == SI_OK; k++) {
        const char *text = si_types_file_text(types, rows[k], column);
        text = text ? text : "";
        result = si_name_intern(interner, text, strlen(text),
                                &indices[si_rows_position(elements, k)], error);
    }
    si_free(rows);
    return result;
}
