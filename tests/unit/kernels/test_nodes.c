/* Nodes: no match is below a child that is not met, and all below a child that is inside match. */
#include "unit/test.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "geometry/predicates.h"
#include "kernels/kernel_set.h"
#include "kernels/match.h"
#include "unit/geometry/oracle.h"

enum { MAX_CHILDREN = 32, MAX_ELEMENTS = 6 };

typedef struct child {
    bool present;
    unsigned count;
    element elements[MAX_ELEMENTS];
} child;

typedef struct node {
    unsigned count;
    child children[MAX_CHILDREN];
    float *bounds[6];
} node;

typedef struct tally {
    unsigned met;
    unsigned inside;
    unsigned missed;
} tally;

static child make_child(random_source *random, const frame *f)
{
    child c = {.present = random_below(random, 10) > 0};
    if (c.present)
        c.count = random_below(random, 2) ? 1 : 1 + random_below(random, MAX_ELEMENTS);
    for (unsigned i = 0; i < c.count; i++) {
        element_shape shape = (element_shape)(random_below(random, 5) * 3 / 5);
        c.elements[i] = random_element(random, f, random_below(random, 2) ? CYLINDER : shape);
    }
    return c;
}

static node make_node(random_source *random, const frame *f)
{
    node n = {.count = 1 + random_below(random, MAX_CHILDREN)};
    for (int k = 0; k < 6; k++) {
        n.bounds[k] = malloc(n.count * sizeof(float));
        assert_non_null(n.bounds[k]);
    }
    for (unsigned i = 0; i < n.count; i++) {
        n.children[i] = make_child(random, f);
        si_box united = si_box_nothing();
        for (unsigned j = 0; j < n.children[i].count; j++) {
            si_box one = bound(&n.children[i].elements[j]);
            si_box_unite(&united, &one);
        }
        for (int k = 0; k < 3; k++) {
            n.bounds[k][i] = united.lower[k];
            n.bounds[k + 3][i] = united.upper[k];
        }
    }
    return n;
}

static void free_node(node *n)
{
    for (int k = 0; k < 6; k++)
        free(n->bounds[k]);
}

static void check_child(const si_query_shape *query, const child *c, bool met, bool inside)
{
    assert_true(c->present || !met);
    assert_true(met || !inside);
    for (unsigned i = 0; i < c->count; i++) {
        bool found = query_meets(query, &c->elements[i]);
        if (found && !met)
            fail_msg("%s: %s is found in a child not met", describe_query(query),
                     describe_element(&c->elements[i]));
        if (inside && !found)
            fail_msg("%s: %s is not found in a child inside", describe_query(query),
                     describe_element(&c->elements[i]));
    }
}

extern const si_kernel_set si_kernels_plain; /* plain_kernels.c */

static void check_same(const si_query_shape *query, const char *name, si_node_match match,
                       si_node_match expected)
{
    if (match.met != expected.met || match.inside != expected.inside)
        fail_msg("%s: with %s kernels %x met, %x inside, with portable kernels %x and %x",
                 describe_query(query), name, match.met, match.inside, expected.met,
                 expected.inside);
}

/* All instruction sets do the same arithmetic, so their answers agree. */
static si_node_match match_with_all_kernels(const si_query_shape *query, const si_node_boxes *boxes,
                                            unsigned count)
{
    static const char *const names[] = {"avx2", "avx512"};
    assert_true(si_use_kernels("portable"));
    si_node_match expected = si_match_nodes(query, boxes, count);
    for (int k = 0; k < 2; k++)
        if (si_use_kernels(names[k]))
            check_same(query, names[k], si_match_nodes(query, boxes, count), expected);
    if (si_query_extent_of(query) == SI_EXTENT_ORDINARY)
        check_same(query, "plain", si_kernels_plain.match_nodes(query, boxes, count), expected);
    return expected;
}

