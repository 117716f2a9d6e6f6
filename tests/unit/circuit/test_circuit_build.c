/* From a circuit configuration to an index, or to one for each population. */
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/test.h"

#include "base/memory.h"
#include "circuit_files.h"

static const char *const configuration =
    "{\"components\": {\"morphologies_dir\": \"morphologies\","
    "                  \"biophysical_neuron_models_dir\": \"hoc\"},\n"
    " \"networks\": {\"nodes\": [\n"
    "   {\"nodes_file\": \"a.h5\", \"populations\": {\"A\": {\"type\": \"biophysical\"}}},\n"
    "   {\"nodes_file\": \"b.h5\", \"populations\": {\"B\": {\"type\": \"biophysical\"}}},\n"
    "   {\"nodes_file\": \"v.h5\", \"populations\": {\"V\": {\"type\": \"virtual\"}}}],\n"
    "  \"edges\": [\n"
    "   {\"edges_file\": \"e.h5\", \"populations\": {\"E\": {\"type\": \"chemical\"}}},\n"
    "   {\"edges_file\": \"f.h5\", \"populations\": {\"F\": {}, \"G\": {\"type\": "
    "\"endfoot\"}}}]}}\n";

static char folder[FOLDER_PATH_SIZE];
static si_circuit_source source;
static char config_file[2 * FOLDER_PATH_SIZE];
static char index_folder[2 * FOLDER_PATH_SIZE];

static int write_circuit(void **state)
{
    (void)state;
    make_folder(folder);
    strcpy(config_file, path_in(folder, "circuit.json"));
    strcpy(index_folder, path_in(folder, "new/index"));
    write_text(config_file, configuration);
    assert_int_equal(mkdir(path_in(folder, "morphologies"), 0777), 0);
    write_text(path_in(folder, "morphologies/m.swc"),
               "1 1 0 0 0 2 -1\n2 3 0 0 0 1 1\n3 3 1 0 0 1 2\n");
    const test_cell cells[] = {{{0, 0, 0}, {1, 0, 0, 0}, "m"}, {{1, 0, 0}, {1, 0, 0, 0}, "m"}};
    write_nodes(path_in(folder, "a.h5"), "A", cells, 2);
    write_nodes(path_in(folder, "b.h5"), "B", cells, 1);
    const test_synapse synapses[] = {{{1, 2, 3}, 0, 1}, {{4, 5, 6}, 1, 0}, {{7, 8, NAN}, 1, 0}};
    write_edges(path_in(folder, "e.h5"), "E", synapses, 2, 2);
    write_edges(path_in(folder, "f.h5"), "F", synapses, 1, 2);
    source = (si_circuit_source)SI_CIRCUIT_SOURCE_INIT;
    source.config_file = config_file;
    return 0;
}

static int remove_circuit(void **state)
{
    (void)state;
    remove_folder(folder);
    return 0;
}

static void name_populations(const char *const *names, size_t count)
{
    source.populations = names;
    source.population_count = count;
}

static void assert_fails(si_result status, const char *words)
{
    si_error error;
    assert_int_equal(si_build_circuit_segments(&source, index_folder, NULL, NULL, &error), status);
    if (!strstr(error.message, words))
        fail_msg("'%s' is not in: %s", words, error.message);
}

static void assert_nothing_left(void)
{
    assert_int_not_equal(access(path_in(folder, "new"), F_OK), 0);
}

static void one_population_makes_a_plain_index(void **state)
{
    (void)state;
    static const char *const names[] = {"B"};
    name_populations(names, 1);
    si_build_report report = SI_BUILD_REPORT_INIT;
    si_index_info info = SI_INDEX_INFO_INIT;
    si_index *index;
    si_error error;
    assert_ok(si_build_circuit_segments(&source, index_folder, NULL, &report, &error), error);
    assert_int_equal(report.element_count, 2);
    assert_ok(si_index_open(index_folder, NULL, &index, &error), error);
    assert_int_equal(si_index_get_info(index, &info), SI_OK);
    assert_int_equal(info.element_count, 2);
    assert_string_equal(info.population, "B");
    assert_string_equal(info.dataset_path, path_in(folder, "b.h5"));
    si_index_close(index);
}

