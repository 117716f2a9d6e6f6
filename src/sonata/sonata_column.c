/*
 * A column of a SONATA file: opening a data set, and reading rows of numbers.
 *
 * What is asked for is read in pieces (sonata_rows.h): rows that lie close together in one go.
 * Integers are read as 64 bits and floats as doubles, and checked and rounded after that.
 */
#include "sonata/sonata_column.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/text.h"
#include "hdf5/hdf5_access.h"

/* Rows of one read that goes through a buffer. */
#define PIECE_ROWS ((uint64_t)1 << 18)
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

static si_result classify_stored_type(si_sonata_column *column, si_error *error)
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
                       "%s: a compound, array, reference or similar type, expected numbers or text",
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
        result = classify_stored_type(column, error);
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

/* ------------------------------------------------------------------------------------- reading */

static si_result check_rows(const si_sonata_column *column, uint64_t start, uint64_t count,
                            si_error *error)
{
    if (start > column->rows || count > column->rows - start)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: %" PRIu64 " rows, but row %" PRIu64 " is needed", column->path,
                       column->rows, start > column->rows ? start : column->rows);
    return SI_OK;
}

si_result si_sonata_column_read_piece(const si_sonata_column *column, hid_t memory_type,
                                      uint64_t start, uint64_t count, void *values, si_error *error)
{
    SI_TRY(check_rows(column, start, count, error));
    if (count == 0)
        return SI_OK;
    hsize_t offset[2] = {start, 0}, size[2] = {count, column->width};
    hid_t file_space = H5Dget_space(column->dataset);
    hid_t memory_space = H5Screate_simple(column->width == 1 ? 1 : 2, size, NULL);
    bool has_spaces = file_space >= 0 && memory_space >= 0;
    bool is_read = has_spaces &&
                   H5Sselect_hyperslab(file_space, H5S_SELECT_SET, offset, NULL, size, NULL) >= 0 &&
                   H5Dread(column->dataset, memory_type, memory_space, file_space, H5P_DEFAULT,
                           values) >= 0;
    char reason[SI_HDF5_REASON_SIZE];
    si_result result = is_read ? SI_OK : si_hdf5_read_reason(column->dataset, reason);
    if (memory_space >= 0)
        H5Sclose(memory_space);
    if (file_space >= 0)
        H5Sclose(file_space);
    if (!has_spaces)
        return si_fail_memory(error);
    if (!is_read)
        return si_fail(error, result, "%s: rows %" PRIu64 " to %" PRIu64 " cannot be read: %s",
                       column->path, start, start + count - 1, reason);
    return SI_OK;
}

/* Puts the rows asked for, out of a piece, where they go. */
typedef void (*place_rows)(const si_rows *rows, const si_row_piece *piece, const void *buffer,
                           size_t row_size, void *values, size_t stride);

static void place_unchanged(const si_rows *rows, const si_row_piece *piece, const void *buffer,
                            size_t row_size, void *values, size_t stride)
{
    for (uint64_t k = piece->begin; k < piece->end; k++) {
        const char *source = (const char *)buffer +
                             (si_rows_row(rows, k) - piece->start) * row_size;
        memcpy((char *)values + si_rows_position(rows, k) * stride, source, row_size);
    }
}

static void place_as_floats(const si_rows *rows, const si_row_piece *piece, const void *buffer,
                            size_t row_size, void *values, size_t stride)
{
    (void)row_size;
    for (uint64_t k = piece->begin; k < piece->end; k++) {
        float value = (float)((const double *)buffer)[si_rows_row(rows, k) - piece->start];
        memcpy((char *)values + si_rows_position(rows, k) * stride, &value, sizeof value);
    }
}

static si_result check_numeric(const si_sonata_column *column, si_error *error)
{
    if (column->class == SI_COLUMN_TEXT)
        return si_fail(error, SI_ERROR_FORMAT, "%s: text, expected numbers", column->path);
    return SI_OK;
}

static si_result read_by_pieces(const si_sonata_column *column, const si_rows *rows,
                                hid_t memory_type, size_t row_size, place_rows place, void *values,
                                size_t stride, si_error *error)
{
    SI_TRY(check_numeric(column, error));
    if (rows->count == 0)
        return SI_OK;
    uint64_t first = si_rows_row(rows, 0), last = si_rows_row(rows, rows->count - 1);
    SI_TRY(check_rows(column, first, last - first + 1, error));
    uint64_t limit = last - first < PIECE_ROWS ? last - first + 1 : PIECE_ROWS;
    void *buffer = si_allocate(limit, row_size);
    if (!buffer)
        return si_fail_memory(error);
    si_result result = SI_OK;
    si_row_piece piece = {0};
    while (result == SI_OK && si_rows_next(rows, limit, &piece)) {
        result = si_sonata_column_read_piece(column, memory_type, piece.start, piece.length, buffer,
                                             error);
        if (result == SI_OK)
            place(rows, &piece, buffer, row_size, values, stride);
    }
    si_free(buffer);
    return result;
}

