/* Nodes: every type of column, groups, types files, rotations, cells without morphology. */
#include <math.h>
#include <string.h>

#include "unit/test.h"

#include "fixture.h"
#include "sonata/sonata_nodes.h"

static si_error error;

static void assert_message(const char *part)
{
    if (!strstr(error.message, part))
        fail_msg("'%s' does not say '%s'", error.message, part);
}

static si_sonata_nodes *open_nodes(const char *path, const char *types)
{
    si_sonata_nodes *nodes;
    assert_ok(si_sonata_nodes_open(path, types, NULL, &nodes, &error), error);
    return nodes;
}

static void read_all(const char *path, const char *types, si_cells *cells)
{
    si_sonata_nodes *nodes = open_nodes(path, types);
    assert_ok(si_sonata_nodes_read(nodes, 0, NULL, si_sonata_nodes_size(nodes), cells, &error),
              error);
    si_sonata_nodes_close(nodes);
}

static void assert_unreadable(const char *path, const char *types, si_result status,
                              const char *part)
{
    si_cells cells;
    si_sonata_nodes *nodes = open_nodes(path, types);
    assert_int_equal(
        si_sonata_nodes_read(nodes, 0, NULL, si_sonata_nodes_size(nodes), &cells, &error), status);
    assert_message(part);
    si_sonata_nodes_close(nodes);
}

static const char *morphology_of(const si_cells *cells, uint64_t i)
{
    return cells->morphologies[i] == SI_NO_NAME
               ? NULL
               : cells->morphology_names.names[cells->morphologies[i]];
}

static void assert_morphologies(const si_cells *cells, const char *const *expected)
{
    for (uint64_t i = 0; i < cells->count; i++) {
        if (expected[i])
            assert_string_equal(morphology_of(cells, i), expected[i]);
        else
            assert_null(morphology_of(cells, i));
    }
}

/* A population of three cells in a file that is still open. */
static hid_t create_three(const char *path)
{
    hid_t file = create_file(path);
    write_zeros(file, "nodes/P/node_type_id", 3);
    write_doubles(file, "nodes/P/0/x", (double[]){1, 2, 3}, 3);
    write_doubles(file, "nodes/P/0/y", (double[]){4, 5, 6}, 3);
    write_doubles(file, "nodes/P/0/z", (double[]){7, 8, 9}, 3);
    return file;
}

static const char *const three_names[3] = {"a", "b", "a"};

/* IEEE half precision, as NumPy writes it. */
static hid_t half_type(void)
{
    hid_t type = H5Tcopy(H5T_IEEE_F32BE);
    assert_true(H5Tset_fields(type, 15, 10, 5, 0, 10) >= 0);
    assert_true(H5Tset_size(type, 2) >= 0);
    assert_true(H5Tset_ebias(type, 15) >= 0);
    return type;
}

static void numbers_of_any_type_are_read(void **state)
{
    const char *path = path_in(*state, "n.h5");
    const hid_t types[] = {H5T_STD_I8LE,   H5T_STD_U8BE,   H5T_STD_I16BE,  H5T_STD_U16LE,
                           H5T_STD_I32BE,  H5T_STD_U32BE,  H5T_STD_I64BE,  H5T_STD_U64BE,
                           H5T_IEEE_F32BE, H5T_IEEE_F64BE, H5T_IEEE_F32LE, half_type()};
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        hid_t file = create_three(path);
        write_strings(file, "nodes/P/0/morphology", three_names, 3);
        write_numbers(file, "nodes/P/0/orientation_w", types[t], H5T_NATIVE_DOUBLE,
                      (double[]){3, 100, 7}, 3);
        write_numbers(file, "nodes/P/0/orientation_x", types[t], H5T_NATIVE_DOUBLE,
                      (double[]){0, 0, 1}, 3);
        write_zeros(file, "nodes/P/0/orientation_y", 3);
        write_zeros(file, "nodes/P/0/orientation_z", 3);
        close_file(file);
        si_cells cells;
        read_all(path, NULL, &cells);
        assert_int_equal(cells.rotation_kinds[1], SI_ROTATION_QUATERNION);
        assert_true(cells.rotations[0][0] == 3 && cells.rotations[1][0] == 100 &&
                    cells.rotations[2][0] == 7);
        assert_true(cells.rotations[2][1] == 1);
        si_cells_free(&cells);
    }
}

