/* Real morphologies of every format, and what the reference reader makes of them. */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

typedef struct example {
    const char *file;
    bool refused;
    si_soma_type soma_type;
    size_t soma_points;
    double center[3];
    double max_distance;
    size_t sections;
    size_t points;
    size_t segments;
    size_t one_point_sections;
    const char *types; /* TYPExCOUNT ... */
    uint32_t points_checksum;
    uint32_t diameters_checksum;
} example;

/* clang-format off */
static const example examples[] = {
    {"annotations.asc", false, SI_SOMA_UNDEFINED, 0, {NAN, NAN, NAN}, 0, 2, 7, 5, 0, "3x2", 0x13144f29, 0xdfca4f60},
    {"circle_contour.asc", false, SI_SOMA_CONTOUR, 200, {-5.66244e-09, -2.36742e-08, 0}, 1, 1, 2, 1, 0, "2x1", 0x26cd2b99, 0x6e3e4a23},
    {"disconnected_neurite.swc", false, SI_SOMA_SINGLE_POINT, 1, {0, 0, 0}, 0, 6, 12, 6, 0, "2x3 3x3", 0x2aea0d69, 0x81ce38c8},
    {.file = "h5/merged.h5", .refused = true},
    {"h5/v1/Neuron-no-soma.h5", false, SI_SOMA_UNDEFINED, 0, {NAN, NAN, NAN}, 0, 84, 924, 840, 0, "2x21 3x42 4x21", 0xb92579a4, 0xdb250778},
    {"h5/v1/endoplasmic-reticulum.h5", false, SI_SOMA_CONTOUR, 4, {0.5, 0.5, 0}, 0.7071068, 6, 12, 6, 0, "2x3 3x3", 0x2aea0d69, 0x81ce38c8},
    {.file = "h5/v1/glia_empty_perimeters.h5", .refused = true},
    {.file = "h5/v1/glia_wrong_sized_perimeters.h5", .refused = true},
    {.file = "h5/v1/incorrect_point_columns.h5", .refused = true},
    {.file = "h5/v1/merged.h5", .refused = true},
    {"h5/v1/mitochondria.h5", false, SI_SOMA_UNDEFINED, 2, {0.5, 0.5, 0.5}, 0.8660254, 1, 2, 1, 0, "2x1", 0x26cd2b99, 0x6e3e4a23},
    {"h5/v1/reversed_NRN_neurite_order.h5", false, SI_SOMA_CONTOUR, 3, {1, 0.666667, 0.666667}, 1.374369, 3, 4, 1, 0, "2x1 3x1 4x1", 0x324f7e68, 0xa18bc020},
    {"h5/v1/simple-dendritric-spine.h5", false, SI_SOMA_UNDEFINED, 0, {NAN, NAN, NAN}, 0, 3, 8, 5, 0, "2x1 3x2", 0xcdacbc01, 0x07df8e53},
    {.file = "h5/v1/simple-single-point-soma.h5", .refused = true},
    {"h5/v1/simple.h5", false, SI_SOMA_CONTOUR, 4, {0, 0, 0}, 0.001414214, 6, 12, 6, 0, "2x3 3x3", 0x2aea0d69, 0xbf94f2cc},
    {.file = "h5/v1/soma_after_dendrite.h5", .refused = true},
    {.file = "h5/v1/three-point-soma-two-offset.h5", .refused = true},
    {.file = "h5/v1/unknown_section_type_structure.h5", .refused = true},
    {.file = "h5/vasculature-broken-section-type.h5", .refused = true},
    {.file = "h5/vasculature2.h5", .refused = true},
    {"iterators.asc", false, SI_SOMA_CONTOUR, 4, {0, 0, 0}, 0.7071068, 10, 20, 10, 0, "2x3 3x7", 0x57c4b8bc, 0x8e2318e6},
    {"markers.asc", false, SI_SOMA_UNDEFINED, 0, {NAN, NAN, NAN}, 0, 5, 15, 10, 0, "3x5", 0x99fbc867, 0xed5c2ee9},
    {"multiple_point_section.asc", false, SI_SOMA_CONTOUR, 4, {0, 0.5, 0}, 1.118034, 4, 14, 10, 0, "2x1 3x3", 0x56152cf2, 0x92e6abfd},
    {"nested_single_children.asc", false, SI_SOMA_CONTOUR, 4, {0, 0.5, 0}, 1.118034, 4, 8, 4, 0, "2x4", 0x87f28172, 0x9528fffa},
    {"no_soma.swc", false, SI_SOMA_UNDEFINED, 0, {NAN, NAN, NAN}, 0, 3, 5, 2, 1, "2x3", 0xc7329238, 0xf18df9fd},
    {"nrn_ordering.swc", false, SI_SOMA_SINGLE_POINT, 1, {303.16, 379.465, 28.56}, 0, 122, 3895, 3773, 0, "2x3 3x80 4x39", 0x8643d38e, 0x3069cc91},
    {"reversed_NRN_neurite_order.swc", false, SI_SOMA_SINGLE_POINT, 1, {0, 0, 0}, 0, 3, 6, 3, 0, "2x1 3x1 4x1", 0x0a8f1d05, 0x47566950},
    {"simple-all-types.swc", false, SI_SOMA_SINGLE_POINT, 1, {0, 0, 0}, 0, 15, 30, 15, 0, "5x1 6x1 7x1 8x1 9x1 10x1 11x1 12x1 13x1 14x1 15x1 16x1 17x1 18x1 19x1", 0xe6a9b784, 0x796cb3cb},
    {"simple-trailing-space.swc", false, SI_SOMA_UNDEFINED, 0, {NAN, NAN, NAN}, 0, 1, 3, 2, 0, "2x1", 0xb7bef8f5, 0x29c51bea},
    {"simple-with-font.asc", false, SI_SOMA_CONTOUR, 4, {0, 0, 0}, 0.001414214, 6, 12, 6, 0, "2x3 3x3", 0x2aea0d69, 0xbf94f2cc},
    {"simple.asc", false, SI_SOMA_CONTOUR, 4, {0, 0, 0}, 0.001414214, 6, 12, 6, 0, "2x3 3x3", 0x2aea0d69, 0xbf94f2cc},
    {.file = "simple.unknown", .refused = true},
    {"single_point_root.asc", false, SI_SOMA_UNDEFINED, 0, {NAN, NAN, NAN}, 0, 3, 5, 2, 1, "3x3", 0xa41f782f, 0x7ad593ef},
    {"soma_multiple_frustums.swc", false, SI_SOMA_CYLINDERS, 4, {1.5, 0, 0}, 1.5, 0, 0, 0, 0, "", 0x00000000, 0x00000000},
    {"soma_three_points_cylinder.swc", false, SI_SOMA_THREE_POINT_CYLINDERS, 3, {0, 0, 0}, 9, 0, 0, 0, 0, "", 0x00000000, 0x00000000},
    {"three_point_soma.swc", false, SI_SOMA_THREE_POINT_CYLINDERS, 3, {0, 0, 0}, 2, 4, 20, 16, 0, "2x2 3x1 4x1", 0x0fdbf8f8, 0x290bc413},
};
/* clang-format on */

