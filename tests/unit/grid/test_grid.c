/* Grids give what every element by itself gives. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernel_set.h"
#include "unit/grid/grid_oracle.h"

static const si_element_kind kinds[] = {SI_POINT, SI_SPHERE, SI_SYNAPSE, SI_SEGMENT};

static void check_counts(const si_index *index, const test_elements *elements, si_grid *grid)
{
    uint64_t *expected = calloc(voxels_of(grid), sizeof *expected);
    uint64_t *counts = calloc(voxels_of(grid), sizeof *counts);
    si_error error = {0};
    oracle_counts(elements, grid, NULL, expected);
    for (grid->threads = 0; grid->threads < 4; grid->threads++) {
        memset(counts, 255, voxels_of(grid) * sizeof *counts);
        assert_ok(si_index_grid_counts(index, grid, counts, &error), error);
        assert_memory_equal(counts, expected, voxels_of(grid) * sizeof *counts);
    }
    free(expected);
    free(counts);
}

static void check_lengths(const si_index *index, const test_elements *elements, si_grid *grid)
{
    size_t count = voxels_of(grid);
    double *expected = calloc(count, sizeof *expected), *errors = calloc(count, sizeof *errors);
    double *lengths = calloc(count, sizeof *lengths), *again = calloc(count, sizeof *again);
    si_error error = {0};
    oracle_lengths(elements, grid, expected, errors);
    grid->threads = 1;
    assert_ok(si_index_grid_lengths(index, grid, lengths, &error), error);
    for (size_t i = 0; i < count; i++)
        if (!(fabs(lengths[i] - expected[i]) <= errors[i]))
            fail_msg("voxel %zu: %.17g instead of %.17g, error %g beyond %g", i, lengths[i],
                     expected[i], lengths[i] - expected[i], errors[i]);
    for (grid->threads = 2; grid->threads < 5; grid->threads++) {
        assert_ok(si_index_grid_lengths(index, grid, again, &error), error);
        assert_memory_equal(again, lengths, count * sizeof *lengths);
    }
    free(expected);
    free(errors);
    free(lengths);
    free(again);
}

/* Guarded, or with a cache that holds little. */
static void check_other_readings(const test_elements *elements, si_grid *grid)
{
    char *folder = make_test_folder();
    const si_build_options build_options = SI_BUILD_OPTIONS_INIT;
    si_open_options options = SI_OPEN_OPTIONS_INIT;
    si_error error = {0};
    si_index *index;
    si_index_close(build_elements(elements, folder, &build_options));
    for (int guarded = 0; guarded < 2; guarded++) {
        options.reading = guarded ? SI_READING_MAPPED : SI_READING_EXPLICIT;
        options.max_cache_bytes = 1;
        options.guard = guarded;
        assert_ok(si_index_open(folder, &options, &index, &error), error);
        check_counts(index, elements, grid);
        if (elements->kind == SI_SEGMENT)
            check_lengths(index, elements, grid);
        si_index_close(index);
    }
    remove_test_folder(folder);
}

static void check_scene(si_element_kind kind, uint64_t count, const element_scatter *scatter,
                        uint64_t seed)
{
    test_elements elements = make_elements(kind, count, scatter, seed);
    if (scatter->degenerate)
        make_adversarial(&elements, seed);
    si_index *index = build_elements(&elements, NULL, NULL);
    double extent = (double)scatter->extent, offset = (double)scatter->offset;
    si_grid grids[] = {make_grid(offset - extent, offset + extent, 8, 8, 8),
                       make_grid(offset - 0.3 * extent, offset + 0.6 * extent, 3, 1, 17),
                       make_grid(offset + 0.1 * extent, offset + 0.2 * extent, 5, 6, 7),
                       make_grid(offset - 3 * extent, offset + 5 * extent, 30, 2, 2),
                       make_grid(offset - 2 * extent, offset + 2 * extent, 1, 1, 1),
                       make_grid(offset + 40 * extent, offset + 41 * extent, 2, 2, 2)};
    for (size_t i = 0; i < sizeof grids / sizeof *grids; i++) {
        check_counts(index, &elements, &grids[i]);
        if (kind == SI_SEGMENT)
            check_lengths(index, &elements, &grids[i]);
    }
    check_other_readings(&elements, &grids[1]);
    si_index_close(index);
    free_elements(&elements);
}

