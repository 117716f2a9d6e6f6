/* The kernels say what the predicates say, element by element. */
#include "unit/test.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "geometry/predicates.h"
#include "kernels/kernel_set.h"

#include "kernels/match.h"
#include "unit/geometry/oracle.h"

/* Columns that end where memory ends, so that reading beyond them is fatal, with any tool and
 * without. */
typedef struct leaf {
    unsigned count;
    element elements[64];
    float *columns[7];
} leaf;

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

/* The end of a page, before one that cannot be read. */
static float *map_column_end(void)
{
    char *pages = mmap(NULL, 2 * page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                       -1, 0);
    assert_true(pages != MAP_FAILED);
    assert_int_equal(mprotect(pages + page_size(), page_size(), PROT_NONE), 0);
    return (float *)(void *)(pages + page_size());
}

static float *column_ends[7];

static void fill_columns(leaf *l)
{
    for (int column = 0; column < 7; column++) {
        if (!column_ends[column])
            column_ends[column] = map_column_end();
        l->columns[column] = column_ends[column] - l->count;
    }
    for (unsigned i = 0; i < l->count; i++) {
        for (int k = 0; k < 3; k++) {
            l->columns[k][i] = l->elements[i].p1[k];
            l->columns[k + 3][i] = l->elements[i].p2[k];
        }
        l->columns[6][i] = l->elements[i].radius;
    }
}

static leaf make_leaf(random_source *random, const frame *f, element_shape shape)
{
    leaf l = {.count = random_below(random, 3) ? 64 : 1 + random_below(random, 64)};
    for (unsigned i = 0; i < l.count; i++)
        l.elements[i] = random_element(random, f, shape);
    fill_columns(&l);
    return l;
}

extern const si_kernel_set si_kernels_plain; /* plain_kernels.c */

static uint64_t match(const si_query_shape *query, const leaf *l, element_shape shape)
{
    float *const *c = l->columns;
    si_points points = {{c[0], c[1], c[2]}};
    si_spheres spheres = {{c[0], c[1], c[2]}, c[6]};
    si_cylinders cylinders = {{c[0], c[1], c[2]}, {c[3], c[4], c[5]}, c[6]};
    return shape == POINT    ? si_match_points(query, &points, l->count)
           : shape == SPHERE ? si_match_spheres(query, &spheres, l->count)
                             : si_match_cylinders(query, &cylinders, l->count);
}

static si_leaf_masks filter(const si_kernel_set *set, const si_query_shape *query, const leaf *l,
                            element_shape shape)
{
    float *const *c = l->columns;
    si_points points = {{c[0], c[1], c[2]}};
    si_spheres spheres = {{c[0], c[1], c[2]}, c[6]};
    si_cylinders cylinders = {{c[0], c[1], c[2]}, {c[3], c[4], c[5]}, c[6]};
    return shape == POINT    ? set->leaf_test_points(query, &points, l->count)
           : shape == SPHERE ? set->leaf_test_spheres(query, &spheres, l->count)
                             : set->leaf_test_cylinders(query, &cylinders, l->count);
}

/* The arithmetic is the same, so the same is left open. */
static void check_plain_vectors(const si_query_shape *query, const leaf *l, element_shape shape)
{
    if (si_query_extent_of(query) != SI_EXTENT_ORDINARY)
        return;
    si_leaf_masks plain = filter(&si_kernels_plain, query, l, shape);
    si_leaf_masks portable = filter(&si_kernels_portable, query, l, shape);
    if (plain.sure != portable.sure || plain.undecided != portable.undecided)
        fail_msg("%s: plain vectors say otherwise", describe_query(query));
}

/* Bit by bit what the predicates say. */
static uint64_t expected_mask(const si_query_shape *query, const leaf *l)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < l->count; i++)
        mask |= (uint64_t)query_meets(query, &l->elements[i]) << i;
    return mask;
}

static const char *const kernel_names[] = {"portable", "avx2", "avx512"};
enum { KERNELS = sizeof kernel_names / sizeof *kernel_names };

/* The kernels of every instruction set that the processor has. */
static unsigned check_leaf(const si_query_shape *query, const leaf *l, element_shape shape)
{
    uint64_t expected = expected_mask(query, l);
    check_plain_vectors(query, l, shape);
    for (int k = 0; k < KERNELS; k++) {
        if (!si_use_kernels(kernel_names[k]))
            continue;
        uint64_t mask = match(query, l, shape);
        if (mask == expected)
            continue;
        unsigned i = (unsigned)__builtin_ctzll(mask ^ expected);
        fail_msg("%s, %s: element %u of %u, %s: %s", kernel_names[k], describe_query(query), i,
                 l->count, describe_element(&l->elements[i]),
                 mask >> i & 1 ? "found" : "not found");
    }
    return (unsigned)__builtin_popcountll(expected);
}