static void check_three_names(const char *path)
{
    si_cells cells;
    read_all(path, NULL, &cells);
    assert_morphologies(&cells, three_names);
    assert_int_equal(cells.morphology_names.count, 2);
    assert_true(cells.positions[1][0] == 2 && cells.positions[2][2] == 9);
    si_cells_free(&cells);
}

static void text_of_any_type_is_read(void **state)
{
    const char *path = path_in(*state, "n.h5");
    const H5T_str_t paddings[] = {H5T_STR_NULLTERM, H5T_STR_NULLPAD, H5T_STR_SPACEPAD};
    hid_t file = create_three(path);
    write_strings(file, "nodes/P/0/morphology", three_names, 3);
    close_file(file);
    check_three_names(path);
    for (size_t i = 0; i < 3; i++) {
        file = create_three(path);
        write_fixed_strings(file, "nodes/P/0/morphology", three_names, 3, 5, paddings[i]);
        close_file(file);
        check_three_names(path);
    }
    /* Without room for a terminator. */
    file = create_three(path);
    write_fixed_strings(file, "nodes/P/0/morphology", three_names, 3, 1, H5T_STR_NULLPAD);
    close_file(file);
    check_three_names(path);
}

static void write_enumeration(hid_t file, hid_t type, const double *values)
{
    write_numbers(file, "nodes/P/0/morphology", type, H5T_NATIVE_DOUBLE, values, 3);
    write_fixed_strings(file, "nodes/P/0/@library/morphology",
                        (const char *const[]){"unused", "b", "a"}, 3, 8, H5T_STR_NULLPAD);
}

static void enumerations_are_resolved(void **state)
{
    const char *path = path_in(*state, "n.h5");
    const hid_t types[] = {H5T_STD_U8LE, H5T_STD_I32BE, H5T_STD_U64LE, H5T_IEEE_F64LE};
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        hid_t file = create_three(path);
        write_enumeration(file, types[t], (double[]){2, 1, 2});
        close_file(file);
        check_three_names(path);
    }
}

static void bad_enumerations_are_refused(void **state)
{
    const char *path = path_in(*state, "n.h5");
    static const struct {
        double value;
        const char *message;
    } cases[] = {
        {-1, "/nodes/P/0/morphology: row 1 is -1, expected an index into its library of 3 texts"},
        {3, "row 1 is 3, expected an index into its library of 3 texts"},
        {1.5, "row 1 is 1.5, expected an index into its library of 3 texts"}};
    for (size_t i = 0; i < 3; i++) {
        hid_t file = create_three(path);
        write_enumeration(file, H5T_IEEE_F64LE, (double[]){2, cases[i].value, 2});
        close_file(file);
        assert_unreadable(path, NULL, SI_ERROR_FORMAT, cases[i].message);
    }
    hid_t file = create_three(path);
    write_enumeration(file, H5T_STD_I64LE, (double[]){2, -1, 2});
    close_file(file);
    assert_unreadable(path, NULL, SI_ERROR_FORMAT, cases[0].message);
    /* A row that is not asked for may be anything. */
    si_cells cells;
    si_sonata_nodes *nodes = open_nodes(path, NULL);
    assert_ok(si_sonata_nodes_read(nodes, 0, (uint64_t[]){2, 0}, 2, &cells, &error), error);
    assert_morphologies(&cells, (const char *const[]){"a", "a"});
    si_cells_free(&cells);
    si_sonata_nodes_close(nodes);
}

