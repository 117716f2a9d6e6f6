/* An index finds inserted elements like one built of all elements, also while others are inserted.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "unit/support/elements.h"

static const element_scatter spread = {.extent = 100, .length = 5, .radius = 2};

static const element_scatter few_ids = {.extent = 50, .degenerate = 1};

static si_result insert(si_index *index, const test_elements *elements, uint64_t first,
                        uint64_t end, si_error *error)
{
    const int is_sphere = elements->kind == SI_SPHERE;
    const si_input_column columns[] = {
        {is_sphere ? SI_FIELD_CENTROID : SI_FIELD_POSITION, elements->first + first},
        {SI_FIELD_ID, elements->id + first},
        {SI_FIELD_RADIUS, is_sphere ? elements->radius + first : NULL}};
    return si_index_insert(index, columns, is_sphere ? 3 : 2, end - first, error);
}

static int compare_ids(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static si_query ball(double x, double radius)
{
    const double center[3] = {x, 0.5 * x, -x};
    si_query query;
    assert_int_equal(si_query_sphere(center, radius, SI_BEST_EFFORT, &query, NULL), SI_OK);
    return query;
}

static void check_groups(const si_index *index, const si_index *packed, const si_query *query)
{
    const si_field fields[] = {SI_FIELD_ID, SI_FIELD_ID};
    si_group_counts groups, expected;
    si_error error = {0};
    for (size_t count = 1; count <= 2; count++) {
        assert_ok(si_index_count_groups(index, query, fields, count, &groups, &error), error);
        assert_ok(si_index_count_groups(packed, query, fields, count, &expected, &error), error);
        assert_int_equal(groups.group_count, expected.group_count);
        assert_int_equal(groups.field_count, count);
        assert_memory_equal(groups.keys, expected.keys,
                            groups.group_count * count * sizeof(uint64_t));
        assert_memory_equal(groups.counts, expected.counts, groups.group_count * sizeof(uint64_t));
        si_group_counts_free(&groups);
        si_group_counts_free(&expected);
    }
}

static void check_query(const si_index *index, const si_index *packed, const si_query *query)
{
    enum { MOST = 10000 };
    uint64_t *ids = malloc(MOST * sizeof *ids), *expected_ids = malloc(MOST * sizeof *ids);
    const si_column column = {SI_FIELD_ID, ids}, expected = {SI_FIELD_ID, expected_ids};
    si_error error = {0};
    uint64_t count, expected_count, counted;
    bool empty;
    assert_ok(si_index_find(index, query, &column, 1, MOST, &count, &error), error);
    assert_ok(si_index_find(packed, query, &expected, 1, MOST, &expected_count, &error), error);
    assert_int_equal(count, expected_count);
    qsort(ids, count, sizeof *ids, compare_ids);
    qsort(expected_ids, count, sizeof *ids, compare_ids);
    assert_memory_equal(ids, expected_ids, count * sizeof *ids);
    assert_ok(si_index_count(index, query, &counted, &error), error);
    assert_ok(si_index_empty(index, query, &empty, &error), error);
    assert_int_equal(counted, count);
    assert_int_equal(empty, count == 0);
    check_groups(index, packed, query);
    free(ids);
    free(expected_ids);
}

/* With the ids of every third element, then with none of them. */
static void check_filtered(const si_index *index, const si_index *packed,
                           const test_elements *elements, si_query *query)
{
    uint64_t *ids = malloc((elements->count / 3 + 1) * sizeof *ids), count = 0;
    si_filter *filter;
    for (uint64_t i = 0; i < elements->count; i += 3)
        ids[count++] = elements->id[i];
    for (;; count = 0) {
        const si_condition condition = {SI_FIELD_ID, ids, count};
        assert_int_equal(si_filter_create(elements->kind, &condition, 1, &filter, NULL), SI_OK);
        query->filter = filter;
        check_query(index, packed, query);
        si_filter_free(filter);
        if (count == 0)
            break;
    }
    free(ids);
}

