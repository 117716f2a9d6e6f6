/* Attributes of what was indexed, through the public interface. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/test.h"

#include "circuit/dataset.h"
#include "fixture.h"

static si_error error;

static void assert_message(const char *part)
{
    if (!strstr(error.message, part))
        fail_msg("'%s' does not say '%s'", error.message, part);
}

static si_dataset *open_dataset(const char *path, si_element_kind kind)
{
    si_dataset *dataset;
    assert_ok(si_dataset_open_file(path, NULL, NULL, kind, &dataset, &error), error);
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

#define IDS(...)                                                                                   \
    (const uint64_t[])                                                                             \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

typedef struct numeric_case {
    const char *name;
    hid_t stored;
    si_type type;
    size_t size;
    const void *expected; /* 5, 2, 5 */
} numeric_case;

#define NUMERIC(name, stored, type, c_type)                                                        \
    {                                                                                              \
        "nodes/P/0/" name, stored, type, sizeof(c_type), (const c_type[])                          \
        {                                                                                          \
            5, 2, 5                                                                                \
        }                                                                                          \
    }

static void numbers_keep_their_type(void **state)
{
    const char *path = path_in(*state, "n.h5");
    const numeric_case cases[] = {
        NUMERIC("i8", H5T_STD_I8LE, SI_TYPE_INT8, int8_t),
        NUMERIC("u8", H5T_STD_U8LE, SI_TYPE_UINT8, uint8_t),
        NUMERIC("i16", H5T_STD_I16BE, SI_TYPE_INT16, int16_t),
        NUMERIC("u16", H5T_STD_U16LE, SI_TYPE_UINT16, uint16_t),
        NUMERIC("i32", H5T_STD_I32LE, SI_TYPE_INT32, int32_t),
        NUMERIC("u32", H5T_STD_U32BE, SI_TYPE_UINT32, uint32_t),
        NUMERIC("i64", H5T_STD_I64BE, SI_TYPE_INT64, int64_t),
        NUMERIC("u64", H5T_STD_U64LE, SI_TYPE_UINT64, uint64_t),
        NUMERIC("f32", H5T_IEEE_F32BE, SI_TYPE_FLOAT32, float),
        NUMERIC("f64", H5T_IEEE_F64LE, SI_TYPE_FLOAT64, double),
    };
    const size_t case_count = sizeof cases / sizeof *cases;
    hid_t file = create_file(path);
    write_zeros(file, "nodes/P/node_type_id", 4);
    for (size_t i = 0; i < case_count; i++)
        write_numbers(file, cases[i].name, cases[i].stored, H5T_NATIVE_DOUBLE,
                      (double[]){1, 2, 3, 5}, 4);
    close_file(file);
    si_dataset *dataset = open_dataset(path, SI_SEGMENT);
    assert_int_equal(si_dataset_attribute_count(dataset), case_count);
    for (size_t i = 0; i < case_count; i++) {
        si_values values = read_values(dataset, cases[i].name + strlen("nodes/P/0/"), IDS(3, 1, 3),
                                       3, cases[i].type);
        assert_memory_equal(values.data, cases[i].expected, 3 * cases[i].size);
        si_values_free(&values);
    }
    si_dataset_close(dataset);
}

static hid_t boolean_type(void)
{
    hid_t type = H5Tenum_create(H5T_STD_I8LE);
    H5Tenum_insert(type, "FALSE", &(int8_t){0});
    H5Tenum_insert(type, "TRUE", &(int8_t){1});
    return type;
}

static void write_odd_types(const char *path)
{
    hid_t file = create_file(path);
    write_zeros(file, "edges/E/edge_type_id", 3);
    hid_t boolean = boolean_type();
    write_numbers(file, "edges/E/0/flag", boolean, boolean, (int8_t[]){1, 0, 1}, 3);
    hid_t half = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(half, 15, 10, 5, 0, 10);
    H5Tset_size(half, 2);
    H5Tset_ebias(half, 15);
    write_numbers(file, "edges/E/0/half", half, H5T_NATIVE_DOUBLE, (double[]){0.5, -2, 1024}, 3);
    write_fixed_strings(file, "edges/E/0/text", (const char *const[]){"one", "two", "one"}, 3, 6,
                        H5T_STR_SPACEPAD);
    write_ids(file, "edges/E/0/kind", IDS(1, 0, 1), 3);
    write_strings(file, "edges/E/0/@library/kind", (const char *const[]){"exc", "inh"}, 2);
    write_strings(file, "edges/E/0/@library/unused", (const char *const[]){"x"}, 1);
    write_zeros(file, "edges/E/0/dynamics_params/tau", 3);
    write_pairs(file, "edges/E/0/pairs", (const uint64_t[3][2]){{0}}, 3);
    close_file(file);
    H5Tclose(boolean);
    H5Tclose(half);
}

