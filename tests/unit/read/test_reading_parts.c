/* Multi-indexes that are read explicitly, or mapped with a guard: one cache for all parts, the same
 * answers, and errors where a file fails. */
#include "unit/support/elements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "build/builder.h"
#include "read/index.h"

#define PARTS 5
#define COUNT (PARTS * SI_PART_UNIT - 1000)

static const element_scatter scatter = {.extent = 100, .length = 5, .radius = 1};

static const si_build_limits limits = {.threads = 2,
                                       .memory_bytes = 64 << 20,
                                       .chunk_records = 1 << 15,
                                       .memory_records = 1 << 20,
                                       .run_chunks = 4,
                                       .chunk_limit = 64,
                                       .page_bytes = 4096,
                                       .block_bytes = 8192,
                                       .most_runs = 3,
                                       .part_elements = SI_PART_UNIT};

typedef struct scene {
    char *folder;
    char *single_folder;
    char *multi_folder;
    test_elements elements;
    si_index *single;
    uint64_t *expected;
    uint64_t *found;
} scene;

/* ---- the scene ---- */

static void build_multi_index(const test_elements *elements, const char *folder)
{
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    si_builder *builder;
    si_error error;
    options.multi_index = 1;
    assert_ok(si_builder_create_within(&limits, elements->kind, folder, &options, &builder, &error),
              error);
    assert_ok(append_elements(builder, elements, 0, elements->count, &error), error);
    assert_ok(si_builder_finish(builder, NULL, NULL, &error), error);
}

static int set_up(void **state)
{
    scene *made = calloc(1, sizeof *made);
    made->folder = make_test_folder();
    made->single_folder = si_path_join(made->folder, "single");
    made->multi_folder = si_path_join(made->folder, "multi");
    made->elements = make_elements(SI_SYNAPSE, COUNT, &scatter, 1);
    made->single = build_elements(&made->elements, made->single_folder, NULL);
    made->expected = calloc(COUNT, sizeof *made->expected);
    made->found = calloc(COUNT, sizeof *made->found);
    build_multi_index(&made->elements, made->multi_folder);
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    scene *made = *state;
    si_index_close(made->single);
    free_elements(&made->elements);
    si_free(made->single_folder);
    si_free(made->multi_folder);
    remove_test_folder(made->folder);
    free(made->expected);
    free(made->found);
    free(made);
    return 0;
}

static si_index *open_index(const scene *made, si_reading reading, int guard)
{
    si_open_options options = SI_OPEN_OPTIONS_INIT;
    si_index *index = NULL;
    si_error error;
    options.reading = reading;
    options.max_cache_bytes = 1 << 20;
    options.guard = guard;
    assert_ok(si_index_open(made->multi_folder, &options, &index, &error), error);
    return index;
}

static si_query make_query(uint64_t *seed)
{
    static const double sizes[] = {1, 5, 20, 80, 1e9};
    double size = sizes[random_bits(seed) % 5], corner[3], other[3];
    si_query query;
    for (unsigned axis = 0; axis < 3; axis++) {
        corner[axis] = (double)random_float(seed, -100, 80);
        other[axis] = corner[axis] + size;
    }
    si_query_box(corner, other, SI_BEST_EFFORT, &query, NULL);
    return query;
}

static si_result ask(const si_index *index, const si_query *query, uint64_t *ids, uint64_t *count,
                     si_error *error)
{
    return si_index_find(index, query, &(si_column){SI_FIELD_ID, ids}, 1, COUNT, count, error);
}

static bool agrees(const scene *made, const si_index *index, const si_query *query)
{
    uint64_t expected, count = 0;
    return ask(made->single, query, made->expected, &expected, NULL) == SI_OK &&
           ask(index, query, made->found, &count, NULL) == SI_OK && count == expected &&
           memcmp(made->found, made->expected, count * sizeof *made->found) == 0;
}

static si_index_stats stats_of(const si_index *index)
{
    si_index_stats stats = SI_INDEX_STATS_INIT;
    assert_int_equal(si_index_get_stats(index, &stats), SI_OK);
    return stats;
}

