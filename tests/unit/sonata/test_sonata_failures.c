/* Damaged files and memory that runs out: every failure is a sentence, and nothing is lost. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/test.h"

#include "base/file.h"
#include "base/memory.h"
#include "circuit/dataset.h"
#include "config/circuit_config.h"
#include "fixture.h"
#include "sonata/sonata_edges.h"
#include "sonata/sonata_nodes.h"

/* A circuit in a folder; everything that can be read of it is read. */
typedef struct circuit {
    const char *nodes, *types, *edges, *config;
} circuit;

static void write_circuit(const char *folder, circuit *paths)
{
    *paths = (circuit){path_in(folder, "n.h5"), path_in(folder, "t.csv"), path_in(folder, "e.h5"),
                       path_in(folder, "c.json")};
    hid_t file = create_file(paths->nodes);
    write_zeros(file, "nodes/P/node_type_id", 4);
    write_ids(file, "nodes/P/node_id", (uint64_t[]){3, 1, 0, 2}, 4);
    write_ids(file, "nodes/P/node_group_id", (uint64_t[]){1, 0, 0, 1}, 4);
    write_ids(file, "nodes/P/node_group_index", (uint64_t[]){1, 0, 1, 0}, 4);
    write_doubles(file, "nodes/P/0/x", (double[]){1, 2}, 2);
    write_zeros(file, "nodes/P/0/morphology", 2);
    write_strings(file, "nodes/P/0/@library/morphology", (const char *const[]){"one", "two"}, 2);
    write_strings(file, "nodes/P/1/morphology", (const char *const[]){"three", "four"}, 2);
    close_file(file);
    write_text(paths->types, "node_type_id x y z rotation_angle_xaxis\n0 1 2 3 4\n");
    file = create_file(paths->edges);
    write_zeros(file, "edges/E/edge_type_id", 3);
    write_zeros(file, "edges/E/target_node_id", 3);
    write_zeros(file, "edges/E/source_node_id", 3);
    for (const char *axis = "xyz"; *axis; axis++) {
        char name[] = "edges/E/0/p_x";
        name[12] = *axis;
        write_zeros(file, name, 3);
    }
    write_pairs(file, "edges/E/indices/target_to_source/node_id_to_ranges",
                (uint64_t[1][2]){{0, 1}}, 1);
    write_pairs(file, "edges/E/indices/target_to_source/range_to_edge_id", (uint64_t[1][2]){{0, 3}},
                1);
    close_file(file);
    write_json(paths->config, "{'manifest': {'$A': 'm', '$B': '$A/n'},"
                              " 'components': {'morphologies_dir': '$B',"
                              " 'alternate_morphologies': {'h5v1': 'h'}}, 'networks': {'nodes': ["
                              "{'nodes_file': 'n.h5', 'node_types_file': 't.csv'}]}}");
}

static si_result use_nodes(const circuit *paths, si_error *error)
{
    si_sonata_nodes *nodes;
    si_cells cells;
    SI_TRY(si_sonata_nodes_open(paths->nodes, paths->types, NULL, &nodes, error));
    si_result status = si_sonata_nodes_read(nodes, 0, (uint64_t[]){3, 1, 2}, 3, &cells, error);
    if (status == SI_OK)
        si_cells_free(&cells);
    si_sonata_nodes_close(nodes);
    return status;
}

static si_result use_edges(const circuit *paths, si_error *error)
{
    si_sonata_edges *edges;
    si_edge_range *ranges = NULL;
    size_t count;
    float positions[3][3];
    uint64_t targets[3], sources[3];
    si_edge_rows rows = {positions, targets, sources};
    SI_TRY(si_sonata_edges_open(paths->edges, NULL, "p", &edges, error));
    si_result status = si_sonata_edges_select_targets(edges, (uint64_t[]){0}, 1, &ranges, &count,
                                                      error);
    if (status == SI_OK) {
        si_free(ranges);
        if (si_sonata_edges_size(edges) == 3)
            status = si_sonata_edges_read(edges, 0, 3, &rows, error);
    }
    si_sonata_edges_close(edges);
    return status;
}

