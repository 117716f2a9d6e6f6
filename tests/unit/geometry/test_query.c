#include "unit/test.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "oracle.h"

static void corners_come_in_any_order(void **state)
{
    (void)state;
    si_query_shape query;
    si_error error;
    double a[3] = {1, -2, 3}, b[3] = {-1, 2, 3};
    assert_ok(si_query_box(a, b, SI_BOUNDING_BOX, (si_query *)&query, &error), error);
    assert_int_equal(query.shape, SI_SHAPE_BOX);
    assert_int_equal(query.accuracy, SI_BOUNDING_BOX);
    float lower[3] = {-1, -2, 3}, upper[3] = {1, 2, 3};
    assert_memory_equal(query.lower, lower, sizeof lower);
    assert_memory_equal(query.upper, upper, sizeof upper);
}

static void doubles_are_rounded_to_floats(void **state)
{
    (void)state;
    si_query_shape query;
    si_error error;
    double a[3] = {0.1, 1e300, -1e300}, b[3] = {0.7, INFINITY, -INFINITY};
    assert_ok(si_query_box(a, b, SI_BEST_EFFORT, (si_query *)&query, &error), error);
    assert_true(query.lower[0] == 0.1F && query.upper[0] == 0.7F);
    assert_true(query.lower[1] == INFINITY && query.upper[1] == INFINITY);
    assert_true(query.lower[2] == -INFINITY && query.upper[2] == -INFINITY);
}

static void a_ball_has_a_box(void **state)
{
    (void)state;
    si_query_shape query;
    si_error error;
    double center[3] = {0.1, 1000, -3e38};
    assert_ok(si_query_sphere(center, 0.3, SI_BEST_EFFORT, (si_query *)&query, &error), error);
    assert_int_equal(query.shape, SI_SHAPE_SPHERE);
    assert_true(query.center[0] == 0.1F && query.radius == 0.3F);
    assert_true(query.lower[0] == 0.1F - 0.3F && query.upper[0] == 0.1F + 0.3F);
    assert_true(query.lower[1] == 1000.0F - 0.3F && query.upper[1] == 1000.0F + 0.3F);
    assert_ok(si_query_sphere(center, 3e38, SI_BEST_EFFORT, (si_query *)&query, &error), error);
    assert_true(query.lower[2] == -INFINITY && query.upper[2] == 0);
}

static void a_radius_beyond_floats_is_infinite(void **state)
{
    (void)state;
    const double radii[] = {1e39, 1e300, INFINITY};
    const double centers[][3] = {{0, 0, 0}, {INFINITY, -INFINITY, 1e300}};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 2; j++) {
            si_query_shape query;
            si_error error;
            assert_ok(
                si_query_sphere(centers[j], radii[i], SI_BEST_EFFORT, (si_query *)&query, &error),
                error);
            assert_true(isinf(query.radius));
            for (int axis = 0; axis < 3; axis++)
                assert_true(query.lower[axis] == -INFINITY && query.upper[axis] == INFINITY);
        }
}

static void assert_refused(si_result status, const si_error *error, const char *words)
{
    assert_int_equal(status, SI_ERROR_ARGUMENT);
    assert_int_equal(error->result, SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error->message, words));
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    si_query_shape query;
    si_error error;
    double good[3] = {1, 2, 3}, bad[3] = {1, NAN, 3};
    assert_refused(si_query_box(bad, good, SI_BEST_EFFORT, (si_query *)&query, &error), &error,
                   "corner of a query is (1, nan, 3)");
    assert_refused(si_query_box(good, bad, SI_BEST_EFFORT, (si_query *)&query, &error), &error,
                   "opposite corner of a query is (1, nan, 3)");
    assert_refused(si_query_box(good, good, (si_accuracy)7, (si_query *)&query, &error), &error,
                   "accuracy of a query is 7");
    assert_refused(si_query_sphere(bad, 1, SI_BEST_EFFORT, (si_query *)&query, &error), &error,
                   "center of a query is (1, nan, 3)");
    assert_refused(si_query_sphere(good, NAN, SI_BEST_EFFORT, (si_query *)&query, &error), &error,
                   "radius of a query is nan");
    assert_refused(si_query_sphere(good, -1e-60, SI_BEST_EFFORT, (si_query *)&query, &error),
                   &error, "radius of a query is -1e-60");
    assert_refused(si_query_sphere(good, 1, (si_accuracy)4, (si_query *)&query, &error), &error,
                   "accuracy of a query is 4");
    assert_int_equal(si_query_sphere(good, -1, SI_BEST_EFFORT, (si_query *)&query, NULL),
                     SI_ERROR_ARGUMENT);
}

