/* Many queries at once find what the queries find one by one, on any number of threads. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geometry/query_shape.h"
#include "unit/support/elements.h"

#define QUERIES 300

static const element_scatter spread = {.extent = 100, .length = 5, .radius = 2};

static si_query random_query(uint64_t *seed)
{
    double center[3], other[3];
    si_query query;
    si_error error = {0};
    for (int axis = 0; axis < 3; axis++) {
        center[axis] = (double)random_float(seed, -120, 120);
        other[axis] = center[axis] + (double)random_float(seed, 0, 60);
    }
    si_accuracy accuracy = random_bits(seed) % 2 ? SI_BEST_EFFORT : SI_BOUNDING_BOX;
    if (random_bits(seed) % 2)
        assert_ok(si_query_box(center, other, accuracy, &query, &error), error);
    else
        assert_ok(
            si_query_sphere(center, (double)random_float(seed, 0, 40), accuracy, &query, &error),
            error);
    return query;
}

/* Everything, once, so that whole leaves are found, too. */
static void make_queries(si_query queries[QUERIES])
{
    const double lowest[3] = {-INFINITY, -INFINITY, -INFINITY};
    const double highest[3] = {INFINITY, INFINITY, INFINITY};
    uint64_t seed = 5;
    for (int i = 0; i < QUERIES; i++)
        queries[i] = random_query(&seed);
    assert_int_equal(si_query_box(lowest, highest, SI_BEST_EFFORT, &queries[17], NULL), SI_OK);
}

/* Ids and centroids or positions of one query, side by side with those of the batch. */
static void check_query(const si_index *index, const si_query *query, si_field vector,
                        const uint64_t *ids, const float (*vectors)[3], uint64_t expected)
{
    si_error error = {0};
    uint64_t count;
    uint64_t *own_ids = malloc((expected + 1) * sizeof *own_ids);
    float(*own_vectors)[3] = malloc((expected + 1) * sizeof *own_vectors);
    const si_column columns[] = {{SI_FIELD_ID, own_ids}, {vector, own_vectors}};
    assert_ok(si_index_find(index, query, columns, 2, expected + 1, &count, &error), error);
    assert_int_equal(count, expected);
    assert_memory_equal(ids, own_ids, count * sizeof *ids);
    assert_memory_equal(vectors, own_vectors, count * sizeof *vectors);
    free(own_ids);
    free(own_vectors);
}

static void check_all(const si_index *index, const si_query *queries, uint64_t query_count,
                      si_field vector, unsigned threads, si_batch *matches)
{
    si_error error = {0};
    uint64_t counts[QUERIES];
    assert_ok(si_batch_find(index, queries, query_count, threads, matches, &error), error);
    const uint64_t *offsets = si_batch_offsets(matches);
    uint64_t *ids = malloc((offsets[query_count] + 1) * sizeof *ids);
    float(*vectors)[3] = malloc((offsets[query_count] + 1) * sizeof *vectors);
    const si_column columns[] = {{SI_FIELD_ID, ids}, {vector, vectors}};
    assert_ok(si_batch_copy(matches, columns, 2, threads, &error), error);
    assert_ok(si_batch_count(index, queries, query_count, threads, counts, &error), error);
    for (uint64_t i = 0; i < query_count; i++) {
        uint64_t count = offsets[i + 1] - offsets[i];
        assert_int_equal(counts[i], count);
        check_query(index, &queries[i], vector, ids + offsets[i], vectors + offsets[i], count);
    }
    free(ids);
    free(vectors);
}

static void same_as_one_by_one(void **state)
{
    (void)state;
    si_query queries[QUERIES];
    si_batch *matches;
    assert_int_equal(si_batch_create(&matches, NULL), SI_OK);
    make_queries(queries);
    const si_element_kind kinds[] = {SI_POINT, SI_SPHERE, SI_SYNAPSE};
    for (int i = 0; i < 3; i++) {
        test_elements elements = make_elements(kinds[i], 5000, &spread, 3);
        si_index *index = build_elements(&elements, NULL, NULL);
        si_field vector = kinds[i] == SI_SPHERE ? SI_FIELD_CENTROID : SI_FIELD_POSITION;
        check_all(index, queries, QUERIES, vector, 4, matches);
        check_all(index, queries, QUERIES, vector, 1, matches);
        check_all(index, queries + 16, 3, vector, 0, matches);
        check_all(index, queries, 0, vector, 2, matches);
        si_index_close(index);
        free_elements(&elements);
    }
    si_batch_free(matches);
}

static void wrong_queries_are_told_by_number(void **state)
{
    (void)state;
    si_query queries[QUERIES];
    si_error error = {0};
    si_batch *matches;
    uint64_t counts[QUERIES];
    make_queries(queries);
    ((si_query_shape *)&queries[200])->accuracy = (si_accuracy)9;
    test_elements elements = make_elements(SI_POINT, 100, &spread, 3);
    si_index *index = build_elements(&elements, NULL, NULL);
    assert_int_equal(si_batch_create(&matches, NULL), SI_OK);
    assert_int_equal(si_batch_find(index, queries, QUERIES, 2, matches, &error), SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "query 200: "));
    assert_int_equal(si_batch_count(index, queries, QUERIES, 2, counts, &error), SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "query 200: "));
    const si_column column = {SI_FIELD_GID, counts};
    assert_int_equal(si_batch_find(index, queries, 1, 1, matches, &error), SI_OK);
    assert_int_equal(si_batch_copy(matches, &column, 1, 1, &error), SI_ERROR_ARGUMENT);
    si_batch_free(matches);
    si_index_close(index);
    free_elements(&elements);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_one_by_one),
        cmocka_unit_test(wrong_queries_are_told_by_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
