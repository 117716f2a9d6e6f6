#include "sonata/sonata_column.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/text.h"
#include "hdf5/hdf5_access.h"

#define DEFAULT_CHUNK_CACHE ((size_t)1 << 20)
#define LARGEST_CHUNK_CACHE ((size_t)64 << 20)

static si_result classify_integer(si_sonata_column *column, hid_t type, si_error *error)
{
    column->class = H5Tget_sign(type) == H5T_SGN_NONE ? SI_COLUMN_UNSIGNED : SI_COLUMN_SIGNED;
    if (column->size > 8)
        return si_fail(error, SI_ERROR_UNSUPPORTED, "%s: integers of %zu bytes, expected up to 8",
                       column->path, column->size);
    return SI_OK;
}

static si_result classify_enumeration(si_sonata_column *column, si_error *error)
{
    hid_t type = column->stored_type;
    column->is_boolean = H5Tget_nmembers(type) == 2 && H5Tget_member_index(type, "FALSE") >= 0 &&
                         H5Tget_member_index(type, "TRUE") >= 0;
    hid_t base = H5Tget_super(type);
    if (base < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: a broken enumeration type", column->path);
    si_result result = classify_integer(column, base, error);
    H5Tclose(base);
    return result;
}

static si_result classify(si_sonata_column *column, si_error *error)
{
    column->size = H5Tget_size(column->stored_type);
    switch (H5Tget_class(column->stored_type)) {
    case H5T_INTEGER:
        return classify_integer(column, column->stored_type, error);
    case H5T_ENUM:
        return classify_enumeration(column, error);
    case H5T_FLOAT:
        column->class = SI_COLUMN_FLOAT;
        return SI_OK;
    case H5T_STRING:
        column->class = SI_COLUMN_TEXT;
        return SI_OK;
    default:
        return si_fail(error, SI_ERROR_UNSUPPORTED,
                       "%s: neither numbers nor text, but a compound, array, reference or the like",
                       column->path);
    }
}

static si_result check_shape(si_sonata_column *column, hid_t space, si_error *error)
{
    if (H5Sget_simple_extent_type(space) == H5S_NULL)
        return SI_OK;
    int expected = column->width == 1 ? 1 : 2;
    int dimensions = H5Sget_simple_extent_ndims(space);
    if (dimensions != expected)
        return si_fail(error, SI_ERROR_FORMAT, "%s: %d dimensions, expected %d", column->path,
                       dimensions, expected);
    hsize_t sizes[2] = {0, 1};
    if (H5Sget_simple_extent_dims(space, sizes, NULL) < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: no readable size", column->path);
    if (sizes[1] != column->width)
        return si_fail(error, SI_ERROR_FORMAT, "%s: %llu values in a row, expected %u",
                       column->path, (unsigned long long)sizes[1], column->width);
    column->rows = sizes[0];
    return SI_OK;
}

/* The bytes of one chunk; 0 where the data set is not chunked, or they are beyond counting. */
static uint64_t chunk_bytes(hid_t dataset)
{
    uint64_t bytes = 0;
    hid_t properties = H5Dget_create_plist(dataset);
    hid_t type = H5Dget_type(dataset);
    hsize_t sizes[H5S_MAX_RANK];
    if (properties >= 0 && type >= 0 && H5Pget_layout(properties) == H5D_CHUNKED) {
        int dimensions = H5Pget_chunk(properties, H5S_MAX_RANK, sizes);
        bytes = H5Tget_size(type);
        for (int i = 0; i < dimensions; i++) {
            if (!si_multiply_u64(bytes, sizes[i], &bytes))
                bytes = 0;
        }
    }
    if (type >= 0)
        H5Tclose(type);
    if (properties >= 0)
        H5Pclose(properties);
    return bytes;
}

/* A chunk that does not fit in the cache would be read and decompressed anew for each piece. */
static void enlarge_chunk_cache(hid_t group, const char *name, hid_t *dataset)
{
    uint64_t bytes = chunk_bytes(*dataset);
    if (bytes <= DEFAULT_CHUNK_CACHE || bytes > LARGEST_CHUNK_CACHE)
        return;
    hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
    if (access < 0)
        return;
    H5Pset_chunk_cache(access, 521, (size_t)bytes, 1.0);
    H5Dclose(*dataset);
    *dataset = H5Dopen2(group, name, access);
    H5Pclose(access);
}

static si_result open_dataset(si_sonata_column *column, hid_t group, const char *name,
                              si_error *error)
{
    if (!si_hdf5_exists(group, name))
        return si_fail(error, SI_ERROR_NOT_FOUND, "%s: no such data set", column->path);
    if (!si_hdf5_has_object(group, name, H5O_TYPE_DATASET))
        return si_fail(error, SI_ERROR_FORMAT, "%s: not a data set", column->path);
    column->dataset = H5Dopen2(group, name, H5P_DEFAULT);
    if (column->dataset >= 0)
        enlarge_chunk_cache(group, name, &column->dataset);
    if (column->dataset < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: cannot be opened", column->path);
    column->stored_type = H5Dget_type(column->dataset);
    if (column->stored_type < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: no readable type", column->path);
    hid_t space = H5Dget_space(column->dataset);
    if (space < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: no readable size", column->path);
    si_result result = check_shape(column, space, error);
    H5Sclose(space);
    return result;
}

si_result si_sonata_column_open(hid_t group, const char *group_path, const char *name,
                                unsigned width, si_sonata_column *column, si_error *error)
{
    *column = (si_sonata_column){.dataset = -1, .stored_type = -1, .width = width};
    column->path = si_format("%s/%s", group_path, name);
    if (!column->path)
        return si_fail_memory(error);
    si_result result = open_dataset(column, group, name, error);
    if (result == SI_OK)
        result = classify(column, error);
    if (result != SI_OK)
        si_sonata_column_close(column);
    return result;
}

static si_result read_library(si_sonata_column *column, const si_sonata_column *library,
                              si_error *error)
{
    if (library->class != SI_COLUMN_TEXT)
        return si_fail(error, SI_ERROR_UNSUPPORTED, "%s: numbers, expected text", library->path);
    column->library_size = library->rows;
    column->library = si_allocate(library->rows, sizeof *column->library);
    if (!column->library)
        return si_fail_memory(error);
    si_name_interner interner = {0};
    si_rows rows = si_rows_range(0, library->rows);
    si_result result = si_sonata_column_read_names(library, &rows, &interner, column->library,
                                                   error);
    column->library_names = si_name_interner_take(&interner);
    return result;
}

si_result si_sonata_column_open_attribute(hid_t group, const char *group_path, const char *name,
                                          si_sonata_column *column, si_error *error)
{
    SI_TRY(si_sonata_column_open(group, group_path, name, 1, column, error));
    char *library_name = si_format("@library/%s", name);
    if (!library_name) {
        si_sonata_column_close(column);
        return si_fail_memory(error);
    }
    si_result result = SI_OK;
    if (si_hdf5_exists(group, library_name)) {
        si_sonata_column library;
        result = si_sonata_column_open(group, group_path, library_name, 1, &library, error);
        if (result == SI_OK)
            result = read_library(column, &library, error);
        si_sonata_column_close(&library);
        column->is_enumerated = true;
    }
    si_free(library_name);
    if (result == SI_OK && column->is_enumerated && column->class == SI_COLUMN_TEXT)
        result = si_fail(error, SI_ERROR_FORMAT, "%s: text, expected indices, as it has a library",
                         column->path);
    if (result != SI_OK)
        si_sonata_column_close(column);
    return result;
}

void si_sonata_column_close(si_sonata_column *column)
{
    if (column->stored_type > 0)
        H5Tclose(column->stored_type);
    if (column->dataset > 0)
        H5Dclose(column->dataset);
    si_free(column->path);
    si_free(column->library);
    si_name_table_free(&column->library_names);
    *column = (si_sonata_column){.dataset = -1, .stored_type = -1};
}
