/* Every public function refuses NULL where an object or a place for a result is expected, and
 * accepts it where the header says so. */
#include <string.h>

#include "unit/test.h"

#include "spatial_index/spatial_index.h"
#include "unit/support/elements.h"

#define REFUSED(call)                                                                              \
    do {                                                                                           \
        error = (si_error){.result = SI_OK};                                                       \
        assert_int_equal((call), SI_ERROR_ARGUMENT);                                               \
        assert_int_equal(error.result, SI_ERROR_ARGUMENT);                                         \
        assert_non_null(strstr(error.message, "NULL"));                                            \
    } while (0)

static const double corner[3] = {0, 0, 0}, opposite_corner[3] = {10, 10, 10};
static const double axes[2][3] = {{1, 0, 0}, {0, 1, 0}};
static const element_scatter spread = {.extent = 10, .length = 2, .radius = 1};

static int visit(void *context, const si_column *columns, size_t column_count, uint64_t count)
{
    (void)context, (void)columns, (void)column_count, (void)count;
    return 0;
}

static si_index *make_index(void)
{
    test_elements elements = make_elements(SI_SPHERE, 10, &spread, 1);
    si_index *index = build_elements(&elements, NULL, NULL);
    free_elements(&elements);
    return index;
}

static void queries(void **state)
{
    (void)state;
    si_error error;
    si_query query;
    si_nearest_query nearest;
    double turned[2][3];
    REFUSED(si_query_box(NULL, corner, SI_EXACT, &query, &error));
    REFUSED(si_query_box(corner, NULL, SI_EXACT, &query, &error));
    REFUSED(si_query_box(corner, corner, SI_EXACT, NULL, &error));
    REFUSED(si_query_sphere(NULL, 1, SI_EXACT, &query, &error));
    REFUSED(si_query_sphere(corner, 1, SI_EXACT, NULL, &error));
    REFUSED(si_query_capsule(NULL, corner, 1, SI_EXACT, &query, &error));
    REFUSED(si_query_capsule(corner, NULL, 1, SI_EXACT, &query, &error));
    REFUSED(si_query_capsule(corner, corner, 1, SI_EXACT, NULL, &error));
    REFUSED(si_query_cylinder(NULL, corner, 1, SI_EXACT, &query, &error));
    REFUSED(si_query_cylinder(corner, NULL, 1, SI_EXACT, &query, &error));
    REFUSED(si_query_cylinder(corner, opposite_corner, 1, SI_EXACT, NULL, &error));
    REFUSED(si_query_oriented_box(NULL, axes, corner, SI_EXACT, &query, &error));
    REFUSED(si_query_oriented_box(corner, NULL, corner, SI_EXACT, &query, &error));
    REFUSED(si_query_oriented_box(corner, axes, NULL, SI_EXACT, &query, &error));
    REFUSED(si_query_oriented_box(corner, axes, corner, SI_EXACT, NULL, &error));
    REFUSED(si_quaternion_axes(NULL, turned, &error));
    REFUSED(si_quaternion_axes((const double[4]){1, 0, 0, 0}, NULL, &error));
    REFUSED(si_query_nearest(NULL, 1, 1, SI_EXACT, &nearest, &error));
    REFUSED(si_query_nearest(corner, 1, 1, SI_EXACT, NULL, &error));
}

/* Queries that no function of the library has made. */
static void queries_not_made(void **state)
{
    (void)state;
    si_error error = {0};
    si_index *index = make_index();
    const si_query query = {0};
    const si_nearest_query nearest = {0};
    uint64_t count;
    assert_int_equal(si_index_count(index, &query, &count, &error), SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "struct_size"));
    assert_int_equal(si_index_find_nearest(index, &nearest, NULL, 0, NULL, &count, &error),
                     SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "struct_size"));
    si_index_close(index);
}

