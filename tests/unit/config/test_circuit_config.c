/* The circuit configuration: variables, paths, populations and what is wrong with them. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "unit/test.h"

#include "../sonata/fixture.h"
#include "config/circuit_config.h"

static si_error error;

static si_circuit_config *open_text(const char *folder, const char *json)
{
    si_circuit_config *config;
    const char *path = path_in(folder, "circuit_config.json");
    write_json(path, json);
    assert_ok(si_circuit_config_open(path, &config, &error), error);
    return config;
}

static void assert_message(const char *part)
{
    if (!strstr(error.message, part))
        fail_msg("'%s' does not say '%s'", error.message, part);
}

static void assert_not_opened(const char *folder, const char *json, si_result status,
                              const char *part)
{
    si_circuit_config *config;
    const char *path = path_in(folder, "bad.json");
    write_json(path, json);
    assert_int_equal(si_circuit_config_open(path, &config, &error), status);
    assert_message(part);
}

static const si_node_population *get_nodes(si_circuit_config *config, const char *name)
{
    const si_node_population *population;
    assert_ok(si_circuit_config_node_population(config, name, &population, &error), error);
    assert_string_equal(population->name, name);
    return population;
}

static void assert_path(const char *actual, const char *folder, const char *expected)
{
    assert_string_equal(actual, path_in(folder, expected));
}

static void variables_are_replaced(void **state)
{
    const char *folder = *state;
    si_circuit_config *config = open_text(
        folder,
        "{'manifest': {'$BASE': 'one', '$BASE_DIR': './$BASE/two', '$A': 'x', '$': 'dollar'},"
        " 'networks': {'nodes': ["
        "{'nodes_file': '$BASE_DIR/z', 'populations': {'P': {'morphologies_dir': '$A/$A'}}},"
        "{'nodes_file': 'x$A/../../z$Q', 'populations': {'Q': {'morphologies_dir': '/$BASE'}}}"
        "]}}");
    assert_path(get_nodes(config, "P")->nodes_file, folder, "one/two/z");
    assert_path(get_nodes(config, "P")->morphologies_dir, folder, "x/x");
    assert_string_equal(get_nodes(config, "Q")->morphologies_dir, "/one");
    assert_non_null(strstr(get_nodes(config, "Q")->nodes_file, "/zdollarQ"));
    si_circuit_config_close(config);
}

static void variables_may_stand_in_braces(void **state)
{
    const char *folder = *state;
    si_circuit_config *config = open_text(
        folder, "{'manifest': {'$BASE': 'one', '$B': '${BASE}/two'}, 'networks': {'nodes': [{"
                "'nodes_file': 'x${B}y/${Q}/${BAS', 'node_types_file': '${configdir}/t',"
                "'populations': {'P': {'morphologies_dir': '${workingdir}/m', 'type': "
                "'$configdir'}}}]}}");
    const si_node_population *population = get_nodes(config, "P");
    char here[256], expected[512];
    assert_non_null(getcwd(here, sizeof here));
    snprintf(expected, sizeof expected, "%s/m", here);
    assert_path(population->nodes_file, folder, "xone/twoy/${Q}/${BAS");
    assert_path(population->node_types_file, folder, "t");
    assert_string_equal(population->morphologies_dir, expected);
    assert_string_equal(population->type, "$configdir");
    si_circuit_config_close(config);
    config = open_text(folder, "{'manifest': {'$configdir': '/mine'}, 'networks': {'nodes': [{"
                               "'nodes_file': '${configdir}/$configdir', 'populations': {'P': {}}"
                               "}]}, 'components': {'morphologies_dir': 'm'}}");
    assert_string_equal(get_nodes(config, "P")->nodes_file, "/mine/mine");
    si_circuit_config_close(config);
}

static void simulations_are_followed_to_their_circuit(void **state)
{
    const char *folder = *state;
    write_json(path_in(folder, "circuit_config.json"),
               "{'networks': {'nodes': [{'nodes_file': 'n.h5', 'populations': {'P': {"
               "'morphologies_dir': 'm'}}}]}}");
    const char *path = path_in(folder, "simulation_config.json");
    write_json(path, "{'manifest': {'$D': '.'}, 'network': '${D}/circuit_config.json',"
                     " 'run': {'tstop': 1}}");
    si_circuit_config *config;
    assert_ok(si_circuit_config_open(path, &config, &error), error);
    assert_path(get_nodes(config, "P")->nodes_file, folder, "n.h5");
    si_circuit_config_close(config);
    assert_not_opened(folder, "{'network': 'simulation_config.json'}", SI_ERROR_FORMAT,
                      "simulation_config.json: is the configuration of a simulation");
    assert_not_opened(folder, "{'network': 'nowhere.json'}", SI_ERROR_NOT_FOUND, "nowhere.json");
    assert_not_opened(folder, "{'network': 5}", SI_ERROR_FORMAT, "network of the simulation");
}

static void unknown_variables_stay(void **state)
{
    const char *folder = *state;
    si_circuit_config *config = open_text(
        folder, "{'manifest': {'$A': '$B'}, 'networks': {'nodes': [{'nodes_file': '$A/$C', "
                "'populations': {'P': {'type': '$T'}}}]}}");
    assert_path(get_nodes(config, "P")->nodes_file, folder, "$B/$C");
    assert_string_equal(get_nodes(config, "P")->type, "$T");
    si_circuit_config_close(config);
}

static void bad_manifests_are_refused(void **state)
{
    const char *folder = *state;
    assert_not_opened(folder, "{'manifest': {'A': 'x'}}", SI_ERROR_FORMAT,
                      "invalid variable name 'A'");
    assert_not_opened(folder, "{'manifest': {'${A}': 'x'}}", SI_ERROR_FORMAT, "'${A}'");
    assert_not_opened(folder, "{'manifest': {'$A': 5}}", SI_ERROR_FORMAT,
                      "$A in the manifest is not a string");
    assert_not_opened(folder, "{'manifest': []}", SI_ERROR_FORMAT, "manifest is not an object");
    assert_not_opened(folder, "{'manifest': {'$A': 'x$A'}}", SI_ERROR_FORMAT,
                      "$A in the manifest refers to itself");
    assert_not_opened(folder, "{'manifest': {'$A': '$B', '$B': '$C/$A', '$C': 'c'}}",
                      SI_ERROR_FORMAT, "refers to itself");
}

static void variables_that_grow_without_end_are_refused(void **state)
{
    static char json[8192];
    size_t length = (size_t)snprintf(json, sizeof json, "{'manifest': {'$V0': 'abcdefgh'");
    for (int i = 1; i < 40; i++)
        length += (size_t)snprintf(json + length, sizeof json - length, ", '$V%d': '$V%d$V%d'", i,
                                   i - 1, i - 1);
    snprintf(json + length, sizeof json - length, "}}");
    assert_not_opened(*state, json, SI_ERROR_LIMIT, "65536 characters");
}

static void json_errors_name_the_line(void **state)
{
    const char *folder = *state;
    assert_not_opened(folder, "{\n 'networks': {\n  'nodes': [,]\n }\n}", SI_ERROR_FORMAT,
                      "bad.json:3:");
    assert_not_opened(folder, "{} // comment", SI_ERROR_FORMAT, "bad.json:1:");
    assert_not_opened(folder, "", SI_ERROR_FORMAT, "not JSON");
    assert_not_opened(folder, "[]", SI_ERROR_FORMAT, "not a JSON object");
    assert_not_opened(folder, "{'metadata': {'status': 'done'}}", SI_ERROR_FORMAT,
                      "status of metadata is 'done'");
    si_circuit_config *config;
    assert_int_equal(si_circuit_config_open(path_in(folder, "missing.json"), &config, &error),
                     SI_ERROR_NOT_FOUND);
}

static void absent_lists_are_empty(void **state)
{
    static const char *const texts[] = {"{}", "{'networks': {}}",
                                        "{'networks': {'nodes': [], 'edges': null}}",
                                        "{'version': 1e3, 'number': 12345678901234567890123}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        si_circuit_config *config = open_text(*state, texts[i]);
        const si_node_population *nodes;
        const si_edge_population *edges;
        size_t count = 7;
        assert_ok(si_circuit_config_node_populations(config, &nodes, &count, &error), error);
        assert_int_equal(count, 0);
        assert_ok(si_circuit_config_edge_populations(config, &edges, &count, &error), error);
        assert_int_equal(count, 0);
        assert_int_equal(si_circuit_config_node_population(config, "P", &nodes, &error),
                         SI_ERROR_NOT_FOUND);
        assert_message("the circuit has: none");
        si_circuit_config_close(config);
    }
}

static void components_fill_in_what_a_population_lacks(void **state)
{
    const char *folder = *state;
    si_circuit_config *config = open_text(
        folder, "{'components': {'morphologies_dir': 'all', 'alternate_morphologies':"
                " {'h5v1': 'all_h5', 'neurolucida-asc': 'all_asc'}},"
                " 'networks': {'nodes': [{'nodes_file': 'n.h5', 'node_types_file': 'types.csv',"
                " 'populations': {'B': {}, 'A': {'morphologies_dir': '/own', 'type': 'astrocyte',"
                " 'alternate_morphologies': {'neurolucida-asc': 'own_asc'}},"
                " '0': null, 'C': {'morphologies_dir': '', 'alternate_morphologies': {}}}}]}}");
    const si_node_population *population = get_nodes(config, "A");
    assert_string_equal(population->type, "astrocyte");
    assert_string_equal(population->morphologies_dir, "/own");
    assert_path(population->alternate_asc, folder, "own_asc");
    assert_null(population->alternate_h5v1);
    assert_path(population->node_types_file, folder, "types.csv");
    population = get_nodes(config, "C");
    assert_string_equal(population->type, "biophysical");
    assert_path(population->morphologies_dir, folder, "all");
    assert_path(population->alternate_h5v1, folder, "all_h5");
    assert_path(get_nodes(config, "0")->alternate_asc, folder, "all_asc");
    size_t count;
    assert_ok(si_circuit_config_node_populations(config, &population, &count, &error), error);
    assert_int_equal(count, 4);
    assert_string_equal(population[0].name, "0");
    assert_string_equal(population[1].name, "A");
    assert_string_equal(population[3].name, "C");
    si_circuit_config_close(config);
}

static void assert_nodes_refused(const char *folder, const char *json, const char *name,
                                 const char *part)
{
    const si_node_population *population;
    si_circuit_config *config = open_text(folder, json);
    assert_int_equal(si_circuit_config_node_population(config, name, &population, &error),
                     SI_ERROR_FORMAT);
    assert_message(part);
    si_circuit_config_close(config);
}

static void broken_entries_are_refused(void **state)
{
    const char *folder = *state;
    assert_nodes_refused(folder,
                         "{'networks': {'nodes': [{'nodes_file': 'a', 'populations':"
                         "{'P': {}}}, {'nodes_file': 'b', 'populations': {'P': {}}}]}}",
                         "P", "population P is declared twice, in entries 1 and 2");
    assert_nodes_refused(folder, "{'networks': {'nodes': [{'populations': {'P': {}}}]}}", "P",
                         "entry 1 of networks.nodes has no nodes_file");
    assert_nodes_refused(folder, "{'networks': {'nodes': [{'nodes_file': ''}]}}", "P",
                         "entry 1 of networks.nodes has no nodes_file");
    assert_nodes_refused(folder, "{'networks': 'all'}", "P", "networks is not an object");
    assert_nodes_refused(folder, "{'networks': {'nodes': {}}}", "P", "is not a list");
    assert_nodes_refused(folder, "{'networks': {'nodes': [3]}}", "P", "is not an object");
    assert_nodes_refused(folder, "{'networks': {'nodes': [{'nodes_file': 3}]}}", "P",
                         "nodes_file of entry 1 of networks.nodes is not a string");
    assert_nodes_refused(folder,
                         "{'networks': {'nodes': [{'nodes_file': 'a', 'populations':"
                         "{'P': {'type': 3}}}]}}",
                         "P", "type of population P is not a string");
    assert_nodes_refused(folder,
                         "{'networks': {'nodes': [{'nodes_file': 'a', 'populations':"
                         "{'P': {'alternate_morphologies': 'x'}}}]}}",
                         "P", "alternate_morphologies, for population P, is not an object");
    assert_nodes_refused(folder,
                         "{'networks': {'nodes': [{'nodes_file': 'a', 'populations': []"
                         "}]}}",
                         "P", "populations in entry 1 of networks.nodes is not an object");
}

#define WITHOUT_MORPHOLOGIES                                                                       \
    "'networks': {'nodes': [{'nodes_file': 'a', 'populations': {'P': {}, 'V': "                    \
    "{'type': 'virtual'}, 'H': {'alternate_morphologies': {'h5v1': 'h'}}}}]}}"

static void only_what_is_wanted_is_checked(void **state)
{
    const char *folder = *state;
    assert_nodes_refused(folder, "{" WITHOUT_MORPHOLOGIES, "P",
                         "node population P is biophysical, but has neither");
    si_circuit_config *config = open_text(folder, "{" WITHOUT_MORPHOLOGIES);
    assert_string_equal(get_nodes(config, "V")->type, "virtual");
    assert_null(get_nodes(config, "H")->morphologies_dir);
    si_circuit_config_close(config);
    config = open_text(folder, "{'metadata': {'status': 'partial'}," WITHOUT_MORPHOLOGIES);
    assert_null(get_nodes(config, "P")->morphologies_dir);
    si_circuit_config_close(config);
    /* Broken edges do not matter to nodes. */
    config = open_text(folder, "{'networks': {'nodes': [{'nodes_file': 'a', 'populations': {'V': "
                               "{'type': 'virtual'}}}], 'edges': [{}]}}");
    get_nodes(config, "V");
    si_circuit_config_close(config);
}

