/*
 * The index against an oracle that knows no tree: every element is tested on its own, in double
 * precision, by formulas unlike those of the library. Only test_elements that touch the query
 * within rounding may differ.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geometry/query_shape.h"
#include "unit/support/elements.h"

typedef enum query_verdict { OUTSIDE, INSIDE, TOUCHING } query_verdict;

/* ---- the oracle ---- */

/* Bounding box of a flat-capped cylinder as users' indexes have it, in 32-bit floats. */
static void bounding_box(const test_elements *elements, uint64_t i, float lower[3], float upper[3])
{
    const float *p = elements->first[i];
    const float *q = elements->kind == SI_SEGMENT ? elements->second[i] : p;
    float r = elements->kind == SI_SEGMENT || elements->kind == SI_SPHERE ? elements->radius[i] : 0;
    float v[3], largest = r * r;
    for (int axis = 0; axis < 3; axis++) {
        v[axis] = q[axis] - p[axis];
        largest = fmaxf(largest, fmaxf(p[axis] * p[axis], q[axis] * q[axis]));
    }
    float square = v[0] * v[0] + v[1] * v[1] + v[2] * v[2];
    float divisor = FLT_MIN + FLT_EPSILON * largest + square;
    for (int axis = 0; axis < 3; axis++) {
        float grown = sqrtf(1 - v[axis] * v[axis] / divisor) * r;
        lower[axis] = fminf(p[axis] - grown, q[axis] - grown);
        upper[axis] = fmaxf(p[axis] + grown, q[axis] + grown);
    }
}

static double distance_to_box(const double point[3], const float lower[3], const float upper[3])
{
    double sum = 0;
    for (int axis = 0; axis < 3; axis++) {
        double outside = fmax(
            0, fmax((double)lower[axis] - point[axis], point[axis] - (double)upper[axis]));
        sum += outside * outside;
    }
    return sqrt(sum);
}

static double distance_along(const float *p, const float *q, double t, const si_query *query)
{
    double point[3];
    for (int axis = 0; axis < 3; axis++)
        point[axis] = (double)p[axis] + t * ((double)q[axis] - (double)p[axis]);
    return distance_to_box(point, si_shape_of(query)->lower, si_shape_of(query)->upper);
}

/* The distance to a box is convex along a segment, so that a search by thirds finds its minimum. */
static double axis_to_box(const float *p, const float *q, const si_query *query)
{
    double low = 0, high = 1;
    for (int step = 0; step < 120; step++) {
        double a = low + (high - low) / 3, b = high - (high - low) / 3;
        if (distance_along(p, q, a, query) <= distance_along(p, q, b, query))
            high = b;
        else
            low = a;
    }
    return distance_along(p, q, (low + high) / 2, query);
}

