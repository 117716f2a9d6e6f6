/* Random and adversarial elements in random grids, and elements at the bounds of grids, against
 * every element by itself in double precision. SPATIAL_INDEX_TEST_CASES=1000000 takes minutes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geometry/predicates.h"
#include "geometry/shape_pairs.h"
#include "kernels/kernel_set.h"
#include "unit/grid/grid_oracle.h"

enum { ELEMENTS_OF_SCENE = 1000 };

static unsigned scene_count(void)
{
    const char *text = getenv("SPATIAL_INDEX_TEST_CASES");
    unsigned long cases = text ? strtoul(text, NULL, 10) : 0;
    return cases >= 1000 && cases < 1000000000 ? (unsigned)(cases / ELEMENTS_OF_SCENE) : 40;
}

/* ---- a grid in every way ---- */

static void expect_counts(const si_index *index, const si_grid *grid, const uint64_t *expected)
{
    uint64_t *counts = calloc(voxels_of(grid), sizeof *counts);
    si_error error = {0};
    assert_ok(si_index_grid_counts(index, grid, counts, &error), error);
    assert_memory_equal(counts, expected, voxels_of(grid) * sizeof *counts);
    free(counts);
}

static void check_touching(const test_elements *elements, const si_index *index, si_grid grid)
{
    uint64_t *expected = calloc(voxels_of(&grid), sizeof *expected);
    grid.counts_touching = 1;
    for (int i = 0; i < 3; i++) {
        grid.accuracy = (si_accuracy[]){SI_BEST_EFFORT, SI_BOUNDING_BOX, SI_EXACT}[i];
        oracle_touching(elements, &grid, expected);
        expect_counts(index, &grid, expected);
    }
    free(expected);
}

static void check_lengths(const test_elements *elements, const si_index *index, const si_grid *grid)
{
    size_t count = voxels_of(grid);
    double *lengths = calloc(count, sizeof *lengths);
    double *expected = calloc(count, sizeof *expected), *errors = calloc(count, sizeof *errors);
    si_error error = {0};
    oracle_lengths(elements, grid, expected, errors);
    assert_ok(si_index_grid_lengths(index, grid, lengths, &error), error);
    for (size_t i = 0; i < count; i++)
        if (!(fabs(lengths[i] - expected[i]) <= errors[i]))
            fail_msg("voxel %zu: %.17g instead of %.17g", i, lengths[i], expected[i]);
    free(lengths);
    free(expected);
    free(errors);
}

/* Returns how many centers are in the grid. */
static uint64_t check_grid(const test_elements *elements, const si_grid *grid)
{
    si_index *index = build_elements(elements, NULL, NULL);
    uint64_t *expected = calloc(voxels_of(grid), sizeof *expected), sum = 0;
    oracle_counts(elements, grid, NULL, expected);
    for (uint64_t i = 0; i < voxels_of(grid); i++)
        sum += expected[i];
    expect_counts(index, grid, expected);
    check_touching(elements, index, *grid);
    if (elements->kind == SI_SEGMENT)
        check_lengths(elements, index, grid);
    free(expected);
    si_index_close(index);
    return sum;
}

/* ---- random scenes ---- */

/* Half of the grids have faces at whole micrometres, where adversarial elements end. */
static si_grid random_grid(const element_scatter *scatter, uint64_t *seed)
{
    si_grid grid = make_grid(-1, 1, 1, 1, 1);
    bool is_whole = random_bits(seed) % 2;
    for (int axis = 0; axis < 3; axis++) {
        double extent = (double)scatter->extent, offset = (double)scatter->offset;
        double a = offset + extent * (double)random_float(seed, -1.2f, 0.2f);
        double size = extent * (double)random_float(seed, 0.5f, 2);
        grid.shape[axis] = 1 + random_bits(seed) % 7;
        grid.lower[axis] = is_whole ? round(a) : a;
        grid.upper[axis] = is_whole ? grid.lower[axis] +
                                          (double)grid.shape[axis] *
                                              fmax(round(size / (double)grid.shape[axis]), 1)
                                    : a + size;
    }
    grid.threads = (unsigned)(random_bits(seed) % 3);
    return grid;
}

