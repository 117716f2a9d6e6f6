/* Explicit reading and guarded mapping: the same answers, and errors where the file fails. */
#include "unit/support/elements.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "read/block_cache_internal.h"
#include "read/index.h"
#include "read/read_mode.h"

/* The file takes many times the smallest cache. */
#define COUNT 200000

static const element_scatter scatter = {.extent = 100, .length = 5, .radius = 1};

typedef struct scene {
    char *folder;
    test_elements elements;
    si_index *mapped;
    si_index *read; /* with the smallest cache */
} scene;

static si_index *open_index(const char *folder, si_reading reading, uint64_t cache_bytes, int guard)
{
    si_open_options options = SI_OPEN_OPTIONS_INIT;
    si_error error;
    si_index *index = NULL;
    options.reading = reading;
    options.max_cache_bytes = cache_bytes;
    options.guard = guard;
    assert_ok(si_index_open(folder, &options, &index, &error), error);
    return index;
}

static int set_up(void **state)
{
    scene *made = calloc(1, sizeof *made);
    made->folder = make_test_folder();
    made->elements = make_elements(SI_SEGMENT, COUNT, &scatter, 1);
    si_index_close(build_elements(&made->elements, made->folder, NULL));
    made->mapped = open_index(made->folder, SI_READING_MAPPED, 0, 0);
    made->read = open_index(made->folder, SI_READING_EXPLICIT, 1, 0);
    assert_null(made->mapped->cache);
    assert_non_null(made->read->cache);
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    scene *made = *state;
    si_index_close(made->mapped);
    si_index_close(made->read);
    free_elements(&made->elements);
    remove_test_folder(made->folder);
    free(made);
    return 0;
}

/* ---- queries ---- */

static si_query make_query(uint64_t *seed)
{
    static const double sizes[] = {0.1, 1, 5, 20, 80, INFINITY};
    double size = sizes[random_bits(seed) % 6], corner[3], other[3];
    si_query query;
    for (unsigned axis = 0; axis < 3; axis++) {
        corner[axis] = (double)random_float(seed, -100, 100);
        other[axis] = corner[axis] + size;
    }
    if (random_bits(seed) % 2)
        si_query_box(corner, other, SI_BEST_EFFORT, &query, NULL);
    else
        si_query_sphere(corner, size / 2, SI_BEST_EFFORT, &query, NULL);
    return query;
}

typedef struct answer {
    uint64_t count;
    si_segment_ids *ids;
    float (*ends)[3];
    uint8_t *types;
} answer;

static answer make_room(void)
{
    return (answer){0, calloc(COUNT, sizeof(si_segment_ids)), calloc(COUNT, 3 * sizeof(float)),
                    calloc(COUNT, 1)};
}

static void free_answer(answer *given)
{
    free(given->ids);
    free(given->ends);
    free(given->types);
}

static si_result ask(const si_index *index, const si_query *query, answer *given, si_error *error)
{
    const si_column columns[] = {{SI_FIELD_IDS, given->ids},
                                 {SI_FIELD_ENDPOINT2, given->ends},
                                 {SI_FIELD_SECTION_TYPE, given->types}};
    return si_index_find(index, query, columns, 3, COUNT, &given->count, error);
}

static void assert_same(const answer *a, const answer *b)
{
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->ids, b->ids, a->count * sizeof *a->ids);
    assert_memory_equal(a->ends, b->ends, a->count * sizeof *a->ends);
    assert_memory_equal(a->types, b->types, a->count);
}

static int add_batch(void *context, const si_column *columns, size_t column_count, uint64_t count)
{
    answer *given = context;
    (void)column_count;
    memcpy(given->ids + given->count, columns[0].data, count * sizeof *given->ids);
    memcpy(given->types + given->count, columns[1].data, count);
    given->count += count;
    return 0;
}

static void assert_agree(const si_index *mapped, const si_index *read, const si_query *query,
                         answer rooms[2])
{
    const si_field fields[] = {SI_FIELD_IDS, SI_FIELD_SECTION_TYPE};
    si_error error;
    uint64_t count;
    bool empty;
    assert_ok(ask(mapped, query, &rooms[0], &error), error);
    assert_ok(ask(read, query, &rooms[1], &error), error);
    assert_same(&rooms[0], &rooms[1]);
    assert_ok(si_index_count(read, query, &count, &error), error);
    assert_int_equal(count, rooms[0].count);
    assert_ok(si_index_empty(read, query, &empty, &error), error);
    assert_int_equal(empty, count == 0);
    rooms[1].count = 0;
    assert_ok(si_index_visit(read, query, fields, 2, add_batch, &rooms[1], &error), error);
    assert_same(&rooms[0], &rooms[1]);
}

