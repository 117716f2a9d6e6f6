/* The curve: neighbours stay neighbours, and windows keep its order. */
#include <math.h>
#include <stdlib.h>

#include "unit/test.h"

#include "element/hilbert.h"

#define CUBE_BITS 4
#define CUBE_CELLS (1u << 3 * CUBE_BITS)

static const uint64_t middle = UINT64_C(1) << (SI_GRID_BITS - 1);

static si_grid_cell cube_cell(unsigned number)
{
    unsigned mask = (1u << CUBE_BITS) - 1;
    return (si_grid_cell){{middle + (number & mask), middle + (number >> CUBE_BITS & mask),
                           middle + (number >> 2 * CUBE_BITS & mask)}};
}

static int compare_cells(const void *a, const void *b)
{
    return si_hilbert_compare(a, b);
}

static void curve_visits_each_cell_once_and_steps_to_a_neighbour(void **state)
{
    (void)state;
    si_grid_cell cells[CUBE_CELLS];
    for (unsigned i = 0; i < CUBE_CELLS; i++)
        cells[i] = cube_cell(i);
    qsort(cells, CUBE_CELLS, sizeof *cells, compare_cells);
    for (unsigned i = 1; i < CUBE_CELLS; i++) {
        uint64_t steps = 0;
        for (unsigned axis = 0; axis < 3; axis++)
            steps += (uint64_t)llabs((long long)(cells[i].axis[axis] - cells[i - 1].axis[axis]));
        assert_int_equal(steps, 1);
    }
}

static float random_coordinate(float largest)
{
    return (2 * (float)rand() / (float)RAND_MAX - 1) * largest;
}

#define CENTROIDS 20003

static void fill_randomly(float (*centroids)[3], float largest)
{
    for (unsigned i = 0; i < CENTROIDS; i++)
        for (unsigned axis = 0; axis < 3; axis++)
            centroids[i][axis] = random_coordinate(largest);
}

static void check_window(float largest)
{
    static float centroids[CENTROIDS][3];
    static uint64_t keys[CENTROIDS];
    si_hilbert_window window = si_hilbert_window_for(largest);
    assert_in_range(window.key_bits, 3, 57);
    fill_randomly(centroids, largest);
    si_hilbert_window_keys(&window, (const float(*)[3])centroids, CENTROIDS, keys);
    for (unsigned i = 0; i < CENTROIDS; i++) {
        unsigned j = (i + 1) % CENTROIDS;
        si_grid_cell a = si_grid_cell_of(centroids[i]), b = si_grid_cell_of(centroids[j]);
        uint64_t alone;
        si_hilbert_window_keys(&window, (const float(*)[3])centroids[i], 1, &alone);
        assert_int_equal(keys[i], alone);
        assert_true(keys[i] >> window.key_bits == 0);
        if (keys[i] != keys[j])
            assert_int_equal(keys[i] < keys[j], si_hilbert_compare(&a, &b) < 0);
        else if (window.bits <= 18)
            assert_int_equal(si_hilbert_compare(&a, &b), 0);
    }
}

static void window_keys_keep_the_order_of_the_curve(void **state)
{
    (void)state;
    const float sizes[] = {0, 1e-4f, 0.01f, 1, 77, 1000, 1024, 5e4f, 1e7f, 3e8f, 1e20f};
    srand(1);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check_window(sizes[i]);
}

static void far_coordinates_are_clamped_to_the_rim(void **state)
{
    (void)state;
    si_grid_cell far = si_grid_cell_of((float[]){3e38f, -3e38f, 0});
    assert_int_equal(far.axis[0], (UINT64_C(1) << SI_GRID_BITS) - 1);
    assert_int_equal(far.axis[1], 0);
    assert_int_equal(far.axis[2], middle);
    si_grid_cell below = si_grid_cell_of((float[]){-0.0001f, 0.0001f, 1});
    assert_int_equal(below.axis[0], middle - 1);
    assert_int_equal(below.axis[1], middle);
    assert_int_equal(below.axis[2], middle + 1024);
}

static uint64_t coordinate_by_floor(float x)
{
    double cell = floor((double)x * 1024) + (double)middle;
    double last = 2 * (double)middle - 1;
    return (uint64_t)(cell < 0 ? 0 : cell > last ? last : cell);
}

static void grid_coordinates_are_rounded_down(void **state)
{
    (void)state;
    float places[3000][3];
    si_grid_cell cells[3000];
    srand(2);
    for (unsigned i = 0; i < 3000; i++)
        for (unsigned axis = 0; axis < 3; axis++)
            places[i][axis] = i < 1000   ? ldexpf((float)((int)i - 500), -10 - (int)axis)
                              : i < 2000 ? random_coordinate(1000)
                                         : random_coordinate(ldexpf(1, (int)(i % 60) - 20));
    si_grid_cells_of((const float(*)[3])places, 3000, cells);
    for (unsigned i = 0; i < 3000; i++) {
        si_grid_cell alone = si_grid_cell_of(places[i]);
        for (unsigned axis = 0; axis < 3; axis++) {
            assert_int_equal(cells[i].axis[axis], coordinate_by_floor(places[i][axis]));
            assert_int_equal(alone.axis[axis], cells[i].axis[axis]);
        }
    }
}

static si_grid_cell random_cell(float largest)
{
    float centroid[3];
    for (unsigned axis = 0; axis < 3; axis++)
        centroid[axis] = random_coordinate(largest);
    return si_grid_cell_of(centroid);
}

static void check_walk(const si_grid_cell *cells, size_t count)
{
    si_hilbert_walk walk;
    si_hilbert_walk_start(&walk, &cells[0]);
    for (size_t i = 1; i < count; i++) {
        size_t passed = si_hilbert_walk_along(&walk, cells + i, count - i);
        for (; passed > 0; passed--, i++)
            assert_true(si_hilbert_compare(&cells[i - 1], &cells[i]) < 0);
        if (i < count)
            assert_true(si_hilbert_compare(&cells[i - 1], &cells[i]) >= 0);
    }
}

static void a_walk_compares_as_the_curve_does(void **state)
{
    (void)state;
    si_grid_cell cells[5000];
    srand(3);
    for (int size = -9; size < 60; size += 3) {
        for (unsigned i = 0; i < 5000; i++)
            cells[i] = random_cell(ldexpf(1, size));
        check_walk(cells, 5000);
        qsort(cells, 5000, sizeof *cells, compare_cells);
        check_walk(cells, 5000);
        for (unsigned i = 0; i < 5000; i += 1 + (unsigned)rand() % 5)
            cells[i] = cells[(unsigned)rand() % 5000];
        check_walk(cells, 5000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curve_visits_each_cell_once_and_steps_to_a_neighbour),
        cmocka_unit_test(window_keys_keep_the_order_of_the_curve),
        cmocka_unit_test(grid_coordinates_are_rounded_down),
        cmocka_unit_test(a_walk_compares_as_the_curve_does),
        cmocka_unit_test(far_coordinates_are_clamped_to_the_rim),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
