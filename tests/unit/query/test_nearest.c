/* The nearest elements against a list of all distances. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geometry/distances.h"
#include "unit/support/elements.h"

/* All elements of an index, in index order. */
typedef struct all_elements {
    si_element_kind kind;
    uint64_t count;
    float (*first)[3];
    float (*second)[3];
    float *radius;
    uint64_t *id;
} all_elements;

typedef struct ranked {
    double distance;
    uint64_t position;
} ranked;

static all_elements read_all(const si_index *index, si_element_kind kind, uint64_t count)
{
    all_elements all = {kind,
                        count,
                        calloc(count + 1, sizeof(float[3])),
                        calloc(count + 1, sizeof(float[3])),
                        calloc(count + 1, sizeof(float)),
                        calloc(count + 1, sizeof(uint64_t))};
    const double low[3] = {-INFINITY, -INFINITY, -INFINITY},
                 high[3] = {INFINITY, INFINITY, INFINITY};
    const si_column columns[] = {{id_field(kind), all.id},
                                 {place_field(kind), all.first},
                                 {SI_FIELD_RADIUS, all.radius},
                                 {SI_FIELD_ENDPOINT2, all.second}};
    size_t column_count = kind == SI_SEGMENT ? 4 : kind == SI_SPHERE ? 3 : 2;
    si_query query;
    uint64_t found;
    assert_int_equal(si_query_box(low, high, SI_BOUNDING_BOX, &query, NULL), SI_OK);
    assert_int_equal(si_index_find(index, &query, columns, column_count, count, &found, NULL),
                     SI_OK);
    assert_int_equal(found, count);
    for (uint64_t i = 0; i < count; i++)
        if (isnan(all.second[i][0]))
            memcpy(all.second[i], all.first[i], sizeof all.first[i]);
    return all;
}

static void free_all(all_elements *all)
{
    free(all->first);
    free(all->second);
    free(all->radius);
    free(all->id);
}

/* ---- an oracle of its own ---- */

static double from_box(const float point[3], const si_box *box)
{
    double sum = 0;
    for (int k = 0; k < 3; k++) {
        double gap = fmax(0, fmax((double)box->lower[k] - (double)point[k],
                                  (double)point[k] - (double)box->upper[k]));
        sum += gap * gap;
    }
    return sqrt(sum);
}

static double from_axis(const float point[3], const float p1[3], const float p2[3])
{
    double u[3], v[3], along = 0, square = 0;
    for (int k = 0; k < 3; k++) {
        u[k] = (double)point[k] - (double)p1[k];
        v[k] = (double)p2[k] - (double)p1[k];
        along += u[k] * v[k];
        square += v[k] * v[k];
    }
    double t = square > 0 ? fmin(1, fmax(0, along / square)) : 0;
    double sum = 0;
    for (int k = 0; k < 3; k++)
        sum += (u[k] - t * v[k]) * (u[k] - t * v[k]);
    return sqrt(sum);
}

static double from_flat_caps(const float point[3], const float p1[3], const float p2[3], double r)
{
    double u[3], v[3], axis = 0, height = 0, side = 0;
    for (int k = 0; k < 3; k++) {
        u[k] = (double)point[k] - (double)p1[k];
        v[k] = (double)p2[k] - (double)p1[k];
        axis += v[k] * v[k];
    }
    if (axis <= 0)
        return fmax(0, from_axis(point, p1, p2) - r);
    axis = sqrt(axis);
    for (int k = 0; k < 3; k++)
        height += u[k] * v[k] / axis;
    for (int k = 0; k < 3; k++)
        side += pow(u[k] - height * v[k] / axis, 2);
    return hypot(fmax(0, sqrt(side) - r), fmax(0, fmax(-height, height - axis)));
}

static double oracle_distance(const all_elements *all, uint64_t i, const si_nearest_query *nearest)
{
    const float *p1 = all->first[i];
    const float *p2 = all->kind == SI_SEGMENT ? all->second[i] : p1;
    if (nearest->accuracy == SI_BEST_EFFORT)
        return fmax(0, from_axis(nearest->point, p1, p2) - (double)all->radius[i]);
    if (nearest->accuracy == SI_EXACT)
        return from_flat_caps(nearest->point, p1, p2, (double)all->radius[i]);
    si_box box = all->kind == SI_SEGMENT ? si_bound_cylinder(p1, p2, all->radius[i])
                                         : si_bound_sphere(p1, all->radius[i]);
    return from_box(nearest->point, &box);
}