static void edges_and_node_sets(void **state)
{
    const char *folder = *state;
    si_circuit_config *config = open_text(
        folder, "{'manifest': {'$D': 'sub'}, 'node_sets_file': '$D/../sets.json', 'networks':"
                "{'edges': [{'edges_file': '$D/e.h5', 'populations': {'E': {'type': 'electrical'},"
                " 'C': null}}]}}");
    const si_edge_population *population;
    const char *sets;
    assert_ok(si_circuit_config_edge_population(config, "E", &population, &error), error);
    assert_string_equal(population->type, "electrical");
    assert_path(population->edges_file, folder, "sub/e.h5");
    assert_null(population->edge_types_file);
    assert_ok(si_circuit_config_edge_population(config, "C", &population, &error), error);
    assert_string_equal(population->type, "chemical");
    assert_ok(si_circuit_config_node_sets_file(config, &sets, &error), error);
    assert_path(sets, folder, "sets.json");
    assert_int_equal(si_circuit_config_edge_population(config, "X", &population, &error),
                     SI_ERROR_NOT_FOUND);
    assert_message("no edge population X; the circuit has: C, E");
    si_circuit_config_close(config);
}

static void write_nodes(const char *path, const char *population, const char *model_type)
{
    char name[64];
    hid_t file = create_file(path);
    snprintf(name, sizeof name, "nodes/%s/node_type_id", population);
    write_zeros(file, name, 2);
    snprintf(name, sizeof name, "nodes/%s/0/model_type", population);
    write_strings(file, name, (const char *const[]){model_type, "virtual"}, 2);
    close_file(file);
}