static si_result use_config(const circuit *paths, si_error *error)
{
    si_circuit_config *config;
    const si_node_population *populations;
    size_t count;
    SI_TRY(si_circuit_config_open(paths->config, &config, error));
    si_result status = si_circuit_config_node_populations(config, &populations, &count, error);
    if (status == SI_OK)
        status = si_circuit_config_node_population(config, "P", &populations, error);
    si_circuit_config_close(config);
    return status;
}

static si_result use_dataset(const circuit *paths, si_error *error)
{
    si_dataset *dataset;
    si_values values;
    SI_TRY(si_dataset_open_file(paths->nodes, paths->types, NULL, SI_SEGMENT, &dataset, error));
    si_result status = si_dataset_read(dataset, "morphology", (uint64_t[]){3, 1}, 2, &values,
                                       error);
    if (status == SI_OK)
        si_values_free(&values);
    si_dataset_close(dataset);
    return status;
}

static si_result (*const uses[])(const circuit *, si_error *) = {use_nodes, use_edges, use_config,
                                                                 use_dataset};
#define USE_COUNT (sizeof uses / sizeof *uses)

static void any_allocation_may_fail(void **state)
{
    circuit paths;
    write_circuit(*state, &paths);
    for (size_t u = 0; u < USE_COUNT; u++) {
        si_error error = {.result = SI_OK};
        uint64_t n = 0;
        do {
            error = (si_error){.result = SI_OK};
            si_memory_fail_after(++n);
            si_result status = uses[u](&paths, &error);
            si_memory_fail_after(0);
            assert_int_equal(status, error.result);
            assert_true(n < 2000);
        } while (error.result != SI_OK);
        assert_true(n > 10);
    }
}

/* Uses the circuit with a damaged file in place of a sound one. */
static void use_damaged(const circuit *paths, const char *path, const char *content, size_t length)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    for (size_t u = 0; u < USE_COUNT; u++) {
        si_error error = {.result = SI_OK};
        si_result status = uses[u](paths, &error);
        assert_int_equal(status, error.result);
        assert_true(status == SI_OK || strlen(error.message) > 0);
    }
}

static void assert_truncations_are_noticed(const circuit *paths, const char *path, size_t use)
{
    char *content;
    size_t length;
    si_error error;
    assert_ok(si_file_read_all(path, &content, &length, &error), error);
    for (size_t kept = 0; kept < length; kept += 1 + length / 97) {
        use_damaged(paths, path, content, kept);
        assert_int_not_equal(uses[use](paths, &error), SI_OK);
    }
    use_damaged(paths, path, content, length);
    assert_ok(uses[use](paths, &error), error);
    si_free(content);
}

static void truncated_files_are_refused(void **state)
{
    circuit paths;
    write_circuit(*state, &paths);
    assert_truncations_are_noticed(&paths, paths.nodes, 0);
    assert_truncations_are_noticed(&paths, paths.edges, 1);
}

static herr_t count_error(hid_t stack, void *count)
{
    (void)stack;
    ++*(int *)count;
    return 0;
}

/* What a program has told HDF5 to do about errors it still does, but not during our calls. */
static void the_error_handler_of_the_program_stays(void **state)
{
    circuit paths;
    si_error error;
    si_sonata_nodes *nodes;
    H5E_auto2_t handler;
    void *data;
    int count = 0;
    write_circuit(*state, &paths);
    H5Eget_auto2(H5E_DEFAULT, &handler, &data);
    H5Eset_auto2(H5E_DEFAULT, count_error, &count);
    assert_int_not_equal(si_sonata_nodes_open(paths.types, NULL, NULL, &nodes, &error), SI_OK);
    assert_int_equal(count, 0);
    assert_true(H5Fopen("/no/such/file", H5F_ACC_RDONLY, H5P_DEFAULT) < 0);
    assert_int_equal(count, 1);
    H5Eset_auto2(H5E_DEFAULT, handler, data);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, create_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(any_allocation_may_fail),
        in_folder(truncated_files_are_refused),
        in_folder(the_error_handler_of_the_program_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
