/* Elements of a morphology before it is placed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "unit/test.h"

#include "circuit/cell_shape.h"

/* A soma and sections of 3, 1, 0 and 2 points. */
static float points[][3] = {{1, 0, 0}, {2, 0, 0}, {2, 0, 0}, {5, 5, 5}, {3, 0, 0}, {4, 0, 0}};
static float diameters[] = {2, 1, 1, 9, -1, 3};
static uint32_t offsets[] = {0, 3, 4, 4, 6};
static uint8_t types[] = {3, 2, 2, 19};
static float soma_points[][3] = {{0, 0, 0}};
static float soma_diameters[] = {4};

static si_morphology small_morphology(void)
{
    return (si_morphology){
        .point_count = 6,
        .points = points,
        .diameters = diameters,
        .section_count = 4,
        .section_offsets = offsets,
        .section_types = types,
        .soma_type = SI_SOMA_SINGLE_POINT,
        .soma_point_count = 1,
        .soma_points = soma_points,
        .soma_diameters = soma_diameters,
        .soma_center = {7, 8, 9},
        .soma_max_distance = 0.25f,
        .soma_surface_radius = 2,
    };
}

static void soma_comes_first_and_sections_are_counted_from_one(void **state)
{
    (void)state;
    si_morphology morphology = small_morphology();
    si_cell_shape *shape;
    si_error error;
    assert_ok(si_cell_shape_create(&morphology, SI_SOMA_RADIUS_CONTOUR, &shape, &error), error);
    assert_true(shape->has_soma);
    assert_int_equal(shape->element_count, 4);
    const uint32_t section_ids[] = {0, 1, 1, 4};
    const uint32_t segment_ids[] = {0, 0, 1, 0};
    const uint8_t section_types[] = {1, 3, 3, 19};
    const float radii[] = {0.25f, 0.75f, 0.5f, 0.5f};
    assert_memory_equal(shape->section_ids, section_ids, sizeof section_ids);
    assert_memory_equal(shape->segment_ids, segment_ids, sizeof segment_ids);
    assert_memory_equal(shape->section_types, section_types, sizeof section_types);
    assert_memory_equal(shape->radii, radii, sizeof radii);
    si_cell_shape_free(shape);
}

static void runs_skip_sections_without_segments(void **state)
{
    (void)state;
    si_morphology morphology = small_morphology();
    si_cell_shape *shape;
    si_error error;
    assert_ok(si_cell_shape_create(&morphology, SI_SOMA_RADIUS_CONTOUR, &shape, &error), error);
    assert_int_equal(shape->point_count, 7);
    assert_memory_equal(shape->points[0], morphology.soma_center, sizeof shape->points[0]);
    assert_memory_equal(shape->points[1], points, sizeof points);
    assert_int_equal(shape->run_count, 2);
    assert_int_equal(shape->runs[0].first, 1);
    assert_int_equal(shape->runs[0].count, 3);
    assert_int_equal(shape->runs[1].first, 5);
    assert_int_equal(shape->runs[1].count, 2);
    si_cell_shape_free(shape);
}

static void soma_radius_is_that_of_the_file_if_wanted(void **state)
{
    (void)state;
    si_morphology morphology = small_morphology();
    si_cell_shape *shape;
    si_error error;
    assert_ok(si_cell_shape_create(&morphology, SI_SOMA_RADIUS_SURFACE, &shape, &error), error);
    assert_true(shape->radii[0] == 2);
    si_cell_shape_free(shape);
}

static void cell_may_have_no_soma_or_nothing_else(void **state)
{
    (void)state;
    si_morphology morphology = small_morphology();
    si_cell_shape *shape;
    si_error error;
    morphology.soma_point_count = 0;
    morphology.soma_center[0] = NAN;
    assert_ok(si_cell_shape_create(&morphology, SI_SOMA_RADIUS_CONTOUR, &shape, &error), error);
    assert_false(shape->has_soma);
    assert_int_equal(shape->element_count, 3);
    assert_int_equal(shape->runs[0].first, 0);
    si_cell_shape_free(shape);

    morphology = small_morphology();
    morphology.section_count = morphology.point_count = 0;
    assert_ok(si_cell_shape_create(&morphology, SI_SOMA_RADIUS_CONTOUR, &shape, &error), error);
    assert_int_equal(shape->element_count, 1);
    si_cell_shape_free(shape);
}