static si_query everything(void)
{
    si_query query;
    si_query_box((double[3]){-1e9, -1e9, -1e9}, (double[3]){1e9, 1e9, 1e9}, SI_BEST_EFFORT, &query,
                 NULL);
    return query;
}

/* ---- answers ---- */

static void one_cache_bounds_all_parts(void **state)
{
    const scene *made = *state;
    si_index *index = open_index(made, SI_READING_EXPLICIT, 0);
    uint64_t seed = 3;
    assert_int_equal(index->parts->used_count, 0);
    for (unsigned i = 0; i < 100; i++) {
        si_query query = make_query(&seed);
        assert_true(agrees(made, index, &query));
        assert_true(stats_of(index).cache_bytes <= 1 << 20);
    }
    si_index_stats stats = stats_of(index);
    assert_int_equal(stats.reading, SI_READING_EXPLICIT);
    assert_int_equal(stats.max_cache_bytes, 1 << 20);
    assert_int_equal(stats.queries, 100);
    assert_true(stats.blocks_evicted > 0);
    assert_int_equal(stats.blocks_read, stats.blocks_evicted + stats.cache_bytes / SI_BLOCK_BYTES);
    assert_int_equal(index->parts->used_count, PARTS);
    si_index_close(index);
}

static void parts_are_opened_when_read(void **state)
{
    const scene *made = *state;
    si_index *index = open_index(made, SI_READING_EXPLICIT, 0);
    double corner[3];
    uint64_t count;
    si_query query;
    si_error error;
    for (int i = 0; i < 3; i++)
        corner[i] = (double)made->elements.first[0][i];
    assert_ok(si_query_box(corner, corner, SI_BOUNDING_BOX, &query, &error), error);
    assert_ok(si_index_count(index, &query, &count, &error), error);
    assert_true(count >= 1);
    assert_in_range(index->parts->used_count, 1, PARTS - 1);
    si_index_close(index);
}

static void files_may_be_few(void **state)
{
    const scene *made = *state;
    struct rlimit former, few;
    uint64_t seed = 5;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &former), 0);
    few = former;
    few.rlim_cur = 40;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    si_index *index = open_index(made, SI_READING_EXPLICIT, 0);
    index->parts->most_open = 2;
    for (unsigned i = 0; i < 30; i++) {
        si_query query = make_query(&seed);
        assert_true(agrees(made, index, &query));
    }
    assert_in_range(index->parts->open_count, 1, 2);
    si_index_close(index);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &former), 0);
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__
#endif
#endif