static void cells_without_morphology_are_flagged(void **state)
{
    const char *path = path_in(*state, "n.h5");
    hid_t file = create_file(path);
    write_zeros(file, "nodes/P/node_type_id", 8);
    for (const char *axis = "xyz"; *axis; axis++) {
        char name[] = "nodes/P/0/x";
        name[10] = *axis;
        write_zeros(file, name, 8);
    }
    write_strings(file, "nodes/P/0/morphology",
                  (const char *const[]){"m", "NULL", "NONE", "", "m", "m", "m", "n"}, 8);
    write_strings(file, "nodes/P/0/model_type",
                  (const char *const[]){"biophysical", "biophysical", "biophysical", "biophysical",
                                        "virtual", "point_neuron", "single_compartment", "own"},
                  8);
    close_file(file);
    si_cells cells;
    read_all(path, NULL, &cells);
    assert_morphologies(&cells,
                        (const char *const[]){"m", NULL, NULL, NULL, NULL, NULL, NULL, "n"});
    assert_int_equal(cells.morphology_names.count, 2);
    assert_int_equal(cells.model_type_names.count, 5);
    assert_string_equal(cells.model_type_names.names[cells.model_types[5]], "point_neuron");
    si_cells_free(&cells);
}

static void what_a_cell_with_morphology_needs_is_named(void **state)
{
    const char *path = path_in(*state, "n.h5");
    hid_t file = create_three(path);
    close_file(file);
    assert_unreadable(path, NULL, SI_ERROR_NOT_FOUND, "/nodes/P/0: node 0 has no morphology");
    file = create_three(path);
    write_strings(file, "nodes/P/0/morphology", three_names, 3);
    write_zeros(file, "nodes/P/0/orientation_w", 3);
    write_zeros(file, "nodes/P/0/orientation_z", 3);
    close_file(file);
    assert_unreadable(path, NULL, SI_ERROR_NOT_FOUND, "node 0 has no orientation_x");
    file = create_file(path);
    write_zeros(file, "nodes/P/node_type_id", 3);
    write_strings(file, "nodes/P/0/morphology", (const char *const[]){"NULL", "b", "c"}, 3);
    write_zeros(file, "nodes/P/0/x", 3);
    close_file(file);
    assert_unreadable(path, NULL, SI_ERROR_NOT_FOUND,
                      "node 1 has no y: the group does not have it, and there is no node types");
}

static void attributes_may_be_of_the_wrong_kind(void **state)
{
    const char *path = path_in(*state, "n.h5");
    hid_t file = create_three(path);
    write_zeros(file, "nodes/P/0/morphology", 3);
    close_file(file);
    assert_unreadable(path, NULL, SI_ERROR_FORMAT,
                      "/nodes/P/0/morphology: numbers without a library of texts");
    file = create_three(path);
    write_strings(file, "nodes/P/0/morphology", three_names, 3);
    write_strings(file, "nodes/P/0/rotation_angle_yaxis", three_names, 3);
    close_file(file);
    assert_unreadable(path, NULL, SI_ERROR_FORMAT,
                      "/nodes/P/0/rotation_angle_yaxis: text, expected numbers");
    file = create_three(path);
    write_strings(file, "nodes/P/0/morphology", three_names, 2);
    close_file(file);
    assert_unreadable(path, NULL, SI_ERROR_FORMAT,
                      "/nodes/P/0/morphology: 2 rows, but row 2 is needed");
    file = create_three(path);
    write_pairs(file, "nodes/P/0/morphology", (uint64_t[3][2]){{0}}, 3);
    close_file(file);
    assert_unreadable(path, NULL, SI_ERROR_FORMAT,
                      "/nodes/P/0/morphology: 2 dimensions, expected 1");
}

