#include "unit/test.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "geometry/predicates.h"
#include "geometry/shape_pairs.h"
#include "oracle.h"

#define LATTICE_COUNT full_or_sanitized(300000, 60000)

static const element unit_cylinder = {CYLINDER, {0, 0, 0}, {0, 0, 10}, 1};
static const element soma = {CYLINDER, {0, 0, 0}, {0, 0, 0}, 1};
static const element ball = {SPHERE, {0, 0, 0}, {0, 0, 0}, 1};
static const element bare_axis = {CYLINDER, {0, 0, 0}, {0, 0, 10}, 0};

static void assert_meets(const si_query_shape *query, const element *e, bool expected)
{
    if (query_meets(query, e) != expected)
        fail_msg("%s: %s %s", describe_query(query), describe_element(e),
                 expected ? "is not found" : "is found");
}

typedef struct example {
    const element *e;
    float query[6];   /* corners of a box; center and radius of a ball */
    bool best_effort; /* and exact */
    bool bounding_box;
} example;

static void check_examples(const example *examples, size_t count, bool boxes)
{
    for (size_t i = 0; i < count; i++) {
        const float *q = examples[i].query;
        for (int a = SI_BEST_EFFORT; a <= SI_EXACT; a++) {
            si_accuracy accuracy = (si_accuracy)a;
            si_query_shape query = boxes ? box_query(q, q + 3, accuracy)
                                         : sphere_query(q, q[3], accuracy);
            assert_meets(&query, examples[i].e,
                         accuracy == SI_BOUNDING_BOX ? examples[i].bounding_box
                                                     : examples[i].best_effort);
        }
    }
}

static void worked_examples_of_boxes(void **state)
{
    (void)state;
    const example examples[] = {
        {&unit_cylinder, {1, -1, 4, 2, 1, 6}, true, true}, /* touching the side counts */
        {&unit_cylinder, {.99F, -1, 4, 2, 1, 6}, true, true},
        {&unit_cylinder, {1.01F, -1, 4, 2, 1, 6}, false, false},
        {&unit_cylinder, {.8F, .8F, 4, 2, 2, 6}, false, true},
        {&unit_cylinder, {-.1F, -.1F, 10.5F, .1F, .1F, 11}, false, false},
        {&unit_cylinder, {-.1F, -.1F, 10, .1F, .1F, 11}, true, true},
        {&soma, {-1, -1, -1, 1, 1, 1}, true, true},
        {&soma, {.5F, .5F, .5F, 2, 2, 2}, true, true},
        {&soma, {.6F, .6F, .6F, 2, 2, 2}, false, true},
        {&bare_axis, {0, 0, 5, 1, 1, 6}, true, true},
        {&bare_axis, {.001F, 0, 5, 1, 1, 6}, false, false},
        {&ball, {.6F, .6F, .6F, 2, 2, 2}, false, true},
        {&ball, {.577F, .577F, .577F, 2, 2, 2}, true, true},
    };
    check_examples(examples, sizeof examples / sizeof *examples, true);
}

static void worked_examples_of_balls(void **state)
{
    (void)state;
    const example examples[] = {
        {&unit_cylinder, {2, 0, 5, 1}, true, true},
        {&unit_cylinder, {0, 0, 11, 1}, true, true},
        {&unit_cylinder, {1.5F, 0, 10.5F, .70F}, false, false},
        {&unit_cylinder, {1.5F, 0, 10.5F, .71F}, true, true},
        {&soma, {0, 0, 0, 1}, true, true}, /* zero length is a ball */
        {&soma, {2, 0, 0, 1}, true, true},
        {&soma, {1.2F, 1.2F, 0, .5F}, false, true},
        {&bare_axis, {.5F, 0, 10.5F, 1}, true, true}, /* beyond the end and off the axis */
        {&bare_axis, {0, 0, 10.5F, 1}, true, true},
        {&bare_axis, {3, 0, 14, 5}, true, true},
        {&bare_axis, {3, 0, 14, 4.99F}, false, false},
    };
    check_examples(examples, sizeof examples / sizeof *examples, false);
}

static void touching_points_count(void **state)
{
    (void)state;
    const element corner = {POINT, {1, 1, 1}, {1, 1, 1}, 0};
    const element near = {POINT, {3, 4, 0}, {3, 4, 0}, 0};
    const example boxes[] = {{&corner, {0, 0, 0, 1, 1, 1}, true, true},
                             {&corner, {1, 1, 1, 1, 1, 1}, true, true},
                             {&corner, {0, 0, 0, 1, 1, .999F}, false, false}};
    const example balls[] = {{&near, {0, 0, 0, 5}, true, true},
                             {&near, {0, 0, 0, 4.9999995F}, false, false}};
    check_examples(boxes, 3, true);
    check_examples(balls, 2, false);
}