static void check_node_for(const si_query_shape *query, const node *n, tally *counts)
{
    si_node_boxes boxes;
    for (int k = 0; k < 6; k++)
        boxes.bounds[k] = n->bounds[k];
    si_node_match match = match_with_all_kernels(query, &boxes, n->count);
    assert_int_equal(((uint64_t)match.met | match.inside) >> n->count, 0);
    for (unsigned i = 0; i < n->count; i++) {
        bool met = match.met >> i & 1, inside = match.inside >> i & 1;
        check_child(query, &n->children[i], met, inside);
        counts->met += met;
        counts->inside += inside;
        counts->missed += n->children[i].present && !met;
    }
}

static void check_node(const si_query_shape *query, const node *n, tally *counts)
{
    si_query_shape other = *query;
    for (int accuracy = SI_BEST_EFFORT; accuracy <= SI_EXACT; accuracy++) {
        other.accuracy = (si_accuracy)accuracy;
        check_node_for(&other, n, counts);
    }
}

static si_query_shape query_near_node(random_source *random, const frame *f, const node *n)
{
    const child *near = &n->children[random_below(random, n->count)];
    element e = near->count ? near->elements[random_below(random, near->count)]
                            : random_element(random, f, CYLINDER);
    si_query_shape query = random_query(random, f, &e);
    if (query.shape == SI_SHAPE_SPHERE && random_below(random, 4) == 0)
        query = sphere_query(query.center, query.radius * 20, query.accuracy);
    return query;
}

static void matches_are_below_children_that_are_met(void **state)
{
    (void)state;
    enum { NODES = full_or_sanitized(12000, 3000) };
    random_source random = {51};
    tally counts = {0};
    for (int i = 0; i < NODES; i++) {
        frame f = random_frame(&random);
        node n = make_node(&random, &f);
        si_query_shape query = query_near_node(&random, &f, &n);
        check_node(&query, &n, &counts);
        free_node(&n);
    }
    print_message("  %u children met, %u of them inside, %u not met\n", counts.met, counts.inside,
                  counts.missed);
    assert_true(counts.inside > NODES && counts.met > 2 * counts.inside);
    assert_true(counts.missed > 10 * NODES);
}

/* The worst for the slack: one nearly axis-parallel cylinder, whose reach along its axis loses most
 * by rounding, around the origin or far away. */
static element grazed_cylinder(random_source *random, const frame *f)
{
    element e = {.shape = CYLINDER};
    int main_axis = (int)random_below(random, 3);
    int tilt_axis = (main_axis + 1 + (int)random_below(random, 2)) % 3;
    double tilt = pow(10, random_between(random, -5, -1.5));
    for (int k = 0; k < 3; k++) {
        double step = k == main_axis ? f->scale : k == tilt_axis ? f->scale * tilt : 0;
        step *= random_between(random, -1, 1);
        e.p1[k] = (float)(f->origin[k] - step / 2);
        e.p2[k] = (float)(f->origin[k] + step / 2);
    }
    e.radius = (float)fmin(1e37, f->scale * pow(10, random_between(random, -2, 2)));
    return e;
}

/* The unit vectors along the cylinder, and across it, as far along `axis` as possible. */
static void find_directions(const element *e, int axis, double along[3], double across[3])
{
    double v[3], length = 0, size = 0;
    for (int k = 0; k < 3; k++) {
        v[k] = (double)e->p2[k] - (double)e->p1[k];
        length += v[k] * v[k];
    }
    for (int k = 0; k < 3; k++) {
        across[k] = (k == axis) - v[k] * v[axis] / length;
        size += across[k] * across[k];
    }
    for (int k = 0; k < 3; k++) {
        along[k] = (v[axis] < 0 ? -1 : 1) * v[k] / sqrt(length);
        across[k] /= sqrt(size);
    }
}

/* A point to which the point of the rim of a cap that is farthest along an axis is nearest: the
 * ball that reaches just there comes askew, so that its box overlaps that of the cylinder. */
static void point_beyond_rim(random_source *random, const element *e, float point[3])
{
    double along[3], across[3];
    int axis = (int)random_below(random, 3);
    find_directions(e, axis, along, across);
    const float *end = (e->p2[axis] < e->p1[axis]) ? e->p1 : e->p2;
    double step = pow(10, random_between(random, -8, 1)) * (double)e->radius;
    double angle = random_between(random, 0, 1.5707);
    for (int k = 0; k < 3; k++)
        point[k] = (float)((double)end[k] + (double)e->radius * across[k] +
                           step * (cos(angle) * along[k] + sin(angle) * across[k]));
}