#define TWO_FILES                                                                                  \
    "{'components': {'morphologies_dir': 'm'}, 'networks': {'nodes': [{'nodes_file': 'v.h5'}, "    \
    "{'nodes_file': 'c.h5'}, {'nodes_file': 'missing.h5', 'populations': {'N': {}}}]}}"

static void populations_come_from_files_that_are_not_described(void **state)
{
    const char *folder = *state;
    write_nodes(path_in(folder, "v.h5"), "ghosts", "virtual");
    write_nodes(path_in(folder, "c.h5"), "cells", "biophysical");
    si_circuit_config *config = open_text(folder, TWO_FILES);
    assert_path(get_nodes(config, "N")->nodes_file, folder, "missing.h5");
    assert_string_equal(get_nodes(config, "cells")->type, "biophysical");
    assert_path(get_nodes(config, "cells")->nodes_file, folder, "c.h5");
    assert_string_equal(get_nodes(config, "ghosts")->type, "virtual");
    const si_node_population *populations;
    size_t count;
    assert_ok(si_circuit_config_node_populations(config, &populations, &count, &error), error);
    assert_int_equal(count, 3);
    assert_string_equal(populations[0].name, "ghosts");
    assert_string_equal(populations[1].name, "cells");
    assert_string_equal(populations[2].name, "N");
    si_circuit_config_close(config);
}

