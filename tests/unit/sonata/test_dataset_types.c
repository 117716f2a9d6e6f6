/* Attributes that elements have from their type, which a CSV tells. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/test.h"

#include "circuit/dataset.h"
#include "fixture.h"

#define IDS(...)                                                                                   \
    (const uint64_t[])                                                                             \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static si_error error;

static void assert_message(const char *part)
{
    if (!strstr(error.message, part))
        fail_msg("'%s' does not say '%s'", error.message, part);
}

static si_dataset *open_nodes(const char *path, const char *types)
{
    si_dataset *dataset;
    assert_ok(si_dataset_open_file(path, types, NULL, SI_SEGMENT, &dataset, &error), error);
    return dataset;
}

static si_values read_values(const si_dataset *dataset, const char *attribute, const uint64_t *ids,
                             uint64_t count, si_type type)
{
    si_values values;
    assert_ok(si_dataset_read(dataset, attribute, ids, count, &values, &error), error);
    assert_int_equal(values.type, type);
    assert_int_equal(values.count, count);
    return values;
}

static void assert_texts(const si_dataset *dataset, const char *attribute, const uint64_t *ids,
                         uint64_t count, const char *const *expected)
{
    si_values values = read_values(dataset, attribute, ids, count, SI_TYPE_STRING);
    for (uint64_t i = 0; i < count; i++)
        assert_string_equal(((const char *const *)values.data)[i], expected[i]);
    si_values_free(&values);
}

static void assert_fails(const si_dataset *dataset, const char *attribute, const uint64_t *ids,
                         uint64_t count, si_result status)
{
    si_values values;
    assert_int_equal(si_dataset_read(dataset, attribute, ids, count, &values, &error), status);
}

/* Three nodes of types 7, 5, 7, which have `x` and `both` of their own. */
static const char *write_nodes(const char *folder)
{
    const char *path = path_in(folder, "n.h5");
    hid_t file = create_file(path);
    write_ids(file, "nodes/P/node_type_id", IDS(7, 5, 7), 3);
    write_doubles(file, "nodes/P/0/x", (double[]){1, 2, 3}, 3);
    write_strings(file, "nodes/P/0/both", (const char *const[]){"a", "b", "c"}, 3);
    close_file(file);
    return path;
}

static const char *write_types(const char *folder)
{
    const char *path = path_in(folder, "types.csv");
    write_text(path, "node_type_id both whole mixed partly half word none flag large\n"
                     "5 t 50 5 NULL 0.5 five NULL True 9223372036854775808\n"
                     "7 t -70 7.5 7 NONE NULL NONE False 1\n");
    return path;
}

static void attributes_of_both_files_are_listed(void **state)
{
    si_dataset *dataset = open_nodes(write_nodes(*state), write_types(*state));
    const char *const names[] = {"both", "flag",   "half",  "large", "mixed",
                                 "none", "partly", "whole", "word",  "x"};
    assert_int_equal(si_dataset_attribute_count(dataset), 10);
    for (size_t i = 0; i < 10; i++)
        assert_string_equal(si_dataset_attribute_name(dataset, i), names[i]);
    assert_fails(dataset, "node_type_id", IDS(0), 1, SI_ERROR_NOT_FOUND);
    assert_message("no attribute node_type_id; the population has: both, flag, half,");
    si_dataset_close(dataset);
}

static void columns_have_the_type_of_all_their_values(void **state)
{
    si_dataset *dataset = open_nodes(write_nodes(*state), write_types(*state));
    si_values values = read_values(dataset, "whole", IDS(2, 1, 0, 1), 4, SI_TYPE_INT64);
    assert_memory_equal(values.data, ((int64_t[]){-70, 50, -70, 50}), 32);
    si_values_free(&values);
    /* The type of a column is the same whatever is read of it. */
    values = read_values(dataset, "mixed", IDS(1), 1, SI_TYPE_FLOAT64);
    assert_true(*(double *)values.data == 5);
    si_values_free(&values);
    values = read_values(dataset, "partly", IDS(0, 1), 2, SI_TYPE_FLOAT64);
    assert_true(((double *)values.data)[0] == 7);
    assert_true(isnan(((double *)values.data)[1]));
    si_values_free(&values);
    values = read_values(dataset, "half", IDS(1, 0), 2, SI_TYPE_FLOAT64);
    assert_true(((double *)values.data)[0] == 0.5);
    assert_true(isnan(((double *)values.data)[1]));
    si_values_free(&values);
    values = read_values(dataset, "large", IDS(0, 1), 2, SI_TYPE_FLOAT64);
    assert_memory_equal(values.data, ((double[]){1, 0x1p63}), 16);
    si_values_free(&values);
    assert_texts(dataset, "word", IDS(1, 0, 1), 3, (const char *const[]){"five", "", "five"});
    assert_texts(dataset, "none", IDS(0, 1), 2, (const char *const[]){"", ""});
    assert_texts(dataset, "flag", IDS(0, 1), 2, (const char *const[]){"False", "True"});
    values = read_values(dataset, "whole", NULL, 0, SI_TYPE_INT64);
    si_values_free(&values);
    si_dataset_close(dataset);
}