static bool is_close(float found, double expected)
{
    if (isnan(expected))
        return isnan(found);
    return fabs((double)found - expected) <= 1e-6 * fabs(expected) + 1e-9;
}

static char *count_types(const si_morphology *morphology)
{
    size_t counts[20] = {0};
    si_text text = {0};
    for (size_t i = 0; i < morphology->section_count; i++)
        counts[morphology->section_types[i]]++;
    for (int type = 0; type < 20; type++) {
        if (counts[type])
            si_text_append(&text, "%s%dx%zu", text.length ? " " : "", type, counts[type]);
    }
    return text.data;
}

static size_t count_sections_of(const si_morphology *morphology, uint32_t point_count)
{
    size_t count = 0;
    for (size_t i = 0; i < morphology->section_count; i++)
        count += morphology->section_offsets[i + 1] - morphology->section_offsets[i] == point_count;
    return count;
}

/* The expected figures count an empty section as -1. */
static size_t count_segments(const si_morphology *morphology)
{
    return morphology->point_count - morphology->section_count;
}

static void check_soma(const si_morphology *found, const example *expected)
{
    assert_int_equal(found->soma_type, expected->soma_type);
    assert_int_equal(found->soma_point_count, expected->soma_points);
    for (int axis = 0; axis < 3; axis++)
        assert_true(is_close(found->soma_center[axis], expected->center[axis]));
    assert_true(is_close(found->soma_max_distance, expected->max_distance));
}

