/*
 * Reads HDF5 morphologies of the versions 1 and 1.1 to 1.3.
 *
 * The data set `points` has a row (x, y, z, diameter) for each point, `structure` a row (first
 * point, type, parent) for each section, in the order of their points; the soma, if there is one,
 * is row 0 of both. Version 1 has nothing else; from 1.1 on `metadata` has attributes with the
 * version and the family of the cell.
 */
#include "morphology/morphology_hdf5.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "morphology/morphology_builder.h"

/* The group that is read. */
typedef struct hdf5_place {
    hid_t group;
    const char *name; /* file, and group in it, for messages */
} hdf5_place;

/* -------------------------------------------------------------------------------------- tables */

/* No compression that HDF5 has makes data smaller than this; a table that claims more rows than
 * the file can hold is damaged, and not worth the memory. */
enum { GREATEST_COMPRESSION = 1100 };

/* Closes the type. */
static si_result check_numeric(hid_t type, const hdf5_place *place, const char *name,
                               si_error *error)
{
    if (type < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: '%s' has no readable type", place->name, name);
    H5T_class_t kind = H5Tget_class(type);
    H5Tclose(type);
    if (kind == H5T_INTEGER || kind == H5T_FLOAT)
        return SI_OK;
    return si_fail(error, SI_ERROR_FORMAT, "%s: '%s' does not hold numbers", place->name, name);
}

static si_result open_dataset(const hdf5_place *place, const char *name, hid_t *dataset,
                              si_error *error)
{
    *dataset = H5Dopen2(place->group, name, H5P_DEFAULT);
    if (*dataset < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: '%s' cannot be opened as a data set", place->name,
                     name);
    return SI_OK;
}

static si_result find_dimensions(hid_t dataset, const hdf5_place *place, const char *name,
                                 hsize_t dimensions[H5S_MAX_RANK], int *count, si_error *error)
{
    hid_t space = H5Dget_space(dataset);
    if (space < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: data set '%s' has no readable size", place->name,
                     name);
    *count = H5Sget_simple_extent_dims(space, dimensions, NULL);
    H5Sclose(space);
    return SI_OK;
}

/* The bytes that a data set takes in its file, which has no more of them. */
static si_result find_stored_bytes(hid_t dataset, const hdf5_place *place, const char *name,
                                   uint64_t *bytes, si_error *error)
{
    hsize_t file_size = 0;
    *bytes = H5Dget_storage_size(dataset);
    if (*bytes == 0 && H5Eget_num(H5E_DEFAULT) > 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: data set '%s' has no readable layout",
                     place->name, name);
    hid_t file = H5Iget_file_id(dataset);
    bool is_known = file >= 0 && H5Fget_filesize(file, &file_size) >= 0;
    if (file >= 0)
        H5Fclose(file);
    if (!is_known)
        return si_fail(error, SI_ERROR_IO, "%s: the size of the file cannot be found", place->name);
    *bytes = si_min_u64(*bytes, file_size);
    return SI_OK;
}

/* The size of a table whose columns are as many as expected. */
static si_result find_row_count(hid_t dataset, const hdf5_place *place, const char *name,
                                size_t columns, size_t *rows, si_error *error)
{
    hsize_t dimensions[H5S_MAX_RANK];
    int count = 0;
    uint64_t stored;
    SI_TRY(find_dimensions(dataset, place, name, dimensions, &count, error));
    if (count != 2)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: data set '%s' has %d dimensions, expected 2 with %zu columns",
                       place->name, name, count, columns);
    if (dimensions[1] != columns)
        return si_fail(error, SI_ERROR_FORMAT, "%s: data set '%s' has %llu columns, expected %zu",
                       place->name, name, (unsigned long long)dimensions[1], columns);
    SI_TRY(find_stored_bytes(dataset, place, name, &stored, error));
    if (dimensions[0] > INT32_MAX || dimensions[0] * columns / GREATEST_COMPRESSION > stored)
        return si_fail(
            error, SI_ERROR_FORMAT,
            "%s: data set '%s' claims %llu rows, expected no more than %llu bytes can hold",
            place->name, name, (unsigned long long)dimensions[0], (unsigned long long)stored);
    *rows = (size_t)dimensions[0];
    return SI_OK;
}

static si_result read_values(hid_t dataset, const hdf5_place *place, const char *name,
                             hid_t memory_type, size_t count, void **values, si_error *error)
{
    void *read = si_allocate(count, H5Tget_size(memory_type));
    if (!read)
        return si_fail_memory(error);
    if (count > 0 && H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, read) < 0) {
        char reason[SI_HDF5_REASON_SIZE];
        si_result result = si_hdf5_read_reason(dataset, reason);
        si_free(read);
        return si_fail(error, result, "%s: data set '%s' cannot be read: %s", place->name, name,
                       reason);
    }
    *values = read;
    return SI_OK;
}

