/* From a nodes file and its morphologies to an index of segments and somas. */
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/test.h"

#include "base/memory.h"
#include "circuit_files.h"

#define NO_TURN                                                                                    \
    {                                                                                              \
        1, 0, 0, 0                                                                                 \
    }
#define QUARTER_ABOUT_Z                                                                            \
    {                                                                                              \
        1, 0, 0, 1                                                                                 \
    }

static const char *const y_shaped = "1 1 1 0 0 2 -1\n2 3 1 0 0 1 1\n3 3 4 0 0 .5 2\n"
                                    "4 3 5 1 0 .25 3\n5 3 6 -1 0 .25 3\n";

static char folder[FOLDER_PATH_SIZE];
static si_segments_source source;

/* The folder holds morphologies; each test writes its nodes. */
static int write_circuit(void **state)
{
    (void)state;
    make_folder(folder);
    write_text(path_in(folder, "y.swc"), y_shaped);
    write_text(path_in(folder, "soma.swc"), "1 1 0 0 0 2 -1\n");
    write_text(path_in(folder, "no_soma.swc"), "1 3 0 0 0 1 -1\n2 3 1 0 0 1 1\n");
    write_text(path_in(folder, "broken.swc"), "1 1 0 0 0 2 -1\n2 3 x 0 0 1 1\n");
    write_text(path_in(folder, "nan.swc"), "1 1 0 0 0 2 -1\n2 3 0 0 0 1 1\n3 3 -nan 0 0 1 2\n");
    write_text(path_in(folder, "negative.swc"), "1 1 0 0 0 2 -1\n2 3 0 0 0 -1 1\n3 3 1 0 0 .5 2\n");
    source = (si_segments_source)SI_SEGMENTS_SOURCE_INIT;
    source.nodes_file = strdup(path_in(folder, "nodes.h5"));
    source.morphologies = folder;
    return 0;
}

static int remove_circuit(void **state)
{
    (void)state;
    free((void *)(uintptr_t)source.nodes_file);
    remove_folder(folder);
    return 0;
}

static void write_cells(const test_cell *cells, size_t count)
{
    write_nodes(source.nodes_file, "All", cells, count);
}

/* The elements of an index that lives nowhere; `report` is to be freed. */
static test_element *build(uint64_t *count, si_build_report *report)
{
    si_index *index;
    si_error error;
    *report = (si_build_report)SI_BUILD_REPORT_INIT;
    assert_ok(si_build_segments(&source, NULL, NULL, &index, report, &error), error);
    test_element *elements = elements_of(index, count);
    assert_int_equal(report->element_count, *count);
    si_index_close(index);
    return elements;
}

static void assert_element(const test_element *element, const test_element *expected)
{
    assert_int_equal(element->ids.gid, expected->ids.gid);
    assert_int_equal(element->ids.section_id, expected->ids.section_id);
    assert_int_equal(element->ids.segment_id, expected->ids.segment_id);
    for (int axis = 0; axis < 3; axis++)
        assert_float_equal(element->endpoint1[axis], expected->endpoint1[axis], 1e-5);
    for (int axis = 0; axis < 3 && expected->ids.section_id > 0; axis++)
        assert_float_equal(element->endpoint2[axis], expected->endpoint2[axis], 1e-5);
    assert_float_equal(element->radius, expected->radius, 0);
    assert_int_equal(element->section_type, expected->section_type);
}

static void assert_built(const test_element *expected, uint64_t expected_count)
{
    si_build_report report;
    uint64_t count;
    test_element *elements = build(&count, &report);
    assert_int_equal(count, expected_count);
    for (uint64_t i = 0; i < count; i++)
        assert_element(&elements[i], &expected[i]);
    free(elements);
    si_build_report_free(&report);
}

static void assert_build_fails(si_result status, const char *words)
{
    si_error error;
    si_index *index = NULL;
    assert_int_equal(si_build_segments(&source, NULL, NULL, &index, NULL, &error), status);
    assert_null(index);
    if (!strstr(error.message, words))
        fail_msg("'%s' is not in: %s", words, error.message);
}

static void cell_is_turned_and_moved(void **state)
{
    (void)state;
    const test_cell cell = {{10, 20, 30}, QUARTER_ABOUT_Z, "y"};
    write_cells(&cell, 1);
    const test_element expected[] = {
        {{0, 0, 0}, {10, 21, 30}, {0}, 0, 1},
        {{0, 1, 0}, {10, 21, 30}, {10, 24, 30}, 0.75f, 3},
        {{0, 2, 0}, {10, 24, 30}, {9, 25, 30}, 0.375f, 3},
        {{0, 3, 0}, {10, 24, 30}, {11, 26, 30}, 0.375f, 3},
    };
    assert_built(expected, 4);
}

