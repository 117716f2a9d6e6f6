/* Capsules, cylinders, oriented boxes and tiles on whole indexes: what is found is what the
 * predicates say of each element, and tiles have every element once. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "unit/support/elements.h"

#include "geometry/predicates.h"

enum { COUNT = 6000 };

static const element_scatter spread = {.extent = 100, .length = 5, .radius = 2};
static const element_scatter large = {.extent = 100, .length = 200, .radius = 60};
static const element_scatter lattice = {.extent = 8, .length = 4, .radius = 2, .degenerate = 1};

static test_elements make_numbered(si_element_kind kind, const element_scatter *scatter)
{
    test_elements elements = make_elements(kind, COUNT, scatter, 5);
    for (uint64_t i = 0; i < COUNT; i++) {
        elements.id[i] = i;
        if (kind == SI_SEGMENT && elements.section_id[i] == 0)
            memcpy(elements.second[i], elements.first[i], sizeof elements.first[i]);
    }
    return elements;
}

static bool is_met(const test_elements *elements, uint64_t i, const si_query *query)
{
    switch (elements->kind) {
    case SI_SPHERE:
        return si_query_meets_sphere(si_shape_of(query), elements->first[i], elements->radius[i]);
    case SI_SEGMENT:
        return si_query_meets_cylinder(si_shape_of(query), elements->first[i], elements->second[i],
                                       elements->radius[i]);
    default:
        return si_query_meets_point(si_shape_of(query), elements->first[i]);
    }
}

/* ---- random queries ---- */

static void random_point(uint64_t *seed, const element_scatter *scatter, double point[3])
{
    for (int k = 0; k < 3; k++) {
        float x = random_float(seed, -scatter->extent, scatter->extent);
        point[k] = (double)(scatter->degenerate ? roundf(x) : x);
    }
}

static void random_quaternion_axes(uint64_t *seed, double axes[2][3])
{
    double quaternion[4];
    for (int i = 0; i < 4; i++)
        quaternion[i] = (double)random_float(seed, -1, 1);
    assert_int_equal(si_quaternion_axes(quaternion, axes, NULL), SI_OK);
}

static si_query random_query(uint64_t *seed, const element_scatter *scatter, si_shape shape)
{
    static const si_accuracy accuracies[] = {SI_BEST_EFFORT, SI_BOUNDING_BOX, SI_EXACT};
    si_accuracy accuracy = accuracies[random_bits(seed) % 3];
    double a[3], b[3], axes[2][3], half_size[3];
    double radius = (double)(scatter->extent * powf(10, random_float(seed, -3, 0.3F)));
    si_query query;
    si_result result;
    random_point(seed, scatter, a);
    do
        random_point(seed, scatter, b);
    while (memcmp(a, b, sizeof a) == 0);
    random_quaternion_axes(seed, axes);
    for (int k = 0; k < 3; k++)
        half_size[k] = radius * (double)random_float(seed, 0, 2);
    if (shape == SI_SHAPE_CAPSULE)
        result = si_query_capsule(a, b, radius, accuracy, &query, NULL);
    else if (shape == SI_SHAPE_CYLINDER)
        result = si_query_cylinder(a, b, radius, accuracy, &query, NULL);
    else if (shape == SI_SHAPE_ORIENTED_BOX)
        result = si_query_oriented_box(a, axes, half_size, accuracy, &query, NULL);
    else
        result = si_query_box(a, b, SI_CENTER, &query, NULL);
    assert_int_equal(result, SI_OK);
    return query;
}

/* ---- what is found ---- */

/* Adds 1 to the number of each element that is found. */
static uint64_t tally(const si_index *index, const test_elements *elements, const si_query *query,
                      unsigned *times)
{
    uint64_t *ids = malloc(COUNT * sizeof *ids), count, counted;
    bool empty;
    si_column column = {id_field(elements->kind), ids};
    si_error error = {0};
    assert_ok(si_index_find(index, query, &column, 1, COUNT, &count, &error), error);
    for (uint64_t i = 0; i < count; i++)
        times[ids[i]]++;
    assert_ok(si_index_count(index, query, &counted, &error), error);
    assert_ok(si_index_empty(index, query, &empty, &error), error);
    assert_int_equal(counted, count);
    assert_int_equal(empty, count == 0);
    free(ids);
    return count;
}

static uint64_t check_query(const si_index *index, const test_elements *elements,
                            const si_query *query)
{
    unsigned *times = calloc(COUNT, sizeof *times);
    uint64_t count = tally(index, elements, query, times);
    for (uint64_t i = 0; i < COUNT; i++)
        if (times[i] != is_met(elements, i, query))
            fail_msg("%s %llu is found %u times, accuracy %d, shape %d",
                     si_element_kind_name(elements->kind), (unsigned long long)i, times[i],
                     si_shape_of(query)->accuracy, si_shape_of(query)->shape);
    free(times);
    return count;
}

static void check_shapes(si_element_kind kind, const element_scatter *scatter)
{
    uint64_t seed = 3, found = 0;
    test_elements elements = make_numbered(kind, scatter);
    si_index *index = build_elements(&elements, NULL, NULL);
    for (int i = 0; i < 200; i++) {
        si_query query = random_query(&seed, scatter, SI_SHAPE_CAPSULE + (si_shape)(i % 4));
        found += check_query(index, &elements, &query);
    }
    assert_in_range(found, 100 * 100, 199 * COUNT);
    si_index_close(index);
    free_elements(&elements);
}

