/* Distances of elements, and that no kernel leaves out one that is near. */
#include "unit/test.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "kernels/kernel_set.h"
#include "unit/geometry/oracle.h"

enum { LEAF = 32 };

typedef struct leaf {
    unsigned count;
    element elements[LEAF];
    float columns[7][LEAF];
} leaf;

static leaf make_leaf(random_source *random, const frame *f, element_shape shape)
{
    leaf l = {.count = random_below(random, 3) ? LEAF : 1 + random_below(random, LEAF)};
    for (unsigned i = 0; i < l.count; i++) {
        l.elements[i] = random_element(random, f, shape);
        for (int k = 0; k < 3; k++) {
            l.columns[k][i] = l.elements[i].p1[k];
            l.columns[k + 3][i] = l.elements[i].p2[k];
        }
        l.columns[6][i] = l.elements[i].radius;
    }
    return l;
}

/* Somewhere in the frame, at or near an element. */
static si_vantage random_vantage(random_source *random, const frame *f, const element *near)
{
    si_vantage vantage = {.accuracy = (si_accuracy)random_below(random, 3)};
    unsigned kind = random_below(random, 4);
    element other = random_element(random, f, POINT);
    double t = random_between(random, -0.5, 1.5);
    for (int k = 0; k < 3; k++) {
        double along = (double)near->p1[k] + t * ((double)near->p2[k] - (double)near->p1[k]);
        double spread = 3 * (double)near->radius;
        vantage.point[k] = kind == 0   ? near->p1[k]
                           : kind == 1 ? (float)(along + random_between(random, -spread, spread))
                                       : other.p1[k];
    }
    return vantage;
}

static double distance(const si_vantage *vantage, const element *e)
{
    return e->shape == POINT    ? si_distance_to_point(vantage, e->p1)
           : e->shape == SPHERE ? si_distance_to_sphere(vantage, e->p1, e->radius)
                                : si_distance_to_cylinder(vantage, e->p1, e->p2, e->radius);
}

/* ---- the distance of one element ---- */

typedef long double real;

