/* Reading rows of numbers. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "hdf5/hdf5_access.h"
#include "sonata/sonata_column.h"

/* Rows of one read that goes through a buffer. */
#define PIECE_ROWS ((uint64_t)1 << 18)

static si_result check_rows(const si_sonata_column *column, uint64_t start, uint64_t count,
                            si_error *error)
{
    if (start > column->rows || count > column->rows - start)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: %" PRIu64 " rows, but row %" PRIu64 " is needed", column->path,
                       column->rows, start > column->rows ? start : column->rows);
    return SI_OK;
}

static si_result read_selected(const si_sonata_column *column, hid_t memory_type,
                               hid_t memory_space, hid_t file_space, uint64_t start, uint64_t count,
                               void *values, si_error *error)
{
    hsize_t offset[2] = {start, 0}, size[2] = {count, column->width};
    if (H5Sselect_hyperslab(file_space, H5S_SELECT_SET, offset, NULL, size, NULL) < 0 ||
        H5Dread(column->dataset, memory_type, memory_space, file_space, H5P_DEFAULT, values) < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: rows %" PRIu64 " to %" PRIu64 " cannot be read",
                     column->path, start, start + count - 1);
    return SI_OK;
}

si_result si_sonata_column_read_piece(const si_sonata_column *column, hid_t memory_type,
                                      uint64_t start, uint64_t count, void *values, si_error *error)
{
    SI_TRY(check_rows(column, start, count, error));
    if (count == 0)
        return SI_OK;
    hsize_t size[2] = {count, column->width};
    hid_t file_space = H5Dget_space(column->dataset);
    hid_t memory_space = H5Screate_simple(column->width == 1 ? 1 : 2, size, NULL);
    si_result result = file_space < 0 || memory_space < 0
                           ? si_fail_memory(error)
                           : read_selected(column, memory_type, memory_space, file_space, start,
                                           count, values, error);
    if (memory_space >= 0)
        H5Sclose(memory_space);
    if (file_space >= 0)
        H5Sclose(file_space);
    return result;
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