/* Long and far from everything, touching in a way that rounded divisions would miss. */
static void touching_obliquely_counts(void **state)
{
    (void)state;
    const element oblique = {CYLINDER, {0, 0, 0}, {8, 8, 0}, 1};
    const element diagonal = {CYLINDER, {-6, -6, -6}, {3, 3, 3}, 0};
    const example boxes[] = {{&diagonal, {3, 3, 3, 4, 4, 4}, true, true},
                             {&diagonal, {-1, -1, -1, -1, -1, -1}, true, true},
                             {&diagonal, {-1, -1, -2, -1, -1, -2}, false, true}};
    /* From the rim of the cap at (8, 8, 1), (8, 8, 0) + (3, 3, 0) / sqrt 2 lies outside. */
    const example balls[] = {{&oblique, {10, 10, 0, 2.8284273F}, true, true},
                             {&oblique, {10, 10, 0, 2.828427F}, false, true},
                             {&oblique, {11, 11, 1, 4.2426409F}, true, true},
                             {&oblique, {11, 11, 1, 4.2426405F}, false, true}};
    check_examples(boxes, 3, true);
    check_examples(balls, 4, false);
}

static void infinite_queries_find_everything(void **state)
{
    (void)state;
    random_source random = {11};
    const float corners[][2] = {{-INFINITY, INFINITY}, {-FLT_MAX, FLT_MAX}};
    for (int i = 0; i < full_or_sanitized(30000, 6000); i++) {
        frame f = random_frame(&random);
        element e = random_element(&random, &f, (element_shape)random_below(&random, SHAPE_COUNT));
        si_accuracy accuracy = (si_accuracy)random_below(&random, 3);
        const float *c = corners[random_below(&random, 2)];
        si_query_shape all = box_query((float[3]){c[0], c[0], c[0]}, (float[3]){c[1], c[1], c[1]},
                                       accuracy);
        assert_meets(&all, &e, true);
        float far = random_below(&random, 2) ? -INFINITY : 3;
        all = sphere_query((float[3]){far, 0, -far}, INFINITY, accuracy);
        assert_meets(&all, &e, true);
        si_query_shape half = box_query(e.p1, (float[3]){-INFINITY, INFINITY, INFINITY}, accuracy);
        assert_meets(&half, &e, true);
    }
}

static void nothing_is_near_infinity(void **state)
{
    (void)state;
    const element edge = {CYLINDER, {FLT_MAX, 0, 0}, {FLT_MAX, 1, 0}, FLT_MAX};
    const float infinity[3] = {INFINITY, 0, 0};
    for (int a = 0; a < 3; a++) {
        si_query_shape query = sphere_query(infinity, FLT_MAX, (si_accuracy)a);
        assert_meets(&query, &edge, false);
        assert_meets(&query, &soma, false);
    }
    si_query_shape wall = box_query(infinity, (float[3]){INFINITY, 1, 1}, SI_BEST_EFFORT);
    assert_meets(&wall, &edge, false);
    assert_meets(&wall, &soma, false);
}

typedef struct tally {
    unsigned hits;
    unsigned misses;
    unsigned too_close;
} tally;

static void check_case(random_source *random, si_shape shape, element_shape kind, tally *counts)
{
    frame f = random_frame(random);
    element e = random_element(random, &f, kind);
    si_query_shape query = random_query_of(random, &f, &e, shape);
    verdict truth = oracle(&query, &e);
    counts->hits += truth == HIT;
    counts->misses += truth == MISS;
    counts->too_close += truth == TOO_CLOSE;
    if (truth != TOO_CLOSE)
        assert_meets(&query, &e, truth == HIT);
}

/* SPATIAL_INDEX_TEST_CASES=1000000 takes a quarter of a minute. */
static unsigned cases_per_pair(void)
{
    const char *text = getenv("SPATIAL_INDEX_TEST_CASES");
    unsigned long cases = text ? strtoul(text, NULL, 10) : 0;
    return cases >= 1000 && cases < 1000000000 ? (unsigned)cases : full_or_sanitized(200000, 40000);
}

/* The oracle alone decides; a pair that it seldom can decide, or decides one way only, is no test.
 */
static void check_pair(si_shape shape, element_shape kind)
{
    unsigned cases = cases_per_pair();
    random_source random = {100 + (uint64_t)shape * 10 + (uint64_t)kind};
    tally counts = {0};
    for (unsigned i = 0; i < cases; i++)
        check_case(&random, shape, kind, &counts);
    print_message("  %u hits, %u misses, %u too close to tell\n", counts.hits, counts.misses,
                  counts.too_close);
    assert_true(counts.hits > cases / 8 && counts.misses > cases / 8);
    assert_true(counts.too_close < cases / 10);
}

static void random_boxes_and_points(void **state)
{
    (void)state;
    check_pair(SI_SHAPE_BOX, POINT);
}

static void random_boxes_and_spheres(void **state)
{
    (void)state;
    check_pair(SI_SHAPE_BOX, SPHERE);
}

static void random_boxes_and_cylinders(void **state)
{
    (void)state;
    check_pair(SI_SHAPE_BOX, CYLINDER);
}

static void random_balls_and_points(void **state)
{
    (void)state;
    check_pair(SI_SHAPE_SPHERE, POINT);
}