static void answers_are_those_of_the_map(void **state)
{
    const scene *made = *state;
    uint64_t seed = 2;
    answer rooms[2] = {make_room(), make_room()};
    for (unsigned i = 0; i < 150; i++) {
        si_query query = make_query(&seed);
        assert_agree(made->mapped, made->read, &query, rooms);
    }
    si_block_counts counts = si_block_cache_count(made->read->cache);
    assert_true(counts.evicted > 0);
    assert_true(counts.resident * SI_BLOCK_BYTES <= si_block_cache_most_bytes(made->read->cache));
    free_answer(&rooms[0]);
    free_answer(&rooms[1]);
}

static void nearest_are_those_of_the_map(void **state)
{
    const scene *made = *state;
    uint64_t seed = 3, counts[2], k = 300;
    uint64_t *gids = calloc(2 * k, sizeof *gids);
    double *distances = calloc(2 * k, sizeof *distances);
    si_error error;
    for (unsigned i = 0; i < 50; i++) {
        si_nearest_query nearest;
        double point[3];
        for (unsigned axis = 0; axis < 3; axis++)
            point[axis] = (double)random_float(&seed, -150, 150);
        si_query_nearest(point, 1 + random_bits(&seed) % k, INFINITY, SI_BEST_EFFORT, &nearest,
                         NULL);
        for (unsigned j = 0; j < 2; j++)
            assert_ok(si_index_find_nearest(j ? made->read : made->mapped, &nearest,
                                            &(si_column){SI_FIELD_GID, gids + j * k}, 1,
                                            distances + j * k, &counts[j], &error),
                      error);
        assert_int_equal(counts[0], counts[1]);
        assert_memory_equal(gids, gids + k, counts[0] * sizeof *gids);
        assert_memory_equal(distances, distances + k, counts[0] * sizeof *distances);
    }
    free(gids);
    free(distances);
}

enum { QUERIES = 200 };

static void match(const si_index *index, const si_query *queries, uint64_t *offsets, uint64_t *gids)
{
    si_batch *matches;
    si_error error;
    assert_ok(si_batch_create(&matches, &error), error);
    assert_ok(si_batch_find(index, queries, QUERIES, 4, matches, &error), error);
    memcpy(offsets, si_batch_offsets(matches), (QUERIES + 1) * sizeof *offsets);
    assert_true(offsets[QUERIES] <= QUERIES / 4 * COUNT);
    assert_ok(si_batch_copy(matches, &(si_column){SI_FIELD_GID, gids}, 1, 4, &error), error);
    si_batch_free(matches);
}

static void batches_are_those_of_the_map(void **state)
{
    const scene *made = *state;
    uint64_t seed = 4, offsets[2][QUERIES + 1];
    uint64_t *gids[2];
    si_query queries[QUERIES];
    for (unsigned i = 0; i < QUERIES; i++)
        queries[i] = make_query(&seed);
    for (unsigned j = 0; j < 2; j++) {
        gids[j] = calloc(QUERIES / 4, COUNT * sizeof *gids[j]);
        match(j ? made->read : made->mapped, queries, offsets[j], gids[j]);
    }
    assert_memory_equal(offsets[0], offsets[1], sizeof offsets[0]);
    assert_memory_equal(gids[0], gids[1], offsets[0][QUERIES] * sizeof *gids[0]);
    free(gids[0]);
    free(gids[1]);
}

static void copies_are_the_same(void **state)
{
    const scene *made = *state;
    char *copy = si_path_join(made->folder, "copy");
    si_error error;
    bool same;
    assert_ok(si_index_write(made->read, copy, 0, &error), error);
    si_index *written = open_index(copy, SI_READING_EXPLICIT, 1, 0);
    assert_ok(si_index_compare(made->mapped, written, &same, NULL, 0, &error), error);
    assert_true(same);
    assert_int_equal(written->checksum, made->mapped->checksum);
    si_index_close(written);
    si_free(copy);
}

/* ---- how much is read ---- */

