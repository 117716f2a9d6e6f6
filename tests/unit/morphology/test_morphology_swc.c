/* SWC: each rule by a small file. */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static si_morphology *parse(const char *text)
{
    return parse_valid(si_morphology_parse_swc, text);
}

static void check(const char *text, const char *sections)
{
    si_morphology *morphology = parse(text);
    assert_sections(morphology, sections);
    si_morphology_free(morphology);
}

static void refuse(const char *text, const char *sentence)
{
    assert_refused(si_morphology_parse_swc, text, sentence);
}

static void check_soma(const char *text, si_soma_type type, size_t points, float max_distance,
                       float surface_radius)
{
    si_morphology *morphology = parse(text);
    assert_int_equal(morphology->soma_type, type);
    assert_int_equal(morphology->soma_point_count, points);
    assert_true(same_bits(morphology->soma_max_distance, max_distance));
    assert_true(same_bits(morphology->soma_surface_radius, surface_radius));
    si_morphology_free(morphology);
}

static void branches_begin_with_the_end_of_their_parent(void **state)
{
    (void)state;
    check("1 1 0 0 0 1 -1\n2 3 0 0 2 .5 1\n3 3 0 0 3 .4 2\n4 3 0 1 3 .3 2\n",
          "3 -1: 0 0 2 1 / 3 0: 0 0 2 1, 0 0 3 0.800000012 / 3 0: 0 0 2 1, 0 1 3 0.600000024");
    check("1 1 0 0 1 1 -1\n2 2 0 0 2 2 1\n3 2 0 0 3 3 2\n4 3 0 0 4 4 3\n5 3 0 0 5 5 4\n"
          "6 2 0 0 6 6 3\n7 2 0 0 7 7 3\n",
          "2 -1: 0 0 2 4, 0 0 3 6 / 3 0: 0 0 3 6, 0 0 4 8, 0 0 5 10 / 2 0: 0 0 3 6, 0 0 6 12 / "
          "2 0: 0 0 3 6, 0 0 7 14");
}

static void a_branch_that_begins_there_already_keeps_its_diameter(void **state)
{
    (void)state;
    check("1 1 0 0 0 1 -1\n2 3 0 0 1 .5 1\n3 3 0 0 2 .5 2\n4 3 0 0 2 .75 3\n5 3 0 0 5 1 3\n",
          "3 -1: 0 0 1 1, 0 0 2 1 / 3 0: 0 0 2 1.5 / 3 0: 0 0 2 1, 0 0 5 2");
}

static void sections_follow_the_order_of_the_lines(void **state)
{
    (void)state;
    check("10 3 6 0 0 1 9\n5 2 1 1 1 1 7\n9 3 5 0 0 1 1\n7 2 0 1 0 1 1\n1 1 0 0 0 1 -1\n",
          "3 -1: 5 0 0 2, 6 0 0 2 / 2 -1: 0 1 0 2, 1 1 1 2");
    check("1 1 0 0 0 1 -1\n2 1 1 0 0 1 1\n3 3 5 0 0 1 2\n4 3 6 0 0 1 1\n",
          "3 -1: 6 0 0 2 / 3 -1: 5 0 0 2");
}

static void neurites_without_soma_are_sections_unless_a_lone_point(void **state)
{
    (void)state;
    check("1 3 0 0 0 1 -1\n", "");
    check("1 3 0 0 0 1 -1\n2 3 1 0 0 1 1\n", "3 -1: 0 0 0 2, 1 0 0 2");
    check("1 1 0 0 0 1 -1\n2 3 1 0 0 1 1\n", "3 -1: 1 0 0 2");
}

static void somas_have_the_type_of_their_samples(void **state)
{
    (void)state;
    check_soma("", SI_SOMA_UNDEFINED, 0, 0, 0);
    check_soma("7 1 1 2 3 4 -1", SI_SOMA_SINGLE_POINT, 1, 0, 4);
    check_soma("1 1 0 0 0 2 -1\n2 1 0 -2 0 2 1\n3 1 0 2 0 2 1", SI_SOMA_THREE_POINT_CYLINDERS, 3, 2,
               2);
    check_soma("2 1 0 0 0 2 -1\n3 1 0 -2 0 2 2\n4 1 0 2 0 2 2", SI_SOMA_CYLINDERS, 3, 2, 2);
    check_soma("1 1 0 0 0 2 -1\n3 1 0 2 0 2 1\n2 1 0 -2 0 2 1", SI_SOMA_CYLINDERS, 3, 2, 2);
    check_soma("1 1 0 0 0 1 -1\n2 1 4 0 0 3 1", SI_SOMA_CYLINDERS, 2, 2, 2);
}