static void nonsense_of_solids_is_refused(void **state)
{
    (void)state;
    si_query_shape query;
    si_error error;
    const double good[3] = {1, 2, 3}, other[3] = {2, 2, 3}, bad[3] = {1, INFINITY, 3};
    const double near[3] = {1, 2, 3.00000001}, small[3] = {1, -1, 1};
    const double right[2][3] = {{0, 2, 0}, {3, 0, 0}}, askew[2][3] = {{0, 2, 0}, {3, 1, 0}},
                 none[2][3] = {{0, 2, 0}, {0, 0, 0}};
    const double no_turn[4] = {0, 0, 0, 0};
    double axes[2][3];
    assert_refused(si_query_capsule(bad, good, 1, SI_EXACT, (si_query *)&query, &error), &error,
                   "end of a query is (1, inf, 3)");
    assert_refused(si_query_capsule(good, bad, 1, SI_EXACT, (si_query *)&query, &error), &error,
                   "other end of a query is (1, inf, 3)");
    assert_refused(si_query_capsule(good, other, -1, SI_EXACT, (si_query *)&query, &error), &error,
                   "radius of a query is -1");
    assert_refused(si_query_cylinder(good, other, 1e39, SI_EXACT, (si_query *)&query, &error),
                   &error, "radius of a query is 1e+39");
    assert_refused(si_query_cylinder(good, near, 1, SI_EXACT, (si_query *)&query, &error), &error,
                   "both ends of a cylinder query are (1, 2, 3)");
    assert_refused(si_query_cylinder(good, other, 1, (si_accuracy)9, (si_query *)&query, &error),
                   &error, "accuracy of a query is 9");
    assert_refused(si_query_oriented_box(good, askew, other, SI_EXACT, (si_query *)&query, &error),
                   &error, "axes of a query are (0, 2, 0) and (3, 1, 0)");
    assert_refused(si_query_oriented_box(good, none, other, SI_EXACT, (si_query *)&query, &error),
                   &error, "axes of a query are (0, 2, 0) and (0, 0, 0)");
    assert_refused(si_query_oriented_box(good, right, small, SI_EXACT, (si_query *)&query, &error),
                   &error, "half size of a query is (1, -1, 1)");
    assert_refused(si_quaternion_axes(no_turn, axes, &error), &error,
                   "quaternion (0, 0, 0, 0) is not a rotation");
}

static void a_capsule_without_length_is_a_ball(void **state)
{
    (void)state;
    const double end[3] = {1, 2, 3};
    si_query_shape query;
    assert_int_equal(si_query_capsule(end, end, 4, SI_BEST_EFFORT, (si_query *)&query, NULL),
                     SI_OK);
    assert_int_equal(query.shape, SI_SHAPE_SPHERE);
    assert_int_equal(query.accuracy, SI_EXACT);
}

static void quaternions_turn(void **state)
{
    (void)state;
    const double half_turn_about_z[4] = {0, 0, 0, -2}, third_about_diagonal[4] = {1, 1, 1, 1};
    double axes[2][3];
    assert_int_equal(si_quaternion_axes(half_turn_about_z, axes, NULL), SI_OK);
    assert_true(axes[0][0] == -1 && axes[0][1] == 0 && axes[0][2] == 0);
    assert_true(axes[1][0] == 0 && axes[1][1] == -1 && axes[1][2] == 0);
    assert_int_equal(si_quaternion_axes(third_about_diagonal, axes, NULL), SI_OK);
    assert_true(axes[0][0] == 0 && axes[0][1] == 1 && axes[0][2] == 0);
    assert_true(axes[1][0] == 0 && axes[1][1] == 0 && axes[1][2] == 1);
}

/* Corners of oriented boxes and the balls at the ends of axes. */
static void boxes_around_solids_hold_them(void **state)
{
    (void)state;
    random_source random = {5};
    for (int i = 0; i < 20000; i++) {
        frame f = random_frame(&random);
        element e = random_element(&random, &f, CYLINDER);
        si_query_shape q = random_query_of(&random, &f, &e, SI_SHAPE_CAPSULE + (si_shape)(i % 3));
        for (int corner = 0; corner < 8 && q.shape > SI_SHAPE_SPHERE; corner++)
            for (int k = 0; k < 3; k++) {
                const float *end = corner & 1 ? q.end : q.center;
                long double x = (long double)end[k];
                x += (corner & 2 ? 1 : -1) * (long double)q.radius;
                if (q.shape == SI_SHAPE_ORIENTED_BOX) {
                    x = (long double)q.center[k];
                    for (int side = 0; side < 3; side++)
                        x += (corner >> side & 1 ? 1 : -1) * (long double)q.half_size[side] *
                             (long double)q.axes[side][k];
                }
                if (!((long double)q.lower[k] <= x && x <= (long double)q.upper[k]))
                    fail_msg("%s: corner %d is not in the box", describe_query(&q), corner);
            }
    }
}

static void a_failure_leaves_the_query_alone(void **state)
{
    (void)state;
    si_query_shape query = {.radius = 5}, before = query;
    double center[3] = {1, 2, 3};
    si_query_sphere(center, -2, SI_BEST_EFFORT, (si_query *)&query, NULL);
    assert_memory_equal(&query, &before, sizeof query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corners_come_in_any_order),
        cmocka_unit_test(doubles_are_rounded_to_floats),
        cmocka_unit_test(a_ball_has_a_box),
        cmocka_unit_test(a_radius_beyond_floats_is_infinite),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(nonsense_of_solids_is_refused),
        cmocka_unit_test(a_capsule_without_length_is_a_ball),
        cmocka_unit_test(quaternions_turn),
        cmocka_unit_test(boxes_around_solids_hold_them),
        cmocka_unit_test(a_failure_leaves_the_query_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
