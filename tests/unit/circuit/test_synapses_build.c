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

typedef struct found_synapses {
    uint64_t count;
    uint64_t *ids, *post_gids, *pre_gids;
    float (*positions)[3];
} found_synapses;

static found_synapses synapses_of(const si_index *index)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    assert_int_equal(si_index_get_info(index, &info), SI_OK);
    uint64_t count = info.element_count;
    found_synapses found = {
        .ids = calloc(count + 1, 8),
        .post_gids = calloc(count + 1, 8),
        .pre_gids = calloc(count + 1, 8),
        .positions = calloc(count + 1, 12),
    };
    const si_column columns[] = {
        {SI_FIELD_ID, found.ids},
        {SI_FIELD_POST_GID, found.post_gids},
        {SI_FIELD_PRE_GID, found.pre_gids},
        {SI_FIELD_POSITION, found.positions},
    };
    const double lower[] = {-INFINITY, -INFINITY, -INFINITY};
    const double upper[] = {INFINITY, INFINITY, INFINITY};
    si_query query;
    si_error error;
    assert_ok(si_box_query(lower, upper, SI_BOUNDING_BOX, &query, &error), error);
    assert_ok(si_index_query(index, &query, columns, 4, count, &found.count, &error), error);
    assert_int_equal(found.count, count);
    return found;
}

static void free_synapses(found_synapses *found)
{
    free(found->ids);
    free(found->post_gids);
    free(found->pre_gids);
    free(found->positions);
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

static found_synapses build(const si_synapses_source *source)
{
    si_build_report report = SI_BUILD_REPORT_INIT;
    si_index *index;
    si_error error;
    assert_ok(si_build_synapses(source, NULL, NULL, &index, &report, &error), error);
    found_synapses found = synapses_of(index);
    assert_int_equal(report.element_count, found.count);
    assert_int_equal(report.cell_count, 0);
    si_index_close(index);
    return found;
}

static void synapses_have_the_ids_of_their_edges(void **state)
{
    (void)state;
    const test_synapse synapses[] = {
        {{1, 2, 3}, 0, 7}, {{4, 5, 6}, 0, 8}, {{7, 8, 9}, 3, 1ull << 40}};
    write_edges(edges_file, "E", synapses, 3, 4);
    si_synapses_source source = source_of_edges();
    found_synapses found = build(&source);
    assert_int_equal(found.count, 3);
    for (int i = 0; i < 3; i++) {
        const test_synapse *expected = &synapses[found.ids[i]];
        assert_memory_equal(found.positions[i], expected->position, sizeof expected->position);
        assert_int_equal(found.post_gids[i], expected->post_gid);
        assert_int_equal(found.pre_gids[i], expected->pre_gid);
    }
    free_synapses(&found);
}

static void no_synapses_make_an_empty_index(void **state)
{
    (void)state;
    const test_synapse synapse = {{1, 2, 3}, 0, 7};
    si_synapses_source source = source_of_edges();
    write_edges(edges_file, "E", &synapse, 0, 0);
    found_synapses found = build(&source);
    assert_int_equal(found.count, 0);
    free_synapses(&found);

    const uint64_t gids[] = {1, 500};
    write_edges(edges_file, "E", &synapse, 1, 2);
    source.gids = gids;
    for (source.gid_count = 0; source.gid_count <= 2; source.gid_count++) {
        found = build(&source);
        assert_int_equal(found.count, 0);
        free_synapses(&found);
    }
}

/* Each edge is found once, with its own columns, and none of another cell. */
static void assert_synapses_of_cells(const test_synapse *synapses, size_t count,
                                     const uint64_t *gids, size_t gid_count, size_t cell_count)
{
    char *wanted = calloc(cell_count, 1);
    char *seen = calloc(count, 1);
    for (size_t i = 0; i < gid_count; i++)
        wanted[gids[i]] = 1;
    si_synapses_source source = source_of_edges();
    source.gids = gids;
    source.gid_count = gid_count;
    found_synapses found = build(&source);
    for (uint64_t i = 0; i < found.count; i++) {
        const test_synapse *expected = &synapses[found.ids[i]];
        assert_false(seen[found.ids[i]]++);
        assert_true(wanted[expected->post_gid]);
        assert_int_equal(found.post_gids[i], expected->post_gid);
        assert_int_equal(found.pre_gids[i], expected->pre_gid);
        assert_memory_equal(found.positions[i], expected->position, sizeof expected->position);
    }
    size_t expected_count = 0;
    for (size_t i = 0; i < count; i++)
        expected_count += (size_t)wanted[synapses[i].post_gid];
    assert_int_equal(found.count, expected_count);
    free_synapses(&found);
    free(wanted);
    free(seen);
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
        folder_test(build_can_be_cancelled),
        folder_test(arguments_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
