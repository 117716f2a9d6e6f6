/* The elements nearest to each of many points, against one search for each point. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "unit/support/elements.h"

/* More points than one thread takes at a time. */
enum { POINTS = 150 };

/* What is found for all points. */
typedef struct answers {
    uint64_t *ids;
    float (*first)[3];
    double *distances;
    double *offsets;
    uint64_t counts[POINTS];
} answers;

static answers *make_answers(uint64_t k)
{
    answers *made = calloc(1, sizeof *made);
    made->ids = malloc((POINTS * k + 1) * sizeof *made->ids);
    made->first = malloc((POINTS * k + 1) * sizeof *made->first);
    made->distances = malloc((POINTS * k + 1) * sizeof *made->distances);
    made->offsets = malloc((POINTS * k + 1) * sizeof *made->offsets);
    return made;
}

static void free_answers(answers *given)
{
    free(given->ids);
    free(given->first);
    free(given->distances);
    free(given->offsets);
    free(given);
}

static void scatter_points(const element_scatter *scatter, uint64_t *seed, float points[POINTS][3])
{
    for (int i = 0; i < POINTS; i++)
        for (int axis = 0; axis < 3; axis++)
            points[i][axis] = scatter->offset +
                              random_float(seed, -1.5f * scatter->extent, 1.5f * scatter->extent);
    memcpy(points[1], points[0], sizeof points[1]);
}

/* An independent formula: the offset at which a point of the axis is nearest. */
static double best_offset(const float point[3], const float first[3], const float second[3])
{
    double from_first = 0, from_second = 0, square = 0;
    for (int axis = 0; axis < 3; axis++) {
        from_first += pow((double)point[axis] - (double)first[axis], 2);
        from_second += pow((double)point[axis] - (double)second[axis], 2);
        square += pow((double)second[axis] - (double)first[axis], 2);
    }
    double length = sqrt(square);
    if (!(length > 0))
        return 0;
    return fmin(length, fmax(0, (from_first - from_second + square) / (2 * length)));
}

/* ---- the comparison ---- */

static void check_offsets(const si_index *index, const si_nearest_query *nearest,
                          const double *offsets, uint64_t count, si_element_kind kind, double size)
{
    float(*ends)[3] = malloc(2 * (count + 1) * sizeof *ends);
    const si_column columns[] = {{SI_FIELD_ENDPOINT1, ends}, {SI_FIELD_ENDPOINT2, ends + count}};
    uint64_t again;
    if (kind == SI_SEGMENT)
        assert_int_equal(si_index_find_nearest(index, nearest, columns, 2, NULL, &again, NULL),
                         SI_OK);
    for (uint64_t i = 0; i < count; i++) {
        bool is_segment = kind == SI_SEGMENT && !isnan(ends[count + i][0]);
        double expected = is_segment ? best_offset(nearest->point, ends[i], ends[count + i]) : 0;
        assert_true(fabs(offsets[i] - expected) <= 1e-5 * size);
    }
    free(ends);
}

static void check_point(const si_index *index, const si_nearest_query *nearest, const answers *many,
                        uint64_t number, si_element_kind kind, double size)
{
    const uint64_t k = nearest->k;
    uint64_t count, *ids = malloc((k + 1) * sizeof *ids);
    float(*first)[3] = malloc((k + 1) * sizeof *first);
    double *distances = malloc((k + 1) * sizeof *distances);
    const si_column columns[] = {{id_field(kind), ids}, {place_field(kind), first}};
    assert_int_equal(si_index_find_nearest(index, nearest, columns, 2, distances, &count, NULL),
                     SI_OK);
    assert_int_equal(many->counts[number], count);
    assert_memory_equal(many->ids + number * k, ids, count * sizeof *ids);
    assert_memory_equal(many->first + number * k, first, count * sizeof *first);
    assert_memory_equal(many->distances + number * k, distances, count * sizeof *distances);
    check_offsets(index, nearest, many->offsets + number * k, count, kind, size);
    for (uint64_t i = number * k + count; i < (number + 1) * k; i++) {
        assert_true(isinf(many->distances[i]));
        assert_int_equal(many->ids[i], 0);
        assert_true(many->first[i][0] == 0 && many->offsets[i] == 0);
    }
    free(ids);
    free(first);
    free(distances);
}

static void check_many(const si_index *index, si_nearest_query nearest, unsigned threads,
                       float points[POINTS][3], si_element_kind kind, double size)
{
    answers *many = make_answers(nearest.k);
    const si_column columns[] = {{id_field(kind), many->ids}, {place_field(kind), many->first}};
    si_error error = {0};
    assert_ok(si_index_nearest_many(index, &nearest, (const float(*)[3])points, POINTS, threads,
                                    columns, 2, many->distances, many->offsets, many->counts,
                                    &error),
              error);
    for (uint64_t i = 0; i < POINTS; i++) {
        memcpy(nearest.point, points[i], sizeof nearest.point);
        check_point(index, &nearest, many, i, kind, size);
    }
    free_answers(many);
}

/* Every tenth element passes. */
static si_filter *make_filter(si_element_kind kind, uint64_t count)
{
    uint64_t *values = malloc((count + 1) * sizeof *values);
    size_t passing = 0;
    si_filter *filter;
    for (uint64_t id = 0; id < count; id += 10)
        values[passing++] = id;
    const si_condition condition = {id_field(kind), values, passing};
    assert_int_equal(si_filter_create(kind, &condition, 1, &filter, NULL), SI_OK);
    free(values);
    return filter;
}

