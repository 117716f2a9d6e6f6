/* Filtered queries find what the same queries find without, less what does not pass. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "query/value_set.h"
#include "unit/support/elements.h"

/* ---- sets of values ---- */

static bool is_among(const uint64_t *values, size_t count, uint64_t value)
{
    for (size_t i = 0; i < count; i++)
        if (values[i] == value)
            return true;
    return false;
}

static void check_set(const uint64_t *values, size_t count, uint64_t *seed)
{
    si_value_set set;
    assert_int_equal(si_value_set_make(&set, values, count, NULL), SI_OK);
    for (size_t i = 0; i < count; i++) {
        assert_true(si_value_set_holds(&set, values[i]));
        for (int step = -65; step <= 65; step++) {
            uint64_t value = values[i] + (uint64_t)step;
            assert_int_equal(si_value_set_holds(&set, value), is_among(values, count, value));
        }
    }
    for (int i = 0; i < 200; i++) {
        uint64_t value = random_bits(seed) >> random_bits(seed) % 64;
        assert_int_equal(si_value_set_holds(&set, value), is_among(values, count, value));
    }
    si_value_set_free(&set);
}

static void sets_hold_their_values(void **state)
{
    (void)state;
    uint64_t seed = 1, values[300];
    check_set(NULL, 0, &seed);
    check_set((uint64_t[]){0}, 1, &seed);
    check_set((uint64_t[]){UINT64_MAX}, 1, &seed);
    check_set((uint64_t[]){0, UINT64_MAX}, 2, &seed);
    check_set((uint64_t[]){UINT64_MAX, 7, UINT64_MAX, 7, 0}, 5, &seed);
    check_set((uint64_t[]){5, UINT64_C(1) << 20, (UINT64_C(1) << 20) + 5}, 3, &seed);
    check_set((uint64_t[]){5, (UINT64_C(1) << 20) + 4}, 2, &seed);
    for (unsigned shift = 0; shift < 64; shift += 3) {
        for (size_t i = 0; i < 300; i++)
            values[i] = random_bits(&seed) >> shift;
        check_set(values, 300, &seed);
        for (size_t i = 0; i < 300; i++)
            values[i] = (random_bits(&seed) % 16) << shift % 60;
        check_set(values, 300, &seed);
    }
}

/* ---- queries ---- */

typedef struct found_elements {
    uint64_t count;
    uint64_t *ids;     /* gid */
    uint64_t *post;    /* section id */
    uint64_t *pre;     /* segment id */
    uint8_t *type;     /* section type */
    float (*place)[3]; /* centroid or position */
} found_elements;

static found_elements allocate_found(uint64_t capacity)
{
    return (found_elements){0,
                            calloc(capacity + 1, sizeof(uint64_t)),
                            calloc(capacity + 1, sizeof(uint64_t)),
                            calloc(capacity + 1, sizeof(uint64_t)),
                            calloc(capacity + 1, 1),
                            calloc(capacity + 1, sizeof(float[3]))};
}

static void free_found(found_elements *found)
{
    free(found->ids);
    free(found->post);
    free(found->pre);
    free(found->type);
    free(found->place);
}

/* 32-bit fields come into the first half of the array. */
static void widen(uint64_t *values, uint64_t count)
{
    for (uint64_t i = count; i-- > 0;) {
        uint32_t narrow;
        memcpy(&narrow, (char *)values + i * sizeof narrow, sizeof narrow);
        values[i] = narrow;
    }
}

static size_t list_columns(si_element_kind kind, const found_elements *found, si_column columns[5])
{
    if (kind == SI_SEGMENT) {
        const si_column all[] = {{SI_FIELD_GID, found->ids},
                                 {SI_FIELD_SECTION_ID, found->post},
                                 {SI_FIELD_SEGMENT_ID, found->pre},
                                 {SI_FIELD_SECTION_TYPE, found->type},
                                 {SI_FIELD_CENTROID, found->place}};
        memcpy(columns, all, sizeof all);
        return 5;
    }
    columns[0] = (si_column){SI_FIELD_ID, found->ids};
    columns[1] = (si_column){kind == SI_SPHERE ? SI_FIELD_CENTROID : SI_FIELD_POSITION,
                             found->place};
    columns[2] = (si_column){SI_FIELD_POST_GID, found->post};
    columns[3] = (si_column){SI_FIELD_PRE_GID, found->pre};
    return kind == SI_SYNAPSE ? 4 : 2;
}