static void several_populations_make_a_set(void **state)
{
    (void)state;
    static const char *const names[] = {"B", "A"};
    name_populations(names, 2);
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.population = "not this";
    si_build_report report = SI_BUILD_REPORT_INIT;
    si_population_set *set;
    si_index_info info = SI_INDEX_INFO_INIT;
    si_error error;
    assert_ok(si_build_circuit_segments(&source, index_folder, &options, &report, &error), error);
    assert_int_equal(report.element_count, 6);
    assert_int_equal(report.cell_count, 3);
    assert_ok(si_population_set_open(index_folder, NULL, &set, &error), error);
    assert_true(si_population_set_is_multi(set));
    assert_int_equal(si_population_set_count(set), 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(si_index_get_info(si_population_set_index(set, i), &info), SI_OK);
        assert_string_equal(info.population, si_population_set_name(set, i));
        assert_int_equal(info.element_count, info.population[0] == 'A' ? 4 : 2);
    }
    si_population_set_close(set);
}

static void existing_set_is_replaced_only_if_wanted(void **state)
{
    (void)state;
    static const char *const names[] = {"A", "B"};
    name_populations(names, 2);
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    si_error error;
    assert_ok(si_build_circuit_segments(&source, index_folder, NULL, NULL, &error), error);
    assert_fails(SI_ERROR_EXISTS, "already contains an index");
    options.replace = 1;
    const test_cell cell = {{0, 0, 0}, {1, 0, 0, 0}, "m"};
    write_nodes(path_in(folder, "a.h5"), "A", &cell, 1);
    si_build_report report = SI_BUILD_REPORT_INIT;
    assert_ok(si_build_circuit_segments(&source, index_folder, &options, &report, &error), error);
    assert_int_equal(report.element_count, 4);
}

static void failure_leaves_nothing_behind(void **state)
{
    (void)state;
    static const char *const names[] = {"A", "B"};
    name_populations(names, 2);
    const test_cell bad = {{0, 0, 0}, {1, 0, 0, 0}, "missing"};
    write_nodes(path_in(folder, "b.h5"), "B", &bad, 1);
    assert_fails(SI_ERROR_NOT_FOUND, "cell 0 of population 'B'");
    assert_nothing_left();
    assert_int_equal(mkdir(path_in(folder, "new"), 0777), 0);
    assert_int_equal(mkdir(index_folder, 0777), 0);
    assert_fails(SI_ERROR_NOT_FOUND, "cell 0 of population 'B'");
    assert_int_equal(rmdir(index_folder), 0);
    assert_int_equal(rmdir(path_in(folder, "new")), 0);
}

static void foreign_files_stay(void **state)
{
    (void)state;
    static const char *const names[] = {"A", "B"};
    name_populations(names, 2);
    assert_int_equal(mkdir(path_in(folder, "new"), 0777), 0);
    assert_int_equal(mkdir(index_folder, 0777), 0);
    write_text(path_in(index_folder, "thesis.tex"), "\\documentclass{article}\n");
    assert_fails(SI_ERROR_EXISTS, "thesis.tex");
    assert_int_equal(access(path_in(index_folder, "thesis.tex"), F_OK), 0);
}

static void bad_cells_of_all_populations_are_reported(void **state)
{
    (void)state;
    static const char *const names[] = {"B", "A"};
    name_populations(names, 2);
    const test_cell cells[] = {{{0, 0, 0}, {1, 0, 0, 0}, "x"},
                               {{0, 0, 0}, {1, 0, 0, 0}, "m"},
                               {{0, 0, 0}, {0, 0, 0, 0}, "m"}};
    write_nodes(path_in(folder, "a.h5"), "A", cells, 3);
    write_nodes(path_in(folder, "b.h5"), "B", cells, 3);
    source.segments.skip_bad_cells = 1;
    si_build_report report = SI_BUILD_REPORT_INIT;
    si_error error;
    assert_ok(si_build_circuit_segments(&source, index_folder, NULL, &report, &error), error);
    assert_int_equal(report.cell_count, 2);
    assert_int_equal(report.bad_cell_count, 4);
    const uint64_t gids[] = {0, 0, 2, 2};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(report.bad_cells[i].gid, gids[i]);
        assert_non_null(strstr(report.bad_cells[i].message, i % 2 ? "'A'" : "'B'"));
    }
    si_build_report_free(&report);
}

