/* Types files: separators, quotes, values that are not given, and what is wrong with them. */
#include <locale.h>
#include <string.h>

#include "unit/test.h"

#include "sonata/types_file.h"

static si_error error;

static si_types_file *parse(const char *text)
{
    si_types_file *types;
    assert_ok(si_types_file_parse(text, strlen(text), "types.csv", "node_type_id", &types, &error),
              error);
    return types;
}

static const char *value_of(const si_types_file *types, int64_t id, const char *attribute)
{
    size_t row = si_types_file_row(types, id), column = si_types_file_column(types, attribute);
    assert_true(row != SI_NO_ROW);
    assert_true(column != SI_NO_COLUMN);
    return si_types_file_text(types, row, column);
}

static void assert_value(const si_types_file *types, int64_t id, const char *attribute,
                         const char *expected)
{
    const char *actual = value_of(types, id, attribute);
    if (expected)
        assert_string_equal(actual, expected);
    else
        assert_null(actual);
}

static void columns_are_separated_by_spaces(void **state)
{
    (void)state;
    si_types_file *types = parse("node_type_id morphology x\n"
                                 "101 cell_a 1.5\n"
                                 "\n"
                                 "100\tcell_b   -2e3 \r\n"
                                 "  -1 cell_c 3");
    assert_value(types, 101, "morphology", "cell_a");
    assert_value(types, 100, "morphology", "cell_b");
    assert_value(types, 100, "x", "-2e3");
    assert_value(types, -1, "x", "3");
    assert_true(si_types_file_row(types, 102) == SI_NO_ROW);
    assert_true(si_types_file_column(types, "y") == SI_NO_COLUMN);
    assert_string_equal(si_types_file_path(types), "types.csv");
    si_types_file_close(types);
}

static void quotes_keep_spaces(void **state)
{
    (void)state;
    si_types_file *types = parse("\"node_type_id\" \"the name\" other\r"
                                 "7 \"a \"\"b\"\" c\" \"\"\r"
                                 "8 \"\" it's\"");
    assert_value(types, 7, "the name", "a \"b\" c");
    assert_value(types, 7, "other", NULL);
    assert_value(types, 8, "the name", NULL);
    assert_value(types, 8, "other", "it's\"");
    si_types_file_close(types);
}

static void missing_values(void **state)
{
    (void)state;
    si_types_file *types = parse("\xef\xbb\xbfnode_type_id a b c\n"
                                 "1 NULL NONE none\n"
                                 "2  x \n"
                                 "3 \"NULL\" y z\n");
    assert_value(types, 1, "a", NULL);
    assert_value(types, 1, "b", NULL);
    assert_value(types, 1, "c", NULL);
    assert_value(types, 2, "a", NULL);
    assert_value(types, 2, "b", "x");
    assert_value(types, 2, "c", NULL);
    assert_value(types, 3, "a", NULL);
    si_types_file_close(types);
}

static void numbers_are_read(void **state)
{
    (void)state;
    /* A language that writes 1,5 must not matter. */
    setlocale(LC_ALL, "de_DE.UTF-8");
    si_types_file *types = parse("node_type_id a b c d\n1.0 1.5 NULL True x5\n");
    size_t row = si_types_file_row(types, 1);
    double value = 0;
    bool given = false;
    assert_ok(si_types_file_number(types, row, 1, &value, &given, &error), error);
    assert_true(given && value == 1.5);
    assert_ok(si_types_file_number(types, row, 2, &value, &given, &error), error);
    assert_false(given);
    assert_ok(si_types_file_number(types, row, 3, &value, &given, &error), error);
    assert_true(given && value == 1);
    assert_int_equal(si_types_file_number(types, row, 4, &value, &given, &error), SI_ERROR_FORMAT);
    assert_string_equal(error.message, "types.csv:2: d is 'x5', expected a number");
    si_types_file_close(types);
    setlocale(LC_ALL, "C");
}

static void a_header_alone_has_no_types(void **state)
{
    (void)state;
    si_types_file *types = parse("node_type_id a");
    assert_true(si_types_file_row(types, 0) == SI_NO_ROW);
    si_types_file_close(types);
}

static void assert_refused(const char *text, size_t length, const char *message)
{
    si_types_file *types;
    assert_int_equal(si_types_file_parse(text, length, "types.csv", "node_type_id", &types, &error),
                     SI_ERROR_FORMAT);
    assert_string_equal(error.message, message);
}

static void broken_files_are_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "types.csv: empty, expected a line of column names"},
        {" \n\t\n", "types.csv: empty, expected a line of column names"},
        {"node_type_id,a\n1,b\n", "types.csv:1: no column node_type_id, expected a line of column "
                                  "names separated by spaces"},
        {"node_type_id a\n\n1 b c\n", "types.csv:3: 3 columns, expected 2"},
        {"node_type_id a b a\n", "types.csv:1: columns 2 and 4 are both named a"},
        {"node_type_id a\n1\n", "types.csv:2: 1 columns, expected 2"},
        {"node_type_id a\n1 b\n2 \"c\n", "types.csv:3: an unclosed quote"},
        {"node_type_id a\n1 \"b\"c\n", "types.csv:2: 'c' after a closing quote, expected a space"},
        {"node_type_id a\nx b\n", "types.csv:2: node_type_id is 'x', expected an integer"},
        {"node_type_id a\n1.5 b\n", "types.csv:2: node_type_id is '1.5', expected an integer"},
        {"node_type_id a\n1 b\n2 b\n1 c\n",
         "types.csv:4: node_type_id 1 is given again, it is also in line 2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(cases[i][0], strlen(cases[i][0]), cases[i][1]);
    assert_refused("node_type_id\n\0001", 15, "types.csv: holds NUL bytes, expected text");
    si_types_file *types;
    assert_int_equal(si_types_file_open("/nowhere/types.csv", "node_type_id", &types, &error),
                     SI_ERROR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_separated_by_spaces),
        cmocka_unit_test(quotes_keep_spaces),
        cmocka_unit_test(missing_values),
        cmocka_unit_test(numbers_are_read),
        cmocka_unit_test(a_header_alone_has_no_types),
        cmocka_unit_test(broken_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
