/* From an edges file to an index of synapses. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/test.h"

#include "circuit_files.h"

static char folder[FOLDER_PATH_SIZE];
static const char *edges_file;

static int make_test_folder(void **state)
{
    (void)state;
    make_folder(folder);
    edges_file = strdup(path_in(folder, "edges.h5"));
    return 0;
}

static int remove_test_folder(void **state)
{
    (void)state;
    free((void *)(uintptr_t)edges_file);
    remove_folder(folder);
    return 0;
}

static si_synapses_source source_of_edges(void)
{
    si_synapses_source source = SI_SYNAPSES_SOURCE_INIT;
    source.edges_file = edges_file;
    return source;
}

/* Synapse i of `count`, on `cells` target cells of which every third has none. */
static test_synapse *make_synapses(size_t count, size_t cells)
{
    test_synapse *synapses = calloc(count + 1, sizeof *synapses);
    for (size_t i = 0; i < count; i++) {
        uint64_t target = i * cells / count;
        synapses[i] = (test_synapse){
            {(float)(i % 997), (float)(i % 89), (float)i}, target - (target % 3 == 2), i % 1000};
    }
    return synapses;
}

static found_synapse *build(const si_synapses_source *source, uint64_t *count)
{
    si_build_report report = SI_BUILD_REPORT_INIT;
    si_index *index;
    si_error error;
    assert_ok(si_build_synapses(source, NULL, NULL, &index, &report, &error), error);
    found_synapse *found = synapses_of(index, count);
    assert_int_equal(report.element_count, *count);
    assert_int_equal(report.cell_count, 0);
    si_index_close(index);
    return found;
}

static void assert_count(const si_synapses_source *source, uint64_t expected)
{
    uint64_t count;
    free(build(source, &count));
    assert_int_equal(count, expected);
}

static void assert_same_synapse(const found_synapse *found, const test_synapse *expected)
{
    assert_memory_equal(found->position, expected->position, sizeof expected->position);
    assert_int_equal(found->post_gid, expected->post_gid);
    assert_int_equal(found->pre_gid, expected->pre_gid);
}

static void synapses_have_the_ids_of_their_edges(void **state)
{
    (void)state;
    const test_synapse synapses[] = {
        {{1, 2, 3}, 0, 7}, {{4, 5, 6}, 0, 8}, {{7, 8, 9}, 3, 1ull << 40}};
    write_edges(edges_file, "E", synapses, 3, 4);
    si_synapses_source source = source_of_edges();
    uint64_t count;
    found_synapse *found = build(&source, &count);
    assert_int_equal(count, 3);
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(found[i].id, i);
        assert_same_synapse(&found[i], &synapses[i]);
    }
    free(found);
}

static void no_synapses_make_an_empty_index(void **state)
{
    (void)state;
    const test_synapse synapse = {{1, 2, 3}, 0, 7};
    si_synapses_source source = source_of_edges();
    write_edges(edges_file, "E", &synapse, 0, 0);
    assert_count(&source, 0);
    const uint64_t gids[] = {1, 500};
    write_edges(edges_file, "E", &synapse, 1, 2);
    source.post_gids = gids;
    for (source.post_gid_count = 0; source.post_gid_count <= 2; source.post_gid_count++)
        assert_count(&source, 0);
}

/* Each edge is found once, with its own columns, and none of another cell. */
static void assert_synapses_of_cells(const test_synapse *synapses, size_t count,
                                     const uint64_t *gids, size_t gid_count, size_t cell_count)
{
    char *wanted = calloc(cell_count, 1);
    for (size_t i = 0; i < gid_count; i++)
        wanted[gids[i]] = 1;
    si_synapses_source source = source_of_edges();
    source.post_gids = gids;
    source.post_gid_count = gid_count;
    uint64_t found_count, next = 0;
    found_synapse *found = build(&source, &found_count);
    for (size_t id = 0; id < count; id++) {
        if (!wanted[synapses[id].post_gid])
            continue;
        assert_true(next < found_count);
        assert_int_equal(found[next].id, id);
        assert_same_synapse(&found[next++], &synapses[id]);
    }
    assert_int_equal(found_count, next);
    free(found);
    free(wanted);
}

/* More than one piece, ranges within reach of each other and far apart, across the end of a piece.
 */
static void synapses_of_chosen_cells_are_found(void **state)
{
    (void)state;
    enum { SYNAPSES = 2500000, CELLS = 2000 };
    test_synapse *synapses = make_synapses(SYNAPSES, CELLS);
    write_edges(edges_file, "E", synapses, SYNAPSES, CELLS);
    uint64_t gids[CELLS];
    size_t count = 0;
    for (uint64_t gid = 0; gid < CELLS; gid += gid < 1900 ? 2 : 50)
        gids[count++] = gid;
    assert_synapses_of_cells(synapses, SYNAPSES, gids, count, CELLS);
    const uint64_t few[] = {1700, 3, 1700};
    assert_synapses_of_cells(synapses, SYNAPSES, few, 3, CELLS);
    free(synapses);
}