static void check_example(const si_morphology *found, const example *expected)
{
    assert_consistent(found);
    check_soma(found, expected);
    assert_int_equal(found->section_count, expected->sections);
    assert_int_equal(found->point_count, expected->points);
    assert_int_equal(count_segments(found), expected->segments);
    assert_int_equal(count_sections_of(found, 1), expected->one_point_sections);
    char *types = count_types(found);
    assert_string_equal(types ? types : "", expected->types);
    si_free(types);
    assert_int_equal(crc32(found->points, found->point_count * sizeof *found->points),
                     expected->points_checksum);
    assert_int_equal(crc32(found->diameters, found->point_count * sizeof *found->diameters),
                     expected->diameters_checksum);
}

static void single_files_are_read_as_the_reference_does(void **state)
{
    (void)state;
    char *folder = shared_path("data/morphio");
    require_shared(folder);
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        char *path = si_format("%s/%s", folder, examples[i].file);
        si_morphology *found = NULL;
        si_error error = {0};
        if (examples[i].refused) {
            assert_int_not_equal(si_morphology_read(path, &found, &error), SI_OK);
            assert_memory_equal(error.message, path, strlen(path));
        } else {
            assert_ok(si_morphology_read(path, &found, &error), error);
            check_example(found, &examples[i]);
        }
        si_morphology_free(found);
        si_free(path);
    }
    si_free(folder);
}

static void check_offsets(const char *relative, const uint32_t *offsets, size_t count)
{
    char *path = shared_path(relative);
    require_shared(path);
    si_morphology *found;
    si_error error = {0};
    assert_ok(si_morphology_read(path, &found, &error), error);
    assert_int_equal(found->section_count + 1, count);
    assert_memory_equal(found->section_offsets, offsets, count * sizeof *offsets);
    si_morphology_free(found);
    si_free(path);
}

static void section_offsets_are_those_of_the_reference(void **state)
{
    (void)state;
    check_offsets("data/morphio/no_soma.swc", (uint32_t[]){0, 1, 3, 5}, 4);
    check_offsets("data/morphio/single_point_root.asc", (uint32_t[]){0, 1, 3, 5}, 4);
    check_offsets("data/morphio/annotations.asc", (uint32_t[]){0, 4, 7}, 3);
    check_offsets("data/morphio/multiple_point_section.asc", (uint32_t[]){0, 3, 6, 9, 14}, 5);
}

static void containers_hold_morphologies_in_nested_groups(void **state)
{
    (void)state;
    static const example expected = {"00/00/00000009b4fa102d58b173a995525c3e",
                                     false,
                                     SI_SOMA_CONTOUR,
                                     6,
                                     {0},
                                     8.350216,
                                     142,
                                     9272,
                                     9130,
                                     0,
                                     "2x65 3x56 4x21",
                                     0xc3af2e07,
                                     0xd7738725};
    char *path = shared_path("data/morphio/h5/merged.h5");
    require_shared(path);
    si_morphology_library *library;
    si_morphology *found;
    si_error error = {0};
    assert_ok(si_morphology_library_open(path, &library, &error), error);
    assert_ok(si_morphology_library_load(library, expected.file, &found, &error), error);
    example complete = expected;
    for (int axis = 0; axis < 3; axis++)
        complete.center[axis] = (double)found->soma_center[axis];
    check_example(found, &complete);
    si_morphology_free(found);
    si_morphology_library_close(library);
    si_free(path);
}

static const example *find_example(const char *file)
{
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        if (strcmp(examples[i].file, file) == 0)
            return &examples[i];
    }
    return NULL;
}

static void containers_hold_the_same_as_single_files(void **state)
{
    (void)state;
    static const char *const names[] = {"endoplasmic-reticulum", "mitochondria", "simple",
                                        "reversed_NRN_neurite_order", "simple-dendritric-spine"};
    char *path = shared_path("data/morphio/h5/v1/merged.h5");
    require_shared(path);
    si_morphology_library *library;
    si_error error = {0};
    assert_ok(si_morphology_library_open(path, &library, &error), error);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *file = si_format("h5/v1/%s.h5", names[i]);
        si_morphology *found;
        assert_ok(si_morphology_library_load(library, names[i], &found, &error), error);
        check_example(found, find_example(file));
        si_morphology_free(found);
        si_free(file);
    }
    si_morphology_library_close(library);
    si_free(path);
}

