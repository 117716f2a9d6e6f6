/* HDF5 morphologies: each rule by a small file that the test writes. */
#include "hdf5_fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "morphology/morphology_builder.h"

static char *folder;
static char *path;

static int create(void **state)
{
    (void)state;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    folder = create_folder();
    path = si_path_join(folder, "a.h5");
    return 0;
}

static int clean_up(void **state)
{
    (void)state;
    si_free(path);
    remove_folder(folder);
    return 0;
}

static si_morphology *read_valid(void)
{
    si_morphology *morphology;
    si_error error = {0};
    assert_ok(si_morphology_read(path, &morphology, &error), error);
    assert_consistent(morphology);
    return morphology;
}

static void check(const char *sections, size_t soma_points)
{
    si_morphology *morphology = read_valid();
    assert_sections(morphology, sections);
    assert_int_equal(morphology->soma_point_count, soma_points);
    assert_int_equal(morphology->soma_type, soma_points < 3 ? SI_SOMA_UNDEFINED : SI_SOMA_CONTOUR);
    si_morphology_free(morphology);
}

static void refuse(si_result status, const char *sentence)
{
    si_morphology *morphology = NULL;
    si_error error = {0};
    assert_int_equal(si_morphology_read(path, &morphology, &error), status);
    size_t length = strlen(path);
    assert_memory_equal(error.message, path, length);
    assert_string_equal(error.message + length, sentence);
    assert_null(morphology);
}

/* The points are (0, 0, 0; 0), (1, 1, 1; 1), (2, 2, 2; 2) ... */
static void write_rows(size_t point_rows, const double *structure, size_t structure_rows)
{
    double points[40];
    for (size_t i = 0; i < point_rows * 4; i++)
        points[i] = (double)(i / 4);
    write_morphology(path, points, point_rows, structure, structure_rows);
}

#define WRITE_ROWS(points, ...)                                                                    \
    write_rows(points, (double[]){__VA_ARGS__}, sizeof((double[]){__VA_ARGS__}) / (3 * 8))

static void the_soma_comes_first(void **state)
{
    (void)state;
    hid_t file = create_file(path);
    write_sample(file, H5T_IEEE_F32LE, H5T_STD_I32LE);
    H5Fclose(file);
    check(SAMPLE_SECTIONS, 3);
    si_morphology *morphology = read_valid();
    assert_true(same_bits(morphology->soma_max_distance, 0.745355964F));
    assert_true(same_bits(morphology->soma_surface_radius, 0.745355964F));
    si_morphology_free(morphology);
}

static void numbers_of_every_type_are_converted(void **state)
{
    (void)state;
    const hid_t point_types[] = {H5T_IEEE_F64LE, H5T_IEEE_F32BE, H5T_STD_I8LE, H5T_STD_U64BE};
    const hid_t structure_types[] = {H5T_STD_I64BE, H5T_STD_I8LE, H5T_IEEE_F32LE, H5T_STD_I16LE};
    for (size_t i = 0; i < 4; i++) {
        hid_t file = create_file(path);
        write_sample(file, point_types[i], structure_types[i]);
        H5Fclose(file);
        check(SAMPLE_SECTIONS, 3);
    }
}

static void half_precision_is_converted(void **state)
{
    (void)state;
    hid_t half = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(half, 15, 10, 5, 0, 10);
    H5Tset_size(half, 2);
    H5Tset_ebias(half, 15);
    hid_t file = create_file(path);
    write_sample(file, half, H5T_STD_I32LE);
    H5Fclose(file);
    H5Tclose(half);
    check(SAMPLE_SECTIONS, 3);
}

static void points_before_the_first_section_are_the_soma(void **state)
{
    (void)state;
    WRITE_ROWS(4, 0, 2, -1, 2, 3, 0);
    check("2 -1: 0 0 0 0, 1 1 1 1 / 3 0: 2 2 2 2, 3 3 3 3", 0);
    WRITE_ROWS(5, 3, 2, -1);
    check("2 -1: 3 3 3 3, 4 4 4 4", 3);
    WRITE_ROWS(4, 0, 1, -1);
    check("", 4);
    WRITE_ROWS(2, 0, 1, -1);
    check("", 2);
}

static void sections_may_be_empty(void **state)
{
    (void)state;
    WRITE_ROWS(5, 0, 1, -1, 3, 3, 0, 3, 2, 0, 5, 4, 0);
    check("3 -1: / 2 -1: 3 3 3 3, 4 4 4 4 / 4 -1:", 3);
    WRITE_ROWS(3, 0, 1, -1, 3, 2, 0);
    check("2 -1:", 3);
    WRITE_ROWS(3, 0, 1, -1, 5, 2, 0);
    check("2 -1:", 3);
    WRITE_ROWS(0, 0, 2, -1);
    check("2 -1:", 0);
}