static void a_missing_file_matters_where_it_may_hold_the_population(void **state)
{
    const char *folder = *state;
    write_nodes(path_in(folder, "c.h5"), "cells", "biophysical");
    si_circuit_config *config = open_text(
        folder, "{'components': {'morphologies_dir': 'm'}, 'networks': {'nodes': ["
                "{'nodes_file': 'missing.h5'}, {'nodes_file': 'c.h5'}]}}");
    const si_node_population *populations;
    size_t count;
    get_nodes(config, "cells");
    assert_int_equal(si_circuit_config_node_population(config, "other", &populations, &error),
                     SI_ERROR_NOT_FOUND);
    assert_message("missing.h5: no such file");
    assert_int_equal(si_circuit_config_node_populations(config, &populations, &count, &error),
                     SI_ERROR_NOT_FOUND);
    si_circuit_config_close(config);
}

static void a_population_in_two_files_is_refused(void **state)
{
    const char *folder = *state;
    write_nodes(path_in(folder, "a.h5"), "cells", "biophysical");
    write_nodes(path_in(folder, "b.h5"), "cells", "biophysical");
    static const char json[] = "{'components': {'morphologies_dir': 'm'}, 'networks': {'nodes': ["
                               "{'nodes_file': 'a.h5'}, {'nodes_file': 'b.h5'}]}}";
    assert_nodes_refused(folder, json, "cells", "cells is declared twice");
    si_circuit_config *config = open_text(folder, json);
    const si_node_population *populations;
    size_t count;
    assert_int_equal(si_circuit_config_node_populations(config, &populations, &count, &error),
                     SI_ERROR_FORMAT);
    assert_message("cells is declared twice, in entries 1 and 2");
    si_circuit_config_close(config);
}