/* ---- what the library computes, of every element ---- */

static double library_distance(const all_elements *all, uint64_t i, const si_nearest_query *nearest)
{
    si_vantage vantage = {
        {nearest->point[0], nearest->point[1], nearest->point[2]}, nearest->accuracy, INFINITY};
    if (all->kind == SI_SEGMENT)
        return si_distance_to_cylinder(&vantage, all->first[i], all->second[i], all->radius[i]);
    if (all->kind == SI_SPHERE)
        return si_distance_to_sphere(&vantage, all->first[i], all->radius[i]);
    return si_distance_to_point(&vantage, all->first[i]);
}

static int compare_ranked(const void *a, const void *b)
{
    const ranked *left = a, *right = b;
    if (left->distance < right->distance || left->distance > right->distance)
        return left->distance < right->distance ? -1 : 1;
    return left->position < right->position ? -1 : 1;
}

typedef double distance_function(const all_elements *all, uint64_t i,
                                 const si_nearest_query *nearest);

/* Sorted; `*count` receives how many are to be found. */
static ranked *rank(const all_elements *all, const si_nearest_query *nearest,
                    distance_function *distance, uint64_t *count)
{
    ranked *list = malloc((all->count + 1) * sizeof *list);
    uint64_t within = 0;
    for (uint64_t i = 0; i < all->count; i++) {
        list[within] = (ranked){distance(all, i, nearest), i};
        within += list[within].distance <= nearest->max_distance;
    }
    qsort(list, within, sizeof *list, compare_ranked);
    *count = within < nearest->k ? within : nearest->k;
    return list;
}

/* ---- the comparison ---- */

static uint64_t find_nearest(const si_index *index, const all_elements *all,
                             const si_nearest_query *nearest, uint64_t *ids, double *distances)
{
    uint64_t count;
    si_error error = {0};
    si_column column = {id_field(all->kind), ids};
    assert_ok(si_index_find_nearest(index, nearest, &column, 1, distances, &count, &error), error);
    return count;
}

static void check_against_oracle(const all_elements *all, const si_nearest_query *nearest,
                                 const double *distances, uint64_t count, double tolerance)
{
    uint64_t expected;
    ranked *list = rank(all, nearest, oracle_distance, &expected);
    /* Where the greatest distance is finite, one may be on its other side by rounding. */
    for (uint64_t i = 0; i < count && i < expected; i++)
        if (!(fabs(list[i].distance - distances[i]) <= tolerance))
            fail_msg("number %llu of %llu is %.17g away, expected %.17g", (unsigned long long)i,
                     (unsigned long long)count, distances[i], list[i].distance);
    for (uint64_t i = count; i < expected; i++)
        assert_true(list[i].distance >= nearest->max_distance - tolerance);
    for (uint64_t i = expected; i < count; i++)
        assert_true(distances[i] >= nearest->max_distance - tolerance);
    free(list);
}

static void check_nearest(const si_index *index, const all_elements *all,
                          const si_nearest_query *nearest, double tolerance)
{
    uint64_t room = nearest->k < all->count ? nearest->k : all->count, expected;
    uint64_t *ids = malloc((room + 1) * sizeof *ids);
    double *distances = malloc((room + 1) * sizeof *distances);
    uint64_t count = find_nearest(index, all, nearest, ids, distances);
    ranked *list = rank(all, nearest, library_distance, &expected);
    assert_int_equal(count, expected);
    for (uint64_t i = 0; i < count; i++) {
        assert_true(distances[i] >= list[i].distance && distances[i] <= list[i].distance);
        assert_int_equal(ids[i], all->id[list[i].position]);
    }
    check_against_oracle(all, nearest, distances, count, tolerance);
    free(list);
    free(ids);
    free(distances);
}

