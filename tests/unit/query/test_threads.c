/* Several threads at one builder and at one index; meant to be run under ThreadSanitizer too. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "unit/support/elements.h"

#define THREADS 4
#define BATCH 500

typedef struct appending {
    si_builder *builder;
    const test_elements *elements;
    _Atomic uint64_t next;
    _Atomic int failures;
} appending;

static void *append_batches(void *context)
{
    appending *work = context;
    for (;;) {
        uint64_t first = atomic_fetch_add(&work->next, BATCH);
        if (first >= work->elements->count)
            return NULL;
        uint64_t end = first + BATCH < work->elements->count ? first + BATCH
                                                             : work->elements->count;
        if (append_elements(work->builder, work->elements, first, end, NULL) != SI_OK)
            atomic_fetch_add(&work->failures, 1);
    }
}

static void run_on_all(void *(*function)(void *), void *context)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, function, context), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static si_index *build_from_threads(const test_elements *elements)
{
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.threads = THREADS;
    si_error error = {0};
    appending work = {.elements = elements};
    si_index *index;
    assert_ok(si_builder_create(elements->kind, NULL, &options, &work.builder, &error), error);
    run_on_all(append_batches, &work);
    assert_int_equal(work.failures, 0);
    assert_ok(si_builder_finish(work.builder, &index, NULL, &error), error);
    return index;
}

static const element_scatter spread = {.extent = 100, .length = 5, .radius = 2};

static void appends_from_threads_give_the_same_index(void **state)
{
    (void)state;
    test_elements elements = make_elements(SI_SEGMENT, 60000, &spread, 21);
    si_index *alone = build_elements(&elements, NULL, NULL);
    si_index *together = build_from_threads(&elements);
    bool same;
    assert_int_equal(si_index_compare(alone, together, &same, NULL, 0, NULL), SI_OK);
    assert_int_equal(same, 1);
    si_index_close(alone);
    si_index_close(together);
    free_elements(&elements);
}

typedef struct asking {
    const si_index *index;
    uint64_t expected;
    _Atomic int failures;
} asking;

static si_query ball(double radius)
{
    si_query query;
    assert_int_equal(si_query_sphere((double[3]){5, 5, 5}, radius, SI_BEST_EFFORT, &query, NULL),
                     SI_OK);
    return query;
}

static void *ask_often(void *context)
{
    asking *work = context;
    si_query query = ball(40);
    for (int i = 0; i < 50; i++) {
        uint64_t count = 0;
        if (si_index_count(work->index, &query, &count, NULL) != SI_OK || count != work->expected)
            atomic_fetch_add(&work->failures, 1);
    }
    return NULL;
}

static void queries_from_threads_agree(void **state)
{
    (void)state;
    test_elements elements = make_elements(SI_SPHERE, 30000, &spread, 22);
    si_index *index = build_elements(&elements, NULL, NULL);
    si_query query = ball(40);
    asking work = {.index = index};
    assert_int_equal(si_index_count(index, &query, &work.expected, NULL), SI_OK);
    run_on_all(ask_often, &work);
    assert_int_equal(work.failures, 0);
    si_index_close(index);
    free_elements(&elements);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_from_threads_give_the_same_index),
        cmocka_unit_test(queries_from_threads_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