static void file_does_not_depend_on_threads(void **state)
{
    (void)state;
    enum { SYNAPSES = 200000 };
    test_synapse *synapses = make_synapses(SYNAPSES, 10);
    write_edges(edges_file, "E", synapses, SYNAPSES, 10);
    free(synapses);
    si_synapses_source source = source_of_edges();
    static const char *const names[] = {"1 thread", "2 threads", "3 threads"};
    for (unsigned threads = 1; threads <= 3; threads++) {
        si_build_options options = SI_BUILD_OPTIONS_INIT;
        si_error error;
        options.threads = threads;
        assert_ok(si_build_synapses(&source, path_in(folder, names[threads - 1]), &options, NULL,
                                    NULL, &error),
                  error);
        assert_same_heavy_file(path_in(folder, names[0]), path_in(folder, names[threads - 1]));
    }
}

static void position_that_is_not_finite_is_an_error(void **state)
{
    (void)state;
    enum { SYNAPSES = 100000 };
    test_synapse *synapses = make_synapses(SYNAPSES, 10);
    synapses[99999].position[0] = INFINITY;
    synapses[70123].position[1] = NAN;
    write_edges(edges_file, "E", synapses, SYNAPSES, 10);
    si_synapses_source source = source_of_edges();
    si_error error;
    assert_int_equal(si_build_synapses(&source, path_in(folder, "index"), NULL, NULL, NULL, &error),
                     SI_ERROR_FORMAT);
    assert_non_null(
        strstr(error.message, "edges.h5: the position of edge 70123 of population 'E'"));
    assert_int_not_equal(access(path_in(folder, "index"), F_OK), 0);
    free(synapses);
}

static void positions_may_have_another_prefix(void **state)
{
    (void)state;
    const test_synapse synapse = {{1, 2, 3}, 0, 7};
    write_edges(edges_file, "E", &synapse, 1, 1);
    si_synapses_source source = source_of_edges();
    source.position_prefix = "pos";
    si_error error;
    assert_int_equal(si_build_synapses(&source, NULL, NULL, NULL, NULL, &error),
                     SI_ERROR_NOT_FOUND);
    assert_non_null(strstr(error.message, "afferent_center"));
    source.position_prefix = "afferent_center";
    assert_count(&source, 1);
}

static int cancel_when_reading(void *context, const char *phase, uint64_t done, uint64_t total)
{
    *(uint64_t *)context = total;
    return strcmp(phase, "synapses") == 0 && done > 0;
}

static void build_can_be_cancelled(void **state)
{
    (void)state;
    const test_synapse synapse = {{1, 2, 3}, 0, 7};
    write_edges(edges_file, "E", &synapse, 1, 1);
    si_synapses_source source = source_of_edges();
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    uint64_t total = 0;
    options.progress = cancel_when_reading;
    options.progress_context = &total;
    si_error error;
    assert_int_equal(si_build_synapses(&source, NULL, &options, NULL, NULL, &error),
                     SI_ERROR_CANCELLED);
    assert_int_equal(total, 1);
}

static void arguments_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    si_error error;
    si_synapses_source source = source_of_edges();
    assert_int_equal(si_build_synapses(NULL, NULL, NULL, NULL, NULL, &error), SI_ERROR_ARGUMENT);
    source.edges_file = NULL;
    assert_int_equal(si_build_synapses(&source, NULL, NULL, NULL, NULL, &error), SI_ERROR_ARGUMENT);
    source = source_of_edges();
    assert_int_equal(si_build_synapses(&source, NULL, NULL, NULL, NULL, &error),
                     SI_ERROR_NOT_FOUND);
    assert_non_null(strstr(error.message, edges_file));
    source.struct_size = 1;
    assert_int_equal(si_build_synapses(&source, NULL, NULL, NULL, NULL, &error), SI_ERROR_ARGUMENT);
}

#define folder_test(test)                                                                          \
    cmocka_unit_test_setup_teardown(test, make_test_folder, remove_test_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        folder_test(synapses_have_the_ids_of_their_edges),
        folder_test(no_synapses_make_an_empty_index),
        folder_test(synapses_of_chosen_cells_are_found),
        folder_test(file_does_not_depend_on_threads),
        folder_test(position_that_is_not_finite_is_an_error),
        folder_test(positions_may_have_another_prefix),
        folder_test(build_can_be_cancelled),
        folder_test(arguments_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