static found_elements find(const si_index *index, si_element_kind kind, uint64_t capacity,
                           const si_query *query)
{
    si_error error = {0};
    si_column columns[5];
    found_elements found = allocate_found(capacity);
    size_t column_count = list_columns(kind, &found, columns);
    assert_ok(si_index_find(index, query, columns, column_count, capacity, &found.count, &error),
              error);
    assert_true(found.count <= capacity);
    if (kind == SI_SEGMENT) {
        widen(found.post, found.count);
        widen(found.pre, found.count);
    }
    return found;
}

/* ---- conditions ---- */

typedef struct random_filter {
    si_element_kind kind;
    si_condition conditions[4];
    size_t count;
    uint64_t values[4][64];
    si_filter *filter;
} random_filter;

static si_field random_field(si_element_kind kind, uint64_t *seed)
{
    static const si_field of_morphologies[] = {SI_FIELD_GID, SI_FIELD_SECTION_ID,
                                               SI_FIELD_SEGMENT_ID, SI_FIELD_SECTION_TYPE,
                                               SI_FIELD_IS_SOMA};
    static const si_field of_synapses[] = {SI_FIELD_ID, SI_FIELD_POST_GID, SI_FIELD_PRE_GID};
    return kind == SI_SEGMENT   ? of_morphologies[random_bits(seed) % 5]
           : kind == SI_SYNAPSE ? of_synapses[random_bits(seed) % 3]
                                : SI_FIELD_ID;
}

static uint64_t random_value(si_field field, uint64_t *seed)
{
    uint64_t range = field == SI_FIELD_IS_SOMA        ? 2
                     : field == SI_FIELD_SECTION_TYPE ? 6
                     : field == SI_FIELD_ID           ? 3000
                                                      : 100;
    /* Now and then one that no element has, and that makes a table of the set. */
    return random_bits(seed) % 32 ? random_bits(seed) % range : random_bits(seed);
}

static void make_filter(random_filter *filter, si_element_kind kind, uint64_t *seed)
{
    si_error error = {0};
    filter->kind = kind;
    filter->count = random_bits(seed) % 8 ? 1 + random_bits(seed) % 2 : random_bits(seed) % 5;
    for (size_t i = 0; i < filter->count; i++) {
        si_field field = random_field(kind, seed);
        size_t count = random_bits(seed) % 16 ? 1 + random_bits(seed) % 64 : 0;
        if (field == SI_FIELD_SECTION_TYPE || field == SI_FIELD_IS_SOMA)
            count = random_bits(seed) % 4;
        for (size_t j = 0; j < count; j++)
            filter->values[i][j] = random_value(field, seed);
        filter->conditions[i] = (si_condition){field, filter->values[i], count};
    }
    assert_ok(si_filter_create(kind, filter->conditions, filter->count, &filter->filter, &error),
              error);
}

static uint64_t field_of(const found_elements *found, uint64_t i, si_field field)
{
    switch (field) {
    case SI_FIELD_SECTION_ID:
    case SI_FIELD_POST_GID:
        return found->post[i];
    case SI_FIELD_SEGMENT_ID:
    case SI_FIELD_PRE_GID:
        return found->pre[i];
    case SI_FIELD_SECTION_TYPE:
        return found->type[i];
    case SI_FIELD_IS_SOMA:
        return found->post[i] == 0;
    default:
        return found->ids[i];
    }
}

static bool passes(const random_filter *filter, const found_elements *found, uint64_t i)
{
    for (size_t j = 0; j < filter->count; j++) {
        const si_condition *condition = &filter->conditions[j];
        if (!is_among(condition->values, condition->count, field_of(found, i, condition->field)))
            return false;
    }
    return true;
}

/* ---- the comparison ---- */

static void check_same_element(const found_elements *a, uint64_t i, const found_elements *b,
                               uint64_t j)
{
    assert_int_equal(a->ids[i], b->ids[j]);
    assert_int_equal(a->post[i], b->post[j]);
    assert_int_equal(a->pre[i], b->pre[j]);
    assert_int_equal(a->type[i], b->type[j]);
    assert_memory_equal(a->place[i], b->place[j], sizeof a->place[i]);
}

static int add_visited(void *context, const si_column *columns, size_t column_count, uint64_t count)
{
    (void)columns, (void)column_count;
    *(uint64_t *)context += count;
    return 0;
}

static void check_matches(const si_index *index, const si_query queries[2], uint64_t expected)
{
    si_batch *matches;
    assert_int_equal(si_batch_create(&matches, NULL), SI_OK);
    assert_int_equal(si_batch_find(index, queries, 2, 1, matches, NULL), SI_OK);
    assert_int_equal(si_batch_offsets(matches)[1], expected);
    assert_int_equal(si_batch_offsets(matches)[2], 2 * expected);
    si_batch_free(matches);
}

