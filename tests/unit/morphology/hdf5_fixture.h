/* HDF5 morphologies that a test writes itself. */
#ifndef SI_TESTS_UNIT_MORPHOLOGY_HDF5_FIXTURE_H
#define SI_TESTS_UNIT_MORPHOLOGY_HDF5_FIXTURE_H

#include "support.h"

#include <hdf5.h>

/* A folder for the files of a test. Free the name. */
char *create_folder(void);
/* Removes it with all that it holds, and frees the name. */
void remove_folder(char *folder);

hid_t create_file(const char *path);

/* Writes numbers given as doubles into a data set of two dimensions and of any type. */
void write_table(hid_t location, const char *name, hid_t type, const double *values, size_t rows,
                 size_t columns);
void write_version(hid_t location, uint32_t major, uint32_t minor, uint32_t family);

/* A morphology with a soma of three points and three sections. */
void write_sample(hid_t location, hid_t point_type, hid_t structure_type);
#define SAMPLE_SECTIONS "3 -1: 5 0 0 2, 6 0 0 2 / 3 0: 6 0 0 2, 7 0 0 1 / 3 0: 6 0 0 2, 7 1 0 1"

/* A file with just these two data sets. */
void write_morphology(const char *path, const double *points, size_t point_rows,
                      const double *structure, size_t structure_rows);

#endif
