/*
 * One column of a SONATA file: a data set with a row for each node or edge.
 *
 * Numbers of any size and byte order, booleans and text of fixed or variable length are read by
 * conversion. The caller holds the HDF5 lock.
 */
#ifndef SI_SONATA_SONATA_COLUMN_H
#define SI_SONATA_SONATA_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdf5.h>

#include "base/error.h"
#include "sonata/sonata_names.h"
#include "sonata/sonata_rows.h"

typedef enum si_column_class {
    SI_COLUMN_SIGNED,
    SI_COLUMN_UNSIGNED,
    SI_COLUMN_FLOAT,
    SI_COLUMN_TEXT
} si_column_class;

typedef struct si_sonata_column {
    hid_t dataset;
    hid_t stored_type;
    char *path; /* file and data set, for messages */
    uint64_t rows;
    unsigned width; /* values in a row */
    si_column_class class;
    size_t size; /* bytes of a value in the file */
    bool is_boolean;
    bool is_enumerated; /* values are rows of a library of texts */
    uint64_t library_size;
    uint32_t *library; /* index into library_names of each of its rows */
    si_name_table library_names;
} si_sonata_column;

/* Opens a data set of `width` values in each row: one dimension where that is 1, else two.
 * `group_path` is for messages. */
si_result si_sonata_column_open(hid_t group, const char *group_path, const char *name,
                                unsigned width, si_sonata_column *column, si_error *error);
/* The same for an attribute, which may have a library in the group. */
si_result si_sonata_column_open_attribute(hid_t group, const char *group_path, const char *name,
                                          si_sonata_column *column, si_error *error);
/* Safe on one that is zero-initialised or failed to open. */
void si_sonata_column_close(si_sonata_column *column);

/* Rows start .. start+count-1 side by side, as `memory_type`. */
si_result si_sonata_column_read_piece(const si_sonata_column *column, hid_t memory_type,
                                      uint64_t start, uint64_t count, void *values,
                                      si_error *error);

/* The type, of 8 bytes a value, that holds any integer of the column as it is stored. */
hid_t si_sonata_column_wide_type(const si_sonata_column *column);
/* What a value of that type says as an id; false where it is negative or no integer. */
bool si_sonata_column_decode_id(const si_sonata_column *column, uint64_t wide, uint64_t *id);
/* "-1" or "2.5": what it says, for messages. */
#define SI_COLUMN_VALUE_SIZE 32
void si_sonata_column_format_value(const si_sonata_column *column, uint64_t wide,
                                   char text[SI_COLUMN_VALUE_SIZE]);

/* In all of these the values of a row go to its position in `values`, `stride` bytes from one
 * position to the next. */

/* As numbers of `memory_type`, `row_size` bytes for all values of a row. */
si_result si_sonata_column_read(const si_sonata_column *column, const si_rows *rows,
                                hid_t memory_type, size_t row_size, void *values, size_t stride,
                                si_error *error);
si_result si_sonata_column_read_doubles(const si_sonata_column *column, const si_rows *rows,
                                        double *values, size_t stride, si_error *error);
/* Rounded once from what the file has. */
si_result si_sonata_column_read_floats(const si_sonata_column *column, const si_rows *rows,
                                       float *values, size_t stride, si_error *error);
/* Integers that are not negative, `width` of them in a row; floats that are integers will do. */
si_result si_sonata_column_read_ids(const si_sonata_column *column, const si_rows *rows,
                                    uint64_t *values, si_error *error);
/* The same, negative ones too. */
si_result si_sonata_column_read_integers(const si_sonata_column *column, const si_rows *rows,
                                         int64_t *values, si_error *error);
/* Text, or the texts that an enumeration stands for, as indices into the interner's table. */
si_result si_sonata_column_read_names(const si_sonata_column *column, const si_rows *rows,
                                      si_name_interner *interner, uint32_t *indices,
                                      si_error *error);

#endif