static void check_other_answers(const si_index *index, const si_query *query, si_field id_field,
                                uint64_t expected)
{
    uint64_t count = 7, visited = 0, grouped = 0, counts[2];
    bool empty;
    si_group_counts groups;
    const si_query both[] = {*query, *query};
    assert_int_equal(si_index_count(index, query, &count, NULL), SI_OK);
    assert_int_equal(count, expected);
    assert_int_equal(si_index_empty(index, query, &empty, NULL), SI_OK);
    assert_int_equal(empty, expected == 0);
    assert_int_equal(si_index_visit(index, query, &id_field, 1, add_visited, &visited, NULL),
                     SI_OK);
    assert_int_equal(visited, expected);
    assert_int_equal(si_index_count_groups(index, query, &id_field, 1, &groups, NULL), SI_OK);
    for (uint64_t i = 0; i < groups.group_count; i++)
        grouped += groups.counts[i];
    assert_int_equal(grouped, expected);
    si_group_counts_free(&groups);
    assert_int_equal(si_batch_count(index, both, 2, 1, counts, NULL), SI_OK);
    assert_true(counts[0] == expected && counts[1] == expected);
    check_matches(index, both, expected);
}

static uint64_t check_filter(const si_index *index, si_element_kind kind, uint64_t capacity,
                             const si_query *query, const random_filter *filter)
{
    si_query filtered = *query;
    filtered.filter = filter->filter;
    found_elements all = find(index, kind, capacity, query),
                   some = find(index, kind, capacity, &filtered);
    uint64_t expected = 0;
    for (uint64_t i = 0; i < all.count; i++) {
        if (!passes(filter, &all, i))
            continue;
        assert_true(expected < some.count);
        check_same_element(&all, i, &some, expected++);
    }
    assert_int_equal(some.count, expected);
    check_other_answers(index, &filtered, id_field(kind), expected);
    free_found(&all);
    free_found(&some);
    return expected;
}

/* The nearest that pass are, of all in the order of their distances, the first that pass. */
static void check_nearest(const si_index *index, si_element_kind kind, uint64_t capacity,
                          uint64_t k, const double point[3], si_accuracy accuracy,
                          const random_filter *filter)
{
    si_nearest_query nearest;
    si_error error = {0};
    si_column columns[5];
    found_elements all = allocate_found(capacity), some = allocate_found(capacity);
    assert_ok(si_query_nearest(point, capacity, INFINITY, accuracy, &nearest, &error), error);
    size_t column_count = list_columns(kind, &all, columns);
    assert_ok(
        si_index_find_nearest(index, &nearest, columns, column_count, NULL, &all.count, &error),
        error);
    nearest.k = k;
    nearest.filter = filter->filter;
    list_columns(kind, &some, columns);
    assert_ok(
        si_index_find_nearest(index, &nearest, columns, column_count, NULL, &some.count, &error),
        error);
    if (kind == SI_SEGMENT) {
        widen(all.post, all.count);
        widen(all.pre, all.count);
        widen(some.post, some.count);
        widen(some.pre, some.count);
    }
    uint64_t expected = 0;
    for (uint64_t i = 0; i < all.count && expected < k; i++)
        if (passes(filter, &all, i))
            check_same_element(&all, i, &some, expected++);
    assert_int_equal(some.count, expected);
    free_found(&all);
    free_found(&some);
}

static si_accuracy random_accuracy(uint64_t *seed)
{
    static const si_accuracy accuracies[] = {SI_BEST_EFFORT, SI_BOUNDING_BOX, SI_EXACT};
    return accuracies[random_bits(seed) % 3];
}

static si_query random_query(const element_scatter *scatter, uint64_t *seed, double corner[3])
{
    si_accuracy accuracy = random_accuracy(seed);
    double opposite[3];
    si_query queries[6];
    float size = scatter->extent * powf(10, random_float(seed, -1, 0.5f));
    for (int axis = 0; axis < 3; axis++) {
        corner[axis] = (double)random_float(seed, -scatter->extent, scatter->extent);
        opposite[axis] = corner[axis] + (double)random_float(seed, -size, size);
    }
    const double axes[2][3] = {{1, 2, 0}, {2, -1, 0}}, sides[3] = {(double)size, 10, 20};
    const double radius = (double)random_float(seed, 1, size);
    si_result status[] = {si_query_box(corner, opposite, accuracy, &queries[0], NULL),
                          si_query_sphere(corner, radius, accuracy, &queries[1], NULL),
                          si_query_capsule(corner, opposite, radius, accuracy, &queries[2], NULL),
                          si_query_cylinder(corner, opposite, radius, accuracy, &queries[3], NULL),
                          si_query_oriented_box(corner, axes, sides, accuracy, &queries[4], NULL),
                          si_query_box(corner, opposite, SI_CENTER, &queries[5], NULL)};
    for (int i = 0; i < 6; i++)
        assert_int_equal(status[i], SI_OK);
    return queries[random_bits(seed) % 6];
}