static void first_points_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    WRITE_ROWS(9, 0, 1, -1, 3, 3, 0, 7, 3, 1, 5, 3, 1);
    refuse(SI_ERROR_FORMAT, ": data set 'structure', row 3: section 2 begins at point 5, expected "
                            "7 to 9");
    WRITE_ROWS(9, 0, 1, -1, 3, 3, 0, 10, 3, 1);
    refuse(SI_ERROR_FORMAT, ": data set 'structure', row 2: section 1 begins at point 10, expected "
                            "3 to 9");
    WRITE_ROWS(9, -1, 3, -1);
    refuse(SI_ERROR_FORMAT, ": data set 'structure', row 0: section 0 begins at point -1, expected "
                            "0 to 9");
    WRITE_ROWS(3, 0, 1, -1, 5, 3, 0, 6, 3, 0);
    refuse(SI_ERROR_FORMAT, ": data set 'structure', row 2: section 1 begins at point 6, expected "
                            "5 to 5");
}

static void roots_are_minus_one_or_hang_on_the_soma(void **state)
{
    (void)state;
    WRITE_ROWS(6, 0, 1, -1, 3, 3, -1, 4, 3, 0, 5, 3, 2);
    check("3 -1: 3 3 3 3 / 3 -1: 4 4 4 4 / 3 1: 5 5 5 5", 3);
    WRITE_ROWS(2, 0, 3, 1, 1, 3, -1);
    check("3 1: 0 0 0 0 / 3 -1: 1 1 1 1", 0);
    WRITE_ROWS(4, 0, 1, -1, 3, 3, 2);
    refuse(SI_ERROR_FORMAT, ": data set 'structure', row 1: the parent is row 2, expected another "
                            "row below 2, or -1");
    WRITE_ROWS(4, 0, 1, -1, 3, 3, -2);
    refuse(SI_ERROR_FORMAT, ": data set 'structure', row 1: the parent is row -2, expected another "
                            "row below 2, or -1");
    WRITE_ROWS(4, 0, 3, 0);
    refuse(SI_ERROR_FORMAT, ": data set 'structure', row 0: the parent is row 0, expected another "
                            "row below 1, or -1");
}

/* What -1 becomes where it is stored without a sign. */
static void the_greatest_integer_without_sign_is_no_parent(void **state)
{
    (void)state;
    static const struct {
        hid_t *type;
        double greatest;
    } cases[] = {{&H5T_STD_U8BE_g, 255},
                 {&H5T_STD_U16LE_g, 65535},
                 {&H5T_STD_U32LE_g, 4294967295.0},
                 {&H5T_STD_U64LE_g, 18446744073709551615.0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double structure[] = {0, 1, cases[i].greatest, 3, 3, cases[i].greatest, 5, 2, 1};
        const double points[7 * 4] = {0};
        hid_t file = create_file(path);
        write_table(file, "points", H5T_NATIVE_DOUBLE, points, 7, 4);
        write_table(file, "structure", *cases[i].type, structure, 3, 3);
        H5Fclose(file);
        si_morphology *morphology = read_valid();
        assert_int_equal(morphology->section_count, 2);
        assert_int_equal(morphology->section_parents[0], SI_NO_PARENT);
        assert_int_equal(morphology->section_parents[1], 0);
        si_morphology_free(morphology);
    }
    hid_t file = create_file(path);
    write_table(file, "points", H5T_NATIVE_DOUBLE, (double[4]){0}, 1, 4);
    write_table(file, "structure", H5T_STD_U32LE, (double[]){4294967295.0, 3, 0}, 1, 3);
    H5Fclose(file);
    refuse(SI_ERROR_FORMAT, ": data set 'structure', row 0, column 0: 4294967295, expected an "
                            "integer of 32 bits");
}

static void types_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    WRITE_ROWS(9, 0, 1, -1, 3, 3, 0, 5, 1, 1);
    refuse(SI_ERROR_FORMAT, ": data set 'structure', row 2: a soma, expected it in row 0 only");
    WRITE_ROWS(9, 0, 3, -1, 3, 1, 0);
    refuse(SI_ERROR_FORMAT, ": data set 'structure', row 1: a soma, expected it in row 0 only");
    WRITE_ROWS(9, 0, 20, -1);
    refuse(SI_ERROR_FORMAT, ": data set 'structure', row 0: section type 20, expected 1 to 19");
    WRITE_ROWS(9, 0, 1, -1, 3, 0, 0);
    refuse(SI_ERROR_FORMAT, ": data set 'structure', row 1: section type 0, expected 1 to 19");
    WRITE_ROWS(9, 0, 1, -1, 3, 19, 0);
    si_morphology_free(read_valid());
}