static void rotations_by_angles(void **state)
{
    const char *path = path_in(*state, "n.h5"), *types = path_in(*state, "t.csv");
    hid_t file = create_three(path);
    write_strings(file, "nodes/P/0/morphology", three_names, 3);
    write_doubles(file, "nodes/P/0/rotation_angle_zaxis", (double[]){0.25, -1, 2}, 3);
    close_file(file);
    write_text(types, "node_type_id rotation_angle_xaxis rotation_angle_zaxis\n0 0.5 9\n");
    si_cells cells;
    read_all(path, types, &cells);
    assert_int_equal(cells.rotation_kinds[1], SI_ROTATION_ANGLES);
    assert_true(cells.rotations[1][0] == 0.5 && cells.rotations[1][1] == 0 &&
                cells.rotations[1][2] == -1 && cells.rotations[1][3] == 0);
    si_cells_free(&cells);
}

static void recenter_is_read(void **state)
{
    const char *path = path_in(*state, "n.h5"), *types = path_in(*state, "t.csv");
    hid_t boolean = H5Tenum_create(H5T_STD_I8LE);
    H5Tenum_insert(boolean, "FALSE", &(int8_t){0});
    H5Tenum_insert(boolean, "TRUE", &(int8_t){1});
    hid_t file = create_three(path);
    write_strings(file, "nodes/P/0/morphology", three_names, 3);
    write_numbers(file, "nodes/P/0/recenter", boolean, boolean, (int8_t[]){1, 0, 1}, 3);
    H5Tclose(boolean);
    close_file(file);
    si_cells cells;
    read_all(path, NULL, &cells);
    assert_int_equal(cells.recenter[0], SI_RECENTER_GIVEN_ON);
    assert_int_equal(cells.recenter[1], SI_RECENTER_GIVEN_OFF);
    si_cells_free(&cells);

    file = create_three(path);
    write_strings(file, "nodes/P/0/morphology", three_names, 3);
    close_file(file);
    write_text(types, "node_type_id recenter\n0 false\n");
    read_all(path, types, &cells);
    assert_int_equal(cells.recenter[2], SI_RECENTER_GIVEN_OFF);
    si_cells_free(&cells);
}

static void types_fill_in_what_the_group_lacks(void **state)
{
    const char *path = path_in(*state, "n.h5"), *types = path_in(*state, "t.csv");
    hid_t file = create_file(path);
    write_doubles(file, "nodes/P/node_type_id", (double[]){20, -1, 20, 30}, 4);
    write_zeros(file, "nodes/P/node_group_id", 4);
    write_doubles(file, "nodes/P/0/x", (double[]){1, 2, 3, 4}, 4);
    close_file(file);
    write_text(types, "node_type_id model_type morphology x y z\n"
                      "20 biophysical twenty 99 5 6\n"
                      "-1 biophysical minus 99 7 8\n"
                      "30 virtual NULL NULL NULL NULL\n");
    si_cells cells;
    read_all(path, types, &cells);
    assert_morphologies(&cells, (const char *const[]){"twenty", "minus", "twenty", NULL});
    assert_true(cells.positions[1][0] == 2 && cells.positions[1][1] == 7);
    assert_true(cells.positions[2][0] == 3 && cells.positions[2][2] == 6);
    assert_true(isnan(cells.positions[3][1]));
    si_cells_free(&cells);

    write_text(types, "node_type_id model_type morphology x y z\n20 biophysical a 1 2 NULL\n");
    assert_unreadable(path, types, SI_ERROR_NOT_FOUND,
                      "node 1 has no morphology: the group does not have it, and");
    assert_message("t.csv does not have its node_type_id");
    write_text(types, "node_type_id morphology y z\n20 a 1 2\n-1 a 2 NULL\n30 a 1 2\n");
    assert_unreadable(path, types, SI_ERROR_NOT_FOUND, "node 1 has no z");
    assert_message("t.csv has no value for it");
    write_text(types, "node_type_id morphology y z\n20 a 1 2\n-1 a q 3\n30 a 1 2\n");
    assert_unreadable(path, types, SI_ERROR_FORMAT, "t.csv:3: y is 'q', expected a number");
}