/* Blocks that are read for some small boxes, far from each other, one by one or at once. */
static uint64_t count_blocks(const scene *made, uint64_t cache_bytes, bool at_once)
{
    enum { BOXES = 3000 };
    static si_query queries[BOXES];
    si_index *index = open_index(made->folder, SI_READING_EXPLICIT, cache_bytes, 0);
    si_batch *matches;
    si_error error;
    uint64_t seed = 8, count;
    for (unsigned i = 0; i < BOXES; i++) {
        double corner[3], other[3];
        for (unsigned axis = 0; axis < 3; axis++) {
            corner[axis] = (double)random_float(&seed, -100, 100);
            other[axis] = corner[axis] + 2;
        }
        si_query_box(corner, other, SI_BEST_EFFORT, &queries[i], NULL);
    }
    assert_ok(si_batch_create(&matches, &error), error);
    if (at_once)
        assert_ok(si_batch_find(index, queries, BOXES, 1, matches, &error), error);
    for (unsigned i = 0; i < BOXES && !at_once; i++)
        assert_ok(si_index_count(index, &queries[i], &count, &error), error);
    uint64_t blocks = si_block_cache_count(index->cache).read;
    si_batch_free(matches);
    si_index_close(index);
    return blocks;
}

/* What lies on both sides of a plane where the curve is long in coming back is read twice, unless
 * the cache holds it until then. */
static void a_batch_reads_each_block_once(void **state)
{
    const scene *made = *state;
    uint64_t all = count_blocks(made, UINT64_C(1) << 30, true);
    uint64_t one_by_one = count_blocks(made, 2 << 20, false);
    uint64_t at_once = count_blocks(made, 2 << 20, true);
    uint64_t with_more = count_blocks(made, 4 << 20, true);
    assert_true(all * SI_BLOCK_BYTES > 5 << 20);
    assert_true(one_by_one > 5 * all);
    assert_in_range(at_once, all, all + all / 5);
    assert_in_range(with_more, all, all + all / 10);
}

/* Where no thread can be started, those who wait for a block read it. */
static void without_threads_all_is_read(void **state)
{
    const scene *made = *state;
    si_index *index = open_index(made->folder, SI_READING_EXPLICIT, 1, 0);
    si_block_cache *cache = index->cache;
    const si_block_range run = {made->mapped->layout.floats.offset / SI_BLOCK_BYTES,
                                made->mapped->layout.floats.offset / SI_BLOCK_BYTES + 20};
    si_block_fetch *first = si_block_fetch_create(cache), *second = si_block_fetch_create(cache);
    si_error error;
    si_job_pool_free(cache->pool);
    assert_ok(si_job_pool_create(0, &cache->pool, &error), error);
    alarm(30);
    si_block_fetch_begin(first, &run, 1, false);
    si_block_fetch_begin(second, &run, 1, false);
    assert_ok(si_block_fetch_finish(second, &error), error);
    assert_ok(si_block_fetch_finish(first, &error), error);
    alarm(0);
    assert_int_equal(si_block_cache_count(cache).read, 20);
    assert_memory_equal(index->map + run.first * SI_BLOCK_BYTES,
                        made->mapped->map + run.first * SI_BLOCK_BYTES, 20 * SI_BLOCK_BYTES);
    si_block_fetch_free(first);
    si_block_fetch_free(second);
    si_index_close(index);
}

/* ---- several threads ---- */

typedef struct asker {
    const scene *made;
    uint64_t seed;
    bool agrees;
} asker;

static void *ask_often(void *argument)
{
    asker *self = argument;
    answer room = make_room();
    self->agrees = true;
    for (unsigned i = 0; i < 40; i++) {
        si_query query = make_query(&self->seed);
        uint64_t expected;
        si_index_count(self->made->mapped, &query, &expected, NULL);
        self->agrees = ask(self->made->read, &query, &room, NULL) == SI_OK &&
                       room.count == expected && self->agrees;
    }
    free_answer(&room);
    return NULL;
}

static void threads_share_a_cache(void **state)
{
    enum { THREADS = 6 };
    pthread_t threads[THREADS];
    asker askers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        askers[i] = (asker){.made = *state, .seed = 5 + i / 2}; /* two want the same */
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &askers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(askers[i].agrees);
    }
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
    uint64_t seed = 6;
    answer rooms[2] = {make_room(), make_room()};
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        for (unsigned i = 0; i < 20; i++) {
            si_query query = make_query(&seed);
            if (ask(made->mapped, &query, &rooms[0], NULL) != SI_OK ||
                ask(made->read, &query, &rooms[1], NULL) != SI_OK ||
                rooms[0].count != rooms[1].count)
                _exit(1);
        }
        si_index_close(made->read);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    si_query query = make_query(&seed);
    assert_agree(made->mapped, made->read, &query, rooms);
    free_answer(&rooms[0]);
    free_answer(&rooms[1]);
}

