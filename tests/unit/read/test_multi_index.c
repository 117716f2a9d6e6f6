/* Multi-indexes: the elements of the single index in the same order, and the same answers. */
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/support/elements.h"

#include "base/file.h"
#include "base/memory.h"
#include "build/builder.h"
#include "read/index.h"

#define PART_ELEMENTS SI_PACK_UNIT
#define ELEMENTS (5 * PART_ELEMENTS / 2)

static const element_scatter ordinary = {.extent = 100, .length = 5, .radius = 2};
static const si_element_kind kinds[] = {SI_POINT, SI_SPHERE, SI_SYNAPSE, SI_SEGMENT};
enum { KINDS = sizeof kinds / sizeof kinds[0], QUERIES = 40 };

static const si_sort_limits in_memory = {.threads = 2,
                                         .memory_bytes = 64 << 20,
                                         .chunk_records = 1 << 15,
                                         .memory_records = 1 << 20,
                                         .run_chunks = 4,
                                         .chunk_limit = 64,
                                         .page_bytes = 4096,
                                         .block_bytes = 8192,
                                         .most_runs = 3,
                                         .part_elements = PART_ELEMENTS};

static si_sort_limits on_disk(void)
{
    si_sort_limits limits = in_memory;
    limits.chunk_records = 2000;
    limits.memory_records = 20000;
    limits.chunk_limit = 20;
    return limits;
}

static void build_multi_index(const test_elements *elements, const char *folder,
                              const si_sort_limits *limits)
{
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    si_build_report report = SI_BUILD_REPORT_INIT;
    si_builder *builder;
    si_error error;
    options.multi_index = 1;
    options.replace = 1;
    options.population = "P";
    assert_ok(si_builder_create_within(limits, elements->kind, folder, &options, &builder, &error),
              error);
    assert_ok(append_elements(builder, elements, 0, elements->count, &error), error);
    assert_ok(si_builder_finish(builder, NULL, &report, &error), error);
    assert_int_equal(report.element_count, elements->count);
}

static si_index *open_index(const char *folder)
{
    si_index *index;
    si_error error;
    assert_ok(si_index_open(folder, NULL, &index, &error), error);
    return index;
}

static si_query random_query(uint64_t *seed, int number)
{
    si_query query;
    si_error error;
    double center[3], corner[3], size = number % 4 == 0 ? 120 : number % 4 == 1 ? 1 : 10;
    for (int i = 0; i < 3; i++) {
        center[i] = (double)random_float(seed, -100, 100);
        corner[i] = center[i] + size;
    }
    si_accuracy accuracy = (si_accuracy)(number % 3);
    if (number % 2)
        assert_ok(si_query_sphere(center, size, accuracy, &query, &error), error);
    else
        assert_ok(si_query_box(center, corner, accuracy, &query, &error), error);
    return query;
}

/* ---- one query ---- */

static uint64_t *find_ids(const si_index *index, const si_query *query, uint64_t *count)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    si_error error;
    si_index_get_info(index, &info);
    uint64_t *ids = malloc((info.element_count + 1) * sizeof *ids);
    const si_column column = {id_field(info.kind), ids};
    assert_ok(si_index_find(index, query, &column, 1, info.element_count, count, &error), error);
    return ids;
}

static void expect_same_ids(const si_index *single, const si_index *multi, const si_query *query)
{
    uint64_t expected_count, count;
    uint64_t *expected = find_ids(single, query, &expected_count);
    uint64_t *ids = find_ids(multi, query, &count);
    assert_int_equal(count, expected_count);
    assert_memory_equal(ids, expected, count * sizeof *ids);
    free(expected);
    free(ids);
}

static void expect_same_counts(const si_index *single, const si_index *multi, const si_query *query)
{
    uint64_t expected, count;
    bool is_empty, expected_empty;
    si_error error;
    assert_ok(si_index_count(single, query, &expected, &error), error);
    assert_ok(si_index_count(multi, query, &count, &error), error);
    assert_int_equal(count, expected);
    assert_ok(si_index_empty(single, query, &expected_empty, &error), error);
    assert_ok(si_index_empty(multi, query, &is_empty, &error), error);
    assert_int_equal(is_empty, expected_empty);
}