static void random_elements_are_in_their_voxels(void **state)
{
    static const element_scatter scatters[] = {
        {.extent = 100, .length = 5, .radius = 2},
        {.extent = 8, .length = 3, .radius = 2, .degenerate = 1},
        {.extent = 8, .length = 30, .radius = 0.5f, .degenerate = 1},
        {.extent = 16, .offset = 40000, .length = 3, .radius = 0.5f, .degenerate = 1},
        {.extent = 1e-3f, .length = 1e-4f, .radius = 1e-4f},
        {.extent = 1e6f, .length = 1e6f, .radius = 1e4f}};
    (void)state;
    for (size_t kind = 0; kind < 4; kind++)
        for (size_t i = 0; i < sizeof scatters / sizeof *scatters; i++) {
            check_scene(kinds[kind], 20000, &scatters[i], i);
            check_scene(kinds[kind], i * 33, &scatters[i], i + 100);
        }
}

/* 64 places: floats around faces of the axis, and every fourth one anywhere. */
static void fill_with_faces(const si_voxel_axis *axis, uint64_t *seed, float places[64])
{
    for (int i = 0; i < 64; i++) {
        int32_t face = (int32_t)(random_bits(seed) % ((uint64_t)axis->count + 1));
        int steps = (int)(random_bits(seed) % 7) - 3;
        places[i] = (float)si_voxel_face(axis, face);
        for (; steps != 0; steps += steps < 0 ? 1 : -1)
            places[i] = nextafterf(places[i], steps < 0 ? -FLT_MAX : FLT_MAX);
        if (i % 4 == 0)
            places[i] = random_float(seed, (float)axis->lower, (float)axis->upper);
    }
}

/* Returns how many are decided. */
static unsigned check_numbers(const si_voxel_axis *axis, const float places[64],
                              const uint32_t numbers[64])
{
    unsigned decided = 0;
    for (int i = 0; i < 64; i++) {
        double place = (double)places[i];
        int32_t voxel = (int32_t)numbers[i];
        bool is_outside = place < axis->lower || place >= axis->upper;
        if (numbers[i] == SI_VOXEL_UNDECIDED)
            continue;
        decided++;
        assert_int_equal(numbers[i] == SI_VOXEL_OUTSIDE, is_outside);
        if (is_outside)
            continue;
        assert_in_range(voxel, 0, axis->count - 1);
        assert_true(place >= si_voxel_face(axis, voxel) && place < si_voxel_face(axis, voxel + 1));
        assert_int_equal(si_voxel_of(axis, place), voxel);
    }
    return decided;
}

static void places_at_faces_are_in_the_right_voxel(void **state)
{
    uint64_t seed = 11;
    unsigned decided = 0;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        float places[64], middles[64], magnitude = ldexpf(1, (int)(random_bits(&seed) % 60) - 30);
        const float *columns[3];
        int32_t counts[3] = {1, 1, 1};
        double lower[3] = {0, 0, 0}, upper[3] = {1, 1, 1};
        uint32_t numbers[64];
        counts[i % 3] = 1 + (int32_t)(random_bits(&seed) % (i % 5 ? 100 : 1000000));
        lower[i % 3] = (double)(magnitude * random_float(&seed, -1, 1));
        upper[i % 3] = lower[i % 3] + (double)(magnitude * random_float(&seed, 1e-3f, 1));
        si_voxel_grid grid = si_voxel_grid_make(lower, upper, counts);
        if (!si_voxel_axis_is_sound(&grid.axes[i % 3]))
            continue;
        fill_with_faces(&grid.axes[i % 3], &seed, places);
        for (int j = 0; j < 64; j++)
            middles[j] = 0.5f;
        for (int axis = 0; axis < 3; axis++)
            columns[axis] = axis == i % 3 ? places : middles;
        si_kernels()->voxels->locate(&grid, columns, columns, numbers);
        decided += check_numbers(&grid.axes[i % 3], places, numbers);
    }
    /* Nearly all that are not at a face. */
    assert_true(decided > 20000 * 64 / 5);
}