/* Reads a data set of any numeric type with exactly so many columns, row by row, converted to
 * `memory_type` (H5T_NATIVE_FLOAT or H5T_NATIVE_DOUBLE). Give `*values` to si_free. */
static si_result read_table(const hdf5_place *place, const char *name, size_t columns,
                            hid_t memory_type, void **values, size_t *rows, si_error *error)
{
    hid_t dataset;
    SI_TRY(open_dataset(place, name, &dataset, error));
    si_result result = check_numeric(H5Dget_type(dataset), place, name, error);
    if (result == SI_OK)
        result = find_row_count(dataset, place, name, columns, rows, error);
    if (result == SI_OK)
        result = read_values(dataset, place, name, memory_type, *rows * columns, values, error);
    H5Dclose(dataset);
    return result;
}

static si_result read_open_attribute(hid_t attribute, const hdf5_place *place, const char *name,
                                     size_t count, int64_t *values, si_error *error)
{
    SI_TRY(check_numeric(H5Aget_type(attribute), place, name, error));
    hid_t space = H5Aget_space(attribute);
    if (space < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: attribute '%s' has no readable size", place->name,
                     name);
    hssize_t found = H5Sget_simple_extent_npoints(space);
    H5Sclose(space);
    if (found < 0 || (size_t)found != count)
        return si_fail(error, SI_ERROR_FORMAT, "%s: attribute '%s' has %lld values, expected %zu",
                       place->name, name, (long long)found, count);
    if (H5Aread(attribute, H5T_NATIVE_INT64, values) < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: attribute '%s' cannot be read", place->name,
                     name);
    return SI_OK;
}

/* Reads an attribute of any numeric type that has exactly `count` values. */
static si_result read_attribute(const hdf5_place *place, const char *object, const char *attribute,
                                size_t count, int64_t *values, si_error *error)
{
    if (!si_hdf5_has_attribute(place->group, object, attribute))
        return si_fail(error, SI_ERROR_FORMAT, "%s: '%s' lacks the attribute '%s'", place->name,
                       object, attribute);
    hid_t opened = H5Aopen_by_name(place->group, object, attribute, H5P_DEFAULT, H5P_DEFAULT);
    if (opened < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: the attribute '%s' of '%s' cannot be opened",
                     place->name, attribute, object);
    si_result result = read_open_attribute(opened, place, attribute, count, values, error);
    H5Aclose(opened);
    return result;
}

/* -------------------------------------------------------------------------- metadata, structure */

enum { FAMILY_GLIA = 1, POINT_COLUMNS = 4, STRUCTURE_COLUMNS = 3 };

/* The structure's rows are (first point, type, parent), one for each section; that of the soma, if
 * there is one, comes first. */
typedef struct structure {
    int32_t (*rows)[STRUCTURE_COLUMNS];
    size_t row_count;
    size_t first_section; /* row of the first section: 1 where there is a soma */
} structure;

typedef struct point_table {
    float (*rows)[POINT_COLUMNS];
    size_t row_count;
} point_table;

static si_result check_layout(const hdf5_place *place, si_error *error)
{
    if (si_hdf5_exists(place->group, "points") && si_hdf5_exists(place->group, "structure"))
        return SI_OK;
    if (si_hdf5_exists(place->group, "neuron1"))
        return si_fail(error, SI_ERROR_UNSUPPORTED,
                       "%s: an HDF5 morphology of version 2, expected version 1, 1.1, 1.2 or 1.3",
                       place->name);
    return si_fail(error, SI_ERROR_FORMAT, "%s: lacks the data set '%s' of a morphology",
                   place->name, si_hdf5_exists(place->group, "points") ? "structure" : "points");
}

/* From 1.1 on glia must come with perimeters. The perimeters themselves are not used. */
static si_result check_perimeters(const hdf5_place *place, int64_t family, si_error *error)
{
    if (!si_hdf5_exists(place->group, "perimeters")) {
        if (family != FAMILY_GLIA)
            return SI_OK;
        return si_fail(error, SI_ERROR_FORMAT, "%s: glia without the data set 'perimeters'",
                       place->name);
    }
    hid_t dataset;
    int dimensions = 0;
    hsize_t sizes[H5S_MAX_RANK];
    SI_TRY(open_dataset(place, "perimeters", &dataset, error));
    si_result result = find_dimensions(dataset, place, "perimeters", sizes, &dimensions, error);
    H5Dclose(dataset);
    SI_TRY(result);
    if (dimensions != 1)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: data set 'perimeters' has %d dimensions, expected 1", place->name,
                       dimensions);
    return SI_OK;
}