/* Cells 0, 3 in group 0 (rows 1, 0), cells 1, 2 in group 12 (rows 0, 1). */
static void positions_may_be_one_data_set(void **state)
{
    si_cells cells;
    const char *path = path_in(*state, "n.h5");
    hid_t file = create_file(path);
    write_zeros(file, "nodes/P/node_type_id", 3);
    write_strings(file, "nodes/P/0/morphology", three_names, 3);
    write_triples(file, "nodes/P/0/positions", (double[3][3]){{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}, 3);
    close_file(file);
    si_sonata_nodes *nodes = open_nodes(path, NULL);
    assert_ok(si_sonata_nodes_read(nodes, 0, (uint64_t[]){2, 0}, 2, &cells, &error), error);
    assert_true(cells.positions[0][0] == 7 && cells.positions[0][2] == 9);
    assert_true(cells.positions[1][0] == 1 && cells.positions[1][1] == 2);
    si_cells_free(&cells);
    si_sonata_nodes_close(nodes);

    file = create_file(path);
    write_zeros(file, "nodes/P/node_type_id", 3);
    write_strings(file, "nodes/P/0/morphology", three_names, 3);
    write_doubles(file, "nodes/P/0/x", (double[]){1, 2, 3}, 3);
    write_triples(file, "nodes/P/0/positions", (double[3][3]){{0}}, 3);
    close_file(file);
    assert_unreadable(path, NULL, SI_ERROR_NOT_FOUND, "node 0 has no y");
}

/* Three cells whose node_id is `ids`, of `count` values. */
static void write_node_ids(const char *path, const double *ids, hsize_t count)
{
    hid_t file = create_three(path);
    write_strings(file, "nodes/P/0/morphology", three_names, 3);
    write_doubles(file, "nodes/P/node_id", ids, count);
    close_file(file);
}

static void assert_gids(si_sonata_nodes *nodes, const uint64_t *gids, uint64_t count,
                        const uint64_t *expected, const double *expected_x)
{
    si_cells cells;
    assert_ok(si_sonata_nodes_read(nodes, 0, gids, count, &cells, &error), error);
    for (uint64_t i = 0; i < count; i++) {
        assert_int_equal(cells.gids[i], expected[i]);
        assert_true(cells.positions[i][0] == expected_x[i]);
    }
    si_cells_free(&cells);
}

static void node_ids_are_gids(void **state)
{
    static const double orders[2][3] = {{10, 20, 30}, {20, 7, 12}};
    static const uint64_t gids[2][3] = {{10, 20, 30}, {20, 7, 12}};
    const char *path = path_in(*state, "n.h5");
    for (int i = 0; i < 2; i++) {
        write_node_ids(path, orders[i], 3);
        si_sonata_nodes *nodes = open_nodes(path, NULL);
        assert_gids(nodes, NULL, 3, gids[i], (double[]){1, 2, 3});
        const uint64_t wanted[] = {gids[i][2], gids[i][0], gids[i][2]};
        assert_gids(nodes, wanted, 3, wanted, (double[]){3, 1, 3});
        assert_true(si_sonata_nodes_have(nodes, gids[i][1]));
        assert_false(si_sonata_nodes_have(nodes, 1));
        si_cells cells;
        assert_int_equal(si_sonata_nodes_read(nodes, 0, (uint64_t[]){1}, 1, &cells, &error),
                         SI_ERROR_ARGUMENT);
        assert_message("/nodes/P: node id 1 was requested, but no row of node_id has it");
        si_sonata_nodes_close(nodes);
        uint64_t ids[2];
        assert_ok(si_nodes_population_ids(path, NULL, 1, 2, ids, &error), error);
        assert_memory_equal(ids, gids[i] + 1, sizeof ids);
    }
    write_node_ids(path, (double[]){0, 1, 2}, 3);
    si_sonata_nodes *nodes = open_nodes(path, NULL);
    assert_true(si_sonata_nodes_count_from_0(nodes));
    si_sonata_nodes_close(nodes);
    uint64_t ids[4];
    assert_int_equal(si_nodes_population_ids(path, NULL, 0, 4, ids, &error), SI_ERROR_ARGUMENT);
    assert_message("the population has 3 nodes");
}

static void bad_node_ids_are_refused(void **state)
{
    static const struct {
        double ids[3];
        hsize_t count;
        si_result result;
        const char *message;
    } cases[] = {
        {{4, 5, 4}, 3, SI_ERROR_FORMAT, "/nodes/P/node_id: rows 0 and 2 are both 4"},
        {{4, -5, 6}, 3, SI_ERROR_FORMAT, "row 1 is -5, expected an integer from 0 on"},
        {{4, 5, 0.5}, 3, SI_ERROR_FORMAT, "row 2 is 0.5, expected an integer from 0 on"},
        {{0, 1, 0x1p36}, 3, SI_ERROR_LIMIT, "row 2 is 68719476736, expected at most 68719476735"},
        {{4, 5}, 2, SI_ERROR_FORMAT, "2 ids, expected one for each of 3 nodes"},
    };
    const char *path = path_in(*state, "n.h5");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        si_sonata_nodes *nodes;
        write_node_ids(path, cases[i].ids, cases[i].count);
        assert_int_equal(si_sonata_nodes_open(path, NULL, NULL, &nodes, &error), cases[i].result);
        assert_message(cases[i].message);
    }
}