/* The kernels of each instruction set put every place into the same voxel. */
static void all_kernels_agree(void **state)
{
    const element_scatter scatter = {.extent = 8, .length = 4, .radius = 2, .degenerate = 1};
    (void)state;
    static const char *const names[] = {"portable", "avx2", "avx512"};
    for (size_t i = 0; i < 3; i++)
        if (si_use_kernels(names[i]))
            check_scene(SI_SEGMENT, 3000, &scatter, 7);
}

/* Elements of any size, so far out that nothing is left of the grid. */
static void huge_elements_do_no_harm(void **state)
{
    const element_scatter scatter = {.extent = 8, .length = 4, .radius = 2};
    test_elements elements = make_elements(SI_SEGMENT, 1000, &scatter, 3);
    (void)state;
    for (uint64_t i = 0; i < elements.count; i += 2)
        for (int axis = 0; axis < 3; axis++) {
            elements.first[i][axis] *= i % 4 ? 1e37f : 1;
            elements.second[i][axis] *= i % 3 ? 1e37f : 1;
        }
    for (uint64_t i = 1; i < elements.count; i += 5) {
        elements.first[i][0] = FLT_MAX;
        elements.second[i][0] = -FLT_MAX;
        elements.first[i][1] = elements.second[i][1] = 0x1p-149f;
    }
    for (uint64_t i = 0; i < elements.count; i++)
        if (elements.section_id[i] == 0)
            memcpy(elements.second[i], elements.first[i], sizeof elements.first[i]);
    si_index *index = build_elements(&elements, NULL, NULL);
    si_grid small = make_grid(-8, 8, 4, 4, 4), large = make_grid(-1e38, 1e38, 5, 5, 5);
    check_counts(index, &elements, &small);
    check_lengths(index, &elements, &small);
    check_counts(index, &elements, &large);
    check_lengths(index, &elements, &large);
    si_index_close(index);
    free_elements(&elements);
}

/* ---- sums ---- */

static double total_of(const double *lengths, uint64_t count)
{
    double total = 0;
    for (uint64_t i = 0; i < count; i++)
        total += lengths[i];
    return total;
}

static void grids_sum_to_the_whole(void **state)
{
    const element_scatter scatter = {.extent = 50, .length = 20, .radius = 2};
    test_elements elements = make_elements(SI_SEGMENT, 30000, &scatter, 9);
    si_index *index = build_elements(&elements, NULL, NULL);
    si_grid grid = make_grid(-80, 90, 23, 37, 11);
    si_error error = {0};
    uint64_t *counts = calloc(voxels_of(&grid), sizeof *counts), sum = 0;
    double *lengths = calloc(voxels_of(&grid), sizeof *lengths), whole = 0;
    (void)state;
    assert_ok(si_index_grid_counts(index, &grid, counts, &error), error);
    assert_ok(si_index_grid_lengths(index, &grid, lengths, &error), error);
    for (uint64_t i = 0; i < voxels_of(&grid); i++)
        sum += counts[i];
    for (uint64_t i = 0; i < elements.count; i++) {
        double square = 0;
        for (int axis = 0; axis < 3; axis++)
            square += pow((double)elements.second[i][axis] - (double)elements.first[i][axis], 2);
        whole += sqrt(square);
    }
    assert_int_equal(sum, elements.count);
    assert_true(fabs(total_of(lengths, voxels_of(&grid)) - whole) < 1e-12 * whole);
    free(counts);
    free(lengths);
    si_index_close(index);
    free_elements(&elements);
}