/* ---- files that fail ---- */

static si_result use(const si_index *index, unsigned how, answer *room, si_error *error)
{
    si_query everything;
    si_nearest_query nearest;
    si_group_counts groups;
    uint64_t count;
    bool same;
    si_query_box((double[3]){-1e9, -1e9, -1e9}, (double[3]){1e9, 1e9, 1e9}, SI_BEST_EFFORT,
                 &everything, NULL);
    si_query_nearest((double[3]){0}, COUNT, INFINITY, SI_BEST_EFFORT, &nearest, NULL);
    switch (how) {
    case 0:
        return ask(index, &everything, room, error);
    case 1:
        return si_index_find_nearest(index, &nearest, &(si_column){SI_FIELD_IDS, room->ids}, 1,
                                     NULL, &count, error);
    case 2:
        return si_index_compare(index, index, &same, NULL, 0, error);
    case 3:
        return si_index_write(index, "/tmp/spatial-index-test-reading", 1, error);
    default: {
        si_result status = si_index_count_groups(
            index, &everything, (const si_field[]){SI_FIELD_GID}, 1, &groups, error);
        if (status == SI_OK)
            si_group_counts_free(&groups);
        return status;
    }
    }
}

/* All uses of a file that has been cut fail, and go on when it is whole again. */
static void cut_and_use(const scene *made, si_index *index)
{
    answer room = make_room();
    char *cut = si_path_join(made->folder, "cut");
    uint64_t bytes = index->layout.file_bytes;
    char *content = malloc(bytes);
    assert_int_equal(si_index_copy_bytes(made->mapped, 0, bytes, content, NULL), SI_OK);
    for (unsigned how = 0; how < 5; how++) {
        si_error error = {.result = SI_OK, .message = ""};
        assert_int_equal(truncate(index->heavy_path, (off_t)(bytes / 2)), 0);
        assert_int_equal(use(index, how, &room, &error), SI_ERROR_IO);
        assert_non_null(strstr(error.message, index->heavy_path));
        FILE *file = fopen(index->heavy_path, "r+");
        assert_int_equal(fwrite(content, 1, bytes, file), bytes);
        fclose(file);
        assert_ok(use(index, how, &room, &error), error);
    }
    assert_int_equal(room.count, COUNT);
    remove_test_folder(strdup("/tmp/spatial-index-test-reading"));
    free(content);
    si_free(cut);
    free_answer(&room);
}

static void a_file_that_shrinks_is_an_error(void **state)
{
    const scene *made = *state;
    char *copy = si_path_join(made->folder, "cut");
    assert_int_equal(si_index_write(made->mapped, copy, 0, NULL), SI_OK);
    si_index *read = open_index(copy, SI_READING_EXPLICIT, 1, 0);
    cut_and_use(made, read);
    si_index_close(read);
    si_index *guarded = open_index(copy, SI_READING_MAPPED, 0, 1);
    cut_and_use(made, guarded);
    si_index_close(guarded);
    si_free(copy);
}

/* ---- the choice ---- */

static void the_file_system_decides(void **state)
{
    (void)state;
    assert_true(si_prefers_explicit_reading(0x6969));
    assert_true(si_prefers_explicit_reading(0x47504653));
    assert_true(si_prefers_explicit_reading(0x0BD00BD0));
    assert_false(si_prefers_explicit_reading(0xEF53));
    assert_false(si_prefers_explicit_reading(0x01021994));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_those_of_the_map),
        cmocka_unit_test(nearest_are_those_of_the_map),
        cmocka_unit_test(batches_are_those_of_the_map),
        cmocka_unit_test(copies_are_the_same),
        cmocka_unit_test(a_batch_reads_each_block_once),
        cmocka_unit_test(without_threads_all_is_read),
        cmocka_unit_test(threads_share_a_cache),
        cmocka_unit_test(a_child_process_goes_on),
        cmocka_unit_test(a_file_that_shrinks_is_an_error),
        cmocka_unit_test(the_file_system_decides),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
