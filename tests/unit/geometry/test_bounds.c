#include "unit/test.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "oracle.h"

static void a_segment_has_the_box_of_the_rule(void **state)
{
    (void)state;
    float p1[3] = {4, 0, 0}, p2[3] = {4, 3, 0};
    si_box box = si_bound_cylinder(p1, p2, 0.2F);
    assert_true(box.upper[1] == 3.0000978F);
    assert_true(box.upper[0] == 4.2F);
    assert_true(box.lower[0] == 4 - 0.2F);
}

static void a_soma_has_the_box_of_its_ball(void **state)
{
    (void)state;
    random_source random = {1};
    for (int i = 0; i < 10000; i++) {
        frame f = random_frame(&random);
        element e = random_element(&random, &f, SPHERE);
        si_box ball = si_bound_sphere(e.p1, e.radius);
        si_box soma = si_bound_cylinder(e.p1, e.p1, e.radius);
        assert_memory_equal(&ball, &soma, sizeof ball);
    }
}

static void assert_same_box(const si_box *actual, const si_box *expected, const element *e)
{
    for (int k = 0; k < 3; k++)
        if (actual->lower[k] != expected->lower[k] || actual->upper[k] != expected->upper[k])
            fail_msg("%s: axis %d is %.9g .. %.9g, expected %.9g .. %.9g", describe_element(e), k,
                     (double)actual->lower[k], (double)actual->upper[k], (double)expected->lower[k],
                     (double)expected->upper[k]);
}

static void boxes_follow_the_rule_to_the_bit(void **state)
{
    (void)state;
    random_source random = {2};
    for (int i = 0; i < 300000; i++) {
        frame f = random_frame(&random);
        element e = random_element(&random, &f, (element_shape)random_below(&random, SHAPE_COUNT));
        si_box actual = bound(&e);
        si_box expected = oracle_bound(&e);
        assert_same_box(&actual, &expected, &e);
    }
}

/* Squares overflow above 1.8e19: the box is then that of the capsule, never NaN, never too small.
 */
static void huge_coordinates_have_sound_boxes(void **state)
{
    (void)state;
    const float sizes[] = {1e18F, 1e19F, 1e20F, 1e30F, FLT_MAX / 2, FLT_MAX};
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++) {
            float p1[3] = {sizes[i], 1, -sizes[j]}, p2[3] = {-sizes[j], 2, sizes[i]};
            si_box box = si_bound_cylinder(p1, p2, sizes[i] / 4);
            for (int k = 0; k < 3; k++) {
                assert_true(box.lower[k] <= fminf(p1[k], p2[k]));
                assert_true(box.upper[k] >= fmaxf(p1[k], p2[k]));
            }
            assert_true(box.lower[1] <= 2 - sizes[i] / 5);
        }
}

static void nothing_is_neutral(void **state)
{
    (void)state;
    si_box box = si_box_nothing(), other = {{-1, 2, 3}, {4, 5, 6}}, third = {{0, 0, 4}, {1, 9, 5}};
    assert_true(box.lower[0] == FLT_MAX && box.upper[2] == -FLT_MAX);
    si_box_unite(&box, &other);
    assert_memory_equal(&box, &other, sizeof box);
    si_box_unite(&box, &third);
    si_box united = {{-1, 0, 3}, {4, 9, 6}};
    assert_memory_equal(&box, &united, sizeof box);
}

typedef struct leaf {
    float columns[7][64];
} leaf;

static si_box bound_leaf(const leaf *l, element_shape shape, unsigned count)
{
    si_points points = {{l->columns[0], l->columns[1], l->columns[2]}};
    si_spheres spheres = {{l->columns[0], l->columns[1], l->columns[2]}, l->columns[6]};
    si_cylinders cylinders = {{l->columns[0], l->columns[1], l->columns[2]},
                              {l->columns[3], l->columns[4], l->columns[5]},
                              l->columns[6]};
    return shape == POINT    ? si_bound_points(&points, count)
           : shape == SPHERE ? si_bound_spheres(&spheres, count)
                             : si_bound_cylinders(&cylinders, count);
}

static void the_box_of_a_leaf_is_the_union(void **state)
{
    (void)state;
    random_source random = {3};
    for (int i = 0; i < 20000; i++) {
        frame f = random_frame(&random);
        element_shape shape = (element_shape)random_below(&random, SHAPE_COUNT);
        unsigned count = 1 + random_below(&random, 64);
        leaf l;
        memset(&l, 0xff, sizeof l); /* NaN: reading beyond `count` would show */
        si_box expected = si_box_nothing();
        for (unsigned n = 0; n < count; n++) {
            element e = random_element(&random, &f, shape);
            for (int k = 0; k < 3; k++) {
                l.columns[k][n] = e.p1[k];
                l.columns[k + 3][n] = e.p2[k];
            }
            l.columns[6][n] = e.radius;
            si_box one = bound(&e);
            si_box_unite(&expected, &one);
        }
        si_box actual = bound_leaf(&l, shape, count);
        assert_memory_equal(&actual, &expected, sizeof actual);
    }
}

static void boxes_hold_no_negative_zero(void **state)
{
    (void)state;
    float zeros[2] = {0.0F, -0.0F};
    for (int i = 0; i < 2; i++) {
        float p[3] = {zeros[i], zeros[i], zeros[i]};
        si_points points = {{&zeros[i], &zeros[i], &zeros[i]}};
        si_box boxes[] = {si_bound_sphere(p, 0), si_bound_cylinder(p, p, 0),
                          si_bound_points(&points, 1)};
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 3; k++)
                assert_true(!signbit(boxes[j].lower[k]) && !signbit(boxes[j].upper[k]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_segment_has_the_box_of_the_rule),
        cmocka_unit_test(a_soma_has_the_box_of_its_ball),
        cmocka_unit_test(boxes_follow_the_rule_to_the_bit),
        cmocka_unit_test(huge_coordinates_have_sound_boxes),
        cmocka_unit_test(nothing_is_neutral),
        cmocka_unit_test(the_box_of_a_leaf_is_the_union),
        cmocka_unit_test(boxes_hold_no_negative_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
