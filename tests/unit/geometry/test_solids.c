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

static void check(const si_query *query, const element *e, tally *counts)
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
        si_query query = random_query_of(&random, &f, &e, shape);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capsules),
        cmocka_unit_test(cylinders),
        cmocka_unit_test(oriented_boxes),
        cmocka_unit_test(tiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