static real length(const real v[3])
{
    return sqrtl(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

static real distance_to_bounds(const float point[3], const element *e)
{
    si_box box = oracle_bound(e);
    real gap[3];
    for (int k = 0; k < 3; k++)
        gap[k] = fmaxl(
            0, fmaxl((real)box.lower[k] - (real)point[k], (real)point[k] - (real)box.upper[k]));
    return length(gap);
}

/* To the nearest of the balls along the axis; `*size` receives the lengths involved. */
static real distance_to_capsule(const float point[3], const element *e, real *size)
{
    real u[3], v[3], along = 0, square = 0;
    for (int k = 0; k < 3; k++) {
        u[k] = (real)point[k] - (real)e->p1[k];
        v[k] = e->shape == CYLINDER ? (real)e->p2[k] - (real)e->p1[k] : 0;
        along += u[k] * v[k];
        square += v[k] * v[k];
    }
    *size = length(u) + length(v) + (real)e->radius;
    real t = square > 0 ? fminl(1, fmaxl(0, along / square)) : 0;
    for (int k = 0; k < 3; k++)
        u[k] -= t * v[k];
    return fmaxl(0, length(u) - (real)e->radius);
}

/* By height along the axis and distance from it. */
static real distance_to_flat_caps(const float point[3], const element *e)
{
    real u[3], v[3], height = 0;
    for (int k = 0; k < 3; k++) {
        u[k] = (real)point[k] - (real)e->p1[k];
        v[k] = (real)e->p2[k] - (real)e->p1[k];
    }
    real axis = length(v), radius = (real)e->radius;
    if (e->shape != CYLINDER || axis <= 0)
        return fmaxl(0, length(u) - radius);
    for (int k = 0; k < 3; k++)
        height += u[k] * (v[k] / axis);
    for (int k = 0; k < 3; k++)
        u[k] -= height * (v[k] / axis);
    return hypotl(fmaxl(0, length(u) - radius), fmaxl(0, fmaxl(-height, height - axis)));
}

static void check_distance(const si_vantage *vantage, const element *e)
{
    real size, expected = distance_to_capsule(vantage->point, e, &size);
    if (vantage->accuracy == SI_BOUNDING_BOX)
        expected = distance_to_bounds(vantage->point, e);
    if (vantage->accuracy == SI_EXACT)
        expected = distance_to_flat_caps(vantage->point, e);
    double found = distance(vantage, e);
    if (!(fabsl((real)found - expected) <= 0x1p-49L * size))
        fail_msg("%s is %.17g from (%.9g, %.9g, %.9g), expected %.20Lg", describe_element(e), found,
                 (double)vantage->point[0], (double)vantage->point[1], (double)vantage->point[2],
                 expected);
}

static void distances_are_right(void **state)
{
    (void)state;
    random_source random = {5};
    unsigned inside = 0;
    for (int i = 0; i < full_or_sanitized(1000000, 200000); i++) {
        frame f = random_frame(&random);
        element e = random_element(&random, &f, (element_shape)random_below(&random, SHAPE_COUNT));
        si_vantage vantage = random_vantage(&random, &f, &e);
        check_distance(&vantage, &e);
        inside += distance(&vantage, &e) <= 0;
    }
    assert_true(inside > 50000 && inside < 800000);
}

static double from_origin(float p1[3], float p2[3], float radius, si_accuracy accuracy)
{
    const si_vantage origin = {.accuracy = accuracy};
    return si_distance_to_cylinder(&origin, p1, p2, radius);
}

/* To the last bit where everything is a small integer. */
static void whole_distances_are_whole(void **state)
{
    (void)state;
    const si_vantage origin = {.accuracy = SI_BEST_EFFORT};
    const si_vantage box = {.accuracy = SI_BOUNDING_BOX};
    assert_true(si_distance_to_point(&origin, (float[3]){2, 3, 6}) == 7);
    assert_true(si_distance_to_sphere(&origin, (float[3]){2, 3, 6}, 5) == 2);
    assert_true(si_distance_to_sphere(&origin, (float[3]){2, 3, 6}, 7) == 0);
    assert_true(si_distance_to_sphere(&origin, (float[3]){2, 3, 6}, 8) == 0);
    assert_true(si_distance_to_sphere(&box, (float[3]){6, 7, 10}, 4) == 7);
    assert_true(from_origin((float[3]){3, 4, -10}, (float[3]){3, 4, 10}, 1, SI_BEST_EFFORT) == 4);
    assert_true(from_origin((float[3]){3, 4, 12}, (float[3]){3, 4, 20}, 1, SI_BEST_EFFORT) == 12);
    assert_true(from_origin((float[3]){3, 4, -20}, (float[3]){3, 4, -12}, 13, SI_BEST_EFFORT) == 0);
    assert_true(from_origin((float[3]){0, 0, 5}, (float[3]){0, 0, 5}, 3, SI_BEST_EFFORT) == 2);
    assert_true(from_origin((float[3]){0, 0, 5}, (float[3]){0, 0, 5}, 3, SI_EXACT) == 2);
    assert_true(from_origin((float[3]){3, 4, -10}, (float[3]){3, 4, 10}, 1, SI_EXACT) == 4);
    assert_true(from_origin((float[3]){3, 4, 20}, (float[3]){3, 4, 12}, 13, SI_EXACT) == 12);
    assert_true(from_origin((float[3]){0, 6, 8}, (float[3]){0, 6, 20}, 0, SI_EXACT) == 10);
    assert_true(from_origin((float[3]){6, 8, -9}, (float[3]){6, 8, 0}, 10, SI_EXACT) == 0);
}

/* ---- kernels ---- */

extern const si_kernel_set si_kernels_plain; /* plain_kernels.c */

static const si_kernel_set *kernel_sets[4];
static unsigned kernel_set_count;

static int find_kernel_sets(void **state)
{
    static const char *const names[] = {"portable", "avx2", "avx512"};
    (void)state;
    kernel_sets[kernel_set_count++] = &si_kernels_plain;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (si_use_kernels(names[i]))
            kernel_sets[kernel_set_count++] = si_kernels();
    return 0;
}

static uint64_t near(const si_kernel_set *set, const si_vantage *vantage, const leaf *l)
{
    const float(*c)[LEAF] = l->columns;
    const si_points points = {{c[0], c[1], c[2]}};
    const si_spheres spheres = {{c[0], c[1], c[2]}, c[6]};
    const si_cylinders cylinders = {{c[0], c[1], c[2]}, {c[3], c[4], c[5]}, c[6]};
    element_shape shape = l->elements[0].shape;
    return shape == POINT    ? set->distances->near_points(vantage, &points, l->count)
           : shape == SPHERE ? set->distances->near_spheres(vantage, &spheres, l->count)
                             : set->distances->near_cylinders(vantage, &cylinders, l->count);
}

typedef struct tally {
    unsigned within; /* elements within reach */
    unsigned near;   /* of those that the kernels let pass */
    unsigned tested;
} tally;

static void check_leaf(const si_vantage *vantage, double reach, const leaf *l, tally *t)
{
    uint64_t within = 0, mask = near(kernel_sets[0], vantage, l);
    for (unsigned i = 0; i < l->count; i++)
        within |= (uint64_t)(distance(vantage, &l->elements[i]) <= reach) << i;
    if (within & ~mask)
        fail_msg("%s is %.17g away, within %.17g, but left out",
                 describe_element(&l->elements[__builtin_ctzll(within & ~mask)]),
                 distance(vantage, &l->elements[__builtin_ctzll(within & ~mask)]), reach);
    assert_true(mask >> l->count == 0);
    for (unsigned i = 1; i < kernel_set_count; i++)
        assert_int_equal(near(kernel_sets[i], vantage, l), mask);
    t->within += (unsigned)__builtin_popcountll(within);
    t->near += (unsigned)__builtin_popcountll(mask);
    t->tested += l->count;
}

/* The distance of one of the elements, so that there is something to miss; or any. */
static double random_reach(random_source *random, const si_vantage *vantage, const frame *f,
                           const leaf *l)
{
    if (random_below(random, 16) == 0)
        return random_below(random, 2) ? INFINITY : 0;
    double one = distance(vantage, &l->elements[random_below(random, l->count)]);
    return random_below(random, 4) ? one : f->scale * random_between(random, 0, 2);
}

static void check_leaves(element_shape shape)
{
    random_source random = {17 + (uint64_t)shape};
    tally t = {0, 0, 0};
    for (int i = 0; i < full_or_sanitized(40000, 8000); i++) {
        frame f = random_frame(&random);
        leaf l = make_leaf(&random, &f, shape);
        si_vantage vantage = random_vantage(&random, &f, &l.elements[0]);
        double reach = random_reach(&random, &vantage, &f, &l);
        vantage.cutoff = (float)reach;
        check_leaf(&vantage, reach, &l, &t);
    }
    print_message("  %u of %u elements within reach, %u let pass\n", t.within, t.tested, t.near);
    assert_true(t.within > t.tested / 5 && t.near < t.within + t.tested / 10);
}

static void points_that_are_near(void **state)
{
    (void)state;
    check_leaves(POINT);
}

static void spheres_that_are_near(void **state)
{
    (void)state;
    check_leaves(SPHERE);
}

static void cylinders_that_are_near(void **state)
{
    (void)state;
    check_leaves(CYLINDER);
}

/* ---- nodes ---- */

enum { CHILDREN = 32 };

typedef struct node {
    leaf below[CHILDREN];
    bool present[CHILDREN];
    float bounds[6][CHILDREN];
} node;

static void fill_node(random_source *random, element_shape shape, const frame *f, node *n)
{
    for (unsigned i = 0; i < CHILDREN; i++) {
        si_box united = si_box_nothing();
        frame part = *f;
        if (random_below(random, 2))
            part.scale *= 0.1;
        n->below[i] = make_leaf(random, &part, shape);
        n->below[i].count = 1 + random_below(random, 3);
        n->present[i] = random_below(random, 8) > 0;
        for (unsigned j = 0; n->present[i] && j < n->below[i].count; j++) {
            si_box one = bound(&n->below[i].elements[j]);
            si_box_unite(&united, &one);
        }
        for (int k = 0; k < 3; k++) {
            n->bounds[k][i] = united.lower[k];
            n->bounds[k + 3][i] = united.upper[k];
        }
    }
}

static si_overhang overhang(const si_vantage *vantage, element_shape shape)
{
    if (vantage->accuracy == SI_BOUNDING_BOX || shape == POINT)
        return SI_OVERHANG_NONE;
    return shape == SPHERE || vantage->accuracy == SI_EXACT ? SI_OVERHANG_ROUNDING
                                                            : SI_OVERHANG_CAPS;
}

static void check_least(const si_kernel_set *set, const float *bounds)
{
    float least;
    unsigned place = set->distances->find_least(bounds, CHILDREN, &least);
    assert_true(place < CHILDREN && bounds[place] <= least && bounds[place] >= least);
    for (unsigned i = 0; i < CHILDREN; i++)
        assert_true(bounds[i] >= least && (i >= place || bounds[i] > least));
}

/* Returns for how many children the bound is above 0. */
static unsigned check_node(const si_vantage *vantage, element_shape shape, const node *n)
{
    const si_node_boxes boxes = {
        {n->bounds[0], n->bounds[1], n->bounds[2], n->bounds[3], n->bounds[4], n->bounds[5]}};
    float bounds[CHILDREN], others[CHILDREN];
    unsigned apart = 0;
    kernel_sets[0]->distances->bound_nodes(vantage, overhang(vantage, shape), &boxes, CHILDREN,
                                           bounds);
    check_least(kernel_sets[0], bounds);
    for (unsigned i = 1; i < kernel_set_count; i++) {
        kernel_sets[i]->distances->bound_nodes(vantage, overhang(vantage, shape), &boxes, CHILDREN,
                                               others);
        assert_memory_equal(bounds, others, sizeof bounds);
        check_least(kernel_sets[i], others);
    }
    for (unsigned i = 0; i < CHILDREN; i++) {
        assert_int_equal(!n->present[i], isinf(bounds[i]) != 0);
        for (unsigned j = 0; n->present[i] && j < n->below[i].count; j++)
            if (bounds[i] > si_distance_threshold(distance(vantage, &n->below[i].elements[j])))
                fail_msg("a bound of %.9g for %s, which is %.17g away", (double)bounds[i],
                         describe_element(&n->below[i].elements[j]),
                         distance(vantage, &n->below[i].elements[j]));
        apart += n->present[i] && bounds[i] > 0;
    }
    return apart;
}

static void bounds_of_nodes_hold(void **state)
{
    enum { NODES = full_or_sanitized(20000, 6000) };
    (void)state;
    static node n;
    random_source random = {23};
    unsigned apart = 0;
    for (int i = 0; i < NODES; i++) {
        frame f = random_frame(&random);
        element_shape shape = (element_shape)random_below(&random, SHAPE_COUNT);
        fill_node(&random, shape, &f, &n);
        si_vantage vantage = random_vantage(&random, &f, &n.below[0].elements[0]);
        apart += check_node(&vantage, shape, &n);
    }
    print_message("  %u of %u children apart\n", apart, NODES * CHILDREN);
    assert_true(apart > NODES * CHILDREN / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_are_right),     cmocka_unit_test(whole_distances_are_whole),
        cmocka_unit_test(points_that_are_near),    cmocka_unit_test(spheres_that_are_near),
        cmocka_unit_test(cylinders_that_are_near), cmocka_unit_test(bounds_of_nodes_hold),
    };
    return cmocka_run_group_tests(tests, find_kernel_sets, NULL);
}
