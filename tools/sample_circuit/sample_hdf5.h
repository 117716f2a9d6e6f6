/* Writes HDF5 files. The first failure is kept and makes everything after it do nothing, so only
 * the close needs to be checked. Objects carry no time, so that equal content is equal bytes. */
#ifndef SI_SAMPLE_CIRCUIT_SAMPLE_HDF5_H
#define SI_SAMPLE_CIRCUIT_SAMPLE_HDF5_H

#include <hdf5.h>
#include <stddef.h>
#include <stdint.h>

#include "sample_circuit/sample_error.h"

typedef struct si_sample_hdf5 {
    const char *path;
    hid_t file, object_properties, link_properties;
    const char *group; /* names of datasets and objects begin here; "" is the root */
    si_error *error;
    si_result result;
} si_sample_hdf5;

typedef enum si_sample_type {
    SI_SAMPLE_INT16,
    SI_SAMPLE_INT32,
    SI_SAMPLE_INT64,
    SI_SAMPLE_UINT32,
    SI_SAMPLE_UINT64,
    SI_SAMPLE_FLOAT32,
    SI_SAMPLE_FLOAT64,
    SI_SAMPLE_STRING /* const char *; of variable length in the file */
} si_sample_type;

/* The file grows in memory and is written by the close. */
void si_sample_hdf5_create(si_sample_hdf5 *hdf5, const char *path, si_error *error);
si_result si_sample_hdf5_close(si_sample_hdf5 *hdf5);

void si_sample_hdf5_group(si_sample_hdf5 *hdf5, const char *name);

/* A data set of `rows` times `columns` values; one-dimensional where `columns` is 1. Parent
 * groups are created. */
void si_sample_hdf5_table(si_sample_hdf5 *hdf5, const char *name, si_sample_type type,
                          const void *values, size_t rows, size_t columns);
/* One member of an array of structs, as a one-dimensional data set. */
void si_sample_hdf5_member(si_sample_hdf5 *hdf5, const char *name, si_sample_type type,
                           const void *first, size_t stride, size_t count);
/* Several members of an array of structs, as data sets of a group. */
typedef struct si_sample_column {
    const char *name;
    si_sample_type type;
    size_t offset;
} si_sample_column;

void si_sample_hdf5_columns(si_sample_hdf5 *hdf5, const char *group,
                            const si_sample_column *columns, size_t column_count, const void *items,
                            size_t item_size, size_t item_count);
/* The same number `count` times, and 0, 1, 2, ... */
void si_sample_hdf5_constant(si_sample_hdf5 *hdf5, const char *name, int64_t value, size_t count);
void si_sample_hdf5_sequence(si_sample_hdf5 *hdf5, const char *name, size_t count);

/* Attributes of an object that exists. */
void si_sample_hdf5_attribute_string(si_sample_hdf5 *hdf5, const char *object, const char *name,
                                     const char *value);
void si_sample_hdf5_attribute_uint32(si_sample_hdf5 *hdf5, const char *object, const char *name,
                                     const uint32_t *values, size_t count);

#endif