static void shapes_that_stick_out_of_their_box_are_not_missed(void **state)
{
    (void)state;
    random_source random = {52};
    enum { CASES = full_or_sanitized(150000, 30000) };
    unsigned found = 0, sticking_out = 0;
    for (int i = 0; i < CASES; i++) {
        frame f = random_frame(&random);
        element e = grazed_cylinder(&random, &f);
        float center[3];
        point_beyond_rim(&random, &e, center);
        if (isnan(center[0] + center[1] + center[2]))
            continue; /* along the axis, no point of the rim is the farthest one */
        float radius = (float)oracle_distance_to_point(&e, center);
        si_query_shape query = sphere_query(
            center, nextafterf(nextafterf(radius, INFINITY), INFINITY), SI_BEST_EFFORT);
        si_box box = bound(&e);
        si_node_boxes boxes = {{&box.lower[0], &box.lower[1], &box.lower[2], &box.upper[0],
                                &box.upper[1], &box.upper[2]}};
        if (!query_meets(&query, &e))
            continue; /* the boxes may be disjoint, which is no fault */
        found++;
        query.accuracy = SI_BOUNDING_BOX;
        sticking_out += !query_meets(&query, &e);
        query.accuracy = SI_BEST_EFFORT;
        if (!(match_with_all_kernels(&query, &boxes, 1).met & 1))
            fail_msg("%s: %s is found in a child not met", describe_query(&query),
                     describe_element(&e));
    }
    print_message("  %u found, %u of them nearer than their box\n", found, sticking_out);
    assert_true(found > CASES / 5 && sticking_out > CASES / 1500);
}

static void absent_children_never_match(void **state)
{
    (void)state;
    si_box nothing = si_box_nothing();
    float bounds[6][32];
    for (int k = 0; k < 6; k++)
        for (int i = 0; i < 32; i++)
            bounds[k][i] = i == 5 ? 0 : k < 3 ? nothing.lower[k] : nothing.upper[k - 3];
    si_node_boxes boxes;
    for (int k = 0; k < 6; k++)
        boxes.bounds[k] = bounds[k];
    float low[3] = {-INFINITY, -INFINITY, -INFINITY}, high[3] = {INFINITY, INFINITY, INFINITY};
    si_query_shape queries[] = {box_query(low, high, SI_BEST_EFFORT),
                                sphere_query(high, INFINITY, SI_BEST_EFFORT),
                                sphere_query((float[3]){0, 0, 0}, FLT_MAX, SI_BOUNDING_BOX)};
    for (int i = 0; i < 3; i++) {
        si_node_match match = match_with_all_kernels(&queries[i], &boxes, 32);
        assert_int_equal(match.met, 1U << 5);
        assert_int_equal(match.inside, i < 2 ? 1U << 5 : 0);
    }
    si_query_shape at_infinity = sphere_query(high, 1, SI_BEST_EFFORT);
    assert_int_equal(si_match_nodes(&at_infinity, &boxes, 32).met, 0);
}

static void a_ball_tells_near_far_and_inside_apart(void **state)
{
    (void)state;
    float lower[] = {0, 0.9F, 2, -0.5F}, upper[] = {0.5F, 1.5F, 3, 0.5F}, zero[4] = {0};
    si_node_boxes boxes = {{lower, zero, zero, upper, zero, zero}};
    si_query_shape query = sphere_query((float[3]){0, 0, 0}, 1, SI_BEST_EFFORT);
    si_node_match match = match_with_all_kernels(&query, &boxes, 4);
    assert_int_equal(match.met, 0xB);
    assert_int_equal(match.inside, 0x9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_are_below_children_that_are_met),
        cmocka_unit_test(shapes_that_stick_out_of_their_box_are_not_missed),
        cmocka_unit_test(absent_children_never_match),
        cmocka_unit_test(a_ball_tells_near_far_and_inside_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
