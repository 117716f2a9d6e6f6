/* Searches that announce what they will read find the same, in the same order. */
#include "unit/support/elements.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "read/readahead.h"

/* Leaves for several groups of those that wait. */
#define COUNT 400000

static const element_scatter scatter = {.extent = 100, .length = 5, .radius = 1};

static void let_announce(const si_index *index, bool announce)
{
    atomic_store(&index->state->searches_to_prefetch, announce ? 1000000u : 0u);
}

/* ---- answers ---- */

typedef struct answer {
    uint64_t count;
    uint64_t visited;
    uint64_t *ids;
    uint64_t *visited_ids;
    uint8_t *types;
    bool empty;
} answer;

static answer make_room(void)
{
    return (answer){.ids = calloc(COUNT, sizeof(uint64_t)),
                    .visited_ids = calloc(COUNT, sizeof(uint64_t)),
                    .types = calloc(COUNT, 1)};
}

static void free_answer(answer *given)
{
    free(given->ids);
    free(given->visited_ids);
    free(given->types);
}

static int add_batch(void *context, const si_column *columns, size_t column_count, uint64_t count)
{
    answer *given = context;
    (void)column_count;
    memcpy(given->visited_ids + given->visited, columns[0].data, count * sizeof(uint64_t));
    given->visited += count;
    return 0;
}

static void ask(const si_index *index, const si_query *query, uint64_t capacity, answer *given)
{
    const si_column columns[] = {{SI_FIELD_GID, given->ids}, {SI_FIELD_SECTION_TYPE, given->types}};
    const si_field field = SI_FIELD_GID;
    uint64_t count;
    given->visited = 0;
    memset(given->ids, 0, COUNT * sizeof(uint64_t));
    memset(given->types, 0, COUNT);
    assert_int_equal(si_index_find(index, query, columns, 2, capacity, &given->count, NULL), SI_OK);
    assert_int_equal(si_index_visit(index, query, &field, 1, add_batch, given, NULL), SI_OK);
    assert_int_equal(si_index_count(index, query, &count, NULL), SI_OK);
    assert_int_equal(si_index_empty(index, query, &given->empty, NULL), SI_OK);
    assert_int_equal(count, given->count);
    assert_int_equal(given->visited, given->count);
}

static void assert_same(const answer *a, const answer *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->empty, b->empty);
    assert_memory_equal(a->ids, b->ids, COUNT * sizeof(uint64_t));
    assert_memory_equal(a->types, b->types, COUNT);
    assert_memory_equal(a->visited_ids, b->visited_ids, a->visited * sizeof(uint64_t));
}

/* ---- tests ---- */

static si_index *build(const char *folder)
{
    test_elements elements = make_elements(SI_SEGMENT, COUNT, &scatter, 1);
    si_index *index = build_elements(&elements, folder, NULL);
    free_elements(&elements);
    return index;
}

static void answers_are_the_same(void **state)
{
    (void)state;
    static const double sizes[] = {0.5, 5, 20, 60, 90, 120, INFINITY};
    si_index *index = build(NULL);
    answer plain = make_room(), announced = make_room();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        si_query queries[2];
        double s = sizes[i];
        si_query_box((double[3]){-s, 10 - s, -s}, (double[3]){s, s, s / 2}, SI_BEST_EFFORT,
                     &queries[0], NULL);
        si_query_sphere((double[3]){20, -30, 10}, s, SI_BEST_EFFORT, &queries[1], NULL);
        for (unsigned j = 0; j < 2; j++) {
            uint64_t capacity = i % 2 ? COUNT : 1000;
            let_announce(index, false);
            ask(index, &queries[j], capacity, &plain);
            let_announce(index, true);
            ask(index, &queries[j], capacity, &announced);
            assert_same(&plain, &announced);
        }
    }
    assert_int_equal(announced.count, COUNT);
    free_answer(&plain);
    free_answer(&announced);
    si_index_close(index);
}

static int stop_at_second(void *context, const si_column *columns, size_t column_count,
                          uint64_t count)
{
    (void)columns, (void)column_count, (void)count;
    return ++*(unsigned *)context == 2;
}

static void a_visitor_may_stop(void **state)
{
    (void)state;
    si_index *index = build(NULL);
    const si_field field = SI_FIELD_GID;
    si_query everything;
    si_query_box((double[3]){-1e9, -1e9, -1e9}, (double[3]){1e9, 1e9, 1e9}, SI_BEST_EFFORT,
                 &everything, NULL);
    for (int announce = 0; announce < 2; announce++) {
        unsigned batches = 0;
        let_announce(index, announce);
        assert_int_equal(
            si_index_visit(index, &everything, &field, 1, stop_at_second, &batches, NULL), SI_OK);
        assert_int_equal(batches, 2);
    }
    si_index_close(index);
}

static void announcing_ends_where_nothing_is_waited_for(void **state)
{
    (void)state;
    si_index *index = build(NULL);
    uint64_t count;
    si_query query;
    si_query_box((double[3]){-5, -5, -5}, (double[3]){5, 5, 5}, SI_BEST_EFFORT, &query, NULL);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(si_index_count(index, &query, &count, NULL), SI_OK);
    assert_int_equal(atomic_load(&index->state->searches_to_prefetch), 0);
    si_index_close(index);
}

/* Takes the file out of memory, where the file system lets one. */
static void forget(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(descriptor >= 0);
    assert_int_equal(fsync(descriptor), 0);
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
    close(descriptor);
}

static si_index *open_forgotten(const char *folder)
{
    si_index *index = build(folder);
    forget(index->heavy_path);
    si_index_close(index);
    assert_int_equal(si_index_open(folder, NULL, &index, NULL), SI_OK);
    /* Otherwise the kernel may read all of so small a file at once. */
    madvise((void *)(uintptr_t)index->map, index->layout.file_bytes, MADV_RANDOM);
    return index;
}

static long pages_waited_for(void)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_majflt;
}

static void announcing_begins_where_a_search_is_held_up(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    si_index *index = open_forgotten(folder);
    bool announces = false;
    let_announce(index, false);
    long before = pages_waited_for();
    for (int i = 0; i < 60 && !announces; i++) {
        si_query query;
        uint64_t count;
        double x = -90 + 3 * i;
        si_query_box((double[3]){x, x, x}, (double[3]){x + 1, x + 1, x + 1}, SI_BEST_EFFORT, &query,
                     NULL);
        assert_int_equal(si_index_count(index, &query, &count, NULL), SI_OK);
        announces = atomic_load(&index->state->searches_to_prefetch) > 0;
    }
    if (!announces && pages_waited_for() < before + 60)
        print_message("the file system of /tmp keeps files in memory: nothing was waited for\n");
    else
        assert_true(announces);
    si_index_close(index);
    remove_test_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_the_same),
        cmocka_unit_test(a_visitor_may_stop),
        cmocka_unit_test(announcing_ends_where_nothing_is_waited_for),
        cmocka_unit_test(announcing_begins_where_a_search_is_held_up),
    };
    setenv("SPATIAL_INDEX_READING", "mapped", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
