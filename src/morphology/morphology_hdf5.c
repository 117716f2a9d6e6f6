#include "morphology/morphology_hdf5.h"

#include <string.h>

#include "base/memory.h"
#include "morphology/morphology_builder.h"
#include "morphology/morphology_hdf5_table.h"

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

static si_result check_layout(const si_hdf5_place *place, si_error *error)
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
static si_result check_perimeters(const si_hdf5_place *place, int64_t family, si_error *error)
{
    if (!si_hdf5_exists(place->group, "perimeters")) {
        if (family != FAMILY_GLIA)
            return SI_OK;
        return si_fail(error, SI_ERROR_FORMAT, "%s: glia without the data set 'perimeters'",
                       place->name);
    }
    int dimensions;
    SI_TRY(si_hdf5_read_dimension_count(place, "perimeters", &dimensions, error));
    if (dimensions == 1)
        return SI_OK;
    return si_fail(error, SI_ERROR_FORMAT,
                   "%s: data set 'perimeters' has %d dimensions, expected 1", place->name,
                   dimensions);
}

static si_result check_metadata(const si_hdf5_place *place, bool has_sections, si_error *error)
{
    int64_t version[2], family;
    if (!si_hdf5_exists(place->group, "metadata"))
        return SI_OK;
    SI_TRY(si_hdf5_read_attribute(place, "metadata", "version", 2, version, error));
    if (version[0] != 1 || version[1] < 1 || version[1] > 3)
        return si_fail(error, SI_ERROR_UNSUPPORTED,
                       "%s: an HDF5 morphology of version %lld.%lld, expected 1.1, 1.2 or 1.3",
                       place->name, (long long)version[0], (long long)version[1]);
    SI_TRY(si_hdf5_read_attribute(place, "metadata", "cell_family", 1, &family, error));
    return has_sections ? check_perimeters(place, family, error) : SI_OK;
}

/* The structure is read as doubles: they hold whatever an integer type can hold that may be meant
 * here, and fractions do not get lost unseen. */
static si_result convert_structure(const si_hdf5_place *place, const double *values,
                                   structure *table, si_error *error)
{
    int32_t *converted = &table->rows[0][0];
    for (size_t i = 0; i < table->row_count * STRUCTURE_COLUMNS; i++) {
        double value = values[i];
        if (!(value >= INT32_MIN && value <= INT32_MAX) || value != (double)(int32_t)value)
            return si_fail(error, SI_ERROR_FORMAT,
                           "%s: data set 'structure', row %zu, column %zu: %.17g, expected an "
                           "integer of 32 bits",
                           place->name, i / STRUCTURE_COLUMNS, i % STRUCTURE_COLUMNS, value);
        converted[i] = (int32_t)value;
    }
    return SI_OK;
}