static const element_scatter spread = {.extent = 100, .length = 5, .radius = 2};

static void check_index(const si_index *index, si_element_kind kind, uint64_t count, int rounds)
{
    uint64_t seed = 5 + count, total = 0;
    for (int i = 0; i < rounds; i++) {
        random_filter filter;
        double point[3];
        make_filter(&filter, kind, &seed);
        si_query query = random_query(&spread, &seed, point);
        total += check_filter(index, kind, count, &query, &filter);
        const uint64_t numbers[] = {1, 10, 100};
        check_nearest(index, kind, count, numbers[random_bits(&seed) % 3], point,
                      random_accuracy(&seed), &filter);
        si_filter_free(filter.filter);
    }
    assert_true(count < 100 || total > 0);
}

static test_elements make_cells(si_element_kind kind, uint64_t count)
{
    test_elements elements = make_elements(kind, count, &spread, 5 + count);
    for (uint64_t i = 0; kind == SI_SEGMENT && i < count; i++)
        elements.id[i] = i % 100;
    return elements;
}

static void check_kind(si_element_kind kind, uint64_t count, int rounds)
{
    test_elements elements = make_cells(kind, count);
    si_index *index = build_elements(&elements, NULL, NULL);
    check_index(index, kind, count, rounds);
    si_index_close(index);
    free_elements(&elements);
}

/* In a folder, of one file or of several, mapped or read into a small cache. */
static void check_files(si_element_kind kind, uint64_t count, int rounds, int multi_index,
                        si_reading reading)
{
    test_elements elements = make_cells(kind, count);
    char *folder = make_test_folder();
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    si_open_options open_options = SI_OPEN_OPTIONS_INIT;
    si_index *index;
    si_error error = {0};
    options.multi_index = multi_index;
    open_options.reading = reading;
    open_options.max_cache_bytes = 1;
    si_index_close(build_elements(&elements, folder, &options));
    assert_ok(si_index_open(folder, &open_options, &index, &error), error);
    check_index(index, kind, count, rounds);
    si_index_close(index);
    remove_test_folder(folder);
    free_elements(&elements);
}