static void recentered_cell_has_its_soma_at_its_position(void **state)
{
    (void)state;
    const test_cell cell = {{10, 20, 30}, QUARTER_ABOUT_Z, "y"};
    write_cells(&cell, 1);
    source.recenter = SI_RECENTER_ON;
    const test_element expected[] = {
        {{0, 0, 0}, {10, 20, 30}, {0}, 0, 1},
        {{0, 1, 0}, {10, 20, 30}, {10, 23, 30}, 0.75f, 3},
        {{0, 2, 0}, {10, 23, 30}, {9, 24, 30}, 0.375f, 3},
        {{0, 3, 0}, {10, 23, 30}, {11, 25, 30}, 0.375f, 3},
    };
    assert_built(expected, 4);
}

/* In place of the quaternions of a nodes file with one cell. */
static void write_column_instead(const char *name, double value)
{
    static const char *const orientations[] = {"orientation_w", "orientation_x", "orientation_y",
                                               "orientation_z"};
    hid_t file = H5Fopen(source.nodes_file, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t group = H5Gopen2(file, "nodes/All/0", H5P_DEFAULT);
    for (int i = 0; i < 4; i++)
        assert_true(H5Ldelete(group, orientations[i], H5P_DEFAULT) >= 0);
    if (name) {
        hsize_t count = 1;
        hid_t space = H5Screate_simple(1, &count, NULL);
        hid_t column = H5Dcreate2(group, name, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT,
                                  H5P_DEFAULT);
        assert_true(H5Dwrite(column, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value) >=
                    0);
        H5Dclose(column);
        H5Sclose(space);
    }
    H5Gclose(group);
    H5Fclose(file);
}

static void assert_soma_at(float x, float y, float z)
{
    si_build_report report;
    uint64_t count;
    test_element *elements = build(&count, &report);
    assert_int_equal(count, 4);
    const test_element expected = {{0, 0, 0}, {x, y, z}, {0}, 0, 1};
    assert_element(&elements[0], &expected);
    free(elements);
    si_build_report_free(&report);
}

static void recentring_depends_on_what_the_file_has(void **state)
{
    (void)state;
    const test_cell cell = {{10, 20, 30}, QUARTER_ABOUT_Z, "y"};
    write_cells(&cell, 1);
    write_column_instead(NULL, 0);
    assert_soma_at(10, 20, 30);
    source.recenter = SI_RECENTER_OFF;
    assert_soma_at(11, 20, 30);
    source.recenter = SI_RECENTER_AUTO;

    write_cells(&cell, 1);
    write_column_instead("recenter", 0);
    assert_soma_at(11, 20, 30);
    source.recenter = SI_RECENTER_ON;
    assert_soma_at(10, 20, 30);
    source.recenter = SI_RECENTER_AUTO;

    write_cells(&cell, 1);
    write_column_instead("rotation_angle_zaxis", 1.5707963267948966);
    assert_soma_at(10, 20, 30);
    source.recenter = SI_RECENTER_OFF;
    assert_soma_at(10, 21, 30);
}

static void soma_radius_is_that_of_the_file_if_wanted(void **state)
{
    (void)state;
    const test_cell cell = {{1, 2, 3}, NO_TURN, "soma"};
    write_cells(&cell, 1);
    const test_element contour = {{0, 0, 0}, {1, 2, 3}, {0}, 0, 1};
    assert_built(&contour, 1);
    source.soma_radius = SI_SOMA_RADIUS_SURFACE;
    const test_element surface = {{0, 0, 0}, {1, 2, 3}, {0}, 2, 1};
    assert_built(&surface, 1);
}

static void counts_tell_what_was_left_out(void **state)
{
    (void)state;
    const test_cell cells[] = {
        {{0, 0, 0}, NO_TURN, "no_soma"},
        {{1, 0, 0}, NO_TURN, "NULL"},
        {{2, 0, 0}, NO_TURN, "soma.swc"}, /* a name with its suffix */
    };
    write_cells(cells, 3);
    si_build_report report;
    uint64_t count;
    test_element *elements = build(&count, &report);
    assert_int_equal(count, 2);
    assert_int_equal(elements[0].ids.section_id, 1);
    assert_int_equal(elements[1].ids.gid, 2);
    assert_int_equal(report.cell_count, 2);
    assert_int_equal(report.cells_without_soma, 1);
    assert_int_equal(report.cells_without_morphology, 1);
    assert_int_equal(report.bad_cell_count, 0);
    free(elements);
    si_build_report_free(&report);
}

static void gids_are_indexed_as_often_as_given(void **state)
{
    (void)state;
    const test_cell cells[] = {
        {{0, 0, 0}, NO_TURN, "soma"}, {{1, 0, 0}, NO_TURN, "soma"}, {{2, 0, 0}, NO_TURN, "soma"}};
    write_cells(cells, 3);
    const uint64_t gids[] = {2, 0, 2};
    source.gids = gids;
    source.gid_count = 3;
    const test_element expected[] = {
        {{0, 0, 0}, {0, 0, 0}, {0}, 0, 1},
        {{2, 0, 0}, {2, 0, 0}, {0}, 0, 1},
        {{2, 0, 0}, {2, 0, 0}, {0}, 0, 1},
    };
    assert_built(expected, 3);
    source.gid_count = 0;
    assert_built(NULL, 0);
    const uint64_t beyond[] = {3, 1};
    source.gids = beyond;
    source.gid_count = 2;
    assert_build_fails(SI_ERROR_ARGUMENT, "gid 3 is not in population 'All'");
}

static void write_bad_cells(void)
{
    const test_cell cells[] = {
        {{0, 0, 0}, NO_TURN, "y"},      {{0, 0, 0}, NO_TURN, "missing"},
        {{0, 0, 0}, NO_TURN, "broken"}, {{0, 0, 0}, {0, 0, 0, 0}, "y"},
        {{0, 0, 0}, NO_TURN, "nan"},    {{0, 0, 0}, NO_TURN, "negative"},
        {{0, NAN, 0}, NO_TURN, "y"},    {{0, 0, 3.5e38}, NO_TURN, "y"},
        {{0, 0, 0}, NO_TURN, "soma"},   {{0, 0, 0}, NO_TURN, "broken"},
    };
    write_cells(cells, sizeof cells / sizeof cells[0]);
}

static void first_bad_cell_stops_the_build(void **state)
{
    (void)state;
    write_bad_cells();
    static const struct {
        uint64_t gid;
        si_result result;
        const char *words;
    } cases[] = {
        {1, SI_ERROR_NOT_FOUND, "cell 1 of population 'All': morphology 'missing' is not in /"},
        {2, SI_ERROR_FORMAT, "/broken.swc:2"},
        {3, SI_ERROR_FORMAT, "cell 3 of population 'All': the orientation is the quaternion (0, 0"},
        {4, SI_ERROR_FORMAT, "section 1, segment 0: an endpoint is"},
        {5, SI_ERROR_FORMAT, "section 1, segment 0: the mean radius is -0.25"},
        {6, SI_ERROR_FORMAT, "cell 6 of population 'All': the position is (0, nan, 0)"},
        {7, SI_ERROR_FORMAT, "cell 7 of population 'All': morphology 'y': section 0, segment 0"},
    };
    source.gid_count = 1;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        source.gids = &cases[i].gid;
        assert_build_fails(cases[i].result, cases[i].words);
    }
    source.gids = NULL;
    source.gid_count = 0;
    assert_build_fails(SI_ERROR_NOT_FOUND, "cell 1 ");
}

