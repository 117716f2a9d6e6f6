/* The nearest elements of an index, inserted ones among them, are those that brute force finds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "unit/support/elements.h"

static const element_scatter dense = {.extent = 8, .radius = 2};

enum { MOST = 9000 };

/* All elements in their documented order: those of the base, then the inserted ones. */
typedef struct scene {
    si_element_kind kind;
    si_index *base;
    uint64_t count;
    uint64_t ids[MOST];
    float places[MOST][3];
    float radii[MOST];
} scene;

typedef struct expected_element {
    double distance;
    uint64_t order;
} expected_element;

static void insert(scene *s, const test_elements *elements, uint64_t first, uint64_t end)
{
    const int is_sphere = s->kind == SI_SPHERE;
    const si_input_column columns[] = {
        {is_sphere ? SI_FIELD_CENTROID : SI_FIELD_POSITION, elements->first + first},
        {SI_FIELD_ID, elements->id + first},
        {SI_FIELD_RADIUS, is_sphere ? elements->radius + first : NULL}};
    assert_int_equal(si_index_insert(s->base, columns, is_sphere ? 3 : 2, end - first, NULL),
                     SI_OK);
}

static void read_all(scene *s)
{
    const double corner[3] = {-INFINITY, -INFINITY, -INFINITY};
    const double opposite_corner[3] = {INFINITY, INFINITY, INFINITY};
    const int is_sphere = s->kind == SI_SPHERE;
    const si_column columns[] = {{is_sphere ? SI_FIELD_CENTROID : SI_FIELD_POSITION, s->places},
                                 {SI_FIELD_ID, s->ids},
                                 {SI_FIELD_RADIUS, s->radii}};
    si_query everything;
    assert_int_equal(si_query_box(corner, opposite_corner, SI_BOUNDING_BOX, &everything, NULL),
                     SI_OK);
    assert_int_equal(
        si_index_find(s->base, &everything, columns, is_sphere ? 3 : 2, MOST, &s->count, NULL),
        SI_OK);
}

/* To a coarse grid, so that many are equally far. */
static void coarsen(test_elements *elements)
{
    for (uint64_t i = 0; i < elements->count; i++) {
        for (int axis = 0; axis < 3; axis++)
            elements->first[i][axis] = roundf(elements->first[i][axis]);
        elements->radius[i] = roundf(2 * elements->radius[i]) / 2;
    }
}

static scene *make_scene(si_element_kind kind, uint64_t base_count, uint64_t count, uint64_t step)
{
    scene *s = calloc(1, sizeof *s);
    test_elements elements = make_elements(kind, count, &dense, 5);
    coarsen(&elements);
    s->kind = kind;
    elements.count = base_count;
    s->base = build_elements(&elements, NULL, NULL);
    elements.count = count;
    for (uint64_t first = base_count; first < count; first += step)
        insert(s, &elements, first, first + step < count ? first + step : count);
    read_all(s);
    assert_int_equal(s->count, count);
    free_elements(&elements);
    return s;
}

static void free_scene(scene *s)
{
    si_index_close(s->base);
    free(s);
}

/* ---- brute force ---- */

static double distance_to(const scene *s, const si_nearest_query *nearest, uint64_t i)
{
    double square = 0;
    for (int axis = 0; axis < 3; axis++) {
        double way = fabs((double)nearest->point[axis] - (double)s->places[i][axis]);
        if (nearest->accuracy == SI_BOUNDING_BOX)
            way = fmax(way - (double)s->radii[i], 0);
        square += way * way;
    }
    double radius = nearest->accuracy == SI_BOUNDING_BOX ? 0 : (double)s->radii[i];
    return fmax(sqrt(square) - radius, 0);
}

static int compare_expected(const void *left, const void *right)
{
    const expected_element *a = left, *b = right;
    if (fabs(a->distance - b->distance) > 1e-9)
        return a->distance < b->distance ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

/* Every `part`-th id passes; 0: all. */
static uint64_t find_expected(const scene *s, const si_nearest_query *nearest, uint64_t part,
                              expected_element *found)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < s->count; i++) {
        expected_element element = {distance_to(s, nearest, i), i};
        if (element.distance <= nearest->max_distance && (part == 0 || s->ids[i] % part == 0))
            found[count++] = element;
    }
    qsort(found, count, sizeof *found, compare_expected);
    return count < nearest->k ? count : nearest->k;
}