static void assert_refused(const si_morphology *morphology, si_result status, const char *words)
{
    si_cell_shape *shape = NULL;
    si_error error;
    assert_int_equal(si_cell_shape_create(morphology, SI_SOMA_RADIUS_SURFACE, &shape, &error),
                     status);
    assert_null(shape);
    if (!strstr(error.message, words))
        fail_msg("'%s' is not in: %s", words, error.message);
}

static void values_that_are_no_geometry_are_refused(void **state)
{
    (void)state;
    si_morphology morphology = small_morphology();
    float other_points[6][3], other_diameters[6];
    memcpy(other_points, points, sizeof points);
    memcpy(other_diameters, diameters, sizeof diameters);
    morphology.points = other_points;
    morphology.diameters = other_diameters;

    other_points[3][0] = NAN; /* a section of one point has no element */
    other_points[5][2] = INFINITY;
    assert_refused(&morphology, SI_ERROR_FORMAT,
                   "section 4, segment 0: an endpoint is (4, 0, inf)");
    other_points[5][2] = 0;
    other_diameters[2] = -1.5f;
    assert_refused(&morphology, SI_ERROR_FORMAT, "section 1, segment 1: the mean radius is -0.125");
    other_diameters[2] = 1;
    morphology.soma_surface_radius = -1;
    assert_refused(&morphology, SI_ERROR_FORMAT, "the radius of the soma is -1");
    morphology.soma_center[1] = NAN;
    assert_refused(&morphology, SI_ERROR_FORMAT, "the center of the soma is (7, nan, 9)");
}

/* Sections of `each` points, all in one place. */
static si_morphology many_sections(size_t sections, uint32_t each)
{
    si_morphology morphology = {.section_count = sections, .point_count = sections * each};
    morphology.points = calloc(morphology.point_count, sizeof *morphology.points);
    morphology.diameters = calloc(morphology.point_count, sizeof *morphology.diameters);
    morphology.section_types = calloc(sections, 1);
    morphology.section_offsets = calloc(sections + 1, sizeof *morphology.section_offsets);
    for (size_t i = 0; i <= sections; i++)
        morphology.section_offsets[i] = (uint32_t)i * each;
    return morphology;
}

static void free_sections(si_morphology *morphology)
{
    free(morphology->points);
    free(morphology->diameters);
    free(morphology->section_types);
    free(morphology->section_offsets);
}

static void ids_beyond_their_bits_are_refused(void **state)
{
    (void)state;
    si_cell_shape *shape;
    si_error error;
    si_morphology most = many_sections(16383, 2);
    assert_ok(si_cell_shape_create(&most, SI_SOMA_RADIUS_CONTOUR, &shape, &error), error);
    assert_int_equal(shape->section_ids[16382], 16383);
    si_cell_shape_free(shape);
    free_sections(&most);

    si_morphology too_many = many_sections(16384, 2);
    assert_refused(&too_many, SI_ERROR_LIMIT,
                   "section 16384, segment 0: the section id is beyond the limit of 16383");
    too_many.section_offsets[16384]--; /* a last section of one point needs no id */
    assert_ok(si_cell_shape_create(&too_many, SI_SOMA_RADIUS_CONTOUR, &shape, &error), error);
    si_cell_shape_free(shape);
    free_sections(&too_many);

    si_morphology longest = many_sections(1, 16386);
    assert_refused(&longest, SI_ERROR_LIMIT,
                   "section 1, segment 16384: the segment id is beyond the limit of 16383");
    longest.section_offsets[1]--;
    assert_ok(si_cell_shape_create(&longest, SI_SOMA_RADIUS_CONTOUR, &shape, &error), error);
    assert_int_equal(shape->segment_ids[16383], 16383);
    si_cell_shape_free(shape);
    free_sections(&longest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(soma_comes_first_and_sections_are_counted_from_one),
        cmocka_unit_test(runs_skip_sections_without_segments),
        cmocka_unit_test(soma_radius_is_that_of_the_file_if_wanted),
        cmocka_unit_test(cell_may_have_no_soma_or_nothing_else),
        cmocka_unit_test(values_that_are_no_geometry_are_refused),
        cmocka_unit_test(ids_beyond_their_bits_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