static double length3(const double v[3])
{
    return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

/* By height along the axis and distance from it. */
static double cylinder_to_point(const float *p, const float *q, double r, const float *center)
{
    double axis[3], to[3], across[3];
    for (int i = 0; i < 3; i++) {
        axis[i] = (double)q[i] - (double)p[i];
        to[i] = (double)center[i] - (double)p[i];
    }
    double length = length3(axis);
    if (length == 0)
        return fmax(0, length3(to) - r);
    double height = (axis[0] * to[0] + axis[1] * to[1] + axis[2] * to[2]) / length;
    for (int i = 0; i < 3; i++)
        across[i] = to[i] - axis[i] / length * height;
    return hypot(fmax(0, length3(across) - r), fmax(0, fmax(-height, height - length)));
}

static query_verdict judge(double distance, double reach, double scale)
{
    if (fabs(distance - reach) <= 1e-6 * scale)
        return TOUCHING;
    return distance < reach ? INSIDE : OUTSIDE;
}

static bool boxes_meet(const si_query *query, const float lower[3], const float upper[3])
{
    for (int axis = 0; axis < 3; axis++)
        if (si_shape_of(query)->upper[axis] < lower[axis] ||
            upper[axis] < si_shape_of(query)->lower[axis])
            return false;
    return true;
}

static query_verdict judge_shape(const test_elements *elements, uint64_t i, const si_query *query,
                                 double scale)
{
    const float *p = elements->first[i];
    const float *q = elements->kind == SI_SEGMENT ? elements->second[i] : p;
    bool round = elements->kind == SI_SPHERE || elements->kind == SI_SEGMENT;
    double r = round ? (double)elements->radius[i] : 0;
    if (si_shape_of(query)->shape == SI_SHAPE_BOX)
        return judge(axis_to_box(p, q, query), r, scale);
    return judge(cylinder_to_point(p, q, r, si_shape_of(query)->center),
                 (double)si_shape_of(query)->radius, scale);
}

static query_verdict expect(const test_elements *elements, uint64_t i, const si_query *query,
                            double scale)
{
    float lower[3], upper[3];
    double center[3];
    bounding_box(elements, i, lower, upper);
    if (!boxes_meet(query, lower, upper))
        return OUTSIDE;
    if (si_shape_of(query)->accuracy == SI_BEST_EFFORT)
        return judge_shape(elements, i, query, scale);
    if (si_shape_of(query)->shape == SI_SHAPE_BOX)
        return INSIDE;
    for (int axis = 0; axis < 3; axis++)
        center[axis] = (double)si_shape_of(query)->center[axis];
    return judge(distance_to_box(center, lower, upper), (double)si_shape_of(query)->radius, scale);
}

/* ---- random queries ---- */

static si_query random_query(const element_scatter *scatter, uint64_t *seed)
{
    double corner[3], opposite[3];
    si_query query;
    si_accuracy accuracy = random_bits(seed) % 2 ? SI_BEST_EFFORT : SI_BOUNDING_BOX;
    float size = scatter->extent * powf(10, random_float(seed, -3, 0.5f));
    for (int axis = 0; axis < 3; axis++) {
        float at = scatter->offset + random_float(seed, -scatter->extent, scatter->extent);
        corner[axis] = (double)(scatter->degenerate ? roundf(at) : at);
        opposite[axis] = corner[axis] + (double)random_float(seed, -size, size);
    }
    if (random_bits(seed) % 2)
        assert_int_equal(si_query_box(corner, opposite, accuracy, &query, NULL), SI_OK);
    else
        assert_int_equal(si_query_sphere(corner, (double)size, accuracy, &query, NULL), SI_OK);
    return query;
}

/* ---- the comparison ---- */

static uint64_t mark_found(const si_index *index, const test_elements *elements,
                           const si_query *query, uint8_t *found)
{
    uint64_t *ids = calloc(elements->count + 1, sizeof *ids), count;
    si_column column = {id_field(elements->kind), ids};
    si_error error = {0};
    assert_ok(si_index_find(index, query, &column, 1, elements->count, &count, &error), error);
    assert_true(count <= elements->count);
    memset(found, 0, elements->count + 1);
    for (uint64_t i = 0; i < count; i++) {
        assert_int_equal(found[ids[i]], 0);
        found[ids[i]] = 1;
    }
    free(ids);
    return count;
}

static void check_count_and_emptiness(const si_index *index, const si_query *query,
                                      uint64_t expected)
{
    uint64_t count;
    bool empty;
    assert_int_equal(si_index_count(index, query, &count, NULL), SI_OK);
    assert_int_equal(count, expected);
    assert_int_equal(si_index_empty(index, query, &empty, NULL), SI_OK);
    assert_int_equal(empty, expected == 0);
}

static uint64_t check_query(const si_index *index, const test_elements *elements,
                            const si_query *query, double scale)
{
    uint8_t *found = malloc(elements->count + 1);
    uint64_t count = mark_found(index, elements, query, found);
    for (uint64_t i = 0; i < elements->count; i++) {
        query_verdict verdict = expect(elements, i, query, scale);
        if (verdict != TOUCHING && found[i] != (verdict == INSIDE))
            fail_msg("%s %llu is %sfound, accuracy %d, shape %d",
                     si_element_kind_name(elements->kind), (unsigned long long)i,
                     found[i] ? "" : "not ", si_shape_of(query)->accuracy,
                     si_shape_of(query)->shape);
    }
    check_count_and_emptiness(index, query, count);
    free(found);
    return count;
}

static void check_scatter(si_element_kind kind, uint64_t count, const element_scatter *scatter,
                          int queries)
{
    uint64_t seed = 7 + count, total = 0;
    test_elements elements = make_elements(kind, count, scatter, seed);
    for (uint64_t i = 0; i < count; i++)
        elements.id[i] = i;
    for (uint64_t i = 0; i < count; i++)
        if (kind == SI_SEGMENT && elements.section_id[i] == 0)
            memcpy(elements.second[i], elements.first[i], sizeof elements.first[i]);
    si_index *index = build_elements(&elements, NULL, NULL);
    double scale = (double)(fabsf(scatter->offset) + 4 * scatter->extent + scatter->radius);
    for (int i = 0; i < queries; i++) {
        si_query query = random_query(scatter, &seed);
        total += check_query(index, &elements, &query, scale);
    }
    if (count > 100)
        assert_true(total > 0);
    si_index_close(index);
    free_elements(&elements);
}

static const uint64_t counts[] = {0, 1, 2, 63, 64, 65, 319, 321, 1025, 5000};

static void check_kind(si_element_kind kind)
{
    const element_scatter scatters[] = {
        {.extent = 100, .length = 5, .radius = 2},
        {.extent = 100, .length = 300, .radius = 80},             /* larger than most queries */
        {.extent = 4, .length = 2, .radius = 1, .degenerate = 1}, /* many equal */
        {.extent = 50, .offset = 30000, .length = 3, .radius = 1},
        {.extent = 0.01f, .length = 0.001f, .radius = 0.001f},
        {.extent = 0, .length = 0, .radius = 0}, /* all in one point */
    };
    for (size_t s = 0; s < sizeof scatters / sizeof *scatters; s++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
            check_scatter(kind, counts[c], &scatters[s], counts[c] > 1000 ? 12 : 30);
}

static void points_agree(void **state)
{
    (void)state;
    check_kind(SI_POINT);
}

static void spheres_agree(void **state)
{
    (void)state;
    check_kind(SI_SPHERE);
}

static void synapses_agree(void **state)
{
    (void)state;
    check_kind(SI_SYNAPSE);
}

static void segments_and_somas_agree(void **state)
{
    (void)state;
    check_kind(SI_SEGMENT);
}

static void a_tree_of_several_levels_agrees(void **state)
{
    (void)state;
    const element_scatter scatter = {.extent = 300, .length = 4, .radius = 1};
    check_scatter(SI_SEGMENT, 150000, &scatter, 25);
    check_scatter(SI_SYNAPSE, 150000, &scatter, 25);
}

static void everything_is_inside_an_infinite_query(void **state)
{
    (void)state;
    const element_scatter scatter = {.extent = 1e30f, .length = 1, .radius = 1};
    for (int kind = SI_POINT; kind <= SI_SEGMENT; kind++) {
        test_elements elements = make_elements((si_element_kind)kind, 3000, &scatter, 3);
        si_index *index = build_elements(&elements, NULL, NULL);
        const double low[3] = {-INFINITY, -INFINITY, -INFINITY},
                     high[3] = {INFINITY, INFINITY, INFINITY};
        si_query query;
        for (int accuracy = SI_BEST_EFFORT; accuracy <= SI_BOUNDING_BOX; accuracy++) {
            assert_int_equal(si_query_box(low, high, (si_accuracy)accuracy, &query, NULL), SI_OK);
            check_count_and_emptiness(index, &query, 3000);
            assert_int_equal(
                si_query_sphere((double[3]){0}, INFINITY, (si_accuracy)accuracy, &query, NULL),
                SI_OK);
            check_count_and_emptiness(index, &query, 3000);
        }
        si_index_close(index);
        free_elements(&elements);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_agree),
        cmocka_unit_test(spheres_agree),
        cmocka_unit_test(synapses_agree),
        cmocka_unit_test(segments_and_somas_agree),
        cmocka_unit_test(a_tree_of_several_levels_agrees),
        cmocka_unit_test(everything_is_inside_an_infinite_query),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
