/* Groups, datasets and attributes of HDF5 files, written without times so that the bytes repeat. */
#include "sample_circuit/sample_hdf5.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample_circuit/sample_output.h"

static void fail(si_sample_hdf5 *hdf5, const char *doing, const char *name)
{
    if (hdf5->result == SI_OK)
        hdf5->result = si_sample_fail(hdf5->error, SI_ERROR_IO, "HDF5 cannot %s %s for %s", doing,
                                      name, hdf5->path);
}

static void check(si_sample_hdf5 *hdf5, int64_t result, const char *doing, const char *name)
{
    if (result < 0)
        fail(hdf5, doing, name);
}

static hid_t open_in_memory(const char *path)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t file = H5I_INVALID_HID;
    if (H5Pset_fapl_core(access, 1 << 20, 0) >= 0)
        file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    H5Pclose(access);
    return file;
}

void si_sample_hdf5_create(si_sample_hdf5 *hdf5, const char *path, si_error *error)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    *hdf5 = (si_sample_hdf5){
        .path = path,
        .group = "",
        .file = open_in_memory(path),
        .object_properties = H5Pcreate(H5P_DATASET_CREATE),
        .link_properties = H5Pcreate(H5P_LINK_CREATE),
        .error = error,
    };
    check(hdf5, hdf5->file, "set up", "memory");
    check(hdf5, H5Pset_obj_track_times(hdf5->object_properties, false), "leave out", "times");
    check(hdf5, H5Pset_create_intermediate_group(hdf5->link_properties, 1), "create", "groups");
}

static si_result write_image(const char *path, const void *image, size_t size, si_error *error)
{
    si_sample_output output;
    SI_SAMPLE_TRY(si_sample_output_open(&output, path, error));
    fwrite(image, 1, size, output.stream);
    return si_sample_output_close(&output, error);
}

static void write_file(si_sample_hdf5 *hdf5)
{
    check(hdf5, H5Fflush(hdf5->file, H5F_SCOPE_GLOBAL), "complete", "the content");
    ssize_t size = H5Fget_file_image(hdf5->file, NULL, 0);
    check(hdf5, size, "measure", "the content");
    if (hdf5->result != SI_OK)
        return;
    void *image = malloc((size_t)size);
    if (image == NULL)
        hdf5->result = si_sample_fail_memory(hdf5->error);
    else if (H5Fget_file_image(hdf5->file, image, (size_t)size) != size)
        fail(hdf5, "copy", "the content");
    else
        hdf5->result = write_image(hdf5->path, image, (size_t)size, hdf5->error);
    free(image);
}

si_result si_sample_hdf5_close(si_sample_hdf5 *hdf5)
{
    if (hdf5->result == SI_OK)
        write_file(hdf5);
    H5Pclose(hdf5->object_properties);
    H5Pclose(hdf5->link_properties);
    if (hdf5->file >= 0)
        H5Fclose(hdf5->file);
    return hdf5->result;
}

/* The name of an object from the root on. */
typedef struct full_name {
    char text[256];
} full_name;

static full_name name_in_group(const si_sample_hdf5 *hdf5, const char *name)
{
    full_name full;
    snprintf(full.text, sizeof(full.text), "%s/%s", hdf5->group, name);
    return full;
}

void si_sample_hdf5_group(si_sample_hdf5 *hdf5, const char *name)
{
    if (hdf5->result != SI_OK)
        return;
    full_name full = name_in_group(hdf5, name);
    hid_t group = H5Gcreate2(hdf5->file, full.text, hdf5->link_properties, H5P_DEFAULT,
                             H5P_DEFAULT);
    check(hdf5, group, "create group", name);
    if (group >= 0)
        H5Gclose(group);
}

static hid_t copy_string_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    if (H5Tset_size(type, H5T_VARIABLE) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0)
        return type;
    H5Tclose(type);
    return H5I_INVALID_HID;
}

/* As it is stored; to be closed. */
static hid_t copy_type(si_sample_type type)
{
    switch (type) {
    case SI_SAMPLE_INT16:
        return H5Tcopy(H5T_STD_I16LE);
    case SI_SAMPLE_INT32:
        return H5Tcopy(H5T_STD_I32LE);
    case SI_SAMPLE_INT64:
        return H5Tcopy(H5T_STD_I64LE);
    case SI_SAMPLE_UINT32:
        return H5Tcopy(H5T_STD_U32LE);
    case SI_SAMPLE_UINT64:
        return H5Tcopy(H5T_STD_U64LE);
    case SI_SAMPLE_FLOAT32:
        return H5Tcopy(H5T_IEEE_F32LE);
    case SI_SAMPLE_FLOAT64:
        return H5Tcopy(H5T_IEEE_F64LE);
    case SI_SAMPLE_STRING:
        return copy_string_type();
    }
    return H5I_INVALID_HID;
}

