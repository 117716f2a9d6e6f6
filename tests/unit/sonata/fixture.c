#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/test.h"

#include "base/file.h"
#include "base/memory.h"
#include "hdf5/hdf5_access.h"

int create_folder(void **state)
{
    char path[] = "/tmp/si-test-XXXXXX";
    *state = mkdtemp(path) ? strdup(path) : NULL;
    return *state == NULL;
}

int remove_folder(void **state)
{
    /* Whatever was opened must have been closed, after failures too. */
    if (H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_FILE | H5F_OBJ_DATASET | H5F_OBJ_GROUP) != 0)
        return 1;
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", (const char *)*state);
    int result = system(command);
    free(*state);
    return result;
}

static char *next_path(void)
{
    static char paths[4][512];
    static unsigned next;
    return paths[next++ % 4];
}

const char *path_in(const char *folder, const char *name)
{
    char *path = next_path();
    assert_true(snprintf(path, 512, "%s/%s", folder, name) < 512);
    return path;
}

const char *shared_data(const char *name)
{
    const char *folder = getenv("SPATIAL_INDEX_TEST_DATA");
    char *normalised = folder ? si_path_absolute(folder) : NULL;
    if (!normalised)
        return NULL;
    char *path = next_path();
    assert_true(snprintf(path, 512, "%s/data/circuits/%s", normalised, name) < 512);
    si_free(normalised);
    return access(path, R_OK) == 0 ? path : NULL;
}

void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

void write_json(const char *path, const char *text)
{
    char *json = strdup(text);
    assert_non_null(json);
    for (char *quote = strchr(json, '\''); quote; quote = strchr(quote, '\''))
        *quote = '"';
    write_text(path, json);
    free(json);
}

hid_t create_file(const char *path)
{
    si_hdf5_lock();
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(file >= 0);
    return file;
}

void close_file(hid_t file)
{
    assert_true(H5Fclose(file) >= 0);
    si_hdf5_unlock();
}

static hid_t parents_created(void)
{
    hid_t properties = H5Pcreate(H5P_LINK_CREATE);
    assert_true(H5Pset_create_intermediate_group(properties, 1) >= 0);
    return properties;
}

void create_group(hid_t file, const char *path)
{
    hid_t properties = parents_created();
    hid_t group = H5Gcreate2(file, path, properties, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(group >= 0);
    H5Gclose(group);
    H5Pclose(properties);
}

static void write_array(hid_t file, const char *path, hid_t stored_type, hid_t memory_type,
                        const void *values, int dimensions, const hsize_t *sizes)
{
    hid_t properties = parents_created();
    hid_t space = H5Screate_simple(dimensions, sizes, NULL);
    hid_t dataset = H5Dcreate2(file, path, stored_type, space, properties, H5P_DEFAULT,
                               H5P_DEFAULT);
    assert_true(dataset >= 0);
    if (sizes[0] > 0)
        assert_true(H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
    H5Pclose(properties);
}

void write_numbers(hid_t file, const char *path, hid_t stored_type, hid_t memory_type,
                   const void *values, hsize_t count)
{
    write_array(file, path, stored_type, memory_type, values, 1, &count);
}

void write_pairs(hid_t file, const char *path, const uint64_t (*pairs)[2], hsize_t count)
{
    hsize_t sizes[2] = {count, 2};
    write_array(file, path, H5T_STD_U64LE, H5T_NATIVE_UINT64, pairs, 2, sizes);
}

void write_signed_pairs(hid_t file, const char *path, const int64_t (*pairs)[2], hsize_t count)
{
    hsize_t sizes[2] = {count, 2};
    write_array(file, path, H5T_STD_I64LE, H5T_NATIVE_INT64, pairs, 2, sizes);
}

void write_triples(hid_t file, const char *path, const double (*triples)[3], hsize_t count)
{
    hsize_t sizes[2] = {count, 3};
    write_array(file, path, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, triples, 2, sizes);
}

void write_doubles(hid_t file, const char *path, const double *values, hsize_t count)
{
    write_numbers(file, path, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values, count);
}

void write_ids(hid_t file, const char *path, const uint64_t *values, hsize_t count)
{
    write_numbers(file, path, H5T_STD_U64LE, H5T_NATIVE_UINT64, values, count);
}

void write_zeros(hid_t file, const char *path, hsize_t count)
{
    uint64_t *zeros = calloc(count + 1, sizeof *zeros);
    assert_non_null(zeros);
    write_ids(file, path, zeros, count);
    free(zeros);
}

void write_strings(hid_t file, const char *path, const char *const *values, hsize_t count)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    write_numbers(file, path, type, type, values, count);
    H5Tclose(type);
}

void write_fixed_strings(hid_t file, const char *path, const char *const *values, hsize_t count,
                         size_t size, H5T_str_t padding)
{
    char *bytes = malloc(count * size + 1);
    assert_non_null(bytes);
    memset(bytes, padding == H5T_STR_SPACEPAD ? ' ' : '\0', count * size);
    for (hsize_t i = 0; i < count; i++)
        memcpy(bytes + i * size, values[i], strlen(values[i]));
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, size);
    H5Tset_strpad(type, padding);
    write_numbers(file, path, type, type, bytes, count);
    H5Tclose(type);
    free(bytes);
}
