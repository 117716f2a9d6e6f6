/* Which populations of a circuit are indexed. */
#include <string.h>

#include "unit/test.h"

#include "circuit/population_choice.h"

static void populations_without_morphologies_have_no_segments(void **state)
{
    (void)state;
    si_node_population population = {.name = "A", .type = "biophysical", .morphologies_dir = "/m"};
    assert_null(si_segments_candidate(&population).obstacle);
    population.type = "astrocyte";
    assert_null(si_segments_candidate(&population).obstacle);
    population.morphologies_dir = NULL;
    assert_non_null(si_segments_candidate(&population).obstacle);
    population.alternate_asc = "/asc";
    assert_null(si_segments_candidate(&population).obstacle);
    static const char *const types[] = {"virtual", "point_neuron", "point_process",
                                        "single_compartment", "vasculature"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        population.type = types[i];
        assert_non_null(si_segments_candidate(&population).obstacle);
    }
}

static void some_edges_are_no_synapses(void **state)
{
    (void)state;
    static const char *const supported[] = {"chemical",   "electrical",         "synapse_astrocyte",
                                            "glialglial", "electrical_synapse", "chemical_synapse"};
    si_edge_population population = {.name = "E"};
    for (size_t i = 0; i < sizeof supported / sizeof supported[0]; i++) {
        population.type = supported[i];
        assert_null(si_synapses_candidate(&population).obstacle);
    }
    population.type = "endfoot";
    assert_non_null(si_synapses_candidate(&population).obstacle);
}

static si_result choose(const si_population_candidate *candidates, size_t count, size_t *chosen,
                        si_error *error)
{
    return si_choose_only_population(candidates, count, "circuit.json", "segments", chosen, error);
}

static void only_candidate_is_chosen(void **state)
{
    (void)state;
    const si_population_candidate candidates[] = {
        {"V", "virtual", "no morphology"}, {"B", "biophysical", NULL}, {"C", "biophysical", NULL}};
    size_t chosen = 9;
    si_error error;
    assert_ok(choose(candidates, 2, &chosen, &error), error);
    assert_int_equal(chosen, 1);
    assert_int_equal(choose(candidates, 3, &chosen, &error), SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "B (biophysical), C (biophysical)"));
    assert_null(strstr(error.message, "V (virtual)"));
}

static void error_lists_what_there_is(void **state)
{
    (void)state;
    const char *without = "no morphology", *nowhere = "no folder";
    const si_population_candidate candidates[] = {
        {"V", "virtual", without}, {"W", "point_neuron", without}, {"B", "biophysical", nowhere}};
    size_t chosen;
    si_error error;
    assert_int_equal(choose(candidates, 3, &chosen, &error), SI_ERROR_NOT_FOUND);
    assert_non_null(strstr(error.message, "V (virtual), W (point_neuron): no morphology; "
                                          "B (biophysical): no folder"));
    assert_int_equal(choose(candidates, 1, &chosen, &error), SI_ERROR_UNSUPPORTED);
    assert_non_null(strstr(error.message, "population 'V' of type 'virtual'"));
    assert_int_equal(choose(candidates, 0, &chosen, &error), SI_ERROR_NOT_FOUND);
    assert_non_null(strstr(error.message, "networks.nodes: none"));
}

static void names_must_do_as_folders(void **state)
{
    (void)state;
    static const char *const good[] = {"A", "NodeA__NodeB__chemical", "with space", "ümlaut",
                                       "..."};
    static const char *const bad[] = {"", ".", "..", "a/b", "tab\there", "\x7f", NULL};
    static const char *const twice[] = {"A", "B", "A"};
    si_error error;
    assert_ok(si_check_population_names(good, 5, &error), error);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(si_check_population_names(&bad[i], 1, &error), SI_ERROR_ARGUMENT);
    assert_int_equal(si_check_population_names(twice, 3, &error), SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "'A' is given twice"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(populations_without_morphologies_have_no_segments),
        cmocka_unit_test(some_edges_are_no_synapses),
        cmocka_unit_test(only_candidate_is_chosen),
        cmocka_unit_test(error_lists_what_there_is),
        cmocka_unit_test(names_must_do_as_folders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