static void expect_same_groups(const si_index *single, const si_index *multi, si_field field,
                               const si_query *query)
{
    si_group_counts expected, groups;
    si_error error;
    assert_ok(si_index_count_groups(single, query, &field, 1, &expected, &error), error);
    assert_ok(si_index_count_groups(multi, query, &field, 1, &groups, &error), error);
    assert_int_equal(groups.group_count, expected.group_count);
    assert_memory_equal(groups.keys, expected.keys, groups.group_count * sizeof *groups.keys);
    assert_memory_equal(groups.counts, expected.counts, groups.group_count * sizeof *groups.counts);
    si_group_counts_free(&expected);
    si_group_counts_free(&groups);
}

static void expect_same_neighbours(const si_index *single, const si_index *multi, si_field field,
                                   const si_query *query)
{
    enum { K = 50 };
    uint64_t expected[K], ids[K], expected_count, count;
    double expected_distances[K], distances[K], point[3];
    si_nearest_query nearest;
    si_error error;
    for (int i = 0; i < 3; i++)
        point[i] = (double)si_shape_of(query)->lower[i];
    assert_ok(si_query_nearest(point, K, 1e9, si_shape_of(query)->accuracy, &nearest, &error),
              error);
    const si_column columns[2] = {{field, expected}, {field, ids}};
    assert_ok(si_index_find_nearest(single, &nearest, &columns[0], 1, expected_distances,
                                    &expected_count, &error),
              error);
    assert_ok(si_index_find_nearest(multi, &nearest, &columns[1], 1, distances, &count, &error),
              error);
    assert_int_equal(count, expected_count);
    assert_memory_equal(ids, expected, count * sizeof *ids);
    assert_memory_equal(distances, expected_distances, count * sizeof *distances);
}

/* ---- many queries ---- */

static uint64_t *match_ids(const si_index *index, si_field field, const si_query *queries,
                           uint64_t *count)
{
    si_batch *matches;
    si_error error;
    assert_ok(si_batch_create(&matches, &error), error);
    assert_ok(si_batch_find(index, queries, QUERIES, 2, matches, &error), error);
    *count = si_batch_offsets(matches)[QUERIES];
    uint64_t *ids = malloc((*count + 1) * sizeof *ids);
    const si_column column = {field, ids};
    assert_ok(si_batch_copy(matches, &column, 1, 2, &error), error);
    si_batch_free(matches);
    return ids;
}

static void expect_same_matches(const si_index *single, const si_index *multi, si_field field,
                                const si_query *queries)
{
    uint64_t expected_count, count;
    uint64_t *expected = match_ids(single, field, queries, &expected_count);
    uint64_t *ids = match_ids(multi, field, queries, &count);
    assert_int_equal(count, expected_count);
    assert_memory_equal(ids, expected, count * sizeof *ids);
    free(expected);
    free(ids);
}

/* ---- grids ---- */

/* Each of an index opened anew, so that it is the grid that reaches the parts. */
static void expect_same_grid(const si_index *single, const char *folder, const si_grid *grid)
{
    enum { VOXELS = 5 * 6 * 7 };
    uint64_t expected[VOXELS], counts[VOXELS];
    double expected_lengths[VOXELS], lengths[VOXELS];
    si_error error;
    si_index *multi = open_index(folder);
    assert_ok(si_index_grid_counts(single, grid, expected, &error), error);
    assert_ok(si_index_grid_counts(multi, grid, counts, &error), error);
    assert_memory_equal(counts, expected, sizeof counts);
    si_index_close(multi);
    if (single->layout.kind != SI_SEGMENT)
        return;
    multi = open_index(folder);
    assert_ok(si_index_grid_lengths(single, grid, expected_lengths, &error), error);
    assert_ok(si_index_grid_lengths(multi, grid, lengths, &error), error);
    assert_memory_equal(lengths, expected_lengths, sizeof lengths);
    si_index_close(multi);
}

static void expect_same_grids(const si_index *single, const char *folder)
{
    si_grid grid = {.struct_size = sizeof grid,
                    .lower = {-90, -110, -100},
                    .upper = {120, 105, 60},
                    .shape = {5, 6, 7}};
    for (grid.threads = 1; grid.threads < 4; grid.threads++)
        expect_same_grid(single, folder, &grid);
    grid.counts_touching = 1;
    expect_same_grid(single, folder, &grid);
}

/* ---- tests ---- */