static void nodes_file_goes_before_the_types(void **state)
{
    si_dataset *dataset = open_nodes(write_nodes(*state), write_types(*state));
    assert_texts(dataset, "both", IDS(2, 0), 2, (const char *const[]){"c", "a"});
    si_dataset_close(dataset);
}

/* Nodes 0 and 3 are in group 1, nodes 1 and 2 in group 0. */
static void groups_fall_back_to_the_types(void **state)
{
    const char *path = path_in(*state, "n.h5"), *types = path_in(*state, "types.csv");
    hid_t file = create_file(path);
    write_ids(file, "nodes/P/node_type_id", IDS(7, 5, 7, 5), 4);
    write_ids(file, "nodes/P/node_group_id", IDS(1, 0, 0, 1), 4);
    write_ids(file, "nodes/P/node_group_index", IDS(0, 0, 1, 1), 4);
    write_numbers(file, "nodes/P/0/number", H5T_STD_U8LE, H5T_NATIVE_INT, (int[]){1, 2}, 2);
    write_numbers(file, "nodes/P/0/real", H5T_STD_U8LE, H5T_NATIVE_INT, (int[]){1, 2}, 2);
    write_strings(file, "nodes/P/1/text", (const char *const[]){"a", "b"}, 2);
    write_numbers(file, "nodes/P/1/wrong", H5T_STD_U8LE, H5T_NATIVE_INT, (int[]){1, 2}, 2);
    close_file(file);
    write_text(types, "node_type_id number real text wrong\n5 -5 5.5 50 x\n7 -7 NULL 70 y\n");
    si_dataset *dataset = open_nodes(path, types);
    si_values values = read_values(dataset, "number", IDS(3, 2, 0, 1, 3), 5, SI_TYPE_INT64);
    assert_memory_equal(values.data, ((int64_t[]){-5, 2, -7, 1, -5}), 40);
    si_values_free(&values);
    values = read_values(dataset, "real", IDS(3, 2, 0), 3, SI_TYPE_FLOAT64);
    assert_memory_equal(values.data, ((double[]){5.5, 2}), 16);
    assert_true(isnan(((double *)values.data)[2]));
    si_values_free(&values);
    assert_texts(dataset, "text", IDS(0, 1, 2, 3), 4, (const char *const[]){"a", "50", "70", "b"});
    assert_fails(dataset, "wrong", IDS(0), 1, SI_ERROR_UNSUPPORTED);
    si_dataset_close(dataset);
}

static void type_that_is_not_there_is_named(void **state)
{
    const char *path = write_nodes(*state), *types = path_in(*state, "types.csv");
    write_text(types, "node_type_id a\n5 1\n");
    si_dataset *dataset = open_nodes(path, types);
    si_values values = read_values(dataset, "a", IDS(1), 1, SI_TYPE_INT64);
    si_values_free(&values);
    assert_fails(dataset, "a", IDS(1, 2), 2, SI_ERROR_NOT_FOUND);
    assert_message("node 2 has node_type_id 7, which is not in");
    assert_message("types.csv");
    si_dataset_close(dataset);
}

static void assert_types_unusable(const char *path, const char *types, const char *reason)
{
    si_dataset *dataset = open_nodes(path, types);
    assert_int_equal(si_dataset_attribute_count(dataset), 2);
    assert_texts(dataset, "both", IDS(1), 1, (const char *const[]){"b"});
    assert_fails(dataset, "word", IDS(0), 1, SI_ERROR_NOT_FOUND);
    assert_message("no attribute word, and the types cannot be read: ");
    assert_message(reason);
    assert_message("the population has: both, x");
    si_dataset_close(dataset);
}

static void nodes_file_is_read_without_its_types(void **state)
{
    const char *path = write_nodes(*state), *types = path_in(*state, "types.csv");
    assert_types_unusable(path, types, "types.csv");
    write_text(types, "edge_type_id word\n5 a\n");
    assert_types_unusable(path, types, "types.csv:1: no column node_type_id");
}

static void edges_have_types_too(void **state)
{
    const char *path = path_in(*state, "e.h5"), *types = path_in(*state, "types.csv");
    hid_t file = create_file(path);
    write_ids(file, "edges/E/edge_type_id", IDS(1, 2, 1), 3);
    write_zeros(file, "edges/E/0/x", 3);
    close_file(file);
    write_text(types, "edge_type_id delay\n1 0.25\n2 4\n");
    si_dataset *dataset;
    assert_ok(si_dataset_open_file(path, types, NULL, SI_SYNAPSE, &dataset, &error), error);
    si_values values = read_values(dataset, "delay", IDS(1, 2), 2, SI_TYPE_FLOAT64);
    assert_memory_equal(values.data, ((double[]){4, 0.25}), 16);
    si_values_free(&values);
    si_dataset_close(dataset);
}

