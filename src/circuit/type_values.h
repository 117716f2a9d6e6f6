/*
 * Values that nodes or edges have from their type: their type id, the row of the types file that it
 * names, and a column of that.
 *
 * The value of an element goes to its position. The caller holds the HDF5 lock. SI_ERROR_NOT_FOUND:
 * the type of an element is not in the types file.
 */
#ifndef SI_CIRCUIT_TYPE_VALUES_H
#define SI_CIRCUIT_TYPE_VALUES_H

#include "sonata/sonata_population.h"
#include "sonata/types_file.h"

/* As SI_TYPE_INT64, which the column must be, or SI_TYPE_FLOAT64. */
si_result si_type_values_read_numbers(const si_sonata_population *population,
                                      const si_types_file *types, size_t column,
                                      const si_rows *elements, si_type type, void *values,
                                      si_error *error);
si_result si_type_values_read_texts(const si_sonata_population *population,
                                    const si_types_file *types, size_t column,
                                    const si_rows *elements, si_name_interner *interner,
                                    uint32_t *indices, si_error *error);

#endif