/* Eight grids that share a corner, whose faces are those of one. */
static void check_octant(const si_index *index, const si_grid *grid, const uint64_t *counts,
                         const double *lengths, unsigned octant)
{
    si_grid tile = *grid;
    uint64_t *tile_counts = calloc(voxels_of(grid) / 8, sizeof *tile_counts);
    double *tile_lengths = calloc(voxels_of(grid) / 8, sizeof *tile_lengths);
    si_error error = {0};
    uint64_t first[3], number = 0;
    for (int axis = 0; axis < 3; axis++) {
        tile.shape[axis] = grid->shape[axis] / 2;
        first[axis] = (octant >> axis & 1) * tile.shape[axis];
        tile.lower[axis] = grid_face(grid, axis, first[axis]);
        tile.upper[axis] = grid_face(grid, axis, first[axis] + tile.shape[axis]);
    }
    assert_ok(si_index_grid_counts(index, &tile, tile_counts, &error), error);
    assert_ok(si_index_grid_lengths(index, &tile, tile_lengths, &error), error);
    for (uint64_t x = 0; x < tile.shape[0]; x++)
        for (uint64_t y = 0; y < tile.shape[1]; y++)
            for (uint64_t z = 0; z < tile.shape[2]; z++, number++) {
                uint64_t whole = ((first[0] + x) * grid->shape[1] + first[1] + y) * grid->shape[2] +
                                 first[2] + z;
                assert_int_equal(tile_counts[number], counts[whole]);
                assert_true(fabs(tile_lengths[number] - lengths[whole]) <=
                            1e-13 * (1 + lengths[whole]));
            }
    free(tile_counts);
    free(tile_lengths);
}

static void tiles_partition(void **state)
{
    const element_scatter scatter = {.extent = 8, .length = 4, .radius = 2, .degenerate = 1};
    test_elements elements = make_elements(SI_SEGMENT, 20000, &scatter, 9);
    make_adversarial(&elements, 5);
    si_index *index = build_elements(&elements, NULL, NULL);
    si_grid grid = make_grid(-8, 8, 16, 16, 16);
    si_error error = {0};
    uint64_t *counts = calloc(voxels_of(&grid), sizeof *counts);
    double *lengths = calloc(voxels_of(&grid), sizeof *lengths);
    (void)state;
    assert_ok(si_index_grid_counts(index, &grid, counts, &error), error);
    assert_ok(si_index_grid_lengths(index, &grid, lengths, &error), error);
    for (unsigned octant = 0; octant < 8; octant++)
        check_octant(index, &grid, counts, lengths, octant);
    free(counts);
    free(lengths);
    si_index_close(index);
    free_elements(&elements);
}

/* ---- touching ---- */

static void check_touching(const si_index *index, const si_grid *grid)
{
    uint64_t *counts = calloc(voxels_of(grid), sizeof *counts), number = 0;
    si_error error = {0};
    assert_ok(si_index_grid_counts(index, grid, counts, &error), error);
    for (uint64_t x = 0; x < grid->shape[0]; x++)
        for (uint64_t y = 0; y < grid->shape[1]; y++)
            for (uint64_t z = 0; z < grid->shape[2]; z++) {
                const uint64_t voxel[3] = {x, y, z};
                double lower[3], upper[3];
                si_query query;
                uint64_t count;
                for (int axis = 0; axis < 3; axis++) {
                    lower[axis] = grid_face(grid, axis, voxel[axis]);
                    upper[axis] = grid_face(grid, axis, voxel[axis] + 1);
                }
                assert_ok(si_query_box(lower, upper, grid->accuracy, &query, &error), error);
                query.filter = grid->filter;
                assert_ok(si_index_count(index, &query, &count, &error), error);
                assert_int_equal(counts[number++], count);
            }
    free(counts);
}

static void touching_counts_what_queries_count(void **state)
{
    static const si_accuracy accuracies[] = {SI_BEST_EFFORT, SI_BOUNDING_BOX, SI_EXACT};
    static const element_scatter scatters[] = {
        {.extent = 20, .length = 5, .radius = 2},
        {.extent = 8, .length = 3, .radius = 1, .degenerate = 1},
        {.extent = 16, .offset = 40000, .length = 3, .radius = 0.5f, .degenerate = 1}};
    (void)state;
    for (size_t kind = 0; kind < 4; kind++)
        for (size_t i = 0; i < 3; i++) {
            test_elements elements = make_elements(kinds[kind], 3000, &scatters[i], i);
            double extent = (double)scatters[i].extent, offset = (double)scatters[i].offset;
            si_grid coarse = make_grid(offset - extent, offset + extent, 8, 8, 8);
            si_grid fine = make_grid(offset - 0.3 * extent, offset + 0.4 * extent, 23, 19, 11);
            if (scatters[i].degenerate)
                make_adversarial(&elements, i);
            si_index *index = build_elements(&elements, NULL, NULL);
            for (size_t j = 0; j < 3; j++) {
                coarse.counts_touching = fine.counts_touching = 1;
                coarse.accuracy = fine.accuracy = accuracies[j];
                check_touching(index, &coarse);
                check_touching(index, &fine);
            }
            si_index_close(index);
            free_elements(&elements);
        }
}

