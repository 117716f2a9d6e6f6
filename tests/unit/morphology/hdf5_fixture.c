#include "hdf5_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

char *create_folder(void)
{
    char *folder = si_duplicate_string("/tmp/si-morphology-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return folder;
}

void remove_folder(char *folder)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    si_free(folder);
}

hid_t create_file(const char *path)
{
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(file >= 0);
    return file;
}

void write_table(hid_t location, const char *name, hid_t type, const double *values, size_t rows,
                 size_t columns)
{
    hsize_t dimensions[2] = {rows, columns};
    hid_t space = H5Screate_simple(2, dimensions, NULL);
    hid_t dataset = H5Dcreate2(location, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(dataset >= 0);
    if (rows * columns > 0)
        assert_true(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >=
                    0);
    H5Dclose(dataset);
    H5Sclose(space);
}

static void write_attribute(hid_t location, const char *name, const uint32_t *values, size_t count)
{
    hsize_t dimension = count;
    hid_t space = H5Screate_simple(1, &dimension, NULL);
    hid_t attribute = H5Acreate2(location, name, H5T_STD_U32LE, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(attribute, H5T_NATIVE_UINT32, values) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
}

void write_version(hid_t location, uint32_t major, uint32_t minor, uint32_t family)
{
    hid_t metadata = H5Gcreate2(location, "metadata", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    write_attribute(metadata, "version", (uint32_t[]){major, minor}, 2);
    write_attribute(metadata, "cell_family", &family, 1);
    H5Gclose(metadata);
}

void write_sample(hid_t location, hid_t point_type, hid_t structure_type)
{
    static const double points[] = {0, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 5, 0, 0, 2, 6, 0,
                                    0, 2, 6, 0, 0, 2, 7, 0, 0, 1, 6, 0, 0, 2, 7, 1, 0, 1};
    static const double structure[] = {0, 1, -1, 3, 3, 0, 5, 3, 1, 7, 3, 1};
    write_table(location, "points", point_type, points, 9, 4);
    write_table(location, "structure", structure_type, structure, 4, 3);
}

void write_morphology(const char *path, const double *points, size_t point_rows,
                      const double *structure, size_t structure_rows)
{
    hid_t file = create_file(path);
    write_table(file, "points", H5T_IEEE_F32LE, points, point_rows, 4);
    write_table(file, "structure", H5T_STD_I32LE, structure, structure_rows, 3);
    H5Fclose(file);
}
