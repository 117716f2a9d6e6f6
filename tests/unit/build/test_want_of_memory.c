/* Whatever allocation fails while an index is opened, asked or written: an error, and nothing lost.
 * The sanitizers watch. */
#include "unit/support/elements.h"

#include "base/file.h"
#include "base/memory.h"

static const element_scatter ordinary = {.extent = 100, .length = 5, .radius = 2};

typedef struct surroundings {
    const char *folder;
    const char *copy;
    const si_index *index;
    si_query query;
} surroundings;

typedef si_result use_function(const surroundings *given);

static si_result open_index(const surroundings *given)
{
    si_index *index;
    si_result status = si_index_open(given->folder, NULL, &index, NULL);
    if (status == SI_OK)
        si_index_close(index);
    return status;
}

static si_result open_set(const surroundings *given)
{
    si_population_set *set;
    si_result status = si_population_set_open(given->folder, NULL, &set, NULL);
    if (status == SI_OK)
        si_population_set_close(set);
    return status;
}

static int count_batch(void *context, const si_column *columns, size_t column_count, uint64_t count)
{
    (void)columns, (void)column_count;
    *(uint64_t *)context += count;
    return 0;
}

static si_result visit(const surroundings *given)
{
    const si_field fields[] = {SI_FIELD_IDS, SI_FIELD_ENDPOINT2};
    uint64_t seen = 0, count;
    si_result status = si_index_visit(given->index, &given->query, fields, 2, count_batch, &seen,
                                      NULL);
    si_memory_fail_after(0);
    assert_int_equal(si_index_count(given->index, &given->query, &count, NULL), SI_OK);
    assert_int_equal(seen, status == SI_OK ? count : 0);
    return status;
}

static si_result count_groups(const surroundings *given)
{
    si_group_counts groups;
    const si_field fields[] = {SI_FIELD_GID, SI_FIELD_SECTION_TYPE};
    si_result status = si_index_count_groups(given->index, &given->query, fields, 2, &groups, NULL);
    if (status == SI_OK)
        si_group_counts_free(&groups);
    return status;
}

static si_nearest_query all_nearest(void)
{
    si_nearest_query nearest;
    assert_int_equal(si_query_nearest((double[3]){0}, 20, 1e9, SI_BEST_EFFORT, &nearest, NULL),
                     SI_OK);
    return nearest;
}

static si_result find_nearest(const surroundings *given)
{
    const si_nearest_query nearest = all_nearest();
    uint64_t gids[20], count;
    const si_column column = {SI_FIELD_GID, gids};
    return si_index_find_nearest(given->index, &nearest, &column, 1, NULL, &count, NULL);
}

static si_result find_nearest_inserted(const surroundings *given)
{
    const si_nearest_query nearest = all_nearest();
    uint64_t ids[20], count;
    const si_column column = {SI_FIELD_ID, ids};
    return si_index_find_nearest(given->index, &nearest, &column, 1, NULL, &count, NULL);
}

static si_result count_groups_inserted(const surroundings *given)
{
    const si_field field = SI_FIELD_ID;
    si_group_counts groups;
    si_result status = si_index_count_groups(given->index, &given->query, &field, 1, &groups, NULL);
    if (status == SI_OK)
        si_group_counts_free(&groups);
    return status;
}

/* One whose sets are bits, a table and bytes. */
static si_result make_filter(const surroundings *given)
{
    const uint64_t few[] = {1, 2}, apart[] = {0, UINT64_C(1) << 35}, one = 1;
    const si_condition conditions[] = {{SI_FIELD_SECTION_ID, few, 2},
                                       {SI_FIELD_GID, apart, 2},
                                       {SI_FIELD_SECTION_TYPE, few, 2},
                                       {SI_FIELD_IS_SOMA, &one, 1}};
    si_filter *filter;
    (void)given;
    si_result status = si_filter_create(SI_SEGMENT, conditions, 4, &filter, NULL);
    if (status == SI_OK)
        si_filter_free(filter);
    return status;
}

static si_result write_copy(const surroundings *given)
{
    si_result status = si_index_write(given->index, given->copy, 1, NULL);
    assert_int_equal(si_path_exists(given->copy), status == SI_OK);
    return status;
}

static void assert_survives(use_function *use, const surroundings *given)
{
    si_result status = SI_ERROR_MEMORY;
    for (uint64_t n = 1; status != SI_OK; n++) {
        assert_true(n < 1000);
        si_memory_fail_after(n);
        status = use(given);
        si_memory_fail_after(0);
        assert_true(status == SI_OK || status == SI_ERROR_MEMORY);
    }
}

static void any_allocation_may_fail_with_inserted_elements(void **state)
{
    (void)state;
    test_elements elements = make_elements(SI_POINT, 5000, &ordinary, 1);
    si_index *base = build_elements(&elements, NULL, NULL);
    const si_input_column column = {SI_FIELD_POSITION, elements.first};
    assert_int_equal(si_index_insert(base, &column, 1, elements.count, NULL), SI_OK);
    surroundings given = {.index = base};
    assert_int_equal(si_query_sphere((double[3]){0}, 90, SI_BEST_EFFORT, &given.query, NULL),
                     SI_OK);
    assert_survives(find_nearest_inserted, &given);
    assert_survives(count_groups_inserted, &given);
    si_index_close(base);
    free_elements(&elements);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *target = si_path_join(folder, "index"), *copy = si_path_join(folder, "copy");
    test_elements elements = make_elements(SI_SEGMENT, 5000, &ordinary, 1);
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.population = "p";
    si_index *index = build_elements(&elements, target, &options);
    surroundings given = {.folder = target, .copy = copy, .index = index};
    assert_int_equal(si_query_sphere((double[3]){0}, 90, SI_BEST_EFFORT, &given.query, NULL),
                     SI_OK);
    assert_survives(open_index, &given);
    assert_survives(open_set, &given);
    assert_survives(visit, &given);
    assert_survives(count_groups, &given);
    assert_survives(find_nearest, &given);
    assert_survives(make_filter, &given);
    assert_survives(write_copy, &given);
    si_index_close(index);
    free_elements(&elements);
    si_free(copy);
    si_free(target);
    remove_test_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(any_allocation_may_fail_with_inserted_elements)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