static void soma_center_is_the_mean_or_not_a_number(void **state)
{
    (void)state;
    si_morphology *morphology = parse("1 1 0 1 2 1 -1\n2 1 4 1 2 3 1");
    assert_true(same_bits(morphology->soma_center[0], 2));
    assert_true(same_bits(morphology->soma_center[2], 2));
    si_morphology_free(morphology);
    morphology = parse("# nothing\n");
    assert_true(isnan(morphology->soma_center[0]) && isnan(morphology->soma_center[2]));
    si_morphology_free(morphology);
}

static void somas_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    refuse("1 3 0 0 0 1 -1\n2 1 0 0 0 1 1",
           "2:13: the parent of soma sample 2 is sample 1 of type 3, expected a soma sample or -1");
    refuse("1 1 0 0 0 1 -1\n2 1 0 0 0 1 1\n3 1 0 0 0 1 2\n4 1 0 0 0 1 2",
           "2:1: soma sample 2 has 2 children in the soma, expected at most one because it is not "
           "the root");
    refuse("1 1 0 0 0 1 -1\n\n2 1 0 0 0 1 -1",
           "3:1: sample 2 begins a second soma, expected only that of line 1");
    check_soma("1 1 0 0 0 1 -1\n2 1 1 0 0 1 1\n3 1 1 0 0 1 1\n4 1 1 0 0 1 1", SI_SOMA_CYLINDERS, 4,
               0.75F, 1);
}

static void blanks_comments_and_what_follows_a_sample_are_skipped(void **state)
{
    (void)state;
    static const char *const sections = "3 -1: 1 0 0 2, 2 0 0 2";
    check("# comment\n\n \t# another\n 1 1 0 0 0 1 -1 7 8 # more\n2\t3 1 0 0 1 1#x\n3 3 2 0 0 1 2,",
          sections);
    check("1 1 0 0 0 1 -1\r2 3 1 0 0 1 1\r3 3 2 0 0 1 2", sections);
    check("1 1 0 0 0 1 -1\r\n2 3 1 0 0 1 1\r\n\r\n3 3 2 0 0 1 2\r\n", sections);
    check("1 1 0 0 0 1 -1\n# c\r2 3 1 0 0 1 1\n3 3 2 0 0 1 2", sections);
}

static void integer_columns_may_be_written_as_floats(void **state)
{
    (void)state;
    check("1.0 1.0 0 0 0 1 -1.0\n+2. 3.000 1 0 0 1 1.0\n03 3 2 0 0 1 2.", "3 -1: 1 0 0 2, 2 0 0 2");
    check("1.0000000e+00 1.0e0 0 0 0 1 -1.000000000000000000e+00\n"
          "2e0 0.3e1 1 0 0 1 100E-2\n"
          "1.2e+01 0.0003e4 2 0 0 1 0020e-1",
          "3 -1: 1 0 0 2, 2 0 0 2");
}

