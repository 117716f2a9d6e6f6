/* Edges: positions, selections by the index of the file, groups, and what is wrong with them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/test.h"

#include "base/memory.h"
#include "fixture.h"
#include "sonata/sonata_edges.h"

static si_error error;

static void assert_message(const char *part)
{
    if (!strstr(error.message, part))
        fail_msg("'%s' does not say '%s'", error.message, part);
}

static void write_positions(hid_t file, const char *prefix, double first, hsize_t count)
{
    double *values = malloc(count * sizeof *values + 1);
    assert_non_null(values);
    for (const char *axis = "xyz"; *axis; axis++) {
        char name[128];
        snprintf(name, sizeof name, "edges/E/%s_%c", prefix, *axis);
        for (hsize_t i = 0; i < count; i++)
            values[i] = first + (double)i + 0.25 * (axis[0] - 'x');
        write_doubles(file, name, values, count);
    }
    free(values);
}

static const uint64_t example_targets[8] = {1, 1, 0, 2, 2, 1, 0, 5};

static hid_t create_edges(const char *path)
{
    hid_t file = create_file(path);
    write_zeros(file, "edges/E/edge_type_id", 8);
    write_ids(file, "edges/E/target_node_id", example_targets, 8);
    write_ids(file, "edges/E/source_node_id", (uint64_t[]){9, 8, 7, 6, 5, 4, 3, 2}, 8);
    return file;
}

/* The example of the SONATA index, which is the usual one but for its order. */
static void write_index(hid_t file, const char *name, uint64_t first_range_end,
                        uint64_t first_edge_end)
{
    char path[128];
    snprintf(path, sizeof path, "edges/E/indices/target_to_source/%s", name);
    write_pairs(file, path,
                (uint64_t[6][2]){{0, first_range_end}, {2, 4}, {4, 5}, {5, 5}, {99, 99}, {5, 6}},
                6);
    write_pairs(file, "edges/E/indices/target_to_source/range_to_edge_id",
                (uint64_t[6][2]){{2, first_edge_end}, {6, 7}, {0, 2}, {5, 6}, {3, 5}, {7, 8}}, 6);
}

static si_sonata_edges *open_edges(const char *path, const char *prefix)
{
    si_sonata_edges *edges;
    assert_ok(si_sonata_edges_open(path, NULL, prefix, &edges, &error), error);
    return edges;
}

/* `expected`: start, end, start, end, ... */
static void assert_selection(si_sonata_edges *edges, const uint64_t *gids, size_t count,
                             const uint64_t *expected, size_t expected_count)
{
    si_edge_range *ranges;
    size_t range_count;
    assert_ok(si_sonata_edges_select_targets(edges, gids, count, &ranges, &range_count, &error),
              error);
    assert_int_equal(range_count, expected_count);
    for (size_t i = 0; i < range_count; i++) {
        assert_int_equal(ranges[i].start, expected[2 * i]);
        assert_int_equal(ranges[i].end, expected[2 * i + 1]);
    }
    si_free(ranges);
}

#define IDS(...)                                                                                   \
    (const uint64_t[])                                                                             \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static void target_cells_select_their_edges(void **state)
{
    static const char *const names[] = {"node_id_to_ranges", "node_id_to_range"};
    const char *path = path_in(*state, "e.h5");
    for (size_t i = 0; i < 2; i++) {
        hid_t file = create_edges(path);
        write_index(file, names[i], 2, 3);
        write_positions(file, "0/afferent_center", 0, 8);
        close_file(file);
        si_sonata_edges *edges = open_edges(path, NULL);
        assert_selection(edges, IDS(1, 0), 2, IDS(0, 3, 5, 7), 2);
        assert_selection(edges, IDS(0, 1), 2, IDS(0, 3, 5, 7), 2);
        assert_selection(edges, IDS(1, 1), 2, IDS(0, 2, 5, 6), 2);
        assert_selection(edges, IDS(3), 1, NULL, 0);
        assert_selection(edges, IDS(4), 1, NULL, 0);
        assert_selection(edges, IDS(2), 1, IDS(3, 5), 1);
        assert_selection(edges, IDS(5, 3, 1, 2, 0, 4), 6, IDS(0, 8), 1);
        assert_selection(edges, IDS(6, UINT64_MAX), 2, NULL, 0);
        assert_selection(edges, NULL, 0, NULL, 0);
        si_sonata_edges_close(edges);
    }
}

static void assert_no_selection(const char *path, si_result status, const char *part)
{
    si_edge_range *ranges;
    size_t count;
    si_sonata_edges *edges = open_edges(path, NULL);
    assert_int_equal(si_sonata_edges_select_targets(edges, IDS(0), 1, &ranges, &count, &error),
                     status);
    assert_message(part);
    si_sonata_edges_close(edges);
}

