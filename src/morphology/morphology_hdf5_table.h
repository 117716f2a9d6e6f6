/* What an HDF5 morphology consists of: tables of numbers, and a few attributes. The caller holds
 * the lock of HDF5. */
#ifndef SI_MORPHOLOGY_MORPHOLOGY_HDF5_TABLE_H
#define SI_MORPHOLOGY_MORPHOLOGY_HDF5_TABLE_H

#include "hdf5/hdf5_access.h"

typedef struct si_hdf5_place {
    hid_t group;
    const char *name; /* file, and group in it, for messages */
} si_hdf5_place;

/* Reads a data set of any numeric type with exactly so many columns, row by row, converted to
 * `memory_type` (H5T_NATIVE_FLOAT or H5T_NATIVE_DOUBLE). Give `*values` to si_free. */
si_result si_hdf5_read_table(const si_hdf5_place *place, const char *dataset, size_t columns,
                             hid_t memory_type, void **values, size_t *rows, si_error *error);

si_result si_hdf5_read_dimension_count(const si_hdf5_place *place, const char *dataset, int *count,
                                       si_error *error);

/* Reads an attribute of any numeric type that has exactly `count` values. */
si_result si_hdf5_read_attribute(const si_hdf5_place *place, const char *object,
                                 const char *attribute, size_t count, int64_t *values,
                                 si_error *error);

#endif