static void all_kernels_touch_the_same(void **state)
{
    static const char *const names[] = {"portable", "avx2", "avx512"};
    for (size_t i = 0; i < 3; i++)
        if (si_use_kernels(names[i]))
            touching_counts_what_queries_count(state);
}

/* ---- filters ---- */

static bool is_of_wanted_type(const test_elements *elements, uint64_t i)
{
    return elements->section_type[i] == 2 || elements->section_type[i] == 4;
}

static void filtered_grids_hold_what_passes(void **state)
{
    const element_scatter scatter = {.extent = 8, .length = 4, .radius = 2};
    test_elements elements = make_elements(SI_SEGMENT, 20000, &scatter, 9);
    si_index *index = build_elements(&elements, NULL, NULL);
    si_grid grid = make_grid(-8, 9, 9, 8, 7);
    const uint64_t types[] = {4, 2};
    const si_condition condition = {SI_FIELD_SECTION_TYPE, types, 2};
    si_error error = {0};
    si_filter *filter;
    uint64_t *counts = calloc(voxels_of(&grid), sizeof *counts);
    uint64_t *expected = calloc(voxels_of(&grid), sizeof *expected);
    (void)state;
    assert_ok(si_filter_create(SI_SEGMENT, &condition, 1, &filter, &error), error);
    oracle_counts(&elements, &grid, is_of_wanted_type, expected);
    grid.filter = filter;
    assert_ok(si_index_grid_counts(index, &grid, counts, &error), error);
    assert_memory_equal(counts, expected, voxels_of(&grid) * sizeof *counts);
    grid.counts_touching = 1;
    check_touching(index, &grid);
    si_filter_free(filter);
    free(counts);
    free(expected);
    si_index_close(index);
    free_elements(&elements);
}

/* ---- regions ---- */

#define MOST_REGIONS 256

static void put_id(si_type type, void *ids, uint64_t voxel, int value)
{
    switch (type) {
    case SI_TYPE_UINT8:
    case SI_TYPE_INT8:
        ((uint8_t *)ids)[voxel] = (uint8_t)value;
        return;
    case SI_TYPE_UINT16:
    case SI_TYPE_INT16:
        ((uint16_t *)ids)[voxel] = (uint16_t)value;
        return;
    case SI_TYPE_UINT32:
    case SI_TYPE_INT32:
        ((uint32_t *)ids)[voxel] = (uint32_t)value;
        return;
    default:
        ((uint64_t *)ids)[voxel] = (uint64_t)(int64_t)value;
    }
}

/* Region r has the id 3 r - 60 where ids are signed, else 3 r. */
static void check_regions(const si_index *index, si_grid *grid, si_type type, bool is_signed)
{
    uint64_t voxels = voxels_of(grid), counts[MOST_REGIONS] = {0}, seed = 5;
    double lengths[MOST_REGIONS] = {0};
    uint64_t *voxel_counts = calloc(voxels, sizeof *voxel_counts);
    double *voxel_lengths = calloc(voxels, sizeof *voxel_lengths);
    uint64_t *ids = calloc(voxels, sizeof *ids);
    const si_regions regions = {type, ids};
    si_error error = {0};
    si_group_counts found;
    si_group_lengths found_lengths;
    size_t place = 0;
    assert_ok(si_index_grid_counts(index, grid, voxel_counts, &error), error);
    assert_ok(si_index_grid_lengths(index, grid, voxel_lengths, &error), error);
    for (uint64_t i = 0; i < voxels; i++) {
        unsigned region = (unsigned)(random_bits(&seed) % 40);
        put_id(type, ids, i, (int)(3 * region) - (is_signed ? 60 : 0));
        counts[region] += voxel_counts[i];
        lengths[region] += voxel_lengths[i];
    }
    assert_ok(si_index_region_counts(index, grid, &regions, &found, &error), error);
    assert_ok(si_index_region_lengths(index, grid, &regions, &found_lengths, &error), error);
    for (unsigned region = 0; region < 40; region++) {
        if (counts[region] == 0)
            continue;
        assert_true(place < found.group_count && place < found_lengths.group_count);
        assert_int_equal((int64_t)found.keys[place], (int)(3 * region) - (is_signed ? 60 : 0));
        assert_int_equal(found.counts[place], counts[region]);
        assert_int_equal(found_lengths.keys[place], found.keys[place]);
        assert_true(fabs(found_lengths.lengths[place] - lengths[region]) <
                    1e-12 * (1 + lengths[region]));
        place++;
    }
    assert_int_equal(found.group_count, place);
    si_group_counts_free(&found);
    si_group_lengths_free(&found_lengths);
    free(voxel_counts);
    free(voxel_lengths);
    free(ids);
}