static void write_groups(const char *path, const double *ids, const uint64_t *rows)
{
    hid_t file = create_file(path);
    write_zeros(file, "nodes/P/node_type_id", 4);
    write_doubles(file, "nodes/P/node_group_id", ids, 4);
    write_ids(file, "nodes/P/node_group_index", rows, 4);
    for (const char *axis = "xyz"; *axis; axis++) {
        char name[] = "nodes/P/0/x";
        name[10] = *axis;
        write_doubles(file, name, (double[]){30, 0}, 2);
    }
    write_strings(file, "nodes/P/0/morphology", (const char *const[]){"three", "zero"}, 2);
    write_strings(file, "nodes/P/12/model_type", (const char *const[]){"virtual", "virtual"}, 2);
    close_file(file);
}

static void groups_are_followed(void **state)
{
    const char *path = path_in(*state, "n.h5");
    write_groups(path, (double[]){0, 12, 12, 0}, (uint64_t[]){1, 0, 1, 0});
    si_cells cells;
    read_all(path, NULL, &cells);
    assert_morphologies(&cells, (const char *const[]){"zero", NULL, NULL, "three"});
    assert_true(cells.positions[3][0] == 30 && cells.positions[0][2] == 0);
    assert_true(isnan(cells.positions[1][0]));
    si_cells_free(&cells);
    si_sonata_nodes *nodes = open_nodes(path, NULL);
    assert_ok(si_sonata_nodes_read(nodes, 0, (uint64_t[]){3, 3, 2, 0}, 4, &cells, &error), error);
    assert_morphologies(&cells, (const char *const[]){"three", "three", NULL, "zero"});
    si_cells_free(&cells);
    si_sonata_nodes_close(nodes);
}

static void bad_groups_are_refused(void **state)
{
    const char *path = path_in(*state, "n.h5");
    write_groups(path, (double[]){0, 12, 5, 0}, (uint64_t[]){1, 0, 1, 0});
    assert_unreadable(path, NULL, SI_ERROR_FORMAT,
                      "/nodes/P/node_group_id: row 2 is 5, but there is no such group");
    write_groups(path, (double[]){0, 12, 0.5, 0}, (uint64_t[]){1, 0, 1, 0});
    assert_unreadable(path, NULL, SI_ERROR_FORMAT,
                      "/nodes/P/node_group_id: row 2 is 0.5, expected an integer");
    write_groups(path, (double[]){0, 12, 12, 0}, (uint64_t[]){1, 0, 2, 0});
    assert_unreadable(path, NULL, SI_ERROR_FORMAT,
                      "/nodes/P/12/model_type: 2 rows, but row 2 is needed");
    hid_t file = create_three(path);
    create_group(file, "nodes/P/1");
    close_file(file);
    si_sonata_nodes *nodes;
    assert_int_equal(si_sonata_nodes_open(path, NULL, NULL, &nodes, &error), SI_ERROR_FORMAT);
    assert_message("group 1 exists, but not both of node_group_id and node_group_index");
}

