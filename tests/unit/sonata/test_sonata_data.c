/* Real circuits: what is read of them is what h5py reads. */
#include <string.h>

#include "unit/test.h"

#include "fixture.h"
#include "sonata/sonata_edges.h"
#include "sonata/sonata_nodes.h"

#include "base/memory.h"

static const char *need(const char *name)
{
    const char *path = shared_data(name);
    if (!path) {
        print_message("no shared data: %s\n", name);
        skip();
    }
    return path;
}

static const char *morphology_of(const si_cells *cells, uint64_t i)
{
    return cells->morphologies[i] == SI_NO_NAME
               ? NULL
               : cells->morphology_names.names[cells->morphologies[i]];
}

static void check_position(const si_cells *cells, uint64_t i, double x, double y, double z)
{
    assert_true(cells->positions[i][0] == x);
    assert_true(cells->positions[i][1] == y);
    assert_true(cells->positions[i][2] == z);
}

static void thousand_cells(void **state)
{
    (void)state;
    si_error error;
    si_sonata_nodes *nodes;
    si_cells cells;
    assert_ok(si_sonata_nodes_open(need("nodes.h5"), NULL, NULL, &nodes, &error), error);
    assert_string_equal(si_sonata_nodes_population(nodes), "All");
    assert_int_equal(si_sonata_nodes_size(nodes), 1000);
    bool all_virtual = true;
    assert_ok(si_sonata_nodes_all_virtual(nodes, &all_virtual, &error), error);
    assert_false(all_virtual);

    assert_ok(si_sonata_nodes_read(nodes, 0, NULL, 1000, &cells, &error), error);
    assert_int_equal(cells.morphology_names.count, 52);
    double sum = 0;
    for (uint64_t i = 0; i < 1000; i++)
        sum += cells.positions[i][0];
    assert_true(sum > 36138.088589 && sum < 36138.088591);
    check_position(&cells, 700, 53.878684, 608.65568, 46.131899);
    assert_string_equal(morphology_of(&cells, 700), "rp110120_L5-3_idE");
    assert_int_equal(cells.rotation_kinds[700], SI_ROTATION_QUATERNION);
    assert_int_equal(cells.recenter[700], SI_RECENTER_NOT_GIVEN);
    assert_true(cells.rotations[700][0] == 0.9784211885739097);
    assert_true(cells.rotations[700][2] == -0.2066203710906012);
    si_cells_free(&cells);

    assert_ok(si_sonata_nodes_read(nodes, 0, (uint64_t[]){999, 0, 999}, 3, &cells, &error), error);
    assert_int_equal(cells.gids[0], 999);
    check_position(&cells, 0, 59.023117, 413.300961, 79.975608);
    check_position(&cells, 1, 40.821401, 1986.506637, 10.788424);
    assert_string_equal(morphology_of(&cells, 2), "tkb060509a2_ch3_mc_n_el_100x_1");
    assert_string_equal(morphology_of(&cells, 1), "sm090227a1-2_idC");
    assert_int_equal(cells.morphology_names.count, 2);
    si_cells_free(&cells);

    assert_int_equal(si_sonata_nodes_read(nodes, 0, (uint64_t[]){5, 1000}, 2, &cells, &error),
                     SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "1000 was requested, but the population has 1000 nodes"));
    si_sonata_nodes_close(nodes);
}

static void cells_of_usecase3(void **state)
{
    (void)state;
    si_error error;
    si_sonata_nodes *nodes;
    si_cells cells;
    assert_ok(si_sonata_nodes_open(need("usecase3/nodes_A.h5"), NULL, "NodeA", &nodes, &error),
              error);
    assert_ok(si_sonata_nodes_read(nodes, 0, NULL, 3, &cells, &error), error);
    assert_true(cells.positions[1][0] == 430.378732744839);
    assert_string_equal(morphology_of(&cells, 0), "rr110330_C3_idA");
    assert_string_equal(morphology_of(&cells, 2), "C210401C");
    assert_int_equal(cells.model_type_names.count, 1);
    assert_string_equal(cells.model_type_names.names[cells.model_types[2]], "biophysical");
    si_cells_free(&cells);
    si_sonata_nodes_close(nodes);
}

static void cells_whose_attributes_are_in_a_csv(void **state)
{
    (void)state;
    si_error error;
    si_sonata_nodes *nodes;
    si_cells cells;
    const char *types = need("allen/5_cells_iclamp/network/biophysical_node_types.csv");
    assert_ok(si_sonata_nodes_open(need("allen/5_cells_iclamp/network/biophysical_nodes.h5"), types,
                                   NULL, &nodes, &error),
              error);
    assert_ok(si_sonata_nodes_read(nodes, 0, NULL, 5, &cells, &error), error);
    check_position(&cells, 2, -200, 0, 0);
    assert_string_equal(morphology_of(&cells, 0), "Scnn1a_473845048_m");
    assert_string_equal(morphology_of(&cells, 3), "Pvalb_470522102_m");
    assert_string_equal(morphology_of(&cells, 4), "Pvalb_469628681_m");
    assert_int_equal(cells.rotation_kinds[0], SI_ROTATION_NONE);
    si_cells_free(&cells);
    si_sonata_nodes_close(nodes);

    types = need("allen/9_cells/network/cortex_node_types.csv");
    assert_ok(si_sonata_nodes_open(need("allen/9_cells/network/cortex_nodes.h5"), types, NULL,
                                   &nodes, &error),
              error);
    assert_ok(si_sonata_nodes_read(nodes, 3, NULL, 6, &cells, &error), error);
    check_position(&cells, 0, 30, 0, 0);
    check_position(&cells, 5, 62, 0, 0);
    assert_string_equal(morphology_of(&cells, 2), "Rorb_325404214_m");
    assert_string_equal(morphology_of(&cells, 3), "Nr5a1_471087815_m");
    assert_int_equal(cells.morphology_names.count, 2);
    si_cells_free(&cells);
    si_sonata_nodes_close(nodes);
}