static void first_bad_cell_is_named_whatever_the_threads(void **state)
{
    (void)state;
    enum { CELLS = 400 };
    static test_cell cells[CELLS];
    for (int i = 0; i < CELLS; i++)
        cells[i] = (test_cell){{i, 0, 0}, NO_TURN, i >= 67 && i % 2 ? "missing" : "y"};
    write_cells(cells, CELLS);
    for (unsigned threads = 1; threads <= 4; threads++) {
        si_build_options options = SI_BUILD_OPTIONS_INIT;
        si_error error;
        options.threads = threads;
        assert_int_equal(si_build_segments(&source, NULL, &options, NULL, NULL, &error),
                         SI_ERROR_NOT_FOUND);
        assert_non_null(strstr(error.message, "cell 67 of population 'All'"));
    }
}

static void bad_cells_are_left_out_if_wanted(void **state)
{
    (void)state;
    write_bad_cells();
    source.skip_bad_cells = 1;
    si_build_report report;
    uint64_t count;
    test_element *elements = build(&count, &report);
    assert_int_equal(count, 5);
    assert_int_equal(elements[4].ids.gid, 8);
    assert_int_equal(report.cell_count, 2);
    const uint64_t gids[] = {1, 2, 3, 4, 5, 6, 7, 9};
    assert_int_equal(report.bad_cell_count, 8);
    for (int i = 0; i < 8; i++)
        assert_int_equal(report.bad_cells[i].gid, gids[i]);
    assert_non_null(strstr(report.bad_cells[1].message, "cell 2 of population 'All'"));
    assert_string_equal(strstr(report.bad_cells[7].message, "/broken.swc"),
                        strstr(report.bad_cells[1].message, "/broken.swc"));
    free(elements);
    si_build_report_free(&report);
    assert_null(report.bad_cells);
}

