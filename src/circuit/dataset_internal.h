/* What the files about data sets share. */
#ifndef SI_CIRCUIT_DATASET_INTERNAL_H
#define SI_CIRCUIT_DATASET_INTERNAL_H

#include "circuit/dataset.h"
#include "sonata/sonata_groups.h"
#include "sonata/types_file.h"

struct si_dataset {
    si_sonata_population *population;
    si_types_file *types;     /* NULL: none, or none that can be read */
    char *types_problem;      /* why it cannot be read; NULL: it can, or there is none */
    si_name_table attributes; /* in alphabetical order */
};

/* The column of an attribute in the types file; SI_NO_COLUMN: none. */
size_t si_dataset_types_column(const si_dataset *dataset, const char *attribute);

/* In these the value of an element goes to its position. The caller holds the HDF5 lock.
 * SI_ERROR_NOT_FOUND: the type of an element is not in the types file. */

/* As SI_TYPE_INT64, which the column must be, or SI_TYPE_FLOAT64. */
si_result si_dataset_read_type_numbers(const si_dataset *dataset, size_t column,
                                       const si_rows *elements, si_type type, void *values,
                                       si_error *error);
si_result si_dataset_read_type_texts(const si_dataset *dataset, size_t column,
                                     const si_rows *elements, si_name_interner *interner,
                                     uint32_t *indices, si_error *error);

#endif