static void random_balls_and_spheres(void **state)
{
    (void)state;
    check_pair(SI_SHAPE_SPHERE, SPHERE);
}

static void random_balls_and_cylinders(void **state)
{
    (void)state;
    check_pair(SI_SHAPE_SPHERE, CYLINDER);
}

/* Small integers, moved by an integer and scaled by a power of two: nothing rounds, so there is no
 * band, and touching must count. */
typedef struct lattice {
    double scale;
    int shift;
    int size;
} lattice;

static lattice random_lattice(random_source *random)
{
    static const int exponents[] = {0, 0, -30, -100, 90, -149, 124};
    int exponent = exponents[random_below(random, 7)];
    bool moved = exponent < 100 && random_below(random, 2);
    lattice l = {.scale = exp2(exponent)};
    l.shift = moved ? (int)random_below(random, 1U << 22) : 0;
    l.size = 2 + (int)random_below(random, 7);
    return l;
}

static void random_lattice_point(random_source *random, const lattice *l, int point[3])
{
    for (int k = 0; k < 3; k++)
        point[k] = (int)random_below(random, (unsigned)(2 * l->size + 1)) - l->size;
}

static float place(const lattice *l, int x)
{
    return (float)((x + l->shift) * l->scale);
}

static void place_point(const lattice *l, const int point[3], float placed[3])
{
    for (int k = 0; k < 3; k++)
        placed[k] = place(l, point[k]);
}

static void lattice_capsules_are_decided_exactly(void **state)
{
    (void)state;
    random_source random = {21};
    unsigned hits = 0;
    for (int i = 0; i < LATTICE_COUNT; i++) {
        lattice l = random_lattice(&random);
        int p1[3], p2[3], a[3], b[3];
        random_lattice_point(&random, &l, p1);
        random_lattice_point(&random, &l, p2);
        random_lattice_point(&random, &l, a);
        random_lattice_point(&random, &l, b);
        int radius = (int)random_below(&random, (unsigned)l.size);
        for (int k = 0; k < 3; k++)
            if (a[k] > b[k])
                b[k] = a[k] + (int)random_below(&random, 2);
        float P1[3], P2[3], A[3], B[3];
        place_point(&l, p1, P1);
        place_point(&l, p2, P2);
        place_point(&l, a, A);
        place_point(&l, b, B);
        bool truth = exact_capsule_meets_box(p1, p2, radius, a, b);
        hits += truth;
        if (si_capsule_meets_box(P1, P2, (float)(radius * l.scale), A, B) != truth)
            fail_msg("capsule (%d %d %d) (%d %d %d) r %d, box (%d %d %d) (%d %d %d): %d expected",
                     p1[0], p1[1], p1[2], p2[0], p2[1], p2[2], radius, a[0], a[1], a[2], b[0], b[1],
                     b[2], truth);
    }
    assert_in_range(hits, LATTICE_COUNT / 5, LATTICE_COUNT / 5 * 4);
}

static void lattice_balls_are_decided_exactly(void **state)
{
    (void)state;
    random_source random = {22};
    unsigned hits = 0;
    for (int i = 0; i < LATTICE_COUNT; i++) {
        lattice l = random_lattice(&random);
        int p1[3], p2[3], c[3];
        random_lattice_point(&random, &l, p1);
        random_lattice_point(&random, &l, p2);
        random_lattice_point(&random, &l, c);
        int radius = (int)random_below(&random, (unsigned)l.size);
        int ball_radius = (int)random_below(&random, (unsigned)l.size);
        float P1[3], P2[3], C[3];
        place_point(&l, p1, P1);
        place_point(&l, p2, P2);
        place_point(&l, c, C);
        bool truth = exact_ball_meets_cylinder(c, ball_radius, p1, p2, radius);
        hits += truth;
        if (si_ball_meets_cylinder(C, (float)(ball_radius * l.scale), P1, P2,
                                   (float)(radius * l.scale)) != truth)
            fail_msg("ball (%d %d %d) r %d, cylinder (%d %d %d) (%d %d %d) r %d: %d expected", c[0],
                     c[1], c[2], ball_radius, p1[0], p1[1], p1[2], p2[0], p2[1], p2[2], radius,
                     truth);
    }
    assert_in_range(hits, LATTICE_COUNT / 5, LATTICE_COUNT / 5 * 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_examples_of_boxes),
        cmocka_unit_test(worked_examples_of_balls),
        cmocka_unit_test(touching_points_count),
        cmocka_unit_test(touching_obliquely_counts),
        cmocka_unit_test(infinite_queries_find_everything),
        cmocka_unit_test(nothing_is_near_infinity),
        cmocka_unit_test(random_boxes_and_points),
        cmocka_unit_test(random_boxes_and_spheres),
        cmocka_unit_test(random_boxes_and_cylinders),
        cmocka_unit_test(random_balls_and_points),
        cmocka_unit_test(random_balls_and_spheres),
        cmocka_unit_test(random_balls_and_cylinders),
        cmocka_unit_test(lattice_capsules_are_decided_exactly),
        cmocka_unit_test(lattice_balls_are_decided_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