static void a_soma_of_one_point_is_refused(void **state)
{
    (void)state;
    WRITE_ROWS(4, 0, 1, -1, 1, 3, 0);
    refuse(SI_ERROR_FORMAT, ": the soma has a single point, expected none or a contour");
}

static void tables_of_the_wrong_shape_are_refused(void **state)
{
    (void)state;
    static const double zeros[32] = {0};
    write_rows(4, NULL, 0);
    refuse(SI_ERROR_FORMAT, ": data set 'structure' is empty, expected at least one row");
    hid_t file = create_file(path);
    write_table(file, "points", H5T_IEEE_F32LE, zeros, 4, 3);
    write_table(file, "structure", H5T_STD_I32LE, (double[]){0, 3, -1}, 1, 3);
    H5Fclose(file);
    refuse(SI_ERROR_FORMAT, ": data set 'points' has 3 columns, expected 4");
    file = create_file(path);
    write_table(file, "points", H5T_IEEE_F32LE, zeros, 4, 4);
    write_table(file, "structure", H5T_STD_I32LE, zeros, 2, 2);
    H5Fclose(file);
    refuse(SI_ERROR_FORMAT, ": data set 'structure' has 2 columns, expected 3");
    file = create_file(path);
    write_table(file, "points", H5T_IEEE_F32LE, zeros, 4, 4);
    H5Fclose(file);
    refuse(SI_ERROR_FORMAT, ": lacks the data set 'structure' of a morphology");
    file = create_file(path);
    H5Gclose(H5Gcreate2(file, "neuron1", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Fclose(file);
    refuse(SI_ERROR_UNSUPPORTED,
           ": an HDF5 morphology of version 2, expected version 1, 1.1, 1.2 or 1.3");
}

static void tables_of_other_kinds_are_refused(void **state)
{
    (void)state;
    hid_t file = create_file(path);
    hid_t scalar = H5Screate(H5S_SCALAR);
    hid_t string = H5Tcopy(H5T_C_S1);
    hid_t structure = H5Dcreate2(file, "structure", H5T_STD_I32LE, scalar, H5P_DEFAULT, H5P_DEFAULT,
                                 H5P_DEFAULT);
    hid_t points = H5Dcreate2(file, "points", string, scalar, H5P_DEFAULT, H5P_DEFAULT,
                              H5P_DEFAULT);
    H5Dclose(points);
    H5Dclose(structure);
    H5Fclose(file);
    refuse(SI_ERROR_FORMAT, ": data set 'structure' has 0 dimensions, expected 2 with 3 columns");
    file = create_file(path);
    write_table(file, "structure", H5T_STD_I32LE, (double[]){0, 3, -1}, 1, 3);
    points = H5Dcreate2(file, "points", string, scalar, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dclose(points);
    H5Fclose(file);
    refuse(SI_ERROR_FORMAT, ": 'points' does not hold numbers");
    file = create_file(path);
    H5Gclose(H5Gcreate2(file, "points", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Gclose(H5Gcreate2(file, "structure", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Fclose(file);
    si_morphology *morphology;
    si_error error = {0};
    assert_int_equal(si_morphology_read(path, &morphology, &error), SI_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "'structure' cannot be opened as a data set"));
    H5Tclose(string);
    H5Sclose(scalar);
}

static void fractions_and_huge_numbers_in_the_structure_are_refused(void **state)
{
    (void)state;
    static const double points[8] = {0};
    hid_t file = create_file(path);
    write_table(file, "points", H5T_IEEE_F32LE, points, 2, 4);
    write_table(file, "structure", H5T_IEEE_F64LE, (double[]){0, 2, -1, 1.5, 2, 0}, 2, 3);
    H5Fclose(file);
    refuse(SI_ERROR_FORMAT, ": data set 'structure', row 1, column 0: 1.5, expected an integer of "
                            "32 bits");
    file = create_file(path);
    write_table(file, "points", H5T_IEEE_F32LE, points, 2, 4);
    write_table(file, "structure", H5T_STD_I64LE, (double[]){0, 2, -1, 1, 4294967298, 0}, 2, 3);
    H5Fclose(file);
    refuse(SI_ERROR_FORMAT, ": data set 'structure', row 1, column 1: 4294967298, expected an "
                            "integer of 32 bits");
}

/* A few hundred bytes that claim to be 30 gigabytes. */
static void more_rows_than_a_file_can_hold_are_refused(void **state)
{
    (void)state;
    hsize_t dimensions[2] = {2000000000, 4}, chunk[2] = {1024, 4};
    hid_t file = create_file(path);
    hid_t space = H5Screate_simple(2, dimensions, NULL);
    hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(properties, 2, chunk);
    H5Dclose(
        H5Dcreate2(file, "points", H5T_IEEE_F32LE, space, H5P_DEFAULT, properties, H5P_DEFAULT));
    H5Pclose(properties);
    H5Sclose(space);
    write_table(file, "structure", H5T_STD_I32LE, (double[]){0, 2, -1}, 1, 3);
    H5Fclose(file);
    refuse(SI_ERROR_FORMAT, ": data set 'points' claims 2000000000 rows, expected no more than 0 "
                            "bytes can hold");
}

static void write_with_version(uint32_t major, uint32_t minor, uint32_t family,
                               size_t perimeter_columns)
{
    hid_t file = create_file(path);
    write_sample(file, H5T_IEEE_F32LE, H5T_STD_I32LE);
    write_version(file, major, minor, family);
    if (perimeter_columns == 1) {
        hsize_t dimension = 9;
        hid_t space = H5Screate_simple(1, &dimension, NULL);
        H5Dclose(H5Dcreate2(file, "perimeters", H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT,
                            H5P_DEFAULT));
        H5Sclose(space);
    } else if (perimeter_columns > 1) {
        static const double zeros[8] = {0};
        write_table(file, "perimeters", H5T_IEEE_F32LE, zeros, 2, perimeter_columns);
    }
    H5Fclose(file);
}

static void versions_are_checked(void **state)
{
    (void)state;
    for (uint32_t minor = 1; minor <= 3; minor++) {
        write_with_version(1, minor, 9, 0);
        check(SAMPLE_SECTIONS, 3);
    }
    write_with_version(1, 0, 0, 0);
    refuse(SI_ERROR_UNSUPPORTED, ": an HDF5 morphology of version 1.0, expected 1.1, 1.2 or 1.3");
    write_with_version(1, 4, 0, 0);
    refuse(SI_ERROR_UNSUPPORTED, ": an HDF5 morphology of version 1.4, expected 1.1, 1.2 or 1.3");
    hid_t file = create_file(path);
    write_sample(file, H5T_IEEE_F32LE, H5T_STD_I32LE);
    H5Gclose(H5Gcreate2(file, "metadata", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Fclose(file);
    refuse(SI_ERROR_FORMAT, ": 'metadata' lacks the attribute 'version'");
}

static void glia_must_have_perimeters(void **state)
{
    (void)state;
    write_with_version(1, 2, 1, 1);
    check(SAMPLE_SECTIONS, 3);
    write_with_version(1, 2, 1, 0);
    refuse(SI_ERROR_FORMAT, ": glia without the data set 'perimeters'");
    write_with_version(1, 1, 0, 2);
    refuse(SI_ERROR_FORMAT, ": data set 'perimeters' has 2 dimensions, expected 1");
}

static void files_that_are_not_hdf5_are_refused(void **state)
{
    (void)state;
    FILE *file = fopen(path, "w");
    fputs("1 1 0 0 0 1 -1\n", file);
    fclose(file);
    si_morphology *morphology;
    si_error error = {0};
    assert_int_equal(si_morphology_read(path, &morphology, &error), SI_ERROR_FORMAT);
    assert_non_null(strstr(error.message, ": not a readable HDF5 file"));
    remove(path);
    refuse(SI_ERROR_NOT_FOUND, ": no such file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_soma_comes_first),
        cmocka_unit_test(numbers_of_every_type_are_converted),
        cmocka_unit_test(half_precision_is_converted),
        cmocka_unit_test(points_before_the_first_section_are_the_soma),
        cmocka_unit_test(sections_may_be_empty),
        cmocka_unit_test(first_points_that_make_no_sense_are_refused),
        cmocka_unit_test(roots_are_minus_one_or_hang_on_the_soma),
        cmocka_unit_test(the_greatest_integer_without_sign_is_no_parent),
        cmocka_unit_test(types_that_make_no_sense_are_refused),
        cmocka_unit_test(a_soma_of_one_point_is_refused),
        cmocka_unit_test(tables_of_the_wrong_shape_are_refused),
        cmocka_unit_test(tables_of_other_kinds_are_refused),
        cmocka_unit_test(fractions_and_huge_numbers_in_the_structure_are_refused),
        cmocka_unit_test(more_rows_than_a_file_can_hold_are_refused),
        cmocka_unit_test(versions_are_checked),
        cmocka_unit_test(glia_must_have_perimeters),
        cmocka_unit_test(files_that_are_not_hdf5_are_refused),
    };
    return cmocka_run_group_tests(tests, create, clean_up);
}
