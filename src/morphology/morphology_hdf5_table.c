#include "morphology/morphology_hdf5_table.h"

#include <stdbool.h>

#include "base/arithmetic.h"
#include "base/memory.h"

/* No compression that HDF5 has makes data smaller than this; a table that claims more rows than
 * the file can hold is damaged, and not worth the memory. */
enum { GREATEST_COMPRESSION = 1100 };

static bool is_numeric(hid_t type)
{
    H5T_class_t kind = H5Tget_class(type);
    return kind == H5T_INTEGER || kind == H5T_FLOAT;
}

static si_result check_numeric(hid_t type, const si_hdf5_place *place, const char *name,
                               si_error *error)
{
    bool numeric = type >= 0 && is_numeric(type);
    if (type >= 0)
        H5Tclose(type);
    if (numeric)
        return SI_OK;
    return si_fail(error, SI_ERROR_FORMAT, "%s: '%s' does not hold numbers", place->name, name);
}

static si_result open_dataset(const si_hdf5_place *place, const char *name, hid_t *dataset,
                              si_error *error)
{
    *dataset = H5Dopen2(place->group, name, H5P_DEFAULT);
    if (*dataset < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: '%s' cannot be opened as a data set", place->name,
                     name);
    return SI_OK;
}

static int dimensions_of(hid_t dataset, hsize_t dimensions[H5S_MAX_RANK])
{
    hid_t space = H5Dget_space(dataset);
    if (space < 0)
        return -1;
    int count = H5Sget_simple_extent_dims(space, dimensions, NULL);
    H5Sclose(space);
    return count;
}

static si_result check_shape(hid_t dataset, const si_hdf5_place *place, const char *name,
                             size_t columns, hsize_t *rows, si_error *error)
{
    hsize_t dimensions[H5S_MAX_RANK];
    int count = dimensions_of(dataset, dimensions);
    if (count != 2)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: data set '%s' has %d dimensions, expected 2 with %zu columns",
                       place->name, name, count, columns);
    if (dimensions[1] != columns)
        return si_fail(error, SI_ERROR_FORMAT, "%s: data set '%s' has %llu columns, expected %zu",
                       place->name, name, (unsigned long long)dimensions[1], columns);
    *rows = dimensions[0];
    return SI_OK;
}

static uint64_t stored_bytes(hid_t dataset)
{
    hsize_t file_size = 0;
    hid_t file = H5Iget_file_id(dataset);
    if (file >= 0) {
        H5Fget_filesize(file, &file_size);
        H5Fclose(file);
    }
    return si_min_u64(H5Dget_storage_size(dataset), file_size);
}

static si_result check_row_count(hid_t dataset, const si_hdf5_place *place, const char *name,
                                 size_t columns, hsize_t rows, si_error *error)
{
    uint64_t stored = stored_bytes(dataset);
    if (rows <= INT32_MAX && rows * columns / GREATEST_COMPRESSION <= stored)
        return SI_OK;
    return si_fail(error, SI_ERROR_FORMAT,
                   "%s: data set '%s' claims %llu rows, expected no more than %llu bytes can hold",
                   place->name, name, (unsigned long long)rows, (unsigned long long)stored);
}

static si_result read_values(hid_t dataset, const si_hdf5_place *place, const char *name,
                             hid_t memory_type, size_t count, void **values, si_error *error)
{
    void *read = si_allocate(count, H5Tget_size(memory_type));
    if (!read)
        return si_fail_memory(error);
    if (count > 0 && H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, read) < 0) {
        si_free(read);
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: data set '%s' cannot be read", place->name, name);
    }
    *values = read;
    return SI_OK;
}

static si_result read_open_table(hid_t dataset, const si_hdf5_place *place, const char *name,
                                 size_t columns, hid_t memory_type, void **values, size_t *rows,
                                 si_error *error)
{
    hsize_t row_count;
    SI_TRY(check_numeric(H5Dget_type(dataset), place, name, error));
    SI_TRY(check_shape(dataset, place, name, columns, &row_count, error));
    SI_TRY(check_row_count(dataset, place, name, columns, row_count, error));
    *rows = (size_t)row_count;
    return read_values(dataset, place, name, memory_type, *rows * columns, values, error);
}

si_result si_hdf5_read_table(const si_hdf5_place *place, const char *dataset, size_t columns,
                             hid_t memory_type, void **values, size_t *rows, si_error *error)
{
    hid_t opened;
    SI_TRY(open_dataset(place, dataset, &opened, error));
    si_result result = read_open_table(opened, place, dataset, columns, memory_type, values, rows,
                                       error);
    H5Dclose(opened);
    return result;
}

si_result si_hdf5_read_dimension_count(const si_hdf5_place *place, const char *dataset, int *count,
                                       si_error *error)
{
    hid_t opened;
    hsize_t dimensions[H5S_MAX_RANK];
    SI_TRY(open_dataset(place, dataset, &opened, error));
    *count = dimensions_of(opened, dimensions);
    H5Dclose(opened);
    return SI_OK;
}

static hssize_t value_count(hid_t attribute)
{
    hid_t space = H5Aget_space(attribute);
    if (space < 0)
        return -1;
    hssize_t count = H5Sget_simple_extent_npoints(space);
    H5Sclose(space);
    return count;
}

static si_result read_open_attribute(hid_t attribute, const si_hdf5_place *place, const char *name,
                                     size_t count, int64_t *values, si_error *error)
{
    SI_TRY(check_numeric(H5Aget_type(attribute), place, name, error));
    hssize_t found = value_count(attribute);
    if (found < 0 || (size_t)found != count)
        return si_fail(error, SI_ERROR_FORMAT, "%s: attribute '%s' has %lld values, expected %zu",
                       place->name, name, (long long)found, count);
    if (H5Aread(attribute, H5T_NATIVE_INT64, values) < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: attribute '%s' cannot be read", place->name,
                     name);
    return SI_OK;
}

si_result si_hdf5_read_attribute(const si_hdf5_place *place, const char *object,
                                 const char *attribute, size_t count, int64_t *values,
                                 si_error *error)
{
    hid_t opened = H5Aopen_by_name(place->group, object, attribute, H5P_DEFAULT, H5P_DEFAULT);
    if (opened < 0)
        return si_fail(error, SI_ERROR_FORMAT, "%s: '%s' lacks the attribute '%s'", place->name,
                       object, attribute);
    si_result result = read_open_attribute(opened, place, attribute, count, values, error);
    H5Aclose(opened);
    return result;
}