static void every_kind_is_filtered(void **state)
{
    static const uint64_t counts[] = {0, 1, 63, 64, 65, 1000, 3000};
    (void)state;
    for (int kind = SI_POINT; kind <= SI_SEGMENT; kind++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            check_kind((si_element_kind)kind, counts[i], full_or_sanitized(60, 20));
}

static void whole_subtrees_are_filtered(void **state)
{
    (void)state;
    check_kind(SI_SEGMENT, full_or_sanitized(100000, 40000), 8);
    check_kind(SI_SYNAPSE, full_or_sanitized(100000, 40000), 8);
}

static void files_of_every_sort_are_filtered(void **state)
{
    const uint64_t count = full_or_sanitized(50000, 20000);
    (void)state;
    check_files(SI_SEGMENT, count, 12, 0, SI_READING_EXPLICIT);
    check_files(SI_SYNAPSE, count, 12, 0, SI_READING_EXPLICIT);
    check_files(SI_SEGMENT, count, 12, 1, SI_READING_MAPPED);
    check_files(SI_SYNAPSE, count, 12, 1, SI_READING_MAPPED);
}

/* ---- extreme sets ---- */

static uint64_t count_all(const si_index *index, const si_condition *condition)
{
    const double lower[3] = {-INFINITY, -INFINITY, -INFINITY};
    const double upper[3] = {INFINITY, INFINITY, INFINITY};
    si_query query;
    si_filter *filter;
    uint64_t count = 0;
    assert_int_equal(si_filter_create(SI_SEGMENT, condition, 1, &filter, NULL), SI_OK);
    assert_int_equal(si_query_box(lower, upper, SI_BEST_EFFORT, &query, NULL), SI_OK);
    query.filter = filter;
    assert_int_equal(si_index_count(index, &query, &count, NULL), SI_OK);
    si_filter_free(filter);
    return count;
}

static uint64_t *make_values(uint64_t first, uint64_t step, size_t count)
{
    uint64_t *values = malloc(count * sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = first + i * step;
    return values;
}

/* Sets of no value, of unknown ones, and of very many. */
static void extreme_sets_are_taken(void **state)
{
    enum { ELEMENTS = 1000, MANY = 1000000 };
    const element_scatter scatter = {.extent = 100, .length = 5, .radius = 2};
    test_elements elements = make_elements(SI_SEGMENT, ELEMENTS, &scatter, 3);
    (void)state;
    for (uint64_t i = 0; i < ELEMENTS; i++)
        elements.id[i] = 1000 * i;
    si_index *index = build_elements(&elements, NULL, NULL);
    uint64_t *all = make_values(0, 1, MANY), *scattered = make_values(0, 5000 << 8, MANY);
    uint64_t *beyond = make_values(UINT64_MAX - MANY, 1, MANY);
    assert_int_equal(count_all(index, &(si_condition){SI_FIELD_GID, all, 0}), 0);
    assert_int_equal(count_all(index, &(si_condition){SI_FIELD_GID, NULL, 0}), 0);
    assert_int_equal(count_all(index, &(si_condition){SI_FIELD_GID, all, MANY}), ELEMENTS);
    assert_int_equal(count_all(index, &(si_condition){SI_FIELD_GID, all + 1, 999}), 0);
    assert_int_equal(count_all(index, &(si_condition){SI_FIELD_GID, scattered, MANY}), 1);
    assert_int_equal(count_all(index, &(si_condition){SI_FIELD_GID, beyond, MANY}), 0);
    si_index_close(index);
    free(all);
    free(scattered);
    free(beyond);
    free_elements(&elements);
}

/* ---- what is asked ---- */

static void check_refused(si_element_kind kind, si_field field, const char *words)
{
    const uint64_t value = 1;
    si_filter *filter = NULL;
    si_error error = {0};
    assert_int_equal(si_filter_create(kind, &(si_condition){field, &value, 1}, 1, &filter, &error),
                     SI_ERROR_ARGUMENT);
    assert_null(filter);
    if (!strstr(error.message, words))
        fail_msg("%s", error.message);
}

static void senseless_conditions_are_refused(void **state)
{
    (void)state;
    check_refused(SI_POINT, SI_FIELD_GID, "by gid: a point index has no such field");
    check_refused(SI_SYNAPSE, SI_FIELD_SECTION_TYPE, "by section_type: a synapse index");
    check_refused(SI_SYNAPSE, SI_FIELD_POSITION, "cannot filter by position");
    check_refused(SI_SEGMENT, SI_FIELD_IDS, "cannot filter by ids");
    check_refused(SI_SEGMENT, SI_FIELD_RADIUS, "cannot filter by radius");
    check_refused(SI_SEGMENT, (si_field)99, "by 99: there is no such field");
    check_refused((si_element_kind)9, SI_FIELD_ID, "9 is not an element kind");
    si_filter *filter;
    si_error error = {0};
    assert_int_equal(si_filter_create(SI_POINT, NULL, 2, &filter, &error), SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "conditions of a filter are NULL"));
}

static void a_filter_of_another_kind_is_refused(void **state)
{
    (void)state;
    const element_scatter scatter = {.extent = 1};
    test_elements elements = make_elements(SI_POINT, 10, &scatter, 1);
    si_index *index = build_elements(&elements, NULL, NULL);
    si_filter *filter;
    si_query query;
    si_nearest_query nearest;
    si_error error = {0};
    uint64_t count;
    assert_int_equal(si_filter_create(SI_SYNAPSE, NULL, 0, &filter, NULL), SI_OK);
    si_query_sphere((double[3]){0, 0, 0}, 1, SI_EXACT, &query, NULL);
    si_query_nearest((double[3]){0, 0, 0}, 1, 1, SI_EXACT, &nearest, NULL);
    query.filter = nearest.filter = filter;
    assert_int_equal(si_index_count(index, &query, &count, &error), SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "synapse"));
    assert_int_equal(si_index_find_nearest(index, &nearest, NULL, 0, NULL, &count, &error),
                     SI_ERROR_ARGUMENT);
    si_filter_free(filter);
    si_filter_free(NULL);
    si_index_close(index);
    free_elements(&elements);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_hold_their_values),
        cmocka_unit_test(every_kind_is_filtered),
        cmocka_unit_test(whole_subtrees_are_filtered),
        cmocka_unit_test(files_of_every_sort_are_filtered),
        cmocka_unit_test(extreme_sets_are_taken),
        cmocka_unit_test(senseless_conditions_are_refused),
        cmocka_unit_test(a_filter_of_another_kind_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