static void populations_are_chosen(void **state)
{
    const char *path = path_in(*state, "n.h5");
    si_sonata_nodes *nodes;
    hid_t file = create_file(path);
    write_zeros(file, "nodes/one/node_type_id", 3);
    write_zeros(file, "nodes/two/node_type_id", 4);
    close_file(file);
    assert_int_equal(si_sonata_nodes_open(path, NULL, NULL, &nodes, &error), SI_ERROR_NOT_FOUND);
    assert_message("expected a file with exactly one, found: one, two");
    assert_int_equal(si_sonata_nodes_open(path, NULL, "three", &nodes, &error), SI_ERROR_NOT_FOUND);
    assert_message("no population three; the file has: one, two");
    assert_ok(si_sonata_nodes_open(path, NULL, "two", &nodes, &error), error);
    assert_int_equal(si_sonata_nodes_size(nodes), 4);
    si_sonata_nodes_close(nodes);
    file = create_file(path);
    write_zeros(file, "nodes/one/node_type_id", 3);
    write_zeros(file, "nodes/default/node_type_id", 0);
    close_file(file);
    nodes = open_nodes(path, NULL);
    assert_string_equal(si_sonata_nodes_population(nodes), "default");
    assert_string_equal(si_sonata_nodes_file(nodes), path);
    si_sonata_nodes_close(nodes);
}

static void an_empty_population_has_no_cells(void **state)
{
    const char *path = path_in(*state, "n.h5");
    hid_t file = create_file(path);
    write_zeros(file, "nodes/P/node_type_id", 0);
    close_file(file);
    si_sonata_nodes *nodes = open_nodes(path, NULL);
    si_cells cells;
    bool all_virtual = true;
    assert_ok(si_sonata_nodes_all_virtual(nodes, &all_virtual, &error), error);
    assert_false(all_virtual);
    assert_ok(si_sonata_nodes_read(nodes, 0, NULL, 0, &cells, &error), error);
    assert_int_equal(cells.count, 0);
    si_cells_free(&cells);
    assert_int_equal(si_sonata_nodes_read(nodes, 0, NULL, 1, &cells, &error), SI_ERROR_ARGUMENT);
    assert_int_equal(si_sonata_nodes_read(nodes, 0, (uint64_t[]){0}, 1, &cells, &error),
                     SI_ERROR_ARGUMENT);
    assert_message("node id 0 was requested, but the population has 0 nodes");
    si_sonata_nodes_close(nodes);
}

static void assert_not_opened(const char *path, si_result status, const char *part)
{
    si_sonata_nodes *nodes;
    assert_int_equal(si_sonata_nodes_open(path, NULL, NULL, &nodes, &error), status);
    assert_message(part);
}