static void segment_id_beyond_its_bits_is_refused(void **state)
{
    (void)state;
    FILE *file = fopen(path_in(folder, "long.swc"), "w");
    fprintf(file, "1 1 0 0 0 1 -1\n");
    for (int i = 2; i <= 16387; i++)
        fprintf(file, "%d 2 %d 0 0 1 %d\n", i, i, i - 1);
    fclose(file);
    const test_cell cells[] = {{{0, 0, 0}, NO_TURN, "y"}, {{0, 0, 0}, NO_TURN, "long"}};
    write_cells(cells, 2);
    assert_build_fails(SI_ERROR_LIMIT, "cell 1 of population 'All': morphology 'long' of ");
    assert_build_fails(SI_ERROR_LIMIT,
                       "section 1, segment 16384: the segment id is beyond the limit");
}

static void morphology_is_looked_for_in_the_alternates(void **state)
{
    (void)state;
    char alternate[FOLDER_PATH_SIZE];
    make_folder(alternate);
    write_text(path_in(alternate, "other.asc"),
               "((CellBody)(0 0 0 1)(2 0 0 1)(1 1 0 1))((Axon)(0 0 0 1)(1 0 0 1))");
    const test_cell cells[] = {{{0, 0, 0}, NO_TURN, "other"}, {{0, 0, 0}, NO_TURN, "y"}};
    write_cells(cells, 2);
    source.alternate_asc = alternate;
    si_build_report report;
    uint64_t count;
    free(build(&count, &report));
    assert_int_equal(count, 6);
    si_build_report_free(&report);

    source.morphologies = path_in(folder, "no such folder");
    assert_build_fails(SI_ERROR_NOT_FOUND,
                       "cell 1 of population 'All': morphology 'y' is not in /");
    source.alternate_asc = NULL;
    assert_build_fails(SI_ERROR_NOT_FOUND, "no such folder");
    source.morphologies = NULL;
    assert_build_fails(SI_ERROR_ARGUMENT, "no folder or container of morphologies");
    source.morphologies = folder;
    remove_folder(alternate);
}

static void file_does_not_depend_on_threads(void **state)
{
    (void)state;
    enum { CELLS = 500 };
    static test_cell cells[CELLS];
    for (int i = 0; i < CELLS; i++)
        cells[i] = (test_cell){{i % 7, i % 31, i % 11}, {1, i, 2, 3}, i % 3 ? "y" : "no_soma"};
    write_cells(cells, CELLS);
    static const char *const names[] = {"1 thread", "2 threads", "3 threads", "4 threads"};
    for (unsigned threads = 1; threads <= 4; threads++) {
        si_build_options options = SI_BUILD_OPTIONS_INIT;
        si_error error;
        options.threads = threads;
        assert_ok(si_build_segments(&source, path_in(folder, names[threads - 1]), &options, NULL,
                                    NULL, &error),
                  error);
        assert_same_heavy_file(path_in(folder, names[0]), path_in(folder, names[threads - 1]));
    }
}

static void index_records_where_it_comes_from(void **state)
{
    (void)state;
    const test_cell cell = {{0, 0, 0}, NO_TURN, "y"};
    write_cells(&cell, 1);
    si_index_info info = SI_INDEX_INFO_INIT;
    si_index *index;
    si_error error;
    assert_ok(si_build_segments(&source, path_in(folder, "index"), NULL, &index, NULL, &error),
              error);
    assert_int_equal(si_index_get_info(index, &info), SI_OK);
    assert_string_equal(info.population, "All");
    assert_string_equal(info.dataset_path, source.nodes_file);
    si_index_close(index);
    assert_int_equal(si_build_segments(&source, path_in(folder, "index"), NULL, NULL, NULL, &error),
                     SI_ERROR_EXISTS);
}

typedef struct progress_log {
    int calls;
    int cancel_at;
    uint64_t done, total;
} progress_log;