static void odd_types_are_converted(void **state)
{
    const char *path = path_in(*state, "e.h5");
    write_odd_types(path);
    si_dataset *dataset = open_dataset(path, SI_SYNAPSE);
    si_values values = read_values(dataset, "flag", IDS(1, 0), 2, SI_TYPE_UINT8);
    assert_memory_equal(values.data, ((uint8_t[]){0, 1}), 2);
    si_values_free(&values);
    values = read_values(dataset, "half", IDS(2, 0, 1), 3, SI_TYPE_FLOAT32);
    assert_memory_equal(values.data, ((float[]){1024, 0.5f, -2}), 12);
    si_values_free(&values);
    values = read_values(dataset, "text", IDS(0, 1, 2), 3, SI_TYPE_STRING);
    const char *const *texts = values.data;
    assert_string_equal(texts[0], "one");
    assert_string_equal(texts[1], "two");
    assert_ptr_equal(texts[0], texts[2]);
    si_values_free(&values);
    values = read_values(dataset, "kind", IDS(2, 1), 2, SI_TYPE_STRING);
    texts = values.data;
    assert_string_equal(texts[0], "inh");
    assert_string_equal(texts[1], "exc");
    si_values_free(&values);
    values = read_values(dataset, "kind", NULL, 0, SI_TYPE_STRING);
    si_values_free(&values);
    si_dataset_close(dataset);
}