static void other_files_are_refused(void **state)
{
    const char *path = path_in(*state, "n.h5");
    assert_not_opened(path, SI_ERROR_NOT_FOUND, "n.h5: no such file");
    assert_not_opened(*state, SI_ERROR_IO, "not a regular file");
    write_text(path, "this is no HDF5");
    assert_not_opened(path, SI_ERROR_FORMAT, "n.h5: not a readable HDF5 file");
    hid_t file = create_file(path);
    write_zeros(file, "edges/P/edge_type_id", 3);
    close_file(file);
    assert_not_opened(path, SI_ERROR_NOT_FOUND, "holds SONATA edges, expected nodes");
    file = create_file(path);
    write_zeros(file, "cells/positions", 3);
    close_file(file);
    assert_not_opened(path, SI_ERROR_UNSUPPORTED, "MVD3");
    file = create_file(path);
    write_zeros(file, "neuron1/structure", 3);
    close_file(file);
    assert_not_opened(path, SI_ERROR_NOT_FOUND, "no group /nodes");
    file = create_file(path);
    create_group(file, "nodes");
    close_file(file);
    assert_not_opened(path, SI_ERROR_NOT_FOUND, "expected a file with exactly one, found: none");
    file = create_file(path);
    write_zeros(file, "nodes/P/0/x", 3);
    close_file(file);
    assert_not_opened(path, SI_ERROR_NOT_FOUND, "/nodes/P/node_type_id: no such data set");
    file = create_file(path);
    create_group(file, "nodes/P/node_type_id");
    close_file(file);
    assert_not_opened(path, SI_ERROR_FORMAT, "/nodes/P/node_type_id: not a data set");
}

/* More than any piece that is read at once, in chunks, asked for in a scattered order. */
static void large_populations_are_read_in_pieces(void **state)
{
    enum { CELLS = 300000, ASKED = 1000 };
    const char *path = path_in(*state, "n.h5");
    static double values[CELLS];
    static uint64_t ids[ASKED];
    static const char *const names[] = {"zero", "one", "two"};
    for (int i = 0; i < CELLS; i++)
        values[i] = i;
    hid_t file = create_file(path);
    write_zeros(file, "nodes/P/node_type_id", CELLS);
    write_doubles(file, "nodes/P/0/x", values, CELLS);
    write_doubles(file, "nodes/P/0/y", values, CELLS);
    write_doubles(file, "nodes/P/0/z", values, CELLS);
    for (int i = 0; i < CELLS; i++)
        values[i] = i % 3;
    write_doubles(file, "nodes/P/0/morphology", values, CELLS);
    write_strings(file, "nodes/P/0/@library/morphology", names, 3);
    close_file(file);
    si_sonata_nodes *nodes = open_nodes(path, NULL);
    si_cells cells;
    for (uint64_t i = 0; i < ASKED; i++)
        ids[i] = i * 7919 * 37 % CELLS;
    assert_ok(si_sonata_nodes_read(nodes, 0, ids, ASKED, &cells, &error), error);
    for (uint64_t i = 0; i < ASKED; i++) {
        assert_true(cells.positions[i][2] == (double)ids[i]);
        assert_string_equal(morphology_of(&cells, i), names[ids[i] % 3]);
    }
    si_cells_free(&cells);
    assert_ok(si_sonata_nodes_read(nodes, 5, NULL, CELLS - 5, &cells, &error), error);
    for (uint64_t i = 0; i < CELLS - 5; i++)
        assert_true(cells.positions[i][1] == (double)i + 5);
    assert_string_equal(morphology_of(&cells, CELLS - 6), "two");
    si_cells_free(&cells);
    si_sonata_nodes_close(nodes);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, create_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(numbers_of_any_type_are_read),
        in_folder(text_of_any_type_is_read),
        in_folder(enumerations_are_resolved),
        in_folder(bad_enumerations_are_refused),
        in_folder(cells_without_morphology_are_flagged),
        in_folder(what_a_cell_with_morphology_needs_is_named),
        in_folder(attributes_may_be_of_the_wrong_kind),
        in_folder(rotations_by_angles),
        in_folder(recenter_is_read),
        in_folder(types_fill_in_what_the_group_lacks),
        in_folder(positions_may_be_one_data_set),
        in_folder(node_ids_are_gids),
        in_folder(bad_node_ids_are_refused),
        in_folder(groups_are_followed),
        in_folder(bad_groups_are_refused),
        in_folder(populations_are_chosen),
        in_folder(an_empty_population_has_no_cells),
        in_folder(other_files_are_refused),
        in_folder(large_populations_are_read_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