static size_t size_in_memory(si_sample_type type)
{
    switch (type) {
    case SI_SAMPLE_INT16:
        return 2;
    case SI_SAMPLE_INT32:
    case SI_SAMPLE_UINT32:
    case SI_SAMPLE_FLOAT32:
        return 4;
    case SI_SAMPLE_STRING:
        return sizeof(const char *);
    case SI_SAMPLE_INT64:
    case SI_SAMPLE_UINT64:
    case SI_SAMPLE_FLOAT64:
    default:
        return 8;
    }
}

static void write_dataset(si_sample_hdf5 *hdf5, const char *name, hid_t stored, hid_t space,
                          const void *values)
{
    hid_t native = H5Tget_native_type(stored, H5T_DIR_ASCEND);
    full_name full = name_in_group(hdf5, name);
    hid_t dataset = H5Dcreate2(hdf5->file, full.text, stored, space, hdf5->link_properties,
                               hdf5->object_properties, H5P_DEFAULT);
    check(hdf5, dataset, "create data set", name);
    if (dataset >= 0) {
        herr_t written = H5Dwrite(dataset, native, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
        check(hdf5, written, "write data set", name);
        H5Dclose(dataset);
    }
    H5Tclose(native);
}

void si_sample_hdf5_table(si_sample_hdf5 *hdf5, const char *name, si_sample_type type,
                          const void *values, size_t rows, size_t columns)
{
    if (hdf5->result != SI_OK)
        return;
    const hsize_t extent[2] = {rows, columns};
    hid_t space = H5Screate_simple(columns == 1 ? 1 : 2, extent, NULL);
    hid_t stored = copy_type(type);
    check(hdf5, space < 0 ? space : stored, "describe data set", name);
    if (hdf5->result == SI_OK)
        write_dataset(hdf5, name, stored, space, values);
    H5Tclose(stored);
    H5Sclose(space);
}

void si_sample_hdf5_member(si_sample_hdf5 *hdf5, const char *name, si_sample_type type,
                           const void *first, size_t stride, size_t count)
{
    if (hdf5->result != SI_OK)
        return;
    size_t size = size_in_memory(type);
    char *column = calloc(count + 1, size);
    if (column == NULL) {
        hdf5->result = si_sample_fail_memory(hdf5->error);
        return;
    }
    for (size_t i = 0; i < count; i++)
        memcpy(column + i * size, (const char *)first + i * stride, size);
    si_sample_hdf5_table(hdf5, name, type, column, count, 1);
    free(column);
}

void si_sample_hdf5_columns(si_sample_hdf5 *hdf5, const char *group,
                            const si_sample_column *columns, size_t column_count, const void *items,
                            size_t item_size, size_t item_count)
{
    for (size_t i = 0; i < column_count; i++) {
        char name[256];
        snprintf(name, sizeof(name), "%s/%s", group, columns[i].name);
        si_sample_hdf5_member(hdf5, name, columns[i].type, (const char *)items + columns[i].offset,
                              item_size, item_count);
    }
}

void si_sample_hdf5_constant(si_sample_hdf5 *hdf5, const char *name, int64_t value, size_t count)
{
    si_sample_hdf5_member(hdf5, name, SI_SAMPLE_INT64, &value, 0, count);
}

void si_sample_hdf5_sequence(si_sample_hdf5 *hdf5, const char *name, size_t count)
{
    uint64_t *numbers = calloc(count + 1, sizeof(*numbers));
    if (numbers == NULL) {
        hdf5->result = si_sample_fail_memory(hdf5->error);
        return;
    }
    for (size_t i = 0; i < count; i++)
        numbers[i] = i;
    si_sample_hdf5_table(hdf5, name, SI_SAMPLE_UINT64, numbers, count, 1);
    free(numbers);
}

static void write_attribute(si_sample_hdf5 *hdf5, const char *object, const char *name, hid_t type,
                            hid_t space, const void *values)
{
    full_name full = name_in_group(hdf5, object);
    hid_t attribute = H5Acreate_by_name(hdf5->file, full.text, name, type, space, H5P_DEFAULT,
                                        H5P_DEFAULT, H5P_DEFAULT);
    check(hdf5, attribute, "create attribute", name);
    if (attribute < 0)
        return;
    check(hdf5, H5Awrite(attribute, type, values), "write attribute", name);
    H5Aclose(attribute);
}

void si_sample_hdf5_attribute_string(si_sample_hdf5 *hdf5, const char *object, const char *name,
                                     const char *value)
{
    if (hdf5->result != SI_OK)
        return;
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t type = copy_string_type();
    check(hdf5, space < 0 ? space : type, "describe attribute", name);
    if (hdf5->result == SI_OK)
        write_attribute(hdf5, object, name, type, space, &value);
    H5Tclose(type);
    H5Sclose(space);
}

void si_sample_hdf5_attribute_uint32(si_sample_hdf5 *hdf5, const char *object, const char *name,
                                     const uint32_t *values, size_t count)
{
    if (hdf5->result != SI_OK)
        return;
    const hsize_t extent = count;
    hid_t space = H5Screate_simple(1, &extent, NULL);
    check(hdf5, space, "describe attribute", name);
    if (hdf5->result == SI_OK)
        write_attribute(hdf5, object, name, H5T_NATIVE_UINT32, space, values);
    H5Sclose(space);
}