typedef struct circuit_example {
    const char *file;
    size_t soma_points;
    float max_distance;
    size_t sections;
    size_t points;
    uint32_t checksums[4]; /* of points, diameters, offsets, types as 32-bit integers */
} circuit_example;

/* clang-format off */
static const circuit_example circuit_examples[] = {
    {"ascii_sonata/dend-C090905B_axon-sm110125a1-3_idA.asc", 25, 9.805402755737305F, 96, 3309, {0x77ea1132, 0xc1790c96, 0x897b2dab, 0xa85d4aba}},
    {"ascii_sonata/dend-C280998A-P3_axon-sm110131a1-3_INT_idA.asc", 17, 10.856636047363281F, 402, 14009, {0x8003609a, 0xdbc3fdab, 0xa030988d, 0xa319b522}},
    {"ascii_sonata/dend-tkb060123a1_ch1_ct_b_hw_60x_1_axon-tkb060123a1_ch1_ct_b_hw_60x_1.asc", 17, 8.40330982208252F, 230, 7175, {0x2e6d26d2, 0xdd0d9046, 0x4c479c2a, 0xf2fa269b}},
    {"ascii_sonata/dend-tkb060123a2_ch2_ct_x_db_60x_2_axon-tkb060510b1_ch1_cc2_n_db_60x_1.asc", 44, 9.977015495300293F, 153, 5547, {0xe62a200a, 0x2e45a6df, 0xe92b7783, 0xb416842d}},
    {"ascii_sonata/rp110120_L5-3_idE.asc", 34, 12.556580543518066F, 544, 22828, {0x4d33b8ac, 0x6dbce05c, 0xe05399a6, 0x2855e9b0}},
    {"ascii_sonata/sm090227a1-2_idC.asc", 18, 7.703831672668457F, 80, 2278, {0x9c098ef8, 0xcc051e31, 0x2d76be33, 0x24638841}},
    {"soma_extended.h5", 5, 4.4168806076049805F, 20, 1746, {0x0e7245f9, 0xcc1c30c7, 0xe63c8aad, 0xbffa79c0}},
};
/* clang-format on */

static uint32_t types_checksum(const si_morphology *morphology)
{
    uint32_t *types = si_allocate(morphology->section_count, sizeof *types);
    for (size_t i = 0; i < morphology->section_count; i++)
        types[i] = morphology->section_types[i];
    uint32_t checksum = crc32(types, morphology->section_count * sizeof *types);
    si_free(types);
    return checksum;
}

static void check_circuit_example(const si_morphology *found, const circuit_example *expected)
{
    size_t points = found->point_count;
    assert_consistent(found);
    assert_int_equal(found->soma_type, SI_SOMA_CONTOUR);
    assert_int_equal(found->soma_point_count, expected->soma_points);
    assert_true(same_bits(found->soma_max_distance, expected->max_distance));
    assert_true(same_bits(found->soma_surface_radius, expected->max_distance));
    assert_int_equal(found->section_count, expected->sections);
    assert_int_equal(points, expected->points);
    assert_int_equal(count_sections_of(found, 1), 0);
    assert_int_equal(crc32(found->points, points * sizeof *found->points), expected->checksums[0]);
    assert_int_equal(crc32(found->diameters, points * sizeof *found->diameters),
                     expected->checksums[1]);
    assert_int_equal(crc32(found->section_offsets, (found->section_count + 1) * sizeof(uint32_t)),
                     expected->checksums[2]);
    assert_int_equal(types_checksum(found), expected->checksums[3]);
}

static void circuits_morphologies_are_read_as_the_reference_does(void **state)
{
    (void)state;
    char *folder = shared_path("data/circuits");
    require_shared(folder);
    for (size_t i = 0; i < sizeof circuit_examples / sizeof *circuit_examples; i++) {
        char *path = si_format("%s/%s", folder, circuit_examples[i].file);
        si_morphology *found;
        si_error error = {0};
        assert_ok(si_morphology_read(path, &found, &error), error);
        check_circuit_example(found, &circuit_examples[i]);
        si_morphology_free(found);
        si_free(path);
    }
    si_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single_files_are_read_as_the_reference_does),
        cmocka_unit_test(section_offsets_are_those_of_the_reference),
        cmocka_unit_test(containers_hold_morphologies_in_nested_groups),
        cmocka_unit_test(containers_hold_the_same_as_single_files),
        cmocka_unit_test(circuits_morphologies_are_read_as_the_reference_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