static void expect_same_answers(const test_elements *elements, const char *folder)
{
    si_index *single = build_elements(elements, NULL, NULL);
    uint64_t seed = 7;
    si_field field = id_field(elements->kind);
    si_query queries[QUERIES];
    for (int i = 0; i < QUERIES; i++)
        queries[i] = random_query(&seed, i);
    for (int i = 0; i < QUERIES; i++) {
        /* Opened anew, the query is the one that reaches the parts. */
        si_index *multi = open_index(folder);
        if (i % 2)
            expect_same_neighbours(single, multi, field, &queries[i]);
        expect_same_counts(single, multi, &queries[i]);
        expect_same_ids(single, multi, &queries[i]);
        expect_same_groups(single, multi, field, &queries[i]);
        expect_same_neighbours(single, multi, field, &queries[i]);
        si_index_close(multi);
    }
    si_index *multi = open_index(folder);
    expect_same_matches(single, multi, field, queries);
    si_index_close(multi);
    expect_same_grids(single, folder);
    si_index_close(single);
}

static void expect_same_elements(const test_elements *elements, const char *folder)
{
    si_index *single = build_elements(elements, NULL, NULL), *multi = open_index(folder);
    char difference[500] = "";
    bool same;
    si_error error;
    assert_ok(si_index_compare(single, multi, &same, difference, sizeof difference, &error), error);
    assert_string_equal(difference, "");
    assert_int_equal(same, 1);
    si_index_close(multi);
    si_index_close(single);
}

static void expect_no_damage(const char *folder)
{
    uint64_t damage_count;
    si_error error;
    assert_ok(si_verify(folder, NULL, &damage_count, &error), error);
    assert_int_equal(damage_count, 0);
}

static void every_kind_answers_alike(void **state)
{
    (void)state;
    for (unsigned i = 0; i < KINDS; i++) {
        char *folder = make_test_folder();
        test_elements elements = make_elements(kinds[i], ELEMENTS, &ordinary, 11 + i);
        build_multi_index(&elements, folder, &in_memory);
        expect_same_elements(&elements, folder);
        expect_same_answers(&elements, folder);
        expect_no_damage(folder);
        free_elements(&elements);
        remove_test_folder(folder);
    }
}

static void elements_do_not_depend_on_memory(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    const si_sort_limits limits = on_disk();
    test_elements elements = make_elements(SI_SEGMENT, ELEMENTS, &ordinary, 5);
    build_multi_index(&elements, folder, &limits);
    expect_same_elements(&elements, folder);
    expect_no_damage(folder);
    free_elements(&elements);
    remove_test_folder(folder);
}

static void any_number_of_elements(void **state)
{
    static const uint64_t counts[] = {0, 1, 64, 2048, 2049, PART_ELEMENTS, PART_ELEMENTS + 1};
    (void)state;
    for (unsigned i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char *folder = make_test_folder();
        test_elements elements = make_elements(SI_SYNAPSE, counts[i], &ordinary, i);
        build_multi_index(&elements, folder, &in_memory);
        expect_same_elements(&elements, folder);
        expect_same_answers(&elements, folder);
        expect_no_damage(folder);
        free_elements(&elements);
        remove_test_folder(folder);
    }
}

static si_index_stats stats_of(const si_index *index)
{
    si_index_stats stats = SI_INDEX_STATS_INIT;
    assert_int_equal(si_index_get_stats(index, &stats), SI_OK);
    assert_int_equal(stats.part_count, 3);
    return stats;
}

static void parts_are_opened_when_reached(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    test_elements elements = make_elements(SI_POINT, ELEMENTS, &ordinary, 3);
    build_multi_index(&elements, folder, &in_memory);
    si_index *index = open_index(folder);
    si_index_info info = SI_INDEX_INFO_INIT;
    uint64_t count;
    si_query query;
    si_error error;
    si_index_get_info(index, &info);
    assert_int_equal(info.part_count, 3);
    const si_index_stats before = stats_of(index);
    assert_int_equal(before.parts_touched, 0);
    double corner[3];
    for (int i = 0; i < 3; i++)
        corner[i] = (double)elements.first[0][i];
    assert_ok(si_query_box(corner, corner, SI_BOUNDING_BOX, &query, &error), error);
    assert_ok(si_index_count(index, &query, &count, &error), error);
    assert_int_equal(count, 1);
    const si_index_stats after = stats_of(index);
    assert_int_equal(after.parts_touched, 1);
    assert_int_equal(after.queries, 1);
    if (after.reading == SI_READING_MAPPED)
        assert_true(after.pages_touched > before.pages_touched &&
                    after.pages_touched * after.page_bytes < info.file_bytes);
    si_index_close(index);
    free_elements(&elements);
    remove_test_folder(folder);
}

