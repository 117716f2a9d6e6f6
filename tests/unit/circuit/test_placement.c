/* Turning and moving points of a morphology. */
#include <math.h>
#include <string.h>

#include "unit/test.h"

#include "circuit/placement.h"

static const float points[][3] = {{1, 0, 0}, {0, 2, 0}, {0, 0, 3}, {1, 2, 3}};

static si_placement placement_at(double x, double y, double z)
{
    return (si_placement){.rotation = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, .position = {x, y, z}};
}

static void assert_placed(const si_placement *placement, const float expected[4][3])
{
    float placed[4][3];
    si_place_points(placement, points, 4, placed);
    for (int i = 0; i < 4; i++)
        for (int axis = 0; axis < 3; axis++)
            assert_float_equal(placed[i][axis], expected[i][axis], 1e-6);
}

static void points_are_moved(void **state)
{
    (void)state;
    si_placement placement = placement_at(10, 20, 30);
    const float expected[4][3] = {{11, 20, 30}, {10, 22, 30}, {10, 20, 33}, {11, 22, 33}};
    assert_placed(&placement, expected);
}

static void quaternion_turns_about_its_axis(void **state)
{
    (void)state;
    si_placement placement = placement_at(0, 0, 0);
    const double quarter_about_z[4] = {sqrt(0.5), 0, 0, sqrt(0.5)};
    assert_true(si_rotation_from_quaternion(quarter_about_z, placement.rotation));
    const float expected[4][3] = {{0, 1, 0}, {-2, 0, 0}, {0, 0, 3}, {-2, 1, 3}};
    assert_placed(&placement, expected);
}

static void quaternion_may_have_any_length_but_zero(void **state)
{
    (void)state;
    double unit[3][3], longer[3][3];
    const double quaternion[4] = {0.5, 0.5, -0.5, 0.5};
    const double doubled[4] = {1, 1, -1, 1};
    assert_true(si_rotation_from_quaternion(quaternion, unit));
    assert_true(si_rotation_from_quaternion(doubled, longer));
    assert_memory_equal(unit, longer, sizeof unit);
    const double zero[4] = {0, 0, 0, 0};
    const double unknown[4] = {NAN, 0, 0, 1};
    const double endless[4] = {INFINITY, 0, 0, 1};
    assert_false(si_rotation_from_quaternion(zero, unit));
    assert_false(si_rotation_from_quaternion(unknown, unit));
    assert_false(si_rotation_from_quaternion(endless, unit));
}

static void multiply(double a[3][3], double b[3][3], double product[3][3])
{
    for (int row = 0; row < 3; row++)
        for (int column = 0; column < 3; column++) {
            product[row][column] = 0;
            for (int k = 0; k < 3; k++)
                product[row][column] += a[row][k] * b[k][column];
        }
}

static void angles_are_applied_about_z_then_y_then_x(void **state)
{
    (void)state;
    const double angles[3] = {0.3, -1.1, 2.5};
    double about_x[3][3] = {{1, 0, 0}, {0, cos(0.3), -sin(0.3)}, {0, sin(0.3), cos(0.3)}};
    double about_y[3][3] = {{cos(-1.1), 0, sin(-1.1)}, {0, 1, 0}, {-sin(-1.1), 0, cos(-1.1)}};
    double about_z[3][3] = {{cos(2.5), -sin(2.5), 0}, {sin(2.5), cos(2.5), 0}, {0, 0, 1}};
    double about_xy[3][3], expected[3][3], rotation[3][3];
    multiply(about_x, about_y, about_xy);
    multiply(about_xy, about_z, expected);
    assert_true(si_rotation_from_angles(angles, rotation));
    for (int i = 0; i < 9; i++)
        assert_float_equal(rotation[i / 3][i % 3], expected[i / 3][i % 3], 1e-15);
    const double unknown[3] = {0, NAN, 0};
    assert_false(si_rotation_from_angles(unknown, rotation));
}

/* A quarter about z takes (1, 0, 0) to (0, 1, 0), where a quarter about y leaves it. */
static void quarters_about_z_and_y(void **state)
{
    (void)state;
    si_placement placement = placement_at(0, 0, 0);
    const double quarter = acos(0), angles[3] = {0, quarter, quarter};
    assert_true(si_rotation_from_angles(angles, placement.rotation));
    const float expected[4][3] = {{0, 1, 0}, {0, 0, 2}, {3, 0, 0}, {3, 1, 2}};
    assert_placed(&placement, expected);
}

static void center_comes_to_lie_at_the_position(void **state)
{
    (void)state;
    si_placement placement = placement_at(100, 0, 0);
    const double quarter_about_z[4] = {1, 0, 0, 1};
    assert_true(si_rotation_from_quaternion(quarter_about_z, placement.rotation));
    placement.center[0] = 1;
    const float expected[4][3] = {{100, 0, 0}, {98, -1, 0}, {100, -1, 3}, {98, 0, 3}};
    assert_placed(&placement, expected);
}

/* 16777216 + 1 has no float: rounding after each step would lose what two steps add. */
static void rounding_happens_once(void **state)
{
    (void)state;
    si_placement placement = placement_at(16777216, 0, 0);
    const float point[1][3] = {{1.5f, 0, 0}};
    float placed[1][3];
    placement.rotation[0][0] = 1;
    si_place_points(&placement, point, 1, placed);
    assert_true(placed[0][0] == 16777218.0f);
    placement.position[0] = 16777216.5;
    si_place_points(&placement, point, 1, placed);
    assert_true(placed[0][0] == 16777218.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_moved),
        cmocka_unit_test(quaternion_turns_about_its_axis),
        cmocka_unit_test(quaternion_may_have_any_length_but_zero),
        cmocka_unit_test(angles_are_applied_about_z_then_y_then_x),
        cmocka_unit_test(quarters_about_z_and_y),
        cmocka_unit_test(center_comes_to_lie_at_the_position),
        cmocka_unit_test(rounding_happens_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