static void kinds_and_filters(void **state)
{
    (void)state;
    si_error error;
    unsigned type;
    uint64_t bytes;
    si_filter *filter;
    assert_int_equal(si_element_kind_fields(SI_POINT, NULL), 0);
    REFUSED(si_section_type_from_name(NULL, &type, &error));
    REFUSED(si_section_type_from_name("soma", NULL, &error));
    REFUSED(si_file_bytes(SI_POINT, 1, NULL, &error));
    REFUSED(si_filter_create(SI_POINT, NULL, 1, &filter, &error));
    REFUSED(si_filter_create(SI_POINT, NULL, 0, NULL, &error));
    assert_int_equal(si_file_bytes(SI_POINT, 1, &bytes, NULL), SI_OK);
    si_filter_free(NULL);
}

static void indexes(void **state)
{
    (void)state;
    si_error error;
    si_index *index = make_index(), *opened;
    si_index_info info = SI_INDEX_INFO_INIT;
    si_index_stats stats = SI_INDEX_STATS_INIT;
    si_query query;
    const float point[1][3] = {{0, 0, 0}};
    si_nearest_query nearest;
    si_group_counts groups;
    const si_field field = SI_FIELD_ID;
    uint64_t count;
    bool answer;
    assert_int_equal(si_query_box(corner, opposite_corner, SI_EXACT, &query, NULL), SI_OK);
    assert_int_equal(si_query_nearest(corner, 1, 1, SI_EXACT, &nearest, NULL), SI_OK);
    REFUSED(si_index_open(NULL, NULL, &opened, &error));
    REFUSED(si_index_open("folder", NULL, NULL, &error));
    REFUSED(si_index_write(NULL, "folder", false, &error));
    REFUSED(si_index_write(index, NULL, false, &error));
    assert_int_equal(si_index_get_info(NULL, &info), SI_ERROR_ARGUMENT);
    assert_int_equal(si_index_get_info(index, NULL), SI_ERROR_ARGUMENT);
    assert_int_equal(si_index_get_stats(NULL, &stats), SI_ERROR_ARGUMENT);
    assert_int_equal(si_index_get_stats(index, NULL), SI_ERROR_ARGUMENT);
    REFUSED(si_index_find(NULL, &query, NULL, 0, 0, &count, &error));
    REFUSED(si_index_find(index, NULL, NULL, 0, 0, &count, &error));
    REFUSED(si_index_find(index, &query, NULL, 1, 0, &count, &error));
    REFUSED(si_index_find(index, &query, NULL, 0, 0, NULL, &error));
    REFUSED(si_index_visit(NULL, &query, &field, 1, visit, NULL, &error));
    REFUSED(si_index_visit(index, NULL, &field, 1, visit, NULL, &error));
    REFUSED(si_index_visit(index, &query, NULL, 1, visit, NULL, &error));
    REFUSED(si_index_visit(index, &query, &field, 1, NULL, NULL, &error));
    REFUSED(si_index_count(NULL, &query, &count, &error));
    REFUSED(si_index_count(index, NULL, &count, &error));
    REFUSED(si_index_count(index, &query, NULL, &error));
    REFUSED(si_index_empty(NULL, &query, &answer, &error));
    REFUSED(si_index_empty(index, NULL, &answer, &error));
    REFUSED(si_index_empty(index, &query, NULL, &error));
    REFUSED(si_index_count_groups(NULL, &query, &field, 1, &groups, &error));
    REFUSED(si_index_count_groups(index, NULL, &field, 1, &groups, &error));
    REFUSED(si_index_count_groups(index, &query, NULL, 1, &groups, &error));
    REFUSED(si_index_count_groups(index, &query, &field, 1, NULL, &error));
    REFUSED(si_index_find_nearest(NULL, &nearest, NULL, 0, NULL, &count, &error));
    REFUSED(si_index_find_nearest(index, NULL, NULL, 0, NULL, &count, &error));
    REFUSED(si_index_find_nearest(index, &nearest, NULL, 1, NULL, &count, &error));
    REFUSED(si_index_find_nearest(index, &nearest, NULL, 0, NULL, NULL, &error));
    REFUSED(si_index_nearest_many(NULL, &nearest, point, 1, 1, NULL, 0, NULL, NULL, NULL, &error));
    REFUSED(si_index_nearest_many(index, NULL, point, 1, 1, NULL, 0, NULL, NULL, NULL, &error));
    REFUSED(si_index_nearest_many(index, &nearest, NULL, 1, 1, NULL, 0, NULL, NULL, NULL, &error));
    REFUSED(si_index_nearest_many(index, &nearest, point, 1, 1, NULL, 1, NULL, NULL, NULL, &error));
    REFUSED(si_index_insert(NULL, NULL, 0, 0, &error));
    REFUSED(si_index_insert(index, NULL, 1, 1, &error));
    REFUSED(si_index_compare(NULL, index, &answer, NULL, 0, &error));
    REFUSED(si_index_compare(index, NULL, &answer, NULL, 0, &error));
    REFUSED(si_index_compare(index, index, NULL, NULL, 0, &error));
    si_group_counts_free(NULL);
    si_index_close(NULL);
    si_index_close(index);
}

