/* Folders, files and HDF5 data sets that tests make for themselves. */
#ifndef SI_TESTS_SONATA_FIXTURE_H
#define SI_TESTS_SONATA_FIXTURE_H

#include <stdint.h>

#include <hdf5.h>

/* A new empty folder. Both are for cmocka: the test's state is the path. */
int create_folder(void **state);
int remove_folder(void **state);

/* A path in a folder, or in the folder of shared test data; valid until the fourth call after it.
 */
const char *path_in(const char *folder, const char *name);
/* NULL where there is no such data. */
const char *shared_data(const char *name);

void write_text(const char *path, const char *text);
/* Writes a text with double quotes where it has single ones. */
void write_json(const char *path, const char *text);

/* HDF5, each asserting that it succeeds. Missing groups on the way to a data set are created. */
hid_t create_file(const char *path);
void create_group(hid_t file, const char *path);
void write_numbers(hid_t file, const char *path, hid_t stored_type, hid_t memory_type,
                   const void *values, hsize_t count);
void write_pairs(hid_t file, const char *path, const uint64_t (*pairs)[2], hsize_t count);
void write_signed_pairs(hid_t file, const char *path, const int64_t (*pairs)[2], hsize_t count);
void write_triples(hid_t file, const char *path, const double (*triples)[3], hsize_t count);
void write_doubles(hid_t file, const char *path, const double *values, hsize_t count);
void write_ids(hid_t file, const char *path, const uint64_t *values, hsize_t count);
void write_zeros(hid_t file, const char *path, hsize_t count);
void write_strings(hid_t file, const char *path, const char *const *values, hsize_t count);
/* Of `size` bytes, padded as `padding` says. */
void write_fixed_strings(hid_t file, const char *path, const char *const *values, hsize_t count,
                         size_t size, H5T_str_t padding);
void close_file(hid_t file);

#endif