static const si_element_kind kinds[] = {SI_POINT, SI_SPHERE, SI_SYNAPSE, SI_SEGMENT};

static void trees_find_what_predicates_say(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        check_shapes(kinds[i], &spread);
        check_shapes(kinds[i], &large);
        check_shapes(kinds[i], &lattice);
    }
}

/* ---- tiles ---- */

enum { CUTS = 5 };

/* Some are coordinates of elements, and some tiles have no width. */
static void make_cuts(uint64_t *seed, const test_elements *elements, int axis, double cuts[CUTS])
{
    cuts[0] = -INFINITY;
    cuts[CUTS - 1] = INFINITY;
    for (int i = 1; i < CUTS - 1; i++) {
        uint64_t element = random_bits(seed) % COUNT;
        double x = (double)elements->first[element][axis];
        double least = cuts[i - 1];
        cuts[i] = x < least ? least : x;
    }
}

static void check_partition(uint64_t *seed, const si_index *index, const test_elements *elements)
{
    unsigned *times = calloc(COUNT, sizeof *times);
    double cuts[3][CUTS];
    for (int axis = 0; axis < 3; axis++)
        make_cuts(seed, elements, axis, cuts[axis]);
    for (int tile = 0; tile < (CUTS - 1) * (CUTS - 1) * (CUTS - 1); tile++) {
        int place[3] = {tile % (CUTS - 1), tile / (CUTS - 1) % (CUTS - 1),
                        tile / (CUTS - 1) / (CUTS - 1)};
        double lower[3], upper[3];
        si_query query;
        for (int axis = 0; axis < 3; axis++) {
            lower[axis] = cuts[axis][place[axis]];
            upper[axis] = cuts[axis][place[axis] + 1];
        }
        assert_int_equal(si_query_box(lower, upper, SI_CENTER, &query, NULL), SI_OK);
        tally(index, elements, &query, times);
    }
    for (uint64_t i = 0; i < COUNT; i++)
        assert_int_equal(times[i], 1);
    free(times);
}

static void tiles_have_every_element_once(void **state)
{
    (void)state;
    const element_scatter *const scatters[] = {&spread, &large, &lattice};
    uint64_t seed = 9;
    for (int i = 0; i < 12; i++) {
        test_elements elements = make_numbered(kinds[i % 4], scatters[i / 4]);
        si_index *index = build_elements(&elements, NULL, NULL);
        for (int j = 0; j < 8; j++)
            check_partition(&seed, index, &elements);
        si_index_close(index);
        free_elements(&elements);
    }
}

/* The middle of such a segment is beyond both its ends. */
static void tiles_find_the_least_of_segments(void **state)
{
    (void)state;
    float least = nextafterf(0, 1);
    test_elements elements = make_elements(SI_SEGMENT, 1, &spread, 1);
    for (int k = 0; k < 3; k++)
        elements.first[0][k] = elements.second[0][k] = 3 * least;
    elements.radius[0] = 0;
    si_index *index = build_elements(&elements, NULL, NULL);
    const double corner[3] = {4 * (double)least, 4 * (double)least, 4 * (double)least};
    const double opposite_corner[3] = {1, 1, 1};
    float centroid[3];
    const si_column column = {SI_FIELD_CENTROID, centroid};
    si_query query;
    uint64_t count;
    assert_int_equal(si_query_box(corner, opposite_corner, SI_CENTER, &query, NULL), SI_OK);
    assert_int_equal(si_index_find(index, &query, &column, 1, 1, &count, NULL), SI_OK);
    assert_int_equal(count, 1);
    assert_true(centroid[0] > elements.first[0][0]);
    si_index_close(index);
    free_elements(&elements);
}

/* ---- inserted elements ---- */

static void inserted_elements_are_found(void **state)
{
    (void)state;
    uint64_t seed = 4, count, expected;
    si_error error = {0};
    test_elements elements = make_numbered(SI_SPHERE, &spread);
    si_index *packed = build_elements(&elements, NULL, NULL);
    elements.count = COUNT / 2;
    si_index *base = build_elements(&elements, NULL, NULL);
    const si_input_column columns[] = {{SI_FIELD_CENTROID, elements.first + COUNT / 2},
                                       {SI_FIELD_ID, elements.id + COUNT / 2},
                                       {SI_FIELD_RADIUS, elements.radius + COUNT / 2}};
    assert_ok(si_index_insert(base, columns, 3, COUNT / 2, &error), error);
    for (int i = 0; i < 200; i++) {
        si_query query = random_query(&seed, &spread, SI_SHAPE_CAPSULE + (si_shape)(i % 4));
        assert_ok(si_index_count(base, &query, &count, &error), error);
        assert_ok(si_index_count(packed, &query, &expected, &error), error);
        assert_int_equal(count, expected);
    }
    si_index_close(base);
    si_index_close(packed);
    free_elements(&elements);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_find_what_predicates_say),
        cmocka_unit_test(tiles_have_every_element_once),
        cmocka_unit_test(tiles_find_the_least_of_segments),
        cmocka_unit_test(inserted_elements_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