static void batches(void **state)
{
    (void)state;
    si_error error;
    si_index *index = make_index();
    si_batch *batch;
    si_query query;
    uint64_t count;
    const float points[1][3] = {{0, 0, 0}};
    assert_int_equal(si_query_box(corner, opposite_corner, SI_EXACT, &query, NULL), SI_OK);
    assert_int_equal(si_batch_create(&batch, NULL), SI_OK);
    REFUSED(si_batch_create(NULL, &error));
    REFUSED(si_batch_find(NULL, &query, 1, 1, batch, &error));
    REFUSED(si_batch_find(index, NULL, 1, 1, batch, &error));
    REFUSED(si_batch_find(index, &query, 1, 1, NULL, &error));
    assert_null(si_batch_offsets(NULL));
    REFUSED(si_batch_copy(NULL, NULL, 0, 1, &error));
    assert_int_equal(si_batch_find(index, &query, 1, 1, batch, NULL), SI_OK);
    REFUSED(si_batch_copy(batch, NULL, 1, 1, &error));
    REFUSED(si_batch_count(NULL, &query, 1, 1, &count, &error));
    REFUSED(si_batch_count(index, NULL, 1, 1, &count, &error));
    REFUSED(si_batch_count(index, &query, 1, 1, NULL, &error));
    REFUSED(si_space_filling_order(NULL, 1, &count, &error));
    REFUSED(si_space_filling_order(points, 1, NULL, &error));
    si_batch_free(NULL);
    si_batch_free(batch);
    si_index_close(index);
}

static void grids(void **state)
{
    (void)state;
    si_error error;
    si_index *index = make_index();
    si_grid grid = SI_GRID_INIT;
    uint64_t count;
    double length;
    const uint32_t id = 1;
    const si_regions regions = {SI_TYPE_UINT32, &id}, no_ids = {SI_TYPE_UINT32, NULL};
    si_group_counts counts;
    si_group_lengths lengths;
    for (int axis = 0; axis < 3; axis++) {
        grid.upper[axis] = 10;
        grid.shape[axis] = 1;
    }
    REFUSED(si_index_grid_counts(NULL, &grid, &count, &error));
    REFUSED(si_index_grid_counts(index, NULL, &count, &error));
    REFUSED(si_index_grid_counts(index, &grid, NULL, &error));
    REFUSED(si_index_grid_lengths(NULL, &grid, &length, &error));
    REFUSED(si_index_grid_lengths(index, NULL, &length, &error));
    REFUSED(si_index_grid_lengths(index, &grid, NULL, &error));
    REFUSED(si_index_region_counts(NULL, &grid, &regions, &counts, &error));
    REFUSED(si_index_region_counts(index, NULL, &regions, &counts, &error));
    REFUSED(si_index_region_counts(index, &grid, NULL, &counts, &error));
    REFUSED(si_index_region_counts(index, &grid, &regions, NULL, &error));
    REFUSED(si_index_region_lengths(NULL, &grid, &regions, &lengths, &error));
    REFUSED(si_index_region_lengths(index, NULL, &regions, &lengths, &error));
    REFUSED(si_index_region_lengths(index, &grid, NULL, &lengths, &error));
    REFUSED(si_index_region_lengths(index, &grid, &regions, NULL, &error));
    assert_int_equal(si_index_region_counts(index, &grid, &no_ids, &counts, NULL),
                     SI_ERROR_ARGUMENT);
    si_group_lengths_free(NULL);
    si_index_close(index);
}