static void integer_columns_hold_integers_only(void **state)
{
    (void)state;
    refuse("1 1.5 0 0 0 1 -1", "1:3: the type is '1.5', expected an integer");
    refuse("1e-1 1 0 0 0 1 -1", "1:1: the sample id is '1e-1', expected an integer");
    refuse("1.25e+01 1 0 0 0 1 -1", "1:1: the sample id is '1.25e+01', expected an integer");
    refuse("1 1e 0 0 0 1 -1", "1:3: the type is '1e', expected an integer");
    refuse("1 1e-999999999999 0 0 0 1 -1",
           "1:3: the type is '1e-999999999999', expected an integer");
    refuse("1 1 0 0 0 1 -1\n2 3 0 0 0 1 15e-1", "2:13: the parent is '15e-1', expected an integer");
    refuse(".0 1 0 0 0 1 -1", "1:1: the sample id is '.0', expected an integer");
    refuse("- 1 0 0 0 1 -1", "1:1: the sample id is '-', expected an integer");
    refuse("x 1 0 0 0 1 -1", "1:1: the sample id is 'x', expected an integer");
    refuse("1 1 0 0 0 1 -1\n\n2 3 0 0 0 1 1.9", "3:13: the parent is '1.9', expected an integer");
    refuse("1 1 0 0 0 1 -", "1:13: the parent is '-', expected an integer");
    refuse("\v1 1 0 0 0 1 -1", "1:1: the sample id is '\\x0b1', expected an integer");
    refuse("\xef\xbb\xbf"
           "1 1 0 0 0 1 -1",
           "1:1: the sample id is '\\xef\\xbb\\xbf1', expected an integer");
}

static void integers_beyond_their_range_are_refused(void **state)
{
    (void)state;
    refuse("-1 1 0 0 0 1 -1", "1:1: the sample id is '-1', expected 0 to 4294967295");
    refuse("4294967296 1 0 0 0 1 -1",
           "1:1: the sample id is '4294967296', expected 0 to 4294967295");
    refuse("99999999999999999999999999 1 0 0 0 1 -1",
           "1:1: the sample id is '999999999999999999999999...', expected 0 to 4294967295");
    refuse("1 0 0 0 0 1 -1", "1:3: the type is '0', expected 1 to 19");
    refuse("1 20 0 0 0 1 -1", "1:3: the type is '20', expected 1 to 19");
    refuse("1 4294967299 0 0 0 1 -1", "1:3: the type is '4294967299', expected 1 to 19");
    refuse("1 1 0 0 0 1 -2", "1:13: the parent is '-2', expected -1 to 4294967295");
    refuse("1 1 0 0 0 1 4294967296", "1:13: the parent is '4294967296', expected -1 to 4294967295");
    refuse("1 3 0 0 0 1 4294967293",
           "1:13: the parent of sample 1 is 4294967293, expected a sample of this file or -1");
    check("0 1 0 0 0 1 -1\n4294967295 3 1 0 0 1 0\n1 3 2 0 0 1 4294967295",
          "3 -1: 1 0 0 2, 2 0 0 2");
}

static void floats_are_those_of_strtof(void **state)
{
    (void)state;
    check("1 3 1e1 -0x10 +.5 5. -1\n2 3 -inf +inf -0 -1 1", "3 -1: 10 -16 0.5 10, -inf inf -0 -2");
    refuse("1 1 nan 0 0 1 -1", "1:5: the x coordinate is 'nan', expected a number");
    refuse("1 1 0 - 0 1 -1", "1:7: the y coordinate is '-', expected a number");
    refuse("1 1 0 0 . 1 -1", "1:9: the z coordinate is '.', expected a number");
    refuse("1 1 0,5 0 0 1 -1", "1:6: the y coordinate is ',5', expected a number");
    refuse("1 1 0 0 0 x -1", "1:11: the radius is 'x', expected a number");
}

static void lines_that_end_too_early_are_refused(void **state)
{
    (void)state;
    refuse("1 1 0 0 0 1 -1\n2 3 0 0\n3 3 0 0 0 1 1",
           "2:8: the z coordinate is the end of the line, expected a number");
    refuse("1 1 0 0 0 1 ", "1:13: the parent is the end of the file, expected an integer");
    refuse("1\r\n1 0 0 0 1 -1", "1:2: the type is the end of the line, expected an integer");
}

static void embedded_zero_bytes_are_refused_outside_comments(void **state)
{
    (void)state;
    static const char commented[] = "# a\0b\n1 3 0 0 0 1 -1 \0\n2 3 1 0 0 1 1";
    static const char bad[] = "1 3 0 0\0 0 1 -1";
    si_morphology *morphology;
    si_error error = {0};
    assert_ok(parse_exactly(si_morphology_parse_swc, commented, sizeof commented - 1, &morphology,
                            &error),
              error);
    assert_int_equal(morphology->point_count, 2);
    si_morphology_free(morphology);
    assert_int_equal(
        parse_exactly(si_morphology_parse_swc, bad, sizeof bad - 1, &morphology, &error),
        SI_ERROR_FORMAT);
    assert_string_equal(error.message, "test:1:8: the z coordinate is '\\x00', expected a number");
}