static void bad_indices_are_refused(void **state)
{
    const char *path = path_in(*state, "e.h5");
    static const struct {
        uint64_t range_end, edge_end;
        const char *message;
    } cases[] = {
        {7, 3, "node_id_to_ranges: row 0 is the range 0 to 7, expected one within 0 to 6"},
        {UINT64_MAX, 3, "row 0 is the range 0 to 18446744073709551615"},
        {2, 9, "range_to_edge_id: row 0 is the range 2 to 9, expected one within 0 to 8"},
        {2, 1, "target_to_source: the ranges of all nodes hold 7 edges, expected the 8 of"},
        {2, 4, "target_to_source: the ranges of all nodes hold more than the 8 edges"},
        {3, 3, "node_id_to_ranges: row 2 is in several ranges"},
        {1, 3, "target_to_source: the ranges of all nodes hold 7 edges, expected the 8 of"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hid_t file = create_edges(path);
        write_index(file, "node_id_to_ranges", cases[i].range_end, cases[i].edge_end);
        write_positions(file, "0/afferent_center", 0, 8);
        close_file(file);
        assert_no_selection(path, SI_ERROR_FORMAT, cases[i].message);
    }
    hid_t file = create_edges(path);
    write_positions(file, "0/afferent_center", 0, 8);
    close_file(file);
    assert_no_selection(path, SI_ERROR_NOT_FOUND, "no group indices/target_to_source");
    file = create_edges(path);
    write_positions(file, "0/afferent_center", 0, 8);
    write_zeros(file, "edges/E/indices/target_to_source/node_id_to_ranges", 8);
    close_file(file);
    assert_no_selection(path, SI_ERROR_FORMAT, "node_id_to_ranges: 1 dimensions, expected 2");
}

/* An index of signed integers, in a folder of this name. */
static void write_signed_index(hid_t file, const char *folder, const int64_t (*nodes)[2],
                               const int64_t (*edges)[2])
{
    char path[128];
    snprintf(path, sizeof path, "edges/E/%s/target_to_source/node_id_to_ranges", folder);
    write_signed_pairs(file, path, nodes, 6);
    snprintf(path, sizeof path, "edges/E/%s/target_to_source/range_to_edge_id", folder);
    write_signed_pairs(file, path, edges, 6);
}

static void rows_may_say_that_there_are_no_edges(void **state)
{
    static const int64_t nodes[6][2] = {{3, 5}, {0, 2}, {2, 3}, {-1, 0}, {4, -1}, {5, 6}};
    static const int64_t edges[6][2] = {{0, 2}, {5, 6}, {3, 5}, {2, 3}, {6, 7}, {7, 8}};
    static const int64_t nobody[6][2] = {{-1, -1}, {2, 1}, {-5, 3}, {4, -1}, {6, 6}, {9, 0}};
    static const char *const folders[] = {"indices", "indicies"};
    const char *path = path_in(*state, "e.h5");
    for (size_t i = 0; i < 2; i++) {
        hid_t file = create_edges(path);
        write_signed_index(file, folders[i], nodes, edges);
        write_positions(file, "0/afferent_center", 0, 8);
        close_file(file);
        si_sonata_edges *opened = open_edges(path, NULL);
        assert_selection(opened, IDS(1, 3, 4), 3, IDS(0, 2, 5, 6), 2);
        si_sonata_edges_close(opened);
    }
    hid_t file = create_edges(path);
    write_signed_index(file, "indices", nobody, edges);
    write_positions(file, "0/afferent_center", 0, 8);
    close_file(file);
    assert_no_selection(path, SI_ERROR_FORMAT, "the ranges of all nodes hold 0 edges");
    file = create_edges(path);
    write_pairs(file, "edges/E/indices/target_to_source/node_id_to_ranges",
                (uint64_t[2][2]){{UINT64_MAX, 0}, {0, 1}}, 2);
    write_pairs(file, "edges/E/indices/target_to_source/range_to_edge_id", (uint64_t[1][2]){{0, 8}},
                1);
    write_positions(file, "0/afferent_center", 0, 8);
    close_file(file);
    si_sonata_edges *opened = open_edges(path, NULL);
    assert_selection(opened, IDS(1), 1, IDS(0, 8), 1);
    si_sonata_edges_close(opened);
}

/* The range of node 1 has lost edge 1 to that of node 0. */
static void an_edge_that_lies_beside_its_range_is_named(void **state)
{
    static const int64_t nodes[6][2] = {{3, 5}, {0, 2}, {2, 3}, {-1, 0}, {4, -1}, {5, 6}};
    static const int64_t edges[6][2] = {{0, 1}, {5, 6}, {3, 5}, {1, 3}, {6, 7}, {7, 8}};
    const char *path = path_in(*state, "e.h5");
    hid_t file = create_edges(path);
    write_signed_index(file, "indices", nodes, edges);
    write_positions(file, "0/afferent_center", 0, 8);
    close_file(file);
    si_edge_range *ranges;
    size_t count;
    si_sonata_edges *opened = open_edges(path, NULL);
    assert_int_equal(si_sonata_edges_select_targets(opened, IDS(1), 1, &ranges, &count, &error),
                     SI_ERROR_FORMAT);
    assert_message("target_to_source: edge 1 ends on node 1, but is in none of the ranges");
    si_sonata_edges_close(opened);
}

typedef struct some_rows {
    float positions[8][3];
    uint64_t targets[8], sources[8];
} some_rows;

static si_result read_rows(si_sonata_edges *edges, uint64_t start, uint64_t end, some_rows *rows)
{
    return si_sonata_edges_read(
        edges, start, end,
        &(si_edge_rows){.positions = rows->positions, rows->targets, rows->sources}, &error);
}

static void ranges_of_edges_are_read(void **state)
{
    const char *path = path_in(*state, "e.h5");
    hid_t file = create_edges(path);
    write_positions(file, "0/afferent_center", 100, 8);
    write_positions(file, "0/own", 0.1, 8);
    close_file(file);
    some_rows rows;
    si_sonata_edges *edges = open_edges(path, NULL);
    assert_string_equal(si_sonata_edges_file(edges), path);
    assert_ok(read_rows(edges, 2, 5, &rows), error);
    assert_int_equal(rows.targets[0], 0);
    assert_int_equal(rows.targets[2], 2);
    assert_int_equal(rows.sources[1], 6);
    assert_true(rows.positions[0][0] == 102 && rows.positions[2][2] == 104.5f);
    assert_ok(read_rows(edges, 8, 8, &rows), error);
    assert_int_equal(read_rows(edges, 2, 9, &rows), SI_ERROR_ARGUMENT);
    assert_message("edges from 2 to before 9 were requested, but the population has 8 edges");
    assert_int_equal(read_rows(edges, 3, 2, &rows), SI_ERROR_ARGUMENT);
    si_sonata_edges_close(edges);
    edges = open_edges(path, "own");
    assert_ok(read_rows(edges, 0, 8, &rows), error);
    /* Rounded once. */
    assert_true(rows.positions[3][0] == (float)(0.1 + 3.0));
    si_sonata_edges_close(edges);
}

static void columns_may_be_of_any_type(void **state)
{
    const char *path = path_in(*state, "e.h5");
    hid_t file = create_file(path);
    write_zeros(file, "edges/E/edge_type_id", 2);
    write_numbers(file, "edges/E/target_node_id", H5T_STD_I16BE, H5T_NATIVE_INT, (int[]){5, 300},
                  2);
    write_doubles(file, "edges/E/source_node_id", (double[]){1, 4294967296.0}, 2);
    write_numbers(file, "edges/E/0/p_x", H5T_IEEE_F32BE, H5T_NATIVE_DOUBLE, (double[]){0.1, 2}, 2);
    write_numbers(file, "edges/E/0/p_y", H5T_STD_I32BE, H5T_NATIVE_INT, (int[]){16777217, -3}, 2);
    write_doubles(file, "edges/E/0/p_z", (double[]){1e300, NAN}, 2);
    close_file(file);
    some_rows rows;
    si_sonata_edges *edges = open_edges(path, "p");
    assert_ok(read_rows(edges, 0, 2, &rows), error);
    assert_int_equal(rows.targets[1], 300);
    assert_true(rows.sources[1] == (uint64_t)1 << 32);
    assert_true(rows.positions[0][0] == 0.1f && rows.positions[1][1] == -3);
    assert_true(rows.positions[0][1] == 16777216);
    assert_true(isinf(rows.positions[0][2]) && isnan(rows.positions[1][2]));
    si_sonata_edges_close(edges);
}

static void negative_ids_are_refused(void **state)
{
    const char *path = path_in(*state, "e.h5");
    hid_t file = create_file(path);
    write_zeros(file, "edges/E/edge_type_id", 2);
    write_numbers(file, "edges/E/target_node_id", H5T_STD_I64LE, H5T_NATIVE_INT, (int[]){5, -1}, 2);
    write_zeros(file, "edges/E/source_node_id", 2);
    write_positions(file, "0/afferent_center", 0, 2);
    close_file(file);
    some_rows rows;
    si_sonata_edges *edges = open_edges(path, NULL);
    assert_int_equal(read_rows(edges, 0, 2, &rows), SI_ERROR_FORMAT);
    assert_message("/edges/E/target_node_id: row 1 is -1, expected an integer from 0 on");
    assert_ok(read_rows(edges, 0, 1, &rows), error);
    si_sonata_edges_close(edges);
}

static void assert_not_opened(const char *path, const char *prefix, si_result status,
                              const char *part)
{
    si_sonata_edges *edges;
    assert_int_equal(si_sonata_edges_open(path, NULL, prefix, &edges, &error), status);
    assert_message(part);
}

static void missing_columns_are_named(void **state)
{
    const char *path = path_in(*state, "e.h5");
    hid_t file = create_edges(path);
    write_positions(file, "0/afferent_surface", 0, 8);
    write_positions(file, "0/efferent_center", 0, 8);
    write_zeros(file, "edges/E/0/half_x", 8);
    close_file(file);
    assert_not_opened(path, NULL, SI_ERROR_NOT_FOUND,
                      "/edges/E/0: no position columns afferent_center_x, afferent_center_y and "
                      "afferent_center_z; position prefixes of this group: afferent_surface, "
                      "efferent_center");
    assert_not_opened(path, "half", SI_ERROR_NOT_FOUND, "no position columns half_x");
    file = create_edges(path);
    close_file(file);
    assert_not_opened(path, NULL, SI_ERROR_NOT_FOUND, "position prefixes of this group: none");
    file = create_file(path);
    write_zeros(file, "edges/E/edge_type_id", 2);
    write_positions(file, "0/afferent_center", 0, 2);
    close_file(file);
    assert_not_opened(path, NULL, SI_ERROR_NOT_FOUND, "/edges/E/target_node_id: no such data set");
    file = create_file(path);
    write_zeros(file, "nodes/N/node_type_id", 2);
    close_file(file);
    assert_not_opened(path, NULL, SI_ERROR_NOT_FOUND, "holds SONATA nodes, expected edges");
}

static void an_empty_population_needs_nothing(void **state)
{
    const char *path = path_in(*state, "e.h5");
    hid_t file = create_file(path);
    write_zeros(file, "edges/E/edge_type_id", 0);
    close_file(file);
    some_rows rows;
    si_sonata_edges *edges = open_edges(path, NULL);
    assert_int_equal(si_sonata_edges_size(edges), 0);
    assert_ok(read_rows(edges, 0, 0, &rows), error);
    assert_selection(edges, IDS(0, 1), 2, NULL, 0);
    si_sonata_edges_close(edges);
}

/* Edges 0 to 3 in group 0, backwards, the others in group 1. */
static hid_t create_groups(const char *path)
{
    hid_t file = create_edges(path);
    write_ids(file, "edges/E/edge_group_id", IDS(0, 0, 0, 0, 1, 1, 1, 1), 8);
    write_ids(file, "edges/E/edge_group_index", IDS(3, 2, 1, 0, 0, 1, 2, 3), 8);
    write_positions(file, "0/afferent_center", 10, 4);
    return file;
}

static void groups_are_followed(void **state)
{
    const char *path = path_in(*state, "e.h5");
    hid_t file = create_groups(path);
    write_positions(file, "1/afferent_center", 50, 4);
    close_file(file);
    some_rows rows;
    si_sonata_edges *edges = open_edges(path, NULL);
    assert_ok(read_rows(edges, 1, 7, &rows), error);
    const float expected[6] = {12, 11, 10, 50, 51, 52};
    for (int i = 0; i < 6; i++) {
        assert_true(rows.positions[i][0] == expected[i]);
        assert_true(rows.positions[i][2] == expected[i] + 0.5f);
        assert_int_equal(rows.targets[i], example_targets[i + 1]);
    }
    si_sonata_edges_close(edges);
}

static void a_group_without_positions_matters_when_it_is_read(void **state)
{
    const char *path = path_in(*state, "e.h5");
    hid_t file = create_groups(path);
    create_group(file, "edges/E/1");
    close_file(file);
    some_rows rows;
    si_sonata_edges *edges = open_edges(path, NULL);
    assert_ok(read_rows(edges, 0, 4, &rows), error);
    assert_int_equal(read_rows(edges, 3, 5, &rows), SI_ERROR_NOT_FOUND);
    assert_message("/edges/E/1: no position columns afferent_center_x");
    si_sonata_edges_close(edges);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, create_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(target_cells_select_their_edges),
        in_folder(bad_indices_are_refused),
        in_folder(rows_may_say_that_there_are_no_edges),
        in_folder(an_edge_that_lies_beside_its_range_is_named),
        in_folder(ranges_of_edges_are_read),
        in_folder(columns_may_be_of_any_type),
        in_folder(negative_ids_are_refused),
        in_folder(missing_columns_are_named),
        in_folder(an_empty_population_needs_nothing),
        in_folder(groups_are_followed),
        in_folder(a_group_without_positions_matters_when_it_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