static void check_scatter(si_element_kind kind, uint64_t count, const element_scatter *scatter)
{
    static const uint64_t numbers[] = {1, 3, 40};
    uint64_t seed = count;
    float points[POINTS][3];
    test_elements elements = make_elements(kind, count, scatter, 5);
    for (uint64_t i = 0; i < count; i++)
        elements.id[i] = i;
    si_index *index = build_elements(&elements, NULL, NULL);
    si_filter *filter = make_filter(kind, count);
    double size = (double)(fabsf(scatter->offset) + 10 * scatter->extent + scatter->length);
    scatter_points(scatter, &seed, points);
    for (int i = 0; i < 12; i++) {
        const double max_distance = i % 4 == 3 ? (double)scatter->extent / 4 : INFINITY;
        si_nearest_query nearest;
        si_query_nearest((double[3]){0, 0, 0}, numbers[i % 3], max_distance, (si_accuracy)(i / 4),
                         &nearest, NULL);
        nearest.filter = i % 4 == 1 ? filter : NULL;
        check_many(index, nearest, i % 2 ? 3 : 1, points, kind, size);
    }
    si_filter_free(filter);
    si_index_close(index);
    free_elements(&elements);
}

static void check_kind(si_element_kind kind)
{
    const element_scatter scatters[] = {
        {.extent = 100, .length = 5, .radius = 2},
        {.extent = 100, .length = 300, .radius = 80},
        {.extent = 4, .length = 2, .radius = 1, .degenerate = 1}, /* many equal */
        {.extent = 50, .offset = 30000, .length = 3, .radius = 1},
        {.extent = 1e30f, .length = 1e29f, .radius = 1e28f},
        {.extent = 0, .length = 0, .radius = 0}, /* all in one point */
    };
    for (size_t s = 0; s < sizeof scatters / sizeof *scatters; s++) {
        check_scatter(kind, 20, &scatters[s]);
        check_scatter(kind, 3000, &scatters[s]);
    }
    check_scatter(kind, 0, &scatters[0]);
}

static void points_are_nearest(void **state)
{
    (void)state;
    check_kind(SI_POINT);
}

static void spheres_are_nearest(void **state)
{
    (void)state;
    check_kind(SI_SPHERE);
}

static void synapses_are_nearest(void **state)
{
    (void)state;
    check_kind(SI_SYNAPSE);
}

static void segments_and_somas_are_nearest(void **state)
{
    (void)state;
    check_kind(SI_SEGMENT);
}

/* ---- other questions ---- */

static void inserted_elements_are_found(void **state)
{
    (void)state;
    const element_scatter scatter = {.extent = 100, .radius = 4};
    uint64_t seed = 8;
    float points[POINTS][3];
    test_elements elements = make_elements(SI_SPHERE, 2000, &scatter, 5);
    si_index *index = build_elements(&elements, NULL, NULL);
    test_elements inserted = make_elements(SI_SPHERE, 500, &scatter, 6);
    const si_input_column columns[] = {{.field = SI_FIELD_CENTROID, .data = inserted.first},
                                       {.field = SI_FIELD_RADIUS, .data = inserted.radius}};
    si_error error = {0};
    si_nearest_query nearest;
    assert_ok(si_index_insert(index, columns, 2, inserted.count, &error), error);
    si_query_nearest((double[3]){0, 0, 0}, 7, INFINITY, SI_BEST_EFFORT, &nearest, NULL);
    scatter_points(&scatter, &seed, points);
    check_many(index, nearest, 2, points, SI_SPHERE, 1000);
    si_index_close(index);
    free_elements(&elements);
    free_elements(&inserted);
}

static void wrong_use_is_refused(void **state)
{
    (void)state;
    const element_scatter scatter = {.extent = 1};
    test_elements elements = make_elements(SI_POINT, 10, &scatter, 1);
    si_index *index = build_elements(&elements, NULL, NULL);
    const float points[2][3] = {{0, 0, 0}, {0, NAN, 0}};
    si_nearest_query nearest;
    si_error error = {0};
    double offset = 7;
    si_query_nearest((double[3]){0, 0, 0}, 1, INFINITY, SI_BEST_EFFORT, &nearest, NULL);
    assert_int_equal(
        si_index_nearest_many(index, &nearest, points, 2, 1, NULL, 0, NULL, NULL, NULL, &error),
        SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "point 1: "));
    nearest.k = UINT64_MAX / 2;
    assert_int_equal(
        si_index_nearest_many(index, &nearest, points, 1, 1, NULL, 0, NULL, NULL, NULL, &error),
        SI_ERROR_LIMIT);
    nearest.k = 1;
    assert_int_equal(
        si_index_nearest_many(index, &nearest, points, 0, 1, NULL, 0, NULL, &offset, NULL, &error),
        SI_OK);
    assert_true(offset == 7);
    nearest.k = 0;
    uint64_t count = 5;
    assert_int_equal(
        si_index_nearest_many(index, &nearest, points, 1, 1, NULL, 0, NULL, NULL, &count, &error),
        SI_OK);
    assert_int_equal(count, 0);
    si_index_close(index);
    free_elements(&elements);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_nearest),
        cmocka_unit_test(spheres_are_nearest),
        cmocka_unit_test(synapses_are_nearest),
        cmocka_unit_test(segments_and_somas_are_nearest),
        cmocka_unit_test(inserted_elements_are_found),
        cmocka_unit_test(wrong_use_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