static void random_scenes_are_as_brute_force_has_them(void **state)
{
    static const element_scatter scatters[] = {
        {.extent = 100, .length = 5, .radius = 2},
        {.extent = 20, .length = 2, .radius = 0.2f},
        {.extent = 8, .length = 3, .radius = 2, .degenerate = 1},
        {.extent = 8, .length = 30, .radius = 0.5f, .degenerate = 1},
        {.extent = 16, .offset = 40000, .length = 3, .radius = 0.5f, .degenerate = 1},
        {.extent = 1e6f, .length = 1e6f, .radius = 1e4f}};
    static const si_element_kind kinds[] = {SI_SEGMENT, SI_SPHERE, SI_SEGMENT, SI_POINT};
    static const char *const kernels[] = {"portable", "avx2", "avx512"};
    uint64_t seed = 23, counted = 0;
    (void)state;
    for (unsigned scene = 0; scene < scene_count(); scene++) {
        const element_scatter *scatter = &scatters[random_bits(&seed) % 6];
        test_elements elements = make_elements(kinds[scene % 4], ELEMENTS_OF_SCENE, scatter,
                                               random_bits(&seed));
        si_grid grid = random_grid(scatter, &seed);
        if (scatter->degenerate)
            make_adversarial(&elements, random_bits(&seed));
        si_use_kernels(kernels[scene % 3]);
        counted += check_grid(&elements, &grid);
        free_elements(&elements);
    }
    if (counted < 50 * scene_count())
        fail_msg("only %llu centers were in grids", (unsigned long long)counted);
}

/* ---- at the bounds ---- */

/* All elements have the same coordinate along one axis, so that nodes are met at it or not at all.
 */
static uint64_t check_plane(si_element_kind kind, const si_grid *grid, int axis, float place)
{
    const element_scatter scatter = {.extent = 1, .length = 0.1f, .radius = 0};
    test_elements elements = make_elements(kind, 200, &scatter, 4);
    for (uint64_t i = 0; i < elements.count; i++) {
        elements.first[i][axis] = elements.second[i][axis] = place;
        elements.radius[i] = 0;
    }
    uint64_t counted = check_grid(&elements, grid);
    free_elements(&elements);
    return counted;
}

static float step_from(float place, int steps)
{
    for (; steps != 0; steps += steps < 0 ? 1 : -1)
        place = nextafterf(place, steps < 0 ? -INFINITY : INFINITY);
    return place;
}

static void what_is_at_the_bounds_is_counted(void **state)
{
    /* 32-bit floats, and numbers that are rounded to lesser and to greater ones. */
    static const double bounds[] = {0, 0.5, 0.1, 0.3, 0.7, -0.1, -0.3, 1e-50, -1e-50};
    static const si_element_kind kinds[] = {SI_POINT, SI_SPHERE, SI_SEGMENT};
    (void)state;
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
        for (int axis = 0; axis < 3; axis++)
            for (int steps = -2; steps <= 2; steps++)
                for (size_t kind = 0; kind < 3; kind++) {
                    si_grid above = make_grid(-2, 2, 2, 3, 4), below = above;
                    float place = step_from((float)bounds[i], steps);
                    above.lower[axis] = below.upper[axis] = bounds[i];
                    uint64_t counted = check_plane(kinds[kind], &above, axis, place) +
                                       check_plane(kinds[kind], &below, axis, place);
                    assert_int_equal(counted, 200);
                }
}

/* ---- shapes that stick out of their boxes ---- */

/* A cylinder of radius 1 that reaches a face well beyond its bounding box, which is rounded: it is
 * hardly tilted. */
static float make_tilted(uint64_t *seed, float p1[3], float p2[3])
{
    for (;;) {
        memset(p2, 0, sizeof(float[3]));
        p2[0] = random_float(seed, 0, 1e-3f);
        p1[0] = random_float(seed, -2, -1);
        p1[1] = random_float(seed, -1e-3f, 1e-3f);
        p1[2] = random_float(seed, -1e-3f, 1e-3f);
        float face = si_bound_cylinder(p1, p2, 1).upper[0] + 2.5e-5f;
        const float lower[3] = {face, -4, -4}, upper[3] = {face + 4, 4, 4};
        if (si_cylinder_meets_box(p1, p2, 1, lower, upper))
            return face;
    }
}

static void exact_shapes_count_beyond_their_boxes(void **state)
{
    const element_scatter scatter = {.extent = 1, .length = 0.1f, .radius = 1};
    uint64_t seed = 5;
    (void)state;
    for (int i = 0; i < 20; i++) {
        test_elements elements = make_elements(SI_SEGMENT, 200, &scatter, 4);
        float p1[3], p2[3], face = make_tilted(&seed, p1, p2);
        si_grid both = make_grid(-4, 4, 2, 1, 1), beyond = make_grid(-4, 4, 1, 1, 1);
        for (uint64_t j = 0; j < elements.count; j++) {
            bool is_soma = elements.section_id[j] == 0;
            memcpy(elements.first[j], p1, sizeof p1);
            memcpy(elements.second[j], is_soma ? p1 : p2, sizeof p2);
            elements.radius[j] = 1;
        }
        both.lower[0] = (double)face - 4;
        both.upper[0] = (double)face + 4;
        beyond.lower[0] = (double)face;
        check_grid(&elements, &both);
        check_grid(&elements, &beyond);
        free_elements(&elements);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_scenes_are_as_brute_force_has_them),
        cmocka_unit_test(what_is_at_the_bounds_is_counted),
        cmocka_unit_test(exact_shapes_count_beyond_their_boxes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