static int log_progress(void *context, const char *phase, uint64_t done, uint64_t total)
{
    progress_log *log = context;
    log->calls++;
    if (strcmp(phase, "cells") == 0) {
        log->done = done;
        log->total = total;
    }
    return log->calls == log->cancel_at;
}

static void build_can_be_watched_and_cancelled(void **state)
{
    (void)state;
    enum { CELLS = 100 };
    test_cell cells[CELLS];
    for (int i = 0; i < CELLS; i++)
        cells[i] = (test_cell){{i, 0, 0}, NO_TURN, "y"};
    write_cells(cells, CELLS);
    progress_log log = {0};
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.progress = log_progress;
    options.progress_context = &log;
    si_error error;
    assert_ok(si_build_segments(&source, NULL, &options, NULL, NULL, &error), error);
    assert_int_equal(log.done, CELLS);
    assert_int_equal(log.total, CELLS);
    const int calls = log.calls;
    for (int cancel_at = 1; cancel_at <= calls; cancel_at++) {
        log = (progress_log){.cancel_at = cancel_at};
        assert_int_equal(
            si_build_segments(&source, path_in(folder, "index"), &options, NULL, NULL, &error),
            SI_ERROR_CANCELLED);
        assert_int_equal(log.calls, cancel_at);
        assert_int_not_equal(access(path_in(folder, "index"), F_OK), 0);
    }
}

/* Some allocations can be done without, so one success is not the end. */
static void want_of_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    write_bad_cells();
    source.skip_bad_cells = 1;
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.threads = 1;
    options.replace = 1;
    int successes = 0;
    for (uint64_t n = 1; successes < 10; n++) {
        si_build_report report = SI_BUILD_REPORT_INIT;
        si_error error = {0};
        si_memory_fail_after(n);
        si_result status = si_build_segments(&source, path_in(folder, "index"), &options, NULL,
                                             &report, &error);
        si_memory_fail_after(0);
        successes = status == SI_OK ? successes + 1 : 0;
        if (status == SI_OK)
            assert_int_equal(report.bad_cell_count, 8);
        else if (status != SI_ERROR_MEMORY)
            fail_msg("allocation %d: %s", (int)n, error.message);
        if (status != SI_OK && report.bad_cells)
            fail_msg("allocation %d: a report of a failed build", (int)n);
        si_build_report_free(&report);
    }
}

static void arguments_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    const test_cell cell = {{0, 0, 0}, NO_TURN, "y"};
    write_cells(&cell, 1);
    si_error error;
    si_build_options options = {0};
    si_build_report report = {0};
    assert_int_equal(si_build_segments(NULL, NULL, NULL, NULL, NULL, NULL), SI_ERROR_ARGUMENT);
    assert_int_equal(si_build_segments(&source, NULL, &options, NULL, NULL, &error),
                     SI_ERROR_ARGUMENT);
    assert_int_equal(si_build_segments(&source, NULL, NULL, NULL, &report, &error),
                     SI_ERROR_ARGUMENT);
    source.gid_count = 1;
    assert_build_fails(SI_ERROR_ARGUMENT, "gid_count is 1, but gids is NULL");
    source.gid_count = 0;
    source.population = "None";
    assert_build_fails(SI_ERROR_NOT_FOUND, "None");
    source.struct_size = 0;
    assert_build_fails(SI_ERROR_ARGUMENT, "the struct_size of an si_segments_source is 0");
}

#define circuit_test(test) cmocka_unit_test_setup_teardown(test, write_circuit, remove_circuit)

int main(void)
{
    const struct CMUnitTest tests[] = {
        circuit_test(cell_is_turned_and_moved),
        circuit_test(recentered_cell_has_its_soma_at_its_position),
        circuit_test(recentring_depends_on_what_the_file_has),
        circuit_test(soma_radius_is_that_of_the_file_if_wanted),
        circuit_test(counts_tell_what_was_left_out),
        circuit_test(gids_are_indexed_as_often_as_given),
        circuit_test(first_bad_cell_stops_the_build),
        circuit_test(first_bad_cell_is_named_whatever_the_threads),
        circuit_test(bad_cells_are_left_out_if_wanted),
        circuit_test(segment_id_beyond_its_bits_is_refused),
        circuit_test(morphology_is_looked_for_in_the_alternates),
        circuit_test(file_does_not_depend_on_threads),
        circuit_test(index_records_where_it_comes_from),
        circuit_test(build_can_be_watched_and_cancelled),
        circuit_test(want_of_memory_leaves_nothing_behind),
        circuit_test(arguments_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