static si_result check_metadata(const hdf5_place *place, bool has_sections, si_error *error)
{
    int64_t version[2], family;
    if (!si_hdf5_exists(place->group, "metadata"))
        return SI_OK;
    SI_TRY(read_attribute(place, "metadata", "version", 2, version, error));
    if (version[0] != 1 || version[1] < 1 || version[1] > 3)
        return si_fail(error, SI_ERROR_UNSUPPORTED,
                       "%s: an HDF5 morphology of version %lld.%lld, expected 1.1, 1.2 or 1.3",
                       place->name, (long long)version[0], (long long)version[1]);
    SI_TRY(read_attribute(place, "metadata", "cell_family", 1, &family, error));
    return has_sections ? check_perimeters(place, family, error) : SI_OK;
}

/* How `structure` says that a section has no parent: -1 or, where its integers have no sign, the
 * greatest of them, which -1 becomes when it is stored as such. */
static si_result find_no_parent(const hdf5_place *place, double *no_parent, si_error *error)
{
    hid_t dataset;
    *no_parent = -1;
    SI_TRY(open_dataset(place, "structure", &dataset, error));
    hid_t type = H5Dget_type(dataset);
    if (type >= 0 && H5Tget_class(type) == H5T_INTEGER && H5Tget_sign(type) == H5T_SGN_NONE)
        *no_parent = ldexp(1, 8 * (int)H5Tget_size(type)) - 1;
    if (type >= 0)
        H5Tclose(type);
    H5Dclose(dataset);
    return SI_OK;
}

/* The structure is read as doubles: they hold whatever an integer type can hold that may be meant
 * here, and fractions do not get lost unseen. */
static si_result convert_structure(const hdf5_place *place, const double *values, structure *table,
                                   si_error *error)
{
    double no_parent;
    int32_t *converted = &table->rows[0][0];
    SI_TRY(find_no_parent(place, &no_parent, error));
    for (size_t i = 0; i < table->row_count * STRUCTURE_COLUMNS; i++) {
        bool is_parent = i % STRUCTURE_COLUMNS == 2;
        /* A row that exists is a parent, whatever its number is. */
        bool is_root = is_parent && values[i] == no_parent && no_parent >= (double)table->row_count;
        double value = is_root ? -1 : values[i];
        if (!(value >= INT32_MIN && value <= INT32_MAX) || value != (double)(int32_t)value)
            return si_fail(error, SI_ERROR_FORMAT,
                           "%s: data set 'structure', row %zu, column %zu: %.17g, expected an "
                           "integer of 32 bits",
                           place->name, i / STRUCTURE_COLUMNS, i % STRUCTURE_COLUMNS, value);
        converted[i] = (int32_t)value;
    }
    return SI_OK;
}

static si_result read_structure(const hdf5_place *place, structure *table, si_error *error)
{
    void *values;
    SI_TRY(read_table(place, "structure", STRUCTURE_COLUMNS, H5T_NATIVE_DOUBLE, &values,
                      &table->row_count, error));
    table->rows = si_allocate(table->row_count, sizeof *table->rows);
    si_result result = table->rows ? convert_structure(place, values, table, error)
                                   : si_fail_memory(error);
    si_free(values);
    SI_TRY(result);
    if (table->row_count == 0)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: data set 'structure' is empty, expected at least one row", place->name);
    table->first_section = table->rows[0][1] == SI_SECTION_SOMA;
    return SI_OK;
}

/* Checks type, first point and parent of each section. Sections follow one another: each ends where
 * the next begins. Points before the first section are the soma's, even where no row says so. */