static char *heavy_path(const char *folder, const char *name)
{
    si_metadata *metadata;
    si_error error;
    assert_ok(si_metadata_read(folder, &metadata, &error), error);
    char *path = si_path_join(metadata->heavy_path, name);
    si_metadata_free(metadata);
    return path;
}

static void a_missing_part_is_an_error(void **state)
{
    (void)state;
    static const double lower[3] = {-1e9, -1e9, -1e9}, upper[3] = {1e9, 1e9, 1e9};
    char *folder = make_test_folder();
    test_elements elements = make_elements(SI_POINT, ELEMENTS, &ordinary, 3);
    build_multi_index(&elements, folder, &in_memory);
    char *path = heavy_path(folder, "part-000001.si");
    unlink(path);
    si_index *index = open_index(folder);
    uint64_t count, *ids = malloc(ELEMENTS * sizeof *ids);
    const si_column column = {SI_FIELD_ID, ids};
    si_query query;
    si_error error;
    assert_ok(si_query_box(lower, upper, SI_BOUNDING_BOX, &query, &error), error);
    assert_int_equal(si_index_find(index, &query, &column, 1, ELEMENTS, &count, &error),
                     SI_ERROR_NOT_FOUND);
    assert_non_null(strstr(error.message, "part-000001.si"));
    assert_ok(si_verify(folder, NULL, &count, &error), error);
    assert_int_equal(count, 1);
    si_index_close(index);
    free(ids);
    si_free(path);
    free_elements(&elements);
    remove_test_folder(folder);
}

static void flip_byte(const char *path, long offset)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, offset, offset < 0 ? SEEK_END : SEEK_SET);
    int byte = fgetc(file);
    fseek(file, -1, SEEK_CUR);
    fputc(byte ^ 1, file);
    fclose(file);
}

static void damage_is_found(void **state)
{
    static const struct {
        const char *name;
        long offset;
    } damages[] = {{"top.si", 20},           {"top.si", 4096}, {"top.si", 4096 + 100},
                   {"top.si", 8192 + 5},     {"top.si", -1},   {"part-000002.si", 100},
                   {"part-000000.si", 70000}};
    (void)state;
    char *folder = make_test_folder();
    test_elements elements = make_elements(SI_SYNAPSE, ELEMENTS, &ordinary, 3);
    build_multi_index(&elements, folder, &in_memory);
    for (unsigned i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        char *path = heavy_path(folder, damages[i].name);
        uint64_t damage_count;
        si_index *index;
        si_open_options options = SI_OPEN_OPTIONS_INIT;
        si_error error;
        options.verify = 1;
        flip_byte(path, damages[i].offset);
        assert_ok(si_verify(folder, NULL, &damage_count, &error), error);
        assert_true(damage_count > 0);
        assert_int_equal(si_index_open(folder, &options, &index, &error), SI_ERROR_FORMAT);
        flip_byte(path, damages[i].offset);
        si_free(path);
    }
    expect_no_damage(folder);
    free_elements(&elements);
    remove_test_folder(folder);
}

static void copies_and_replacements(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *copy = si_path_join(folder, "copy"), *multi = si_path_join(folder, "multi");
    test_elements elements = make_elements(SI_SEGMENT, ELEMENTS, &ordinary, 9);
    test_elements others = make_elements(SI_SEGMENT, 100, &ordinary, 8);
    si_error error;
    build_multi_index(&elements, multi, &in_memory);
    build_multi_index(&elements, multi, &in_memory);
    expect_same_elements(&elements, multi);
    si_index *index = open_index(multi);
    assert_ok(si_index_write(index, copy, 0, &error), error);
    expect_same_elements(&elements, copy);
    build_multi_index(&others, multi, &in_memory);
    expect_same_elements(&others, multi);
    build_multi_index(&elements, copy, &in_memory);
    expect_same_elements(&elements, copy);
    si_index_close(index);
    free_elements(&elements);
    free_elements(&others);
    si_free(copy);
    si_free(multi);
    remove_test_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_answers_alike),
        cmocka_unit_test(elements_do_not_depend_on_memory),
        cmocka_unit_test(any_number_of_elements),
        cmocka_unit_test(parts_are_opened_when_reached),
        cmocka_unit_test(a_missing_part_is_an_error),
        cmocka_unit_test(damage_is_found),
        cmocka_unit_test(copies_and_replacements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