static void check_nearest(const scene *s, const si_nearest_query *nearest, uint64_t part)
{
    static expected_element expected[MOST];
    static uint64_t ids[MOST];
    static float places[MOST][3];
    static double distances[MOST];
    const si_column columns[] = {
        {s->kind == SI_SPHERE ? SI_FIELD_CENTROID : SI_FIELD_POSITION, places}, {SI_FIELD_ID, ids}};
    uint64_t expected_count = find_expected(s, nearest, part, expected), count;
    si_error error = {0};
    assert_ok(si_index_find_nearest(s->base, nearest, columns, 2, distances, &count, &error),
              error);
    assert_int_equal(count, expected_count);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t order = expected[i].order;
        assert_true(fabs(distances[i] - expected[i].distance) < 1e-9);
        assert_int_equal(ids[i], s->ids[order]);
        assert_memory_equal(places[i], s->places[order], sizeof places[i]);
    }
    assert_ok(si_index_find_nearest(s->base, nearest, NULL, 0, NULL, &count, &error), error);
    assert_int_equal(count, expected_count);
}

/* ---- the tests ---- */

static void check_ways(const scene *s, si_nearest_query *nearest)
{
    static const uint64_t parts[] = {2, 1000, MOST + 1};
    check_nearest(s, nearest, 0);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        uint64_t wanted[MOST], count = 0;
        for (uint64_t id = 0; id < MOST; id += parts[i])
            wanted[count++] = id;
        const si_condition condition = {SI_FIELD_ID, wanted, count};
        si_filter *filter;
        assert_int_equal(si_filter_create(s->kind, &condition, 1, &filter, NULL), SI_OK);
        nearest->filter = filter;
        check_nearest(s, nearest, parts[i]);
        si_filter_free(filter);
        nearest->filter = NULL;
    }
}

static void check_scene(si_element_kind kind, uint64_t base_count, uint64_t count, uint64_t step)
{
    static const uint64_t ks[] = {0, 1, 10, 100, MOST};
    static const double most[] = {INFINITY, 3, 0};
    static const si_accuracy accuracies[] = {SI_BEST_EFFORT, SI_BOUNDING_BOX, SI_EXACT};
    scene *s = make_scene(kind, base_count, count, step);
    for (int i = 0; i < 45; i++) {
        const double point[3] = {i % 5 - 2, i % 7 - 3, i % 3 - 1};
        si_nearest_query nearest;
        assert_int_equal(
            si_query_nearest(point, ks[i % 5], most[i / 5 % 3], accuracies[i / 15], &nearest, NULL),
            SI_OK);
        check_ways(s, &nearest);
    }
    free_scene(s);
}

static void finds_what_brute_force_finds(void **state)
{
    (void)state;
    check_scene(SI_SPHERE, 0, MOST, 977);
    check_scene(SI_SPHERE, 3000, 3001, 1);
    check_scene(SI_SPHERE, 2000, 8000, 6000);
    check_scene(SI_POINT, 100, 5000, 701);
}

static void refuses_wrong_requests(void **state)
{
    (void)state;
    const double point[3] = {0, 0, 0};
    scene *s = make_scene(SI_POINT, 5, 9, 1);
    float radii[9];
    const si_column column = {SI_FIELD_RADIUS, radii};
    si_nearest_query nearest;
    si_error error = {0};
    uint64_t count = 77;
    assert_int_equal(si_query_nearest(point, 3, INFINITY, SI_EXACT, &nearest, NULL), SI_OK);
    assert_int_equal(si_index_find_nearest(s->base, &nearest, &column, 1, NULL, &count, &error),
                     SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "no field"));
    nearest.max_distance = -1;
    assert_int_equal(si_index_find_nearest(s->base, &nearest, NULL, 0, NULL, &count, &error),
                     SI_ERROR_ARGUMENT);
    free_scene(s);
}

static void finds_nothing_where_nothing_is(void **state)
{
    (void)state;
    const double point[3] = {0, 0, 0};
    scene *s = make_scene(SI_SPHERE, 0, 0, 1);
    si_nearest_query nearest;
    uint64_t count = 77;
    assert_int_equal(si_query_nearest(point, 3, INFINITY, SI_EXACT, &nearest, NULL), SI_OK);
    assert_int_equal(si_index_find_nearest(s->base, &nearest, NULL, 0, NULL, &count, NULL), SI_OK);
    assert_int_equal(count, 0);
    free_scene(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_brute_force_finds),
        cmocka_unit_test(refuses_wrong_requests),
        cmocka_unit_test(finds_nothing_where_nothing_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