static void sets_and_data_sets(void **state)
{
    (void)state;
    si_error error;
    si_population_set *set;
    si_dataset *dataset;
    si_values values;
    const uint64_t id = 0;
    uint64_t count;
    si_index *index = make_index();
    REFUSED(si_population_set_open(NULL, NULL, &set, &error));
    REFUSED(si_population_set_open("folder", NULL, NULL, &error));
    assert_int_equal(si_population_set_count(NULL), 0);
    assert_false(si_population_set_is_multi(NULL));
    assert_null(si_population_set_name(NULL, 0));
    assert_null(si_population_set_index(NULL, 0));
    REFUSED(si_verify(NULL, NULL, &count, &error));
    REFUSED(si_verify("folder", NULL, NULL, &error));
    REFUSED(si_dataset_open(NULL, &dataset, &error));
    REFUSED(si_dataset_open(index, NULL, &error));
    REFUSED(si_dataset_open_at(NULL, "nodes.h5", NULL, &dataset, &error));
    REFUSED(si_dataset_open_at(index, "nodes.h5", NULL, NULL, &error));
    REFUSED(si_dataset_open_circuit(NULL, "circuit_config.json", &dataset, &error));
    REFUSED(si_dataset_open_circuit(index, NULL, &dataset, &error));
    REFUSED(si_dataset_open_circuit(index, "circuit_config.json", NULL, &error));
    assert_int_equal(si_dataset_attribute_count(NULL), 0);
    assert_null(si_dataset_attribute_name(NULL, 0));
    REFUSED(si_dataset_read(NULL, "mtype", &id, 1, &values, &error));
    si_population_set_close(NULL);
    si_dataset_close(NULL);
    si_values_free(NULL);
    si_index_close(index);
}

static void builds(void **state)
{
    (void)state;
    si_error error;
    si_index *index = make_index();
    si_builder *builder;
    uint64_t size;
    assert_int_equal(si_builder_create(SI_SPHERE, NULL, NULL, &builder, NULL), SI_OK);
    REFUSED(si_builder_create(SI_SPHERE, NULL, NULL, NULL, &error));
    REFUSED(si_builder_append(NULL, NULL, 0, 0, &error));
    REFUSED(si_builder_append(builder, NULL, 2, 1, &error));
    REFUSED(si_builder_append_index(NULL, index, &error));
    REFUSED(si_builder_append_index(builder, NULL, &error));
    REFUSED(si_builder_finish(NULL, NULL, NULL, &error));
    REFUSED(si_nodes_population_size(NULL, NULL, &size, &error));
    REFUSED(si_nodes_population_size("file", NULL, NULL, &error));
    REFUSED(si_nodes_population_ids(NULL, NULL, 0, 1, &size, &error));
    REFUSED(si_nodes_population_ids("file", NULL, 0, 1, NULL, &error));
    REFUSED(si_edges_population_size(NULL, NULL, &size, &error));
    REFUSED(si_edges_population_size("file", NULL, NULL, &error));
    REFUSED(si_build_segments(NULL, NULL, NULL, NULL, NULL, &error));
    REFUSED(si_build_synapses(NULL, NULL, NULL, NULL, NULL, &error));
    REFUSED(si_build_circuit_segments(NULL, "folder", NULL, NULL, &error));
    REFUSED(si_build_circuit_synapses(NULL, "folder", NULL, NULL, &error));
    si_builder_abort(NULL);
    si_builder_abort(builder);
    si_build_report_free(NULL);
    si_index_close(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries),
        cmocka_unit_test(queries_not_made),
        cmocka_unit_test(kinds_and_filters),
        cmocka_unit_test(indexes),
        cmocka_unit_test(batches),
        cmocka_unit_test(grids),
        cmocka_unit_test(sets_and_data_sets),
        cmocka_unit_test(builds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