static void regions_add_up_their_voxels(void **state)
{
    static const struct {
        si_type type;
        bool is_signed;
    } types[] = {{SI_TYPE_UINT8, false},  {SI_TYPE_INT8, true},    {SI_TYPE_UINT16, false},
                 {SI_TYPE_INT16, true},   {SI_TYPE_UINT32, false}, {SI_TYPE_INT32, true},
                 {SI_TYPE_UINT64, false}, {SI_TYPE_INT64, true}};
    const element_scatter scatter = {.extent = 8, .length = 4, .radius = 2};
    test_elements elements = make_elements(SI_SEGMENT, 20000, &scatter, 9);
    si_index *index = build_elements(&elements, NULL, NULL);
    si_grid grid = make_grid(-7, 9, 9, 8, 7);
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        grid.threads = (unsigned)i % 4;
        check_regions(index, &grid, types[i].type, types[i].is_signed);
    }
    si_index_close(index);
    free_elements(&elements);
}

/* ---- inserted elements ---- */

static si_result insert(si_index *grown, const test_elements *elements, uint64_t first,
                        si_error *error)
{
    const int is_sphere = elements->kind == SI_SPHERE;
    const si_input_column columns[] = {
        {is_sphere ? SI_FIELD_CENTROID : SI_FIELD_POSITION, elements->first + first},
        {SI_FIELD_ID, elements->id + first},
        {SI_FIELD_RADIUS, is_sphere ? elements->radius + first : NULL}};
    return si_index_insert(grown, columns, is_sphere ? 3 : 2, elements->count - first, error);
}

static void check_inserted(const si_index *grown, const si_index *all, const si_grid *grid)
{
    uint64_t voxels = voxels_of(grid);
    uint64_t *counts = calloc(voxels, sizeof *counts), *expected = calloc(voxels, sizeof *expected);
    uint8_t *ids = calloc(voxels, 1);
    const si_regions regions = {SI_TYPE_UINT8, ids};
    si_group_counts found, expected_groups;
    si_error error = {0};
    for (uint64_t i = 0; i < voxels; i++)
        ids[i] = (uint8_t)(i % 7);
    assert_ok(si_index_grid_counts(grown, grid, counts, &error), error);
    assert_ok(si_index_grid_counts(all, grid, expected, &error), error);
    assert_memory_equal(counts, expected, voxels * sizeof *counts);
    assert_ok(si_index_region_counts(grown, grid, &regions, &found, &error), error);
    assert_ok(si_index_region_counts(all, grid, &regions, &expected_groups, &error), error);
    assert_int_equal(found.group_count, expected_groups.group_count);
    assert_memory_equal(found.keys, expected_groups.keys, found.group_count * sizeof(uint64_t));
    assert_memory_equal(found.counts, expected_groups.counts, found.group_count * sizeof(uint64_t));
    si_group_counts_free(&found);
    si_group_counts_free(&expected_groups);
    free(counts);
    free(expected);
    free(ids);
}

