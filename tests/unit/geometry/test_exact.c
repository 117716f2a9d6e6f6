/* Accuracy exact, where shapes just touch. */
#include "unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geometry/predicates.h"
#include "geometry/shape_pairs.h"
#include "oracle.h"

/* SPATIAL_INDEX_TEST_CASES=1000000 takes some minutes. */
static unsigned case_count(void)
{
    const char *text = getenv("SPATIAL_INDEX_TEST_CASES");
    unsigned long cases = text ? strtoul(text, NULL, 10) : 0;
    return cases >= 1000 && cases < 1000000000 ? (unsigned)cases : 20000;
}

static float float_of_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The bits of the least radius, up to infinity's, with which the element is found. */
static uint32_t least_radius_found(const si_query_shape *query, element e)
{
    const uint32_t infinity = 0x7F800000;
    uint32_t low = 0, high = infinity;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        e.radius = float_of_bits(middle);
        if (query_meets(query, &e))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The capsule around the axis reaches all of these boxes. */
static void boxes_beyond_caps_are_out(void **state)
{
    (void)state;
    const element oblique = {CYLINDER, {0, 0, 0}, {8, 8, 0}, 1};
    const struct {
        float lower[3];
        float upper[3];
        bool is_met;
    } boxes[] = {{{8.5F, 8.5F, -1}, {9, 9, 1}, false},
                 {{8.6F, 7.3F, -1}, {9, 9, 1}, true},
                 {{8.6F, 7.5F, -1}, {9, 9, 1}, false},
                 {{-9, -9, -9}, {-.6F, .5F, 9}, false},
                 {{-9, -9, -9}, {-.6F, .65F, 9}, true}};
    for (int i = 0; i < 5; i++) {
        si_query_shape query = box_query(boxes[i].lower, boxes[i].upper, SI_BEST_EFFORT);
        assert_true(query_meets(&query, &oblique));
        query.accuracy = SI_EXACT;
        assert_int_equal(query_meets(&query, &oblique), boxes[i].is_met);
    }
}

typedef struct tally {
    unsigned checked;
    unsigned too_close;
} tally;

static void check_radius(const si_query_shape *query, element e, uint32_t bits, tally *counts)
{
    e.radius = float_of_bits(bits);
    verdict truth = oracle(query, &e);
    counts->checked++;
    counts->too_close += truth == TOO_CLOSE;
    if (truth != TOO_CLOSE && query_meets(query, &e) != (truth == HIT))
        fail_msg("%s: %s is%s found", describe_query(query), describe_element(&e),
                 truth == HIT ? " not" : "");
}

/* With the radius at which a shape begins to be found, the next lower one, and others nearby. */
static void check_touching(element_shape shape)
{
    random_source random = {71 + (uint64_t)shape};
    tally counts = {0};
    for (unsigned i = 0, cases = case_count(); i < cases; i++) {
        frame f = random_frame(&random);
        element e = random_element(&random, &f, shape);
        si_query_shape query = random_query(&random, &f, &e);
        query.accuracy = SI_EXACT;
        uint32_t bits = least_radius_found(&query, e);
        if (bits < 4 || bits > 0x7F000000)
            continue;
        check_radius(&query, e, bits, &counts);
        check_radius(&query, e, bits - 1, &counts);
        check_radius(&query, e, bits + random_below(&random, 4), &counts);
        check_radius(&query, e, bits - random_below(&random, 4), &counts);
    }
    print_message("  %u checked, %u of them too close to tell\n", counts.checked, counts.too_close);
    assert_true(counts.checked > case_count() && counts.too_close < counts.checked / 4);
}

static void spheres_begin_to_touch(void **state)
{
    (void)state;
    check_touching(SPHERE);
}

static void cylinders_begin_to_touch(void **state)
{
    (void)state;
    check_touching(CYLINDER);
}

/* Along a coordinate axis a cylinder is a disc times an interval, so integers tell. */
typedef struct upright {
    int axis;
    int ends[2];
    int center[3]; /* in the two other coordinates */
    int radius;
    int lower[3];
    int upper[3];
} upright;

static int random_integer(random_source *random)
{
    return (int)random_below(random, 17) - 8;
}

static upright random_upright(random_source *random)
{
    upright u = {.axis = (int)random_below(random, 3), .radius = (int)random_below(random, 9)};
    u.ends[0] = random_integer(random);
    u.ends[1] = u.ends[0] + (random_below(random, 2) ? 1 : -1) * (int)(1 + random_below(random, 9));
    for (int k = 0; k < 3; k++) {
        u.center[k] = random_integer(random);
        u.lower[k] = random_integer(random);
        u.upper[k] = u.lower[k] + (int)random_below(random, 9);
    }
    return u;
}

static bool upright_meets(const upright *u)
{
    int low = u->ends[0] < u->ends[1] ? u->ends[0] : u->ends[1];
    int high = u->ends[0] + u->ends[1] - low;
    int squared = 0;
    for (int k = 0; k < 3; k++) {
        int x = u->center[k];
        int gap = x < u->lower[k] ? u->lower[k] - x : x > u->upper[k] ? x - u->upper[k] : 0;
        squared += k == u->axis ? 0 : gap * gap;
    }
    return squared <= u->radius * u->radius && low <= u->upper[u->axis] &&
           high >= u->lower[u->axis];
}

static void upright_cylinders_are_decided_exactly(void **state)
{
    (void)state;
    enum { CASES = full_or_sanitized(300000, 60000) };
    random_source random = {81};
    unsigned hits = 0;
    for (int i = 0; i < CASES; i++) {
        upright u = random_upright(&random);
        double scale = exp2((double)random_below(&random, 200) - 100);
        int shift = (int)random_below(&random, 2) * (int)random_below(&random, 1U << 22);
        float p1[3], p2[3], lower[3], upper[3];
        for (int k = 0; k < 3; k++) {
            int first = k == u.axis ? u.ends[0] : u.center[k];
            int second = k == u.axis ? u.ends[1] : u.center[k];
            p1[k] = (float)((first + shift) * scale);
            p2[k] = (float)((second + shift) * scale);
            lower[k] = (float)((u.lower[k] + shift) * scale);
            upper[k] = (float)((u.upper[k] + shift) * scale);
        }
        bool truth = upright_meets(&u);
        hits += truth;
        if (si_cylinder_meets_box(p1, p2, (float)(u.radius * scale), lower, upper) != truth)
            fail_msg("case %d: %d expected", i, truth);
    }
    assert_in_range(hits, CASES / 10, CASES / 10 * 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_beyond_caps_are_out),
        cmocka_unit_test(spheres_begin_to_touch),
        cmocka_unit_test(cylinders_begin_to_touch),
        cmocka_unit_test(upright_cylinders_are_decided_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