static void attributes_are_listed(void **state)
{
    const char *path = path_in(*state, "e.h5");
    write_odd_types(path);
    si_dataset *dataset = open_dataset(path, SI_SYNAPSE);
    const char *const names[] = {"flag", "half", "kind", "pairs", "text"};
    assert_int_equal(si_dataset_attribute_count(dataset), 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(si_dataset_attribute_name(dataset, i), names[i]);
    assert_null(si_dataset_attribute_name(dataset, 5));
    si_dataset_close(dataset);
}

static void what_cannot_be_read_is_refused(void **state)
{
    const char *path = path_in(*state, "e.h5");
    write_odd_types(path);
    si_values values;
    si_dataset *dataset = open_dataset(path, SI_SYNAPSE);
    assert_int_equal(si_dataset_read(dataset, "tau", IDS(0), 1, &values, &error),
                     SI_ERROR_NOT_FOUND);
    assert_message("/edges/E: no attribute tau; the population has: flag, half, kind, pairs, text");
    assert_int_equal(si_dataset_read(dataset, "flag", IDS(0, 3), 2, &values, &error),
                     SI_ERROR_ARGUMENT);
    assert_message("edge id 3 was requested, but the population has 3 edges");
    assert_int_equal(si_dataset_read(dataset, "pairs", IDS(0), 1, &values, &error),
                     SI_ERROR_FORMAT);
    assert_int_equal(si_dataset_read(dataset, "flag", NULL, 1, &values, &error), SI_ERROR_ARGUMENT);
    si_dataset_close(dataset);
    assert_int_equal(si_dataset_open_file(path, NULL, "X", SI_SYNAPSE, &dataset, &error),
                     SI_ERROR_NOT_FOUND);
    assert_int_equal(si_dataset_open_file(path, NULL, NULL, SI_SEGMENT, &dataset, &error),
                     SI_ERROR_NOT_FOUND);
    assert_int_equal(si_dataset_open_file(path, NULL, NULL, SI_SPHERE, &dataset, &error),
                     SI_ERROR_NOT_FOUND);
    assert_message("elements of kind sphere have no attributes");
    si_dataset_close(NULL);
    si_values_free(NULL);
}

static void groups_are_followed(void **state)
{
    const char *path = path_in(*state, "n.h5");
    hid_t file = create_file(path);
    write_zeros(file, "nodes/P/node_type_id", 4);
    write_ids(file, "nodes/P/node_group_id", IDS(1, 0, 0, 1), 4);
    write_ids(file, "nodes/P/node_group_index", IDS(0, 0, 1, 1), 4);
    write_numbers(file, "nodes/P/0/number", H5T_STD_U8LE, H5T_NATIVE_INT, (int[]){1, 2}, 2);
    write_numbers(file, "nodes/P/1/number", H5T_STD_I16LE, H5T_NATIVE_INT, (int[]){-30, 40}, 2);
    write_numbers(file, "nodes/P/0/mixed", H5T_STD_U8LE, H5T_NATIVE_INT, (int[]){1, 2}, 2);
    write_strings(file, "nodes/P/1/mixed", (const char *const[]){"a", "b"}, 2);
    write_strings(file, "nodes/P/1/only", (const char *const[]){"a", "b"}, 2);
    close_file(file);
    si_dataset *dataset = open_dataset(path, SI_SEGMENT);
    si_values values = read_values(dataset, "number", IDS(3, 0, 2, 1), 4, SI_TYPE_INT64);
    assert_memory_equal(values.data, ((int64_t[]){40, -30, 2, 1}), 32);
    si_values_free(&values);
    values = read_values(dataset, "only", IDS(3, 0), 2, SI_TYPE_STRING);
    assert_string_equal(((char **)values.data)[0], "b");
    si_values_free(&values);
    assert_int_equal(si_dataset_read(dataset, "only", IDS(3, 2), 2, &values, &error),
                     SI_ERROR_NOT_FOUND);
    assert_message("node 2 is in group 0, which has no attribute only");
    assert_int_equal(si_dataset_read(dataset, "mixed", IDS(3), 1, &values, &error),
                     SI_ERROR_UNSUPPORTED);
    si_dataset_close(dataset);
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

static void real_attributes(void **state)
{
    (void)state;
    si_dataset *dataset = open_dataset(need("edges.h5"), SI_SYNAPSE);
    si_values values = read_values(dataset, "afferent_center_x", IDS(1930, 0, 1000), 3,
                                   SI_TYPE_FLOAT32);
    assert_memory_equal(values.data, ((float[]){293.543f, 188.56656f, 239.8369f}), 12);
    si_values_free(&values);
    values = read_values(dataset, "branch_order", IDS(0), 1, SI_TYPE_INT8);
    si_values_free(&values);
    values = read_values(dataset, "u_syn", IDS(7), 1, SI_TYPE_FLOAT64);
    si_values_free(&values);
    si_dataset_close(dataset);
    dataset = open_dataset(need("nodes.h5"), SI_SEGMENT);
    values = read_values(dataset, "morphology", IDS(700, 0), 2, SI_TYPE_STRING);
    assert_string_equal(((char **)values.data)[0], "rp110120_L5-3_idE");
    assert_string_equal(((char **)values.data)[1], "sm090227a1-2_idC");
    si_values_free(&values);
    si_dataset_close(dataset);
}

/* An index of one point each, which records `dataset_path`. */
static si_index *build_index(const char *folder, si_element_kind kind, const char *dataset_path)
{
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.dataset_path = dataset_path;
    options.replace = 1;
    si_builder *builder;
    si_index *index;
    const float position[3] = {1, 2, 3};
    const uint64_t ids[1] = {2};
    assert_ok(si_builder_create(kind, folder, &options, &builder, &error), error);
    const si_input_column columns[] = {{SI_FIELD_POSITION, position},
                                       {SI_FIELD_ID, ids},
                                       {SI_FIELD_POST_GID, ids},
                                       {SI_FIELD_PRE_GID, ids}};
    assert_ok(si_builder_append(builder, columns, kind == SI_SYNAPSE ? 4 : 2, 1, &error), error);
    assert_ok(si_builder_finish(builder, &index, NULL, &error), error);
    return index;
}

static void an_index_knows_its_dataset(void **state)
{
    const char *path = path_in(*state, "e.h5"), *folder = path_in(*state, "index");
    write_odd_types(path);
    si_index *index = build_index(folder, SI_SYNAPSE, path);
    si_dataset *dataset;
    assert_ok(si_dataset_open(index, &dataset, &error), error);
    si_values values = read_values(dataset, "kind", IDS(2), 1, SI_TYPE_STRING);
    assert_string_equal(((char **)values.data)[0], "inh");
    si_values_free(&values);
    si_dataset_close(dataset);
    const char *moved = path_in(*state, "moved.h5");
    assert_int_equal(rename(path, moved), 0);
    assert_int_equal(si_dataset_open(index, &dataset, &error), SI_ERROR_NOT_FOUND);
    assert_message("which does not exist");
    assert_ok(si_dataset_open_at(index, moved, NULL, &dataset, &error), error);
    si_dataset_close(dataset);
    assert_int_equal(si_dataset_open_circuit(index, "none.json", &dataset, &error),
                     SI_ERROR_NOT_FOUND);
    assert_message("does not record its population");
    si_index_close(index);
    index = build_index(folder, SI_POINT, NULL);
    assert_int_equal(si_dataset_open(index, &dataset, &error), SI_ERROR_NOT_FOUND);
    assert_message("does not record the SONATA file");
    si_index_close(index);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, create_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(numbers_keep_their_type),    in_folder(odd_types_are_converted),
        in_folder(attributes_are_listed),      in_folder(what_cannot_be_read_is_refused),
        in_folder(groups_are_followed),        cmocka_unit_test(real_attributes),
        in_folder(an_index_knows_its_dataset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