static void check_kind(element_shape shape)
{
    enum { LEAVES = 2500, QUERIES = 8 };
    random_source random = {31 + (uint64_t)shape};
    unsigned hits = 0, tests = 0;
    for (int i = 0; i < LEAVES; i++) {
        frame f = random_frame(&random);
        leaf l = make_leaf(&random, &f, shape);
        for (int j = 0; j < QUERIES; j++) {
            const element *near = &l.elements[random_below(&random, l.count)];
            si_query_shape query = random_query(&random, &f, near);
            hits += check_leaf(&query, &l, shape);
            tests += l.count;
        }
    }
    print_message("  %u of %u elements found\n", hits, tests);
    assert_true(hits > tests / 50 && hits < tests - tests / 10);
}

static float float_of_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The bits of the least radius, up to infinity's, with which the element is found. */
static uint32_t least_radius_found(const si_query_shape *query, element e)
{
    const uint32_t infinity = 0x7F800000;
    uint32_t low = 0, high = infinity;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        e.radius = float_of_bits(middle);
        if (query_meets(query, &e))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Gives elements the radius with which they just touch, or nearly: some more or fewer last digits,
 * from none to beyond the margins of the filters. Returns how many. */
static unsigned let_elements_touch(random_source *random, const si_query_shape *query, leaf *l)
{
    unsigned touching = 0;
    for (unsigned i = 0; i < l->count; i++) {
        uint32_t bits = least_radius_found(query, l->elements[i]);
        int step = 1 << random_below(random, 12);
        int away = (int)random_below(random, (unsigned)(2 * step)) - step;
        if (bits < 4096 || bits > 0x7F7F0000)
            continue;
        l->elements[i].radius = float_of_bits(bits + (uint32_t)away);
        touching++;
    }
    fill_columns(l);
    return touching;
}

static void check_touching(element_shape shape)
{
    enum { LEAVES = 1200 };
    random_source random = {61 + (uint64_t)shape};
    unsigned hits = 0, touching = 0;
    for (int i = 0; i < LEAVES; i++) {
        frame f = random_frame(&random);
        leaf l = make_leaf(&random, &f, shape);
        si_query_shape query = random_query(&random, &f, &l.elements[0]);
        touching += let_elements_touch(&random, &query, &l);
        hits += check_leaf(&query, &l, shape);
    }
    print_message("  %u elements touch or nearly, %u found\n", touching, hits);
    assert_true(touching > LEAVES * 30 && hits > touching / 4);
}

static void spheres_that_touch(void **state)
{
    (void)state;
    check_touching(SPHERE);
}

static void cylinders_that_touch(void **state)
{
    (void)state;
    check_touching(CYLINDER);
}

static void points(void **state)
{
    (void)state;
    check_kind(POINT);
}

static void spheres(void **state)
{
    (void)state;
    check_kind(SPHERE);
}

static void cylinders(void **state)
{
    (void)state;
    check_kind(CYLINDER);
}

static void infinite_queries(void **state)
{
    (void)state;
    random_source random = {41};
    const float values[] = {-INFINITY, INFINITY, 0, 1};
    for (int i = 0; i < full_or_sanitized(2000, 700); i++) {
        frame f = random_frame(&random);
        element_shape shape = (element_shape)random_below(&random, SHAPE_COUNT);
        leaf l = make_leaf(&random, &f, shape);
        float a[3], b[3];
        for (int k = 0; k < 3; k++) {
            a[k] = values[random_below(&random, 4)];
            b[k] = values[random_below(&random, 4)];
        }
        si_accuracy accuracy = (si_accuracy)random_below(&random, 3);
        si_query_shape box = box_query(a, b, accuracy);
        check_leaf(&box, &l, shape);
        si_query_shape sphere = sphere_query(a, fabsf(values[random_below(&random, 4)]), accuracy);
        check_leaf(&sphere, &l, shape);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points),
        cmocka_unit_test(spheres),
        cmocka_unit_test(cylinders),
        cmocka_unit_test(spheres_that_touch),
        cmocka_unit_test(cylinders_that_touch),
        cmocka_unit_test(infinite_queries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