static void check_kind(si_element_kind kind, uint64_t base_count, uint64_t count,
                       const element_scatter *scatter)
{
    si_error error = {0};
    test_elements elements = make_elements(kind, count, scatter, 11);
    si_index *packed = build_elements(&elements, NULL, NULL);
    elements.count = base_count;
    si_index *base = build_elements(&elements, NULL, NULL);
    elements.count = count;
    for (uint64_t first = base_count, step = 1; first < count; first += step, step = 977)
        assert_ok(
            insert(base, &elements, first, first + step < count ? first + step : count, &error),
            error);
    for (int i = -10; i <= 10; i++) {
        si_query query = ball(10 * i, 30);
        check_query(base, packed, &query);
        check_filtered(base, packed, &elements, &query);
    }
    si_index_info info = SI_INDEX_INFO_INIT;
    assert_ok(si_index_get_info(base, &info), error);
    assert_int_equal(info.element_count, count);
    si_index_close(base);
    si_index_close(packed);
    free_elements(&elements);
}

static void finds_the_same(void **state)
{
    (void)state;
    check_kind(SI_SPHERE, 0, 9000, &spread);
    check_kind(SI_SPHERE, 1000, 1001, &spread);
    check_kind(SI_POINT, 500, 6000, &spread);
    check_kind(SI_POINT, 3000, 9000, &few_ids);
}

static void refuses_to_group_by_what_is_no_integer(void **state)
{
    (void)state;
    const si_field field = SI_FIELD_RADIUS;
    const si_query query = ball(0, 50);
    si_error error = {0};
    si_group_counts groups;
    test_elements elements = make_elements(SI_SPHERE, 3, &spread, 1);
    si_index *base = build_elements(&elements, NULL, NULL);
    assert_int_equal(si_index_count_groups(base, &query, &field, 1, &groups, &error),
                     SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "radius: it is not an integer field"));
    assert_int_equal(si_index_count_groups(base, &query, &field, 0, &groups, &error),
                     SI_ERROR_ARGUMENT);
    si_index_close(base);
    free_elements(&elements);
}

static void refuses_other_kinds(void **state)
{
    (void)state;
    si_error error = {0};
    test_elements elements = make_elements(SI_SYNAPSE, 3, &spread, 1);
    si_index *base = build_elements(&elements, NULL, NULL);
    assert_int_equal(si_index_insert(base, NULL, 0, 0, &error), SI_ERROR_UNSUPPORTED);
    assert_non_null(strstr(error.message, "synapse"));
    si_index_close(base);
    free_elements(&elements);
}

/* ---- threads ---- */

typedef struct inserting_work {
    si_index *index;
    const test_elements *elements;
    _Atomic int is_done;
} inserting_work;

static void *ask_while_inserting(void *context)
{
    inserting_work *work = context;
    const si_query query = ball(0, 50);
    uint64_t count = 0, before;
    while (!work->is_done) {
        before = count;
        assert_int_equal(si_index_count(work->index, &query, &count, NULL), SI_OK);
        assert_true(count >= before);
    }
    return NULL;
}

static void asked_while_inserting(void **state)
{
    (void)state;
    test_elements elements = make_elements(SI_SPHERE, 6000, &spread, 2);
    elements.count = 0;
    si_index *base = build_elements(&elements, NULL, NULL);
    elements.count = 6000;
    inserting_work work = {.index = base, .elements = &elements};
    pthread_t asking;
    assert_int_equal(pthread_create(&asking, NULL, ask_while_inserting, &work), 0);
    for (uint64_t first = 0; first < elements.count; first += 10)
        assert_int_equal(insert(work.index, &elements, first, first + 10, NULL), SI_OK);
    work.is_done = 1;
    pthread_join(asking, NULL);
    si_index_close(base);
    free_elements(&elements);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_same),
        cmocka_unit_test(refuses_to_group_by_what_is_no_integer),
        cmocka_unit_test(refuses_other_kinds),
        cmocka_unit_test(asked_while_inserting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