static si_nearest_query random_nearest(const element_scatter *scatter, uint64_t *seed)
{
    static const uint64_t numbers[] = {1, 1, 2, 10, 10, 31, 100, 1000, 10000000};
    double point[3];
    si_nearest_query nearest;
    float reach = random_bits(seed) % 3 ? 1.2f : 4;
    for (int axis = 0; axis < 3; axis++) {
        float at = scatter->offset +
                   random_float(seed, -scatter->extent * reach, scatter->extent * reach);
        point[axis] = (double)(scatter->degenerate ? roundf(at) : at);
    }
    double far = (double)(scatter->extent * random_float(seed, 0, 1.5f));
    double max_distance = random_bits(seed) % 3 ? INFINITY : scatter->degenerate ? round(far) : far;
    assert_int_equal(si_query_nearest(point, numbers[random_bits(seed) % 9], max_distance,
                                      (si_accuracy)(random_bits(seed) % 3), &nearest, NULL),
                     SI_OK);
    return nearest;
}

static void check_scatter(si_element_kind kind, uint64_t count, const element_scatter *scatter,
                          int queries)
{
    uint64_t seed = 11 + count;
    test_elements elements = make_elements(kind, count, scatter, seed);
    for (uint64_t i = 0; i < count; i++)
        elements.id[i] = i;
    si_index *index = build_elements(&elements, NULL, NULL);
    all_elements all = read_all(index, kind, count);
    double tolerance = 1e-12 * (double)(fabsf(scatter->offset) + 10 * scatter->extent +
                                        scatter->length + scatter->radius);
    for (int i = 0; i < queries; i++) {
        si_nearest_query nearest = random_nearest(scatter, &seed);
        check_nearest(index, &all, &nearest, tolerance);
    }
    free_all(&all);
    si_index_close(index);
    free_elements(&elements);
}