si_result si_sonata_column_read(const si_sonata_column *column, const si_rows *rows,
                                hid_t memory_type, size_t row_size, void *values, size_t stride,
                                si_error *error)
{
    if (rows->rows || rows->positions || stride != row_size)
        return read_by_pieces(column, rows, memory_type, row_size, place_unchanged, values, stride,
                              error);
    SI_TRY(check_numeric(column, error));
    return si_sonata_column_read_piece(column, memory_type, rows->first, rows->count, values,
                                       error);
}

si_result si_sonata_column_read_doubles(const si_sonata_column *column, const si_rows *rows,
                                        double *values, size_t stride, si_error *error)
{
    return si_sonata_column_read(column, rows, H5T_NATIVE_DOUBLE, sizeof *values, values, stride,
                                 error);
}

si_result si_sonata_column_read_floats(const si_sonata_column *column, const si_rows *rows,
                                       float *values, size_t stride, si_error *error)
{
    if (column->class == SI_COLUMN_FLOAT && column->size <= sizeof *values)
        return si_sonata_column_read(column, rows, H5T_NATIVE_FLOAT, sizeof *values, values, stride,
                                     error);
    return read_by_pieces(column, rows, H5T_NATIVE_DOUBLE, sizeof(double), place_as_floats, values,
                          stride, error);
}

hid_t si_sonata_column_wide_type(const si_sonata_column *column)
{
    switch (column->class) {
    case SI_COLUMN_SIGNED:
        return H5T_NATIVE_INT64;
    case SI_COLUMN_UNSIGNED:
        return H5T_NATIVE_UINT64;
    default:
        return H5T_NATIVE_DOUBLE;
    }
}

static double wide_as_double(uint64_t wide)
{
    double value;
    memcpy(&value, &wide, sizeof value);
    return value;
}

bool si_sonata_column_decode_id(const si_sonata_column *column, uint64_t wide, uint64_t *id)
{
    if (column->class == SI_COLUMN_FLOAT) {
        double value = wide_as_double(wide);
        if (!(value >= 0 && value < 0x1p64 && floor(value) == value))
            return false;
        *id = (uint64_t)value;
        return true;
    }
    *id = wide;
    return column->class == SI_COLUMN_UNSIGNED || (int64_t)wide >= 0;
}

static bool decode_integer(const si_sonata_column *column, uint64_t wide, int64_t *integer)
{
    if (column->class == SI_COLUMN_FLOAT) {
        double value = wide_as_double(wide);
        if (!(value >= -0x1p63 && value < 0x1p63 && floor(value) == value))
            return false;
        *integer = (int64_t)value;
        return true;
    }
    *integer = (int64_t)wide;
    return column->class == SI_COLUMN_SIGNED || wide <= INT64_MAX;
}

void si_sonata_column_format_value(const si_sonata_column *column, uint64_t wide,
                                   char text[SI_COLUMN_VALUE_SIZE])
{
    switch (column->class) {
    case SI_COLUMN_SIGNED:
        snprintf(text, SI_COLUMN_VALUE_SIZE, "%" PRId64, (int64_t)wide);
        break;
    case SI_COLUMN_UNSIGNED:
        snprintf(text, SI_COLUMN_VALUE_SIZE, "%" PRIu64, wide);
        break;
    default:
        snprintf(text, SI_COLUMN_VALUE_SIZE, "%.9g", wide_as_double(wide));
    }
}

static si_result fail_value(const si_sonata_column *column, uint64_t row, uint64_t wide,
                            const char *expected, si_error *error)
{
    char value[SI_COLUMN_VALUE_SIZE];
    si_sonata_column_format_value(column, wide, value);
    return si_fail(error, SI_ERROR_FORMAT, "%s: row %" PRIu64 " is %s, expected %s", column->path,
                   row, value, expected);
}

si_result si_sonata_column_read_ids(const si_sonata_column *column, const si_rows *rows,
                                    uint64_t *values, si_error *error)
{
    size_t row_size = column->width * sizeof *values;
    SI_TRY(si_sonata_column_read(column, rows, si_sonata_column_wide_type(column), row_size, values,
                                 row_size, error));
    for (uint64_t k = 0; k < rows->count; k++) {
        uint64_t *row = values + si_rows_position(rows, k) * column->width;
        for (unsigned i = 0; i < column->width; i++) {
            uint64_t wide = row[i];
            if (!si_sonata_column_decode_id(column, wide, &row[i]))
                return fail_value(column, si_rows_row(rows, k), wide, "an integer from 0 on",
                                  error);
        }
    }
    return SI_OK;
}

si_result si_sonata_column_read_integers(const si_sonata_column *column, const si_rows *rows,
                                         int64_t *values, si_error *error)
{
    SI_TRY(si_sonata_column_read(column, rows, si_sonata_column_wide_type(column), sizeof *values,
                                 values, sizeof *values, error));
    for (uint64_t k = 0; k < rows->count; k++) {
        int64_t *value = values + si_rows_position(rows, k);
        uint64_t wide;
        memcpy(&wide, value, sizeof wide);
        if (!decode_integer(column, wide, value))
            return fail_value(column, si_rows_row(rows, k), wide, "an integer of 64 bits", error);
    }
    return SI_OK;
}