static void samples_must_form_trees(void **state)
{
    (void)state;
    refuse("1 1 0 0 0 1 -1\n2 3 0 0 0 1 2", "2:13: sample 2 is its own parent, expected -1 or "
                                            "another sample");
    refuse("1 1 0 0 0 1 -1\n2 3 0 0 0 1 1\n1 3 0 0 0 1 1",
           "3:1: the sample id 1 is also that of line 1");
    refuse("1 1 0 0 0 1 -1\n2 3 0 0 0 1 7",
           "2:13: the parent of sample 2 is 7, expected a sample of this file or -1");
    refuse("1 1 0 0 0 1 -1\n2 3 0 0 0 1 3\n3 3 0 0 0 1 2\n4 3 0 0 0 1 3",
           "2:1: sample 2 descends from a cycle of parents, expected a root with parent -1 above "
           "it (so do 3 samples in total)");
    refuse("1 1 0 0 0 1 2\n2 1 0 0 0 1 1",
           "1:1: sample 1 descends from a cycle of parents, expected a root with parent -1 above "
           "it (so do 2 samples in total)");
}

static void types_change_at_branches_only(void **state)
{
    (void)state;
    refuse("1 1 0 0 0 1 -1\n2 3 0 0 0 1 1\n3 4 0 0 0 1 2",
           "3:1: sample 3 has type 4, expected type 3 of its parent 2, which does not branch");
    check("1 3 0 0 0 1 -1\n2 4 1 0 0 1 1\n3 2 2 0 0 1 1",
          "3 -1: 0 0 0 2 / 4 0: 0 0 0 2, 1 0 0 2 / 2 0: 0 0 0 2, 2 0 0 2");
}

/* A long chain with a tooth at each sample, with falling ids: nothing may recurse, and
 * nothing may take a time that grows with the square. */
static void long_and_deep_trees_are_read(void **state)
{
    (void)state;
    enum { SAMPLES = 300000, LINE = 48 };
    char *text = malloc((size_t)SAMPLES * 2 * LINE);
    size_t length = 0;
    for (int i = 0; i < SAMPLES; i++) {
        int id = 4000000 - i;
        int parent = i ? id + 1 : -1;
        length += (size_t)snprintf(text + length, LINE, "%d 3 %d 0 0 1 %d\n", id, i, parent);
        length += (size_t)snprintf(text + length, LINE, "%d 3 %d 1 0 1 %d\n", i, i, id);
    }
    si_morphology *morphology;
    si_error error = {0};
    assert_ok(si_morphology_parse_swc(text, length, "test", &morphology, &error), error);
    assert_consistent(morphology);
    /* The last sample of the chain has one child only, and goes on into it. */
    assert_int_equal(morphology->section_count, 2 * SAMPLES - 1);
    si_morphology_free(morphology);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(branches_begin_with_the_end_of_their_parent),
        cmocka_unit_test(a_branch_that_begins_there_already_keeps_its_diameter),
        cmocka_unit_test(sections_follow_the_order_of_the_lines),
        cmocka_unit_test(neurites_without_soma_are_sections_unless_a_lone_point),
        cmocka_unit_test(somas_have_the_type_of_their_samples),
        cmocka_unit_test(soma_center_is_the_mean_or_not_a_number),
        cmocka_unit_test(somas_that_make_no_sense_are_refused),
        cmocka_unit_test(blanks_comments_and_what_follows_a_sample_are_skipped),
        cmocka_unit_test(integer_columns_may_be_written_as_floats),
        cmocka_unit_test(integer_columns_hold_integers_only),
        cmocka_unit_test(integers_beyond_their_range_are_refused),
        cmocka_unit_test(floats_are_those_of_strtof),
        cmocka_unit_test(lines_that_end_too_early_are_refused),
        cmocka_unit_test(embedded_zero_bytes_are_refused_outside_comments),
        cmocka_unit_test(samples_must_form_trees),
        cmocka_unit_test(types_change_at_branches_only),
        cmocka_unit_test(long_and_deep_trees_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