static void check_kind(si_element_kind kind)
{
    static const uint64_t counts[] = {0, 1, 31, 32, 33, 1023, 1025, 5000};
    const element_scatter scatters[] = {
        {.extent = 100, .length = 5, .radius = 2},
        {.extent = 100, .length = 1, .radius = 30}, /* caps far outside of bounding boxes */
        {.extent = 100, .length = 300, .radius = 80},
        {.extent = 4, .length = 2, .radius = 1, .degenerate = 1}, /* many equal */
        {.extent = 50, .offset = 30000, .length = 3, .radius = 1},
        {.extent = 0.01f, .length = 0.001f, .radius = 0.001f},
        {.extent = 1e30f, .length = 1e29f, .radius = 1e28f},
        {.extent = 0, .length = 0, .radius = 0}, /* all in one point */
    };
    for (size_t s = 0; s < sizeof scatters / sizeof *scatters; s++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
            check_scatter(kind, counts[c], &scatters[s], counts[c] > 1000 ? 15 : 40);
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

static void nearest_in_a_tree_of_several_levels(void **state)
{
    (void)state;
    const element_scatter scatter = {.extent = 300, .length = 4, .radius = 1};
    const uint64_t count = full_or_sanitized(150000, 50000);
    const int places = full_or_sanitized(40, 15);
    check_scatter(SI_SEGMENT, count, &scatter, places);
    check_scatter(SI_POINT, count, &scatter, places);
}

/* ---- what is asked ---- */

static void ties_are_in_index_order(void **state)
{
    (void)state;
    const element_scatter scatter = {.extent = 0};
    test_elements elements = make_elements(SI_POINT, 3000, &scatter, 1);
    si_index *index = build_elements(&elements, NULL, NULL);
    uint64_t ids[100], count;
    si_column column = {SI_FIELD_ID, ids};
    si_nearest_query nearest;
    assert_int_equal(si_query_nearest((double[3]){1, 2, 2}, 100, 3, SI_BEST_EFFORT, &nearest, NULL),
                     SI_OK);
    assert_int_equal(si_index_find_nearest(index, &nearest, &column, 1, NULL, &count, NULL), SI_OK);
    assert_int_equal(count, 100);
    for (uint64_t i = 0; i < count; i++)
        assert_int_equal(ids[i], i);
    si_index_close(index);
    free_elements(&elements);
}

/* A distance that was handed out finds its element again. */
static void distances_can_be_asked_for(void **state)
{
    (void)state;
    const element_scatter scatter = {.extent = 100, .length = 5, .radius = 2};
    uint64_t seed = 3;
    test_elements elements = make_elements(SI_SEGMENT, 4000, &scatter, seed);
    si_index *index = build_elements(&elements, NULL, NULL);
    for (int i = 0; i < 300; i++) {
        double distances[10];
        uint64_t count;
        si_nearest_query nearest = random_nearest(&scatter, &seed);
        nearest.k = 10;
        nearest.max_distance = INFINITY;
        assert_int_equal(si_index_find_nearest(index, &nearest, NULL, 0, distances, &count, NULL),
                         SI_OK);
        assert_int_equal(count, 10);
        nearest.max_distance = distances[6];
        nearest.k = 4000;
        double *within = malloc(4000 * sizeof *within);
        assert_int_equal(si_index_find_nearest(index, &nearest, NULL, 0, within, &count, NULL),
                         SI_OK);
        assert_true(count >= 7 && within[count - 1] <= distances[6]);
        free(within);
    }
    si_index_close(index);
    free_elements(&elements);
}

static void check_refused(const double point[3], double max_distance, int accuracy,
                          const char *words)
{
    si_nearest_query nearest;
    si_error error = {0};
    assert_int_equal(
        si_query_nearest(point, 1, max_distance, (si_accuracy)accuracy, &nearest, &error),
        SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, words));
}

static void senseless_questions_are_refused(void **state)
{
    (void)state;
    const double origin[3] = {0, 0, 0};
    check_refused((double[3]){0, NAN, 0}, 1, SI_BEST_EFFORT, "nan");
    check_refused((double[3]){0, INFINITY, 0}, 1, SI_BEST_EFFORT, "inf");
    check_refused((double[3]){0, 1e39, 0}, 1, SI_BEST_EFFORT, "inf");
    check_refused(origin, NAN, SI_BEST_EFFORT, "nan");
    check_refused(origin, -1, SI_BEST_EFFORT, "-1");
    check_refused(origin, 1, 77, "77");
}

static void wrong_columns_are_refused(void **state)
{
    (void)state;
    const element_scatter scatter = {.extent = 1};
    test_elements elements = make_elements(SI_POINT, 10, &scatter, 1);
    si_index *index = build_elements(&elements, NULL, NULL);
    uint64_t ids[10], count;
    si_nearest_query nearest;
    si_query_nearest((double[3]){0, 0, 0}, 10, INFINITY, SI_BEST_EFFORT, &nearest, NULL);
    si_column radius = {SI_FIELD_RADIUS, ids}, nowhere = {SI_FIELD_ID, NULL};
    assert_int_equal(si_index_find_nearest(index, &nearest, &radius, 1, NULL, &count, NULL),
                     SI_ERROR_ARGUMENT);
    assert_int_equal(si_index_find_nearest(index, &nearest, &nowhere, 1, NULL, &count, NULL),
                     SI_ERROR_ARGUMENT);
    nearest.point[1] = NAN;
    assert_int_equal(si_index_find_nearest(index, &nearest, NULL, 0, NULL, &count, NULL),
                     SI_ERROR_ARGUMENT);
    si_index_close(index);
    free_elements(&elements);
}

static void none_is_asked_for(void **state)
{
    (void)state;
    const element_scatter scatter = {.extent = 1};
    test_elements elements = make_elements(SI_POINT, 10, &scatter, 1);
    si_index *index = build_elements(&elements, NULL, NULL);
    uint64_t count = 7;
    si_index_stats stats = SI_INDEX_STATS_INIT;
    si_nearest_query nearest;
    si_query_nearest((double[3]){0, 0, 0}, 0, INFINITY, SI_BEST_EFFORT, &nearest, NULL);
    assert_int_equal(si_index_find_nearest(index, &nearest, NULL, 0, NULL, &count, NULL), SI_OK);
    assert_int_equal(count, 0);
    assert_int_equal(si_index_get_stats(index, &stats), SI_OK);
    assert_int_equal(stats.queries, 1);
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
        cmocka_unit_test(nearest_in_a_tree_of_several_levels),
        cmocka_unit_test(ties_are_in_index_order),
        cmocka_unit_test(distances_can_be_asked_for),
        cmocka_unit_test(senseless_questions_are_refused),
        cmocka_unit_test(wrong_columns_are_refused),
        cmocka_unit_test(none_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