/* An index of no element that records both files. */
static void build_index(const char *folder, const char *dataset_path, const char *types_path)
{
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.dataset_path = dataset_path;
    options.types_path = types_path;
    options.replace = 1;
    si_builder *builder;
    assert_ok(si_builder_create(SI_SEGMENT, folder, &options, &builder, &error), error);
    assert_ok(si_builder_finish(builder, NULL, NULL, &error), error);
}

static void assert_index_has_word(const char *folder, const char *moved_to, const char *types_path)
{
    si_open_options options = SI_OPEN_OPTIONS_INIT;
    si_index_info info = SI_INDEX_INFO_INIT;
    si_index *index;
    si_dataset *dataset;
    options.types_path = moved_to;
    assert_ok(si_index_open(folder, &options, &index, &error), error);
    assert_int_equal(si_index_get_info(index, &info), SI_OK);
    assert_string_equal(info.types_path, types_path);
    assert_ok(si_dataset_open(index, &dataset, &error), error);
    assert_texts(dataset, "word", IDS(1), 1, (const char *const[]){"five"});
    si_dataset_close(dataset);
    si_index_close(index);
}

static void index_knows_its_types(void **state)
{
    const char *path = strdup(write_nodes(*state)), *folder = strdup(path_in(*state, "index"));
    const char *types = strdup(write_types(*state)), *moved = strdup(path_in(*state, "moved.csv"));
    build_index(folder, path, types);
    assert_index_has_word(folder, NULL, types);
    build_index(folder, "../n.h5", "../types.csv");
    assert_index_has_word(folder, NULL, path_in(folder, "../types.csv"));
    assert_int_equal(rename(types, moved), 0);
    assert_index_has_word(folder, moved, moved);
    free((void *)(uintptr_t)path);
    free((void *)(uintptr_t)folder);
    free((void *)(uintptr_t)types);
    free((void *)(uintptr_t)moved);
}

/* An index that was built without a folder knows them too, and hands them on. */
static void written_index_keeps_its_types(void **state)
{
    const char *types = strdup(write_types(*state)), *folder = strdup(path_in(*state, "index"));
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    si_builder *builder;
    si_index *index;
    options.dataset_path = write_nodes(*state);
    options.types_path = types;
    assert_ok(si_builder_create(SI_SEGMENT, NULL, &options, &builder, &error), error);
    assert_ok(si_builder_finish(builder, &index, NULL, &error), error);
    assert_ok(si_index_write(index, folder, 0, &error), error);
    si_index_close(index);
    assert_index_has_word(folder, NULL, types);
    free((void *)(uintptr_t)folder);
    free((void *)(uintptr_t)types);
}

static const char *need(const char *name)
{
    const char *path = shared_data(name);
    if (!path) {
        print_message("no shared data: %s\n", name);
        skip();
    }
    return path;
}

static void real_types(void **state)
{
    (void)state;
    si_dataset *dataset = open_nodes(need("allen/9_cells/network/cortex_nodes.h5"),
                                     need("allen/9_cells/network/cortex_node_types.csv"));
    assert_texts(dataset, "model_name", IDS(8, 0, 3), 3,
                 (const char *const[]){"Nr5a1", "Scnn1a", "Rorb"});
    assert_texts(dataset, "ei", IDS(4), 1, (const char *const[]){"e"});
    si_dataset_close(dataset);
    assert_ok(si_dataset_open_file(need("allen/9_cells/network/excvirt_cortex_edges.h5"),
                                   need("allen/9_cells/network/excvirt_cortex_edge_types.csv"),
                                   NULL, SI_SYNAPSE, &dataset, &error),
              error);
    si_values values = read_values(dataset, "delay", IDS(0, 658), 2, SI_TYPE_FLOAT64);
    assert_memory_equal(values.data, ((double[]){2, 2}), 16);
    si_values_free(&values);
    si_dataset_close(dataset);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, create_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(attributes_of_both_files_are_listed),
        in_folder(columns_have_the_type_of_all_their_values),
        in_folder(nodes_file_goes_before_the_types),
        in_folder(groups_fall_back_to_the_types),
        in_folder(type_that_is_not_there_is_named),
        in_folder(nodes_file_is_read_without_its_types),
        in_folder(edges_have_types_too),
        in_folder(index_knows_its_types),
        in_folder(written_index_keeps_its_types),
        cmocka_unit_test(real_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