static si_result check_sections(const hdf5_place *place, const structure *table,
                                const point_table *points, si_error *error)
{
    assert(table->first_section < table->row_count);
    int64_t end = (int64_t)points->row_count, lowest = 0;
    if (table->rows[table->first_section][0] > end)
        end = table->rows[table->first_section][0];
    for (size_t row = table->first_section; row < table->row_count; row++) {
        int32_t first = table->rows[row][0], type = table->rows[row][1];
        int32_t parent = table->rows[row][2];
        if (type == SI_SECTION_SOMA)
            return si_fail(error, SI_ERROR_FORMAT,
                           "%s: data set 'structure', row %zu: a soma, expected it in row 0 only",
                           place->name, row);
        if (type < SI_SECTION_SOMA || type > SI_SECTION_LAST)
            return si_fail(error, SI_ERROR_FORMAT,
                           "%s: data set 'structure', row %zu: section type %d, expected 1 to %d",
                           place->name, row, type, SI_SECTION_LAST);
        if (first < lowest || first > end)
            return si_fail(error, SI_ERROR_FORMAT,
                           "%s: data set 'structure', row %zu: section %zu begins at point %d, "
                           "expected %lld to %lld",
                           place->name, row, row - table->first_section, first, (long long)lowest,
                           (long long)end);
        if (parent < -1 || (int64_t)parent >= (int64_t)table->row_count || (size_t)parent == row)
            return si_fail(error, SI_ERROR_FORMAT,
                           "%s: data set 'structure', row %zu: the parent is row %d, expected "
                           "another row below %zu, or -1",
                           place->name, row, parent, table->row_count);
        lowest = first;
    }
    return SI_OK;
}

/* --------------------------------------------------------------------------------- morphology */

/* The soma has row number 0, so that parents count from it where there is one; a root is -1, and
 * also 0 where that is the soma. */
static int32_t parent_of(const structure *table, size_t row)
{
    int32_t parent = table->rows[row][2];
    if (table->first_section == 0)
        return parent;
    return parent == 0 || parent == -1 ? SI_NO_PARENT : parent - 1;
}

static size_t soma_row_count(const structure *table, const point_table *points)
{
    if (table->first_section == table->row_count)
        return points->row_count;
    size_t first = (size_t)table->rows[table->first_section][0];
    return first < points->row_count ? first : points->row_count;
}

static si_result add_section(const structure *table, const point_table *points, size_t row,
                             si_morphology_builder *builder, si_error *error)
{
    SI_TRY(si_morphology_builder_begin_section(builder, (uint8_t)table->rows[row][1],
                                               parent_of(table, row), error));
    size_t end = points->row_count;
    if (row + 1 < table->row_count && (size_t)table->rows[row + 1][0] < end)
        end = (size_t)table->rows[row + 1][0];
    for (size_t i = (size_t)table->rows[row][0]; i < end; i++)
        SI_TRY(
            si_morphology_builder_add_point(builder, points->rows[i], points->rows[i][3], error));
    return SI_OK;
}

static si_result build_morphology(const hdf5_place *place, const structure *table,
                                  const point_table *points, si_morphology **morphology,
                                  si_error *error)
{
    bool has_sections = table->first_section < table->row_count;
    if (has_sections)
        SI_TRY(check_sections(place, table, points, error));
    SI_TRY(check_metadata(place, has_sections, error));
    size_t soma_rows = soma_row_count(table, points);
    if (soma_rows == 1)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: the soma has a single point, expected none or a contour", place->name);
    si_morphology_builder builder;
    SI_TRY(si_morphology_builder_start(&builder, place->name, error));
    si_result result = SI_OK;
    for (size_t i = 0; i < soma_rows && result == SI_OK; i++)
        result = si_morphology_builder_add_soma_point(&builder, points->rows[i], points->rows[i][3],
                                                      error);
    for (size_t row = table->first_section; row < table->row_count && result == SI_OK; row++)
        result = add_section(table, points, row, &builder, error);
    if (result == SI_OK)
        si_morphology_builder_finish(&builder, si_contour_soma_type(soma_rows), morphology);
    else
        si_morphology_builder_abandon(&builder);
    return result;
}

static si_result read_tables(const hdf5_place *place, structure *table, point_table *points,
                             si_error *error)
{
    SI_TRY(check_layout(place, error));
    SI_TRY(read_structure(place, table, error));
    void *values;
    SI_TRY(read_table(place, "points", POINT_COLUMNS, H5T_NATIVE_FLOAT, &values, &points->row_count,
                      error));
    points->rows = values;
    return SI_OK;
}

si_result si_morphology_read_hdf5_group(hid_t group, const char *place_name,
                                        si_morphology **morphology, si_error *error)
{
    hdf5_place place = {group, place_name};
    structure table = {0};
    point_table points = {0};
    si_result result = read_tables(&place, &table, &points, error);
    if (result == SI_OK)
        result = build_morphology(&place, &table, &points, morphology, error);
    si_free(table.rows);
    si_free(points.rows);
    return result;
}

si_result si_morphology_read_hdf5(const char *path, si_morphology **morphology, si_error *error)
{
    hid_t file;
    si_hdf5_lock();
    si_result result = si_hdf5_open(path, &file, error);
    if (result == SI_OK) {
        result = si_morphology_read_hdf5_group(file, path, morphology, error);
        H5Fclose(file);
    }
    si_hdf5_unlock();
    return result;
}