static void inserted_elements_are_counted(void **state)
{
    const element_scatter scatter = {.extent = 8, .radius = 1, .degenerate = 1};
    static const uint64_t inserted[] = {0, 1, 63, 64, 65, 7000};
    const uint64_t ids[] = {0, 2};
    (void)state;
    for (size_t kind = 0; kind < 2; kind++)
        for (size_t i = 0; i < sizeof inserted / sizeof *inserted; i++) {
            test_elements elements = make_elements(kinds[kind], 8000, &scatter, i), base = elements;
            const si_condition condition = {SI_FIELD_ID, ids, 2};
            si_grid grid = make_grid(-8, 8, 5, 6, 7);
            si_filter *filter;
            si_error error = {0};
            base.count -= inserted[i];
            si_index *packed = build_elements(&base, NULL, NULL);
            si_index *all = build_elements(&elements, NULL, NULL);
            assert_ok(insert(packed, &elements, base.count, &error), error);
            assert_ok(si_filter_create(kinds[kind], &condition, 1, &filter, &error), error);
            check_inserted(packed, all, &grid);
            grid.filter = filter;
            check_inserted(packed, all, &grid);
            grid.counts_touching = 1;
            check_inserted(packed, all, &grid);
            si_filter_free(filter);
            si_index_close(packed);
            si_index_close(all);
            free_elements(&elements);
        }
}

/* ---- errors ---- */

static void expect_refusal(const si_index *index, const si_grid *grid, si_result status,
                           const char *sentence)
{
    uint64_t counts[8];
    si_error error = {0};
    assert_int_equal(si_index_grid_counts(index, grid, counts, &error), status);
    assert_int_equal(error.result, status);
    if (!strstr(error.message, sentence))
        fail_msg("'%s' is not in '%s'", sentence, error.message);
}

static void what_is_no_grid_is_refused(void **state)
{
    const element_scatter scatter = {.extent = 8};
    test_elements elements = make_elements(SI_POINT, 10, &scatter, 1);
    si_index *index = build_elements(&elements, NULL, NULL);
    si_grid grid = make_grid(0, 1, 2, 2, 2);
    const si_regions strings = {SI_TYPE_STRING, &grid}, none = {SI_TYPE_UINT8, NULL};
    si_group_counts groups;
    double lengths[8];
    si_error error = {0};
    (void)state;
    grid.upper[1] = 0;
    expect_refusal(index, &grid, SI_ERROR_ARGUMENT, "from 0 to 0 along y");
    grid.upper[1] = (double)NAN;
    expect_refusal(index, &grid, SI_ERROR_ARGUMENT, "along y");
    grid.upper[1] = (double)INFINITY;
    expect_refusal(index, &grid, SI_ERROR_ARGUMENT, "to inf along y");
    grid = make_grid(0, 1, 2, 2, 0);
    expect_refusal(index, &grid, SI_ERROR_ARGUMENT, "0 voxels along z");
    grid = make_grid(0, 1, UINT64_MAX, 2, 2);
    expect_refusal(index, &grid, SI_ERROR_ARGUMENT, "voxels along x");
    grid = make_grid(0, 1, 2000000000, 2000000000, 2000000000);
    expect_refusal(index, &grid, SI_ERROR_LIMIT, "too large");
    grid = make_grid(1e9, 1e9 + 1e-4, 1000, 1, 1);
    expect_refusal(index, &grid, SI_ERROR_ARGUMENT, "too small");
    grid = make_grid(0, 1, 2, 2, 2);
    grid.struct_size = 3;
    expect_refusal(index, &grid, SI_ERROR_ARGUMENT, "struct_size");
    grid = make_grid(0, 1, 2, 2, 2);
    assert_int_equal(si_index_grid_lengths(index, &grid, lengths, &error), SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "no length"));
    assert_int_equal(si_index_region_counts(index, &grid, &strings, &groups, NULL),
                     SI_ERROR_ARGUMENT);
    assert_int_equal(si_index_region_counts(index, &grid, &none, &groups, NULL), SI_ERROR_ARGUMENT);
    si_index_close(index);
    free_elements(&elements);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_elements_are_in_their_voxels),
        cmocka_unit_test(places_at_faces_are_in_the_right_voxel),
        cmocka_unit_test(all_kernels_agree),
        cmocka_unit_test(huge_elements_do_no_harm),
        cmocka_unit_test(grids_sum_to_the_whole),
        cmocka_unit_test(tiles_partition),
        cmocka_unit_test(touching_counts_what_queries_count),
        cmocka_unit_test(all_kernels_touch_the_same),
        cmocka_unit_test(filtered_grids_hold_what_passes),
        cmocka_unit_test(regions_add_up_their_voxels),
        cmocka_unit_test(inserted_elements_are_counted),
        cmocka_unit_test(what_is_no_grid_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