static void a_mvd3_file_is_refused(void **state)
{
    const char *folder = *state;
    hid_t file = create_file(path_in(folder, "c.mvd3"));
    write_doubles(file, "cells/positions", (double[]){1, 2, 3}, 3);
    close_file(file);
    si_circuit_config *config = open_text(folder,
                                          "{'networks': {'nodes': [{'nodes_file': 'c.mvd3'}]}}");
    const si_node_population *population;
    assert_int_equal(si_circuit_config_node_population(config, "P", &population, &error),
                     SI_ERROR_UNSUPPORTED);
    assert_message("an MVD3 file, expected SONATA; convert it");
    si_circuit_config_close(config);
}

static si_circuit_config *open_shared(const char *name)
{
    const char *path = shared_data(name);
    if (!path) {
        print_message("no shared data: %s\n", name);
        skip();
    }
    si_circuit_config *config;
    assert_ok(si_circuit_config_open(path, &config, &error), error);
    return config;
}

static void usecase3(void **state)
{
    (void)state;
    si_circuit_config *config = open_shared("usecase3/circuit_sonata.json");
    const si_node_population *nodes;
    const si_edge_population *edges;
    size_t count;
    assert_ok(si_circuit_config_node_populations(config, &nodes, &count, &error), error);
    assert_int_equal(count, 2);
    assert_string_equal(nodes[1].name, "NodeB");
    assert_string_equal(nodes[1].nodes_file, shared_data("usecase3/nodes_B.h5"));
    assert_string_equal(nodes[0].morphologies_dir,
                        "/gpfs/bbp.cscs.ch/project/proj12/example_data/sonata/v2/components/"
                        "CircuitA/morphologies/swc");
    assert_string_equal(nodes[0].alternate_asc,
                        "/gpfs/bbp.cscs.ch/project/proj12/example_data/sonata/v2/components/"
                        "CircuitA/morphologies/asc");
    assert_ok(si_circuit_config_edge_populations(config, &edges, &count, &error), error);
    assert_int_equal(count, 4);
    assert_string_equal(edges[0].name, "NodeA__NodeA__chemical");
    assert_string_equal(edges[3].name, "NodeB__NodeA__chemical");
    assert_string_equal(edges[3].type, "chemical");
    assert_string_equal(edges[3].edges_file, shared_data("usecase3/edges_AB.h5"));
    si_circuit_config_close(config);
}