static void virtual_cells_need_no_position(void **state)
{
    (void)state;
    si_error error;
    si_sonata_nodes *nodes;
    si_cells cells;
    const char *types = need("allen/9_cells/network/excvirt_node_types.csv");
    assert_ok(si_sonata_nodes_open(need("allen/9_cells/network/excvirt_nodes.h5"), types, "excvirt",
                                   &nodes, &error),
              error);
    bool all_virtual = false;
    assert_ok(si_sonata_nodes_all_virtual(nodes, &all_virtual, &error), error);
    assert_true(all_virtual);
    assert_ok(si_sonata_nodes_read(nodes, 0, NULL, 10, &cells, &error), error);
    for (uint64_t i = 0; i < 10; i++)
        assert_int_equal(cells.morphologies[i], SI_NO_NAME);
    si_cells_free(&cells);
    si_sonata_nodes_close(nodes);
}

static void synapses(void **state)
{
    (void)state;
    si_error error;
    si_sonata_edges *edges;
    static float positions[1931][3];
    static uint64_t targets[1931], sources[1931];
    si_edge_rows rows = {positions, targets, sources};
    assert_ok(si_sonata_edges_open(need("edges.h5"), NULL, NULL, &edges, &error), error);
    assert_int_equal(si_sonata_edges_size(edges), 1931);
    assert_string_equal(si_sonata_edges_population(edges), "neocortex_neurons__chemical_synapse");
    assert_ok(si_sonata_edges_read(edges, 0, 1931, &rows, &error), error);
    assert_int_equal(targets[1000], 34);
    assert_int_equal(sources[1000], 53);
    assert_true(positions[1000][0] == 239.8369f);
    assert_true(positions[1930][1] == 540.2443f);
    assert_true(positions[0][2] == 375.36426f);
    assert_ok(si_sonata_edges_read(edges, 1930, 1931, &rows, &error), error);
    assert_int_equal(targets[0], 54);
    assert_true(positions[0][2] == 353.89252f);
    si_sonata_edges_close(edges);
}

static void check_selection(si_sonata_edges *edges, const uint64_t *gids, size_t gid_count,
                            size_t expected_ranges, uint64_t expected_edges, uint64_t expected_sum)
{
    si_error error;
    si_edge_range *ranges;
    size_t range_count;
    uint64_t count = 0, sum = 0;
    assert_ok(si_sonata_edges_select_targets(edges, gids, gid_count, &ranges, &range_count, &error),
              error);
    for (size_t i = 0; i < range_count; i++) {
        count += ranges[i].end - ranges[i].start;
        for (uint64_t id = ranges[i].start; id < ranges[i].end; id++)
            sum += id;
    }
    assert_int_equal(range_count, expected_ranges);
    assert_int_equal(count, expected_edges);
    assert_int_equal(sum, expected_sum);
    si_free(ranges);
}

static void synapses_of_target_cells(void **state)
{
    (void)state;
    si_error error;
    si_sonata_edges *edges;
    assert_ok(si_sonata_edges_open(need("edges.h5"), NULL, NULL, &edges, &error), error);
    check_selection(edges, (uint64_t[]){12, 6}, 2, 2, 26, 4417);
    check_selection(edges, (uint64_t[]){37, 37, 99999}, 3, 1, 15, 15795);
    check_selection(edges, (uint64_t[]){51, 0, 51}, 3, 2, 58, 75397);
    check_selection(edges, (uint64_t[]){47, 11}, 2, 0, 0, 0);
    si_sonata_edges_close(edges);
}

static void synapses_with_the_older_index_and_other_positions(void **state)
{
    (void)state;
    si_error error;
    si_sonata_edges *edges;
    const char *path = need("allen/9_cells/network/excvirt_cortex_edges.h5");
    assert_int_equal(si_sonata_edges_open(path, NULL, NULL, &edges, &error), SI_ERROR_NOT_FOUND);
    assert_non_null(strstr(error.message, "afferent_center_x"));
    assert_non_null(strstr(error.message, "position prefixes of this group: pos"));
    assert_ok(si_sonata_edges_open(path, "excvirt_to_cortex", "pos", &edges, &error), error);
    float position[1][3];
    uint64_t target, source;
    si_edge_rows rows = {position, &target, &source};
    assert_ok(si_sonata_edges_read(edges, 5, 6, &rows, &error), error);
    assert_true(position[0][0] == (float)-56.68659973144531);
    assert_true(position[0][1] == (float)-34.63180160522461);
    check_selection(edges, (uint64_t[]){3}, 1, 1, 64, 64 * (237 + 300) / 2);
    si_sonata_edges_close(edges);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thousand_cells),
        cmocka_unit_test(cells_of_usecase3),
        cmocka_unit_test(cells_whose_attributes_are_in_a_csv),
        cmocka_unit_test(virtual_cells_need_no_position),
        cmocka_unit_test(synapses),
        cmocka_unit_test(synapses_of_target_cells),
        cmocka_unit_test(synapses_with_the_older_index_and_other_positions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