static void a_child_process_goes_on(void **state)
{
#ifdef __SANITIZE_THREAD__
    skip(); /* it lets no child of a process with threads have any */
#endif
    const scene *made = *state;
    si_index *index = open_index(made, SI_READING_EXPLICIT, 0);
    uint64_t seed = 6;
    si_query query = make_query(&seed);
    int status;
    assert_true(agrees(made, index, &query));
    pid_t child = fork();
    if (child == 0) {
        for (unsigned i = 0; i < 20; i++) {
            query = make_query(&seed);
            if (!agrees(made, index, &query))
                _exit(1);
        }
        si_index_close(index);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    query = make_query(&seed);
    assert_true(agrees(made, index, &query));
    si_index_close(index);
}

/* ---- files that fail ---- */

/* Nothing but the blocks before its middle is left of a file. */
static void expect_failure(const scene *made, const si_index *index, const char *name)
{
    char *path = si_format("%s/%s", index->heavy_path, name);
    si_query query = everything();
    uint64_t count;
    size_t bytes;
    si_error error = {.result = SI_OK};
    char *content;
    FILE *file = fopen(path, "rb");
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    bytes = (size_t)ftell(file);
    content = malloc(bytes);
    rewind(file);
    assert_int_equal(fread(content, 1, bytes, file), bytes);
    fclose(file);
    assert_int_equal(truncate(path, (off_t)(bytes / 2 / SI_BLOCK_BYTES * SI_BLOCK_BYTES)), 0);
    assert_int_equal(ask(index, &query, made->found, &count, &error), SI_ERROR_IO);
    assert_non_null(strstr(error.message, name));
    file = fopen(path, "r+b");
    assert_int_equal(fwrite(content, 1, bytes, file), bytes);
    fclose(file);
    assert_true(agrees(made, index, &query));
    free(content);
    si_free(path);
}

static void parts_may_shrink(const scene *made, si_reading reading, int guard)
{
    si_index *index = open_index(made, reading, guard);
    si_query query = everything();
    assert_true(agrees(made, index, &query));
    expect_failure(made, index, "part-000002.si");
    expect_failure(made, index, "part-000004.si");
    si_index_close(index);
}

static void a_part_that_shrinks_is_an_error(void **state)
{
    parts_may_shrink(*state, SI_READING_EXPLICIT, 0);
}

/* The nodes are not where those of a single file are. */
static void nodes_may_vanish(const scene *made)
{
    si_index *index = open_index(made, SI_READING_MAPPED, 1);
    si_query query = everything();
    si_error error = {.result = SI_OK};
    uint64_t count;
    double distance[3];
    si_nearest_query nearest;
    uint64_t id;
    assert_true(agrees(made, index, &query));
    char *path = si_format("%s/part-000001.si", index->heavy_path);
    char *kept = si_format("%s/kept", made->folder);
    char *command = si_format("cp %s %s", path, kept);
    assert_int_equal(system(command), 0);
    si_free(command);
    assert_int_equal(truncate(path, 0), 0);
    for (uint64_t i = 0; i < COUNT && error.result == SI_OK; i += 97) {
        for (int axis = 0; axis < 3; axis++)
            distance[axis] = (double)made->elements.first[i][axis];
        si_query_nearest(distance, 1, 1e9, SI_BEST_EFFORT, &nearest, NULL);
        if (si_index_find_nearest(index, &nearest, &(si_column){SI_FIELD_ID, &id}, 1, NULL, &count,
                                  &error) == SI_OK)
            error.result = SI_OK;
    }
    assert_int_equal(error.result, SI_ERROR_IO);
    assert_non_null(strstr(error.message, "part-000001.si"));
    command = si_format("cat %s > %s", kept, path);
    assert_int_equal(system(command), 0);
    assert_true(agrees(made, index, &query));
    si_free(command);
    si_free(path);
    si_free(kept);
    si_index_close(index);
}

/* Two maps are read at the same time, and either may fail. */
static void either_of_two_compared_may_shrink(const scene *made)
{
    char *copies[2];
    si_index *indexes[2];
    si_open_options options = SI_OPEN_OPTIONS_INIT;
    options.reading = SI_READING_MAPPED;
    options.guard = 1;
    for (int i = 0; i < 2; i++) {
        copies[i] = si_format("%s/copy%d", made->folder, i);
        assert_int_equal(si_index_write(made->single, copies[i], 0, NULL), SI_OK);
        assert_int_equal(si_index_open(copies[i], &options, &indexes[i], NULL), SI_OK);
    }
    assert_int_equal(truncate(indexes[0]->heavy_path, SI_BLOCK_BYTES), 0);
    for (int i = 0; i < 2; i++) {
        si_error error;
        bool same;
        assert_int_equal(si_index_compare(indexes[i], indexes[1 - i], &same, NULL, 0, &error),
                         SI_ERROR_IO);
        assert_non_null(strstr(error.message, "copy0"));
    }
    for (int i = 0; i < 2; i++) {
        si_index_close(indexes[i]);
        si_free(copies[i]);
    }
}

/* The handler is installed once, and taken away by the library of the tests after each of them. */
static void guarded_maps_may_shrink(void **state)
{
    const scene *made = *state;
    parts_may_shrink(made, SI_READING_MAPPED, 1);
    nodes_may_vanish(made);
    either_of_two_compared_may_shrink(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_cache_bounds_all_parts),
        cmocka_unit_test(parts_are_opened_when_read),
        cmocka_unit_test(files_may_be_few),
        cmocka_unit_test(a_child_process_goes_on),
        cmocka_unit_test(a_part_that_shrinks_is_an_error),
        cmocka_unit_test(guarded_maps_may_shrink),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