static void allen_circuits(void **state)
{
    (void)state;
    const si_node_population *nodes;
    const si_edge_population *edges;
    size_t count;
    si_circuit_config *config = open_shared("allen/5_cells_iclamp/circuit_config.json");
    assert_ok(si_circuit_config_node_populations(config, &nodes, &count, &error), error);
    assert_int_equal(count, 1);
    assert_string_equal(nodes[0].name, "biophysical");
    assert_string_equal(nodes[0].type, "biophysical");
    assert_string_equal(nodes[0].morphologies_dir,
                        shared_data("allen/shared_components/morphologies"));
    assert_string_equal(nodes[0].node_types_file,
                        shared_data("allen/5_cells_iclamp/network/biophysical_node_types.csv"));
    si_circuit_config_close(config);

    config = open_shared("allen/9_cells/circuit_config.json");
    assert_ok(si_circuit_config_node_populations(config, &nodes, &count, &error), error);
    assert_int_equal(count, 3);
    assert_string_equal(nodes[0].name, "cortex");
    assert_string_equal(nodes[0].type, "biophysical");
    assert_string_equal(nodes[1].name, "excvirt");
    assert_string_equal(nodes[1].type, "virtual");
    assert_string_equal(nodes[2].type, "virtual");
    assert_ok(si_circuit_config_edge_populations(config, &edges, &count, &error), error);
    assert_int_equal(count, 2);
    assert_string_equal(edges[1].name, "inhvirt_to_cortex");
    si_circuit_config_close(config);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, create_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(variables_are_replaced),
        in_folder(variables_may_stand_in_braces),
        in_folder(simulations_are_followed_to_their_circuit),
        in_folder(unknown_variables_stay),
        in_folder(bad_manifests_are_refused),
        in_folder(variables_that_grow_without_end_are_refused),
        in_folder(json_errors_name_the_line),
        in_folder(absent_lists_are_empty),
        in_folder(components_fill_in_what_a_population_lacks),
        in_folder(broken_entries_are_refused),
        in_folder(only_what_is_wanted_is_checked),
        in_folder(edges_and_node_sets),
        in_folder(populations_come_from_files_that_are_not_described),
        in_folder(a_missing_file_matters_where_it_may_hold_the_population),
        in_folder(a_population_in_two_files_is_refused),
        in_folder(a_mvd3_file_is_refused),
        cmocka_unit_test(usecase3),
        cmocka_unit_test(allen_circuits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
