/* Capsules, cylinders, oriented boxes and tiles against every kind of element. */
#include "unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geometry/predicates.h"
#include "oracle.h"

/* SPATIAL_INDEX_TEST_CASES=1000000 takes some minutes, cylinders most. */
static unsigned cases_per_pair(void)
{
    const char *text = getenv("SPATIAL_INDEX_TEST_CASES");
    unsigned long cases = text ? strtoul(text, NULL, 10) : 0;
    return cases >= 1000 && cases < 1000000000 ? (unsigned)cases : full_or_sanitized(20000, 5000);
}

typedef struct tally {
    unsigned hits;
    unsigned misses;
    unsigned too_close;
} tally;

static void check(const si_query_shape *query, const element *e, tally *counts)
{
    verdict truth = oracle(query, e);
    counts->hits += truth == HIT;
    counts->misses += truth == MISS;
    counts->too_close += truth == TOO_CLOSE;
    if (truth != TOO_CLOSE && query_meets(query, e) != (truth == HIT))
        fail_msg("%s: %s is%s found", describe_query(query), describe_element(e),
                 truth == HIT ? " not" : "");
}

static void check_pair(si_shape shape, element_shape kind)
{
    unsigned cases = cases_per_pair();
    random_source random = {200 + (uint64_t)shape * 10 + (uint64_t)kind};
    tally counts = {0};
    for (unsigned i = 0; i < cases; i++) {
        frame f = random_frame(&random);
        element e = random_element(&random, &f, kind);
        si_query_shape query = random_query_of(&random, &f, &e, shape);
        check(&query, &e, &counts);
    }
    print_message("  %u hits, %u misses, %u too close to tell\n", counts.hits, counts.misses,
                  counts.too_close);
    assert_true(counts.hits > cases / 16 && counts.misses > cases / 16);
    assert_true(counts.too_close < cases / 4);
}

static void check_shape(si_shape shape)
{
    check_pair(shape, POINT);
    check_pair(shape, SPHERE);
    check_pair(shape, CYLINDER);
}

static void capsules(void **state)
{
    (void)state;
    check_shape(SI_SHAPE_CAPSULE);
}

static void cylinders(void **state)
{
    (void)state;
    check_shape(SI_SHAPE_CYLINDER);
}

static void oriented_boxes(void **state)
{
    (void)state;
    check_shape(SI_SHAPE_ORIENTED_BOX);
}

static void tiles(void **state)
{
    (void)state;
    check_shape(SI_SHAPE_CENTERS);
}

/* ---- touching ---- */

static si_query_shape capsule(const double end[3], const double other_end[3], double radius)
{
    si_query_shape query;
    assert_int_equal(si_query_capsule(end, other_end, radius, SI_EXACT, (si_query *)&query, NULL),
                     SI_OK);
    return query;
}

static si_query_shape cylinder(const double end[3], const double other_end[3], double radius)
{
    si_query_shape query;
    assert_int_equal(si_query_cylinder(end, other_end, radius, SI_EXACT, (si_query *)&query, NULL),
                     SI_OK);
    return query;
}

/* Bare lines from one point into all directions. */
static void common_ends_touch(void **state)
{
    (void)state;
    const double corner[3] = {-3, -3, 1};
    const float end[3] = {-3, -3, 1};
    for (int i = 1; i < 7 * 7 * 7; i++)
        for (int j = 1; j < 7 * 7 * 7; j += 10) {
            const double other[3] = {i % 7, i / 7 % 7, i / 49};
            const float other_end[3] = {(float)(j % 7), (float)(j / 7 % 7), (float)(j / 49)};
            const si_query_shape queries[] = {capsule(corner, other, 0), capsule(other, corner, 0),
                                              cylinder(corner, other, 0),
                                              cylinder(other, corner, 0)};
            for (int k = 0; k < 4; k++) {
                assert_true(si_query_meets_cylinder(&queries[k], end, other_end, 0));
                assert_true(si_query_meets_cylinder(&queries[k], other_end, end, 0));
            }
        }
}

static void whole_numbers_touch_at_ends(void **state)
{
    (void)state;
    const double end[3] = {-2, 3, 3}, other_end[3] = {-2, 3, 4};
    const float p1[3] = {0, -3, 0}, p2[3] = {0, -3, -4};       /* 7 = |(2, 6, 3)| away */
    const float side1[3] = {1, -1, 9}, side2[3] = {1, -1, -9}; /* 5 = |(3, 4, 0)| away */
    const float other_side[3] = {1, -1, 3.5F};
    const si_query_shape reaching = capsule(end, other_end, 7), near = capsule(end, other_end, 4);
    const si_query_shape track = cylinder(end, (double[3]){-2, -9, 3}, 3);
    assert_true(si_query_meets_cylinder(&reaching, p1, p2, 0));
    assert_true(si_query_meets_cylinder(&reaching, p2, p1, 0));
    assert_true(si_query_meets_cylinder(&near, side1, side2, 1));
    assert_true(si_query_meets_cylinder(&near, side1, other_side, 1));
    assert_true(si_query_meets_cylinder(&track, side1, (float[3]){1, 3, 3}, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capsules),          cmocka_unit_test(cylinders),
        cmocka_unit_test(oriented_boxes),    cmocka_unit_test(tiles),
        cmocka_unit_test(common_ends_touch), cmocka_unit_test(whole_numbers_touch_at_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