static si_result read_structure(const si_hdf5_place *place, structure *table, si_error *error)
{
    void *values;
    SI_TRY(si_hdf5_read_table(place, "structure", STRUCTURE_COLUMNS, H5T_NATIVE_DOUBLE, &values,
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

static si_result check_type(const si_hdf5_place *place, const structure *table, size_t row,
                            si_error *error)
{
    int32_t type = table->rows[row][1];
    if (type == SI_SECTION_SOMA)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: data set 'structure', row %zu: a soma, expected it in row 0 only",
                       place->name, row);
    if (type < SI_SECTION_SOMA || type > SI_SECTION_LAST)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: data set 'structure', row %zu: section type %d, expected 1 to %d",
                       place->name, row, type, SI_SECTION_LAST);
    return SI_OK;
}

/* Sections follow one another: each ends where the next begins. `end` is where the last one does.
 */
static si_result check_first_point(const si_hdf5_place *place, const structure *table, size_t row,
                                   int64_t end, si_error *error)
{
    int32_t first = table->rows[row][0];
    int32_t lowest = row > table->first_section ? table->rows[row - 1][0] : 0;
    if (first >= lowest && first <= end)
        return SI_OK;
    return si_fail(error, SI_ERROR_FORMAT,
                   "%s: data set 'structure', row %zu: section %zu begins at point %d, expected "
                   "%d to %lld",
                   place->name, row, row - table->first_section, first, lowest, (long long)end);
}

/* The soma has row number 0, so that parents count from it where there is one; a root is -1, and
 * also 0 where that is the soma. */
static int32_t parent_of(const structure *table, size_t row)
{
    int32_t parent = table->rows[row][2];
    if (table->first_section == 0)
        return parent;
    return parent == 0 || parent == -1 ? SI_NO_PARENT : parent - 1;
}

static si_result check_parent(const si_hdf5_place *place, const structure *table, size_t row,
                              si_error *error)
{
    int32_t written = table->rows[row][2];
    if (written >= -1 && (int64_t)written < (int64_t)table->row_count && (size_t)written != row)
        return SI_OK;
    return si_fail(error, SI_ERROR_FORMAT,
                   "%s: data set 'structure', row %zu: the parent is row %d, expected another row "
                   "below %zu, or -1",
                   place->name, row, written, table->row_count);
}

/* Points before the first section are the soma's, even where no row says so. */
static si_result check_sections(const si_hdf5_place *place, const structure *table,
                                const point_table *points, si_error *error)
{
    int64_t end = (int64_t)points->row_count;
    if (table->rows[table->first_section][0] > end)
        end = table->rows[table->first_section][0];
    for (size_t row = table->first_section; row < table->row_count; row++) {
        SI_TRY(check_type(place, table, row, error));
        SI_TRY(check_first_point(place, table, row, end, error));
        SI_TRY(check_parent(place, table, row, error));
    }
    return SI_OK;
}

static size_t soma_row_count(const structure *table, const point_table *points)
{
    if (table->first_section == table->row_count)
        return points->row_count;
    size_t first = (size_t)table->rows[table->first_section][0];
    return first < points->row_count ? first : points->row_count;
}

static si_result add_soma(const point_table *points, size_t soma_rows,
                          si_morphology_builder *builder, si_error *error)
{
    for (size_t i = 0; i < soma_rows; i++)
        SI_TRY(si_morphology_builder_add_soma_point(builder, points->rows[i], points->rows[i][3],
                                                    error));
    return SI_OK;
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

static si_result add_all(const structure *table, const point_table *points,
                         si_morphology_builder *builder, si_error *error)
{
    SI_TRY(add_soma(points, soma_row_count(table, points), builder, error));
    for (size_t row = table->first_section; row < table->row_count; row++)
        SI_TRY(add_section(table, points, row, builder, error));
    return SI_OK;
}

static si_result build(const si_hdf5_place *place, const structure *table,
                       const point_table *points, si_morphology **morphology, si_error *error)
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
    si_result result = add_all(table, points, &builder, error);
    if (result == SI_OK)
        si_morphology_builder_finish(&builder, si_contour_soma_type(soma_rows), morphology);
    else
        si_morphology_builder_abandon(&builder);
    return result;
}

static si_result read_tables(const si_hdf5_place *place, structure *table, point_table *points,
                             si_error *error)
{
    SI_TRY(check_layout(place, error));
    SI_TRY(read_structure(place, table, error));
    void *values;
    SI_TRY(si_hdf5_read_table(place, "points", POINT_COLUMNS, H5T_NATIVE_FLOAT, &values,
                              &points->row_count, error));
    points->rows = values;
    return SI_OK;
}

si_result si_morphology_read_hdf5_group(hid_t group, const char *place_name,
                                        si_morphology **morphology, si_error *error)
{
    si_hdf5_place place = {group, place_name};
    structure table = {0};
    point_table points = {0};
    si_result result = read_tables(&place, &table, &points, error);
    if (result == SI_OK)
        result = build(&place, &table, &points, morphology, error);
    si_free(table.rows);
    si_free(points.rows);
    return result;
}

static si_result read_file(const char *path, si_morphology **morphology, si_error *error)
{
    hid_t file;
    SI_TRY(si_hdf5_open(path, &file, error));
    si_result result = si_morphology_read_hdf5_group(file, path, morphology, error);
    H5Fclose(file);
    return result;
}

si_result si_morphology_read_hdf5(const char *path, si_morphology **morphology, si_error *error)
{
    si_hdf5_lock();
    si_result result = read_file(path, morphology, error);
    si_hdf5_unlock();
    return result;
}