static void population_is_chosen_where_there_is_no_choice(void **state)
{
    (void)state;
    assert_fails(SI_ERROR_ARGUMENT, "A (biophysical), B (biophysical)");
    static const char *const wrong[] = {"V"};
    name_populations(wrong, 1);
    assert_fails(SI_ERROR_UNSUPPORTED, "population 'V' of type 'virtual'");
    static const char *const missing[] = {"Z"};
    name_populations(missing, 1);
    assert_fails(SI_ERROR_NOT_FOUND, "Z");
    static const char *const twice[] = {"A", "A"};
    name_populations(twice, 2);
    assert_fails(SI_ERROR_ARGUMENT, "'A' is given twice");
    assert_nothing_left();
}

static void synapses_of_a_circuit_are_indexed(void **state)
{
    (void)state;
    static const char *const names[] = {"E", "F"};
    si_build_report report = SI_BUILD_REPORT_INIT;
    si_error error;
    assert_int_equal(si_build_circuit_synapses(&source, index_folder, NULL, NULL, &error),
                     SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "E (chemical), F (chemical)"));
    name_populations(names, 2);
    assert_ok(si_build_circuit_synapses(&source, index_folder, NULL, &report, &error), error);
    assert_int_equal(report.element_count, 3);
    static const char *const endfeet[] = {"G"};
    name_populations(endfeet, 1);
    assert_int_equal(si_build_circuit_synapses(&source, index_folder, NULL, NULL, &error),
                     SI_ERROR_UNSUPPORTED);
    const uint64_t gids[] = {1};
    source.synapses.post_gids = gids;
    source.synapses.post_gid_count = 1;
    name_populations(names, 1);
    assert_ok(si_build_circuit_synapses(&source, path_in(folder, "other"), NULL, &report, &error),
              error);
    assert_int_equal(report.element_count, 1);
}

static void a_folder_that_is_being_built_is_busy(void **state)
{
    (void)state;
    static const char *const names[] = {"B", "A"};
    si_builder *builder;
    si_error error;
    name_populations(names, 2);
    assert_ok(si_builder_create(SI_POINT, index_folder, NULL, &builder, &error), error);
    assert_fails(SI_ERROR_BUSY, "another build");
    si_builder_abort(builder);
    assert_nothing_left();
}

/* Some allocations can be done without, so one success is not the end. */
static void want_of_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    static const char *const names[] = {"E", "F"};
    name_populations(names, 2);
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.threads = 1;
    int successes = 0;
    for (uint64_t n = 1; successes < 10; n++) {
        si_error error = {0};
        si_memory_fail_after(n);
        si_result status = si_build_circuit_synapses(&source, index_folder, &options, NULL, &error);
        si_memory_fail_after(0);
        successes = status == SI_OK ? successes + 1 : 0;
        if (status != SI_OK && status != SI_ERROR_MEMORY)
            fail_msg("allocation %d: %s", (int)n, error.message);
        if (status == SI_OK)
            remove_folder(path_in(folder, "new"));
        assert_nothing_left();
    }
}

static void arguments_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    si_error error;
    assert_int_equal(si_build_circuit_segments(NULL, index_folder, NULL, NULL, &error),
                     SI_ERROR_ARGUMENT);
    assert_int_equal(si_build_circuit_segments(&source, NULL, NULL, NULL, &error),
                     SI_ERROR_ARGUMENT);
    source.population_count = 1;
    assert_fails(SI_ERROR_ARGUMENT, "population_count is 1, but populations is NULL");
    source.struct_size = 3;
    assert_fails(SI_ERROR_ARGUMENT, "struct_size");
}

#define circuit_test(test) cmocka_unit_test_setup_teardown(test, write_circuit, remove_circuit)

int main(void)
{
    const struct CMUnitTest tests[] = {
        circuit_test(one_population_makes_a_plain_index),
        circuit_test(several_populations_make_a_set),
        circuit_test(existing_set_is_replaced_only_if_wanted),
        circuit_test(failure_leaves_nothing_behind),
        circuit_test(foreign_files_stay),
        circuit_test(bad_cells_of_all_populations_are_reported),
        circuit_test(population_is_chosen_where_there_is_no_choice),
        circuit_test(synapses_of_a_circuit_are_indexed),
        circuit_test(a_folder_that_is_being_built_is_busy),
        circuit_test(want_of_memory_leaves_nothing_behind),
        circuit_test(arguments_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
