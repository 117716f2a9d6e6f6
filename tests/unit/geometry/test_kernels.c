/* The kernels say what the predicates say, element by element. */
#include "unit/test.h"

#include <math.h>
#include <stdlib.h>

#include "oracle.h"

/* Columns of exactly `count` floats on the heap, so that reading beyond them is seen. */
typedef struct leaf {
    unsigned count;
    element elements[64];
    float *columns[7];
} leaf;

static leaf make_leaf(random_source *random, const frame *f, element_shape shape)
{
    leaf l = {.count = random_below(random, 3) ? 64 : 1 + random_below(random, 64)};
    for (int column = 0; column < 7; column++) {
        l.columns[column] = malloc(l.count * sizeof(float));
        assert_non_null(l.columns[column]);
    }
    for (unsigned i = 0; i < l.count; i++) {
        l.elements[i] = random_element(random, f, shape);
        for (int k = 0; k < 3; k++) {
            l.columns[k][i] = l.elements[i].p1[k];
            l.columns[k + 3][i] = l.elements[i].p2[k];
        }
        l.columns[6][i] = l.elements[i].radius;
    }
    return l;
}

static void free_leaf(leaf *l)
{
    for (int column = 0; column < 7; column++)
        free(l->columns[column]);
}

static uint64_t match(const si_query *query, const leaf *l, element_shape shape)
{
    float *const *c = l->columns;
    si_points points = {{c[0], c[1], c[2]}};
    si_spheres spheres = {{c[0], c[1], c[2]}, c[6]};
    si_cylinders cylinders = {{c[0], c[1], c[2]}, {c[3], c[4], c[5]}, c[6]};
    return shape == POINT    ? si_match_points(query, &points, l->count)
           : shape == SPHERE ? si_match_spheres(query, &spheres, l->count)
                             : si_match_cylinders(query, &cylinders, l->count);
}

static unsigned check_leaf(const si_query *query, const leaf *l, element_shape shape)
{
    uint64_t mask = match(query, l, shape);
    unsigned hits = 0;
    for (unsigned i = 0; i < 64; i++) {
        bool found = mask >> i & 1;
        bool expected = i < l->count && query_meets(query, &l->elements[i]);
        if (found != expected)
            fail_msg("%s: element %u of %u, %s: %s", describe_query(query), i, l->count,
                     describe_element(&l->elements[i]), found ? "found" : "not found");
        hits += found;
    }
    return hits;
}

static void check_kind(element_shape shape)
{
    enum { LEAVES = 2500, QUERIES = 8 };
    random_source random = {31 + (uint64_t)shape};
    unsigned hits = 0, tests = 0;
    for (int i = 0; i < LEAVES; i++) {
        frame f = random_frame(&random);
        leaf l = make_leaf(&random, &f, shape);
        for (int j = 0; j < QUERIES; j++) {
            const element *near = &l.elements[random_below(&random, l.count)];
            si_query query = random_query(&random, &f, near);
            hits += check_leaf(&query, &l, shape);
            tests += l.count;
        }
        free_leaf(&l);
    }
    print_message("  %u of %u elements found\n", hits, tests);
    assert_true(hits > tests / 50 && hits < tests - tests / 10);
}

static void points(void **state)
{
    (void)state;
    check_kind(POINT);
}

static void spheres(void **state)
{
    (void)state;
    check_kind(SPHERE);
}

static void cylinders(void **state)
{
    (void)state;
    check_kind(CYLINDER);
}

static void infinite_queries(void **state)
{
    (void)state;
    random_source random = {41};
    const float values[] = {-INFINITY, INFINITY, 0, 1};
    for (int i = 0; i < 2000; i++) {
        frame f = random_frame(&random);
        element_shape shape = (element_shape)random_below(&random, SHAPE_COUNT);
        leaf l = make_leaf(&random, &f, shape);
        float a[3], b[3];
        for (int k = 0; k < 3; k++) {
            a[k] = values[random_below(&random, 4)];
            b[k] = values[random_below(&random, 4)];
        }
        si_accuracy accuracy = (si_accuracy)random_below(&random, 2);
        si_query box = box_query(a, b, accuracy);
        check_leaf(&box, &l, shape);
        si_query sphere = sphere_query(a, fabsf(values[random_below(&random, 4)]), accuracy);
        check_leaf(&sphere, &l, shape);
        free_leaf(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points),
        cmocka_unit_test(spheres),
        cmocka_unit_test(cylinders),
        cmocka_unit_test(infinite_queries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
