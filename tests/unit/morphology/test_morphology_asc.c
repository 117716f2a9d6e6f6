/* Neurolucida ASC: each rule by a small file. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

static si_morphology *parse(const char *text)
{
    return parse_valid(si_morphology_parse_asc, text);
}

static void check(const char *text, const char *sections)
{
    si_morphology *morphology = parse(text);
    assert_sections(morphology, sections);
    si_morphology_free(morphology);
}

static void refuse(const char *text, const char *sentence)
{
    assert_refused(si_morphology_parse_asc, text, sentence);
}

static void check_soma(const char *text, si_soma_type type, size_t points, float max_distance)
{
    si_morphology *morphology = parse(text);
    assert_int_equal(morphology->soma_type, type);
    assert_int_equal(morphology->soma_point_count, points);
    assert_true(same_bits(morphology->soma_max_distance, max_distance));
    assert_true(same_bits(morphology->soma_surface_radius, max_distance));
    si_morphology_free(morphology);
}

static void branches_begin_with_the_end_of_their_parent(void **state)
{
    (void)state;
    check("((Axon)(0 0 0 5)(1 0 0 5)( (1 0 0 2)(2 0 0 1) | (3 0 0 1) ))",
          "2 -1: 0 0 0 5, 1 0 0 5 / 2 0: 1 0 0 2, 2 0 0 1 / 2 0: 1 0 0 1, 3 0 0 1");
}

static void a_branch_that_is_the_end_of_its_parent_is_no_section(void **state)
{
    (void)state;
    check("((Axon)(0 0 0 1)(1 0 0 1)( (1 0 0 9)( (2 0 0 1) | (3 0 0 1) ) ))",
          "2 -1: 0 0 0 1, 1 0 0 1 / 2 0: 1 0 0 1, 2 0 0 1 / 2 0: 1 0 0 1, 3 0 0 1");
}

static void points_after_branches_are_a_sibling(void **state)
{
    (void)state;
    check("((Dendrite)(0 0 0 1)(1 0 0 1)( (2 0 0 1)(2 1 0 1) | (3 0 0 1) )(4 0 0 1)(5 0 0 1))",
          "3 -1: 0 0 0 1, 1 0 0 1 / 3 0: 1 0 0 1, 2 0 0 1, 2 1 0 1 / 3 0: 1 0 0 1, 3 0 0 1 / "
          "3 -1: 4 0 0 1, 5 0 0 1");
    check("((Axon)(0 0 0 1)( (1 0 0 1)( (2 0 0 1) )(3 0 0 1) ))",
          "2 -1: 0 0 0 1 / 2 0: 0 0 0 1, 1 0 0 1 / 2 1: 1 0 0 1, 2 0 0 1 / "
          "2 0: 0 0 0 1, 3 0 0 1");
}

static void blocks_of_branches_share_their_parent(void **state)
{
    (void)state;
    check("((Axon)(0 0 0 1)((1 0 0 1)|(2 0 0 1))((3 0 0 1)|))",
          "2 -1: 0 0 0 1 / 2 0: 0 0 0 1, 1 0 0 1 / 2 0: 0 0 0 1, 2 0 0 1 / "
          "2 0: 0 0 0 1, 3 0 0 1");
}

static void single_children_and_single_points_are_sections(void **state)
{
    (void)state;
    check("((Axon)(0 0 0 1))((Axon)(5 0 0 1)(1 1 1 1))", "2 -1: 0 0 0 1 / 2 -1: 5 0 0 1, 1 1 1 1");
    check("((apical)(0 0 0 1)((1 0 0 2)((2 0 0 3))))",
          "4 -1: 0 0 0 1 / 4 0: 0 0 0 2, 1 0 0 2 / 4 1: 1 0 0 3, 2 0 0 3");
}

static void branches_within_a_branch_without_points_are_refused(void **state)
{
    (void)state;
    refuse("((Axon)(0 0 0 1)(\n( (1 0 0 1) ) ))",
           "2:3: found '(', expected a point before the branches of the enclosing branch");
    check("((Axon)(0 0 0 1)( ( (Normal) ) | (1 0 0 1) ))", "2 -1: 0 0 0 1 / 2 0: 0 0 0 1, 1 0 0 1");
}

static void blocks_that_begin_with_a_property_are_skipped(void **state)
{
    (void)state;
    check("((Axon)(0 0 0 1)( Normal | (3 0 0 1) )(1 0 0 1))", "2 -1: 0 0 0 1, 1 0 0 1");
    check("((Axon)(0 0 0 1)((Color Red)(3 0 0 1)))", "2 -1: 0 0 0 1 / 2 0: 0 0 0 1, 3 0 0 1");
    refuse("((Axon)(0 0 0 1)( | (3 0 0 1) ))",
           "1:19: found '|', expected a number, '(', a marker or a property such as Color");
    refuse("((Axon)(0 0 0 1)( \"a\" (3 0 0 1) ))",
           "1:19: found '\"a\"', expected a number, '(', a marker or a property such as Color");
}

static void the_soma_is_a_contour(void **state)
{
    (void)state;
    check_soma("((CellBody)(0 0 0 1)(1 1 1 1)(2 0 0 1)) ((Axon)(5 0 0 1)(6 1 1 1))",
               SI_SOMA_CONTOUR, 3, 1.10554159F);
    check_soma("((Cell Body)(0 0 0 1)(2 0 0 1))", SI_SOMA_UNDEFINED, 2, 1);
    check_soma("(\"c ELL bOdy\"(0 0 0 1)(2 0 0 1)(1 0 0 9))", SI_SOMA_CONTOUR, 3, 1);
    check_soma("((CellBody)(0 0 0 1)(2 0 0 1))((CellBody))((CellBody)(Color Red))",
               SI_SOMA_UNDEFINED, 2, 1);
    check_soma("((Axon)(0 0 0 1))", SI_SOMA_UNDEFINED, 0, 0);
}

static void somas_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    refuse("((CellBody)(0 0 0 1))", " the soma has a single point, expected none or a contour");
    refuse("((CellBody)(0 0 0 1)(2 0 0 1))\n((CellBody)(0 0 0 1))",
           "2:12: found '(', expected no further soma: the soma is already complete");
    refuse("((CellBody)(0 0 0 1)((2 0 0 1)))",
           "1:22: found '(', expected no further soma: the soma is already complete");
}

static void the_last_type_of_the_header_counts(void **state)
{
    (void)state;
    check("((Axon)(Color Red)(Dendrite)(0 0 0 1))", "3 -1: 0 0 0 1");
    check("(\"Axon\"(0 0 0 1)(1 2 3))", "");
    check("((Color Red)(0 0 0 1)((1 2 3)|(3 4 5 6)))(Dot (1 2 3 4))", "");
    check("((cell body)(axon)(0 0 0 1))", "2 -1: 0 0 0 1");
    refuse("((Axon)(0 0 0 1)(Dendrite))",
           "1:18: found 'Dendrite', expected a number, '(', a marker or a property such as Color");
    refuse("((Axon (0 0 0 1)))", "1:8: found '(', expected ')' after the type");
}

static void font_skips_the_text_after_it_in_the_header_only(void **state)
{
    (void)state;
    check("((Font \"x\" 1)(Axon)(0 0 0 1))", "");
    check("((Font \"x\" 1)(Bar 2)(Axon)(0 0 0 1)(Font \"x\")(1 0 0 1))", "2 -1: 0 0 0 1, 1 0 0 1");
}

static void words_skip_the_expression(void **state)
{
    (void)state;
    check("(Sections S1 (x) \")\")((Axon)(0 0 0 1))(ImageCoords)((Axon)(1 0 0 1))",
          "2 -1: 0 0 0 1 / 2 -1: 1 0 0 1");
    refuse("((Axon)(0 0 0 1))\n(Thumbnail)",
           "2:12: found the end of the file, expected '(' of another expression");
    refuse("(Thumbnail (a)", "1:15: found the end of the file, expected ')'");
}

static void comments_end_with_their_line(void **state)
{
    (void)state;
    const char *sections = "2 -1: 0 0 0 1, 1 0 0 1";
    check("; a\n((Axon) ; b\n(0 0 0 1) ; c\n(1 0 0 1))", sections);
    check("; a\r((Axon) ; b\r(0 0 0 1) ; c\r(1 0 0 1))", sections);
    check("; a\r\n((Axon) ; b\r\n(0 0 0 1) ; c\r\n(1 0 0 1))", sections);
    refuse("((Axon) ; b\r(0 0 0 1)", "2:10: found the end of the file, expected a point, a branch, "
                                     "')' or '|'");
}

static void numbers_have_digits_on_both_sides_of_their_point(void **state)
{
    (void)state;
    refuse("((Axon)\n(0 .5 0 1))",
           "2:4: found '.5', expected a number with digits on both sides of "
           "its point, such as 0.5 or 5.0");
    refuse("((Axon)\n(0 0 -5. 1))",
           "2:6: found '-5.', expected a number with digits on both sides of "
           "its point, such as 0.5 or 5.0");
    refuse("((Axon)\n(-.5e3 0 0 1))", "2:2: found '-.5e3', expected a number with digits on both "
                                      "sides of its point, such as 0.5 or 5.0");
    refuse("((Axon)\n(0 0 0 5.))",
           "2:8: found '5.', expected a number with digits on both sides of "
           "its point, such as 0.5 or 5.0");
    refuse("((Axon)\n(0 . 0 1))", "2:4: found '.', expected a number: a point is (x y z diameter)");
}

static void top_level_ignores_all_but_expressions(void **state)
{
    (void)state;
    check("foo ) | , . 1 \"x\" ((Axon)(0 0 0 1)) Normal ) ;(", "2 -1: 0 0 0 1");
    check("()", "");
    refuse("", " the file is empty, expected a morphology");
    refuse(" \n ; comment", " the file is empty, expected a morphology");
}

static void headers_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    refuse("\n(((\n", "2:3: found '(', expected a number, a property such as Color, or CellBody, "
                      "Axon, Dendrite or Apical");
    refuse("((Dot (1 2 3 4)))", "1:3: found 'Dot', expected a number, a property such as Color, or "
                                "CellBody, Axon, Dendrite or Apical");
    refuse("(1 2 3)", "1:2: found '1', expected '(', ')', a word or a string");
    refuse("(", "1:2: found the end of the file, expected '(', ')', a word or a string");
    refuse("((Axon)((1 0 0 1)))",
           "1:9: found '(', expected a number, a property such as Color, or CellBody, Axon, "
           "Dendrite or Apical");
}

static void points_are_four_numbers_and_perhaps_a_word(void **state)
{
    (void)state;
    check("((Axon)(1 -2 +3.5 1e1 S12)(1e-1 nan infinity inf1))",
          "2 -1: 1 -2 3.5 10, 0.100000001 nan inf inf");
    refuse("((Axon)(1 2 3))", "1:14: found ')', expected a number: a point is (x y z diameter)");
    refuse("((Axon)(1 2 3 4 5))", "1:17: found '5', expected ')' after the diameter of a point");
    refuse("((Axon)(1 2 3 4 S1 S2))",
           "1:20: found 'S2', expected ')' after the diameter of a point");
    refuse("((Axon)(1 2 3 4 S))", "1:17: found 'S', expected ')' after the diameter of a point");
    refuse("((Axon)(1, 2, 3, 4))",
           "1:10: found ',', expected a number: a point is (x y z diameter)");
    refuse("((Axon)(1 2 3 1e))", "1:16: found 'e', expected ')' after the diameter of a point");
    refuse("((Axon)(1 \"2\" 3 4))",
           "1:11: found '\"2\"', expected a number: a point is (x y z diameter)");
    refuse("((Axon)(1 2 3",
           "1:14: found the end of the file, expected a number: a point is (x y z diameter)");
}

static void remarks_are_ignored_in_a_body(void **state)
{
    (void)state;
    check("((Axon)(0 0 0 1) Normal \"text\n;\" High (Foo (1 2 3 4) 5) <(1 2 x (3)> Low ; (\n"
          " Generated (1 0 0 1) Midpoint Origin < (spine )> (2 0 0 1) Incomplete)",
          "2 -1: 0 0 0 1, 1 0 0 1, 2 0 0 1");
    refuse("((Axon)(0 0 0 1) Incomplete\n(1 0 0 1))",
           "2:1: found '(', expected ')' or '|' after Incomplete");
    refuse("((Axon)(0 0 0 1) <(1 2 3) >)",
           "1:29: found the end of the file, expected ')>' at the end of a spine");
    refuse("((Axon)(0 0 0 1) foo)", "1:18: found 'foo', expected a point, a branch, ')' or '|'");
    refuse("((Axon)(0 0 0 1) \"foo)", "1:18: found '\"', expected a point, a branch, ')' or '|'");
    refuse("((Axon)(0 0 0 1)(<(1)>))",
           "1:18: found '<(', expected a number, '(', a marker or a property such as Color");
}

static void markers_are_no_part_of_the_shape(void **state)
{
    (void)state;
    check("((Axon)(0 0 0 1)(Dot12 (Color Red) (9 9 9)(8 8 8 8)((7 7 7)|(6 6 6)))(1 0 0 1))",
          "2 -1: 0 0 0 1, 1 0 0 1");
    check("((Axon)(0 0 0 1)(Cross 1 foo | (Name \"x\")(9 9 9 1)(Dot (5 5 5)))(1 0 0 1))",
          "2 -1: 0 0 0 1, 1 0 0 1");
    refuse("((Axon)(0 0 0 1)(Dot (9 9 9) | (8 8 8)))", "1:30: found '|', expected ')'");
    refuse("((Axon)(0 0 0 1)(Dot))",
           "1:23: found the end of the file, expected '(' of a point of the marker");
    /* A word, not a marker: a property. */
    check("((Axon)(0 0 0 1)(Dotty | (9 9 9)))", "2 -1: 0 0 0 1");
}

static void unbalanced_parentheses_are_refused(void **state)
{
    (void)state;
    refuse("((Axon)(0 0 0 1)",
           "1:17: found the end of the file, expected a point, a branch, ')' or '|'");
    refuse("((Axon)(0 0 0 1)(\r\n(1 0 0 1)|\r\n",
           "3:1: found the end of the file, expected a point, a branch, ')' or '|'");
    refuse("((Axon)(0 0 0 1)(Foo (Bar)", "1:27: found the end of the file, expected ')'");
}

/* As deep as a file can say it: nothing may recurse. */
static void deep_nesting_is_read(void **state)
{
    (void)state;
    enum { DEPTH = 200000 };
    static const char branch[] = "(1 0 0 1)(2 0 0 1)(";
    static const char head[] = "((Axon)";
    size_t length = sizeof head - 1 + DEPTH * (sizeof branch - 1) + 6 + DEPTH + 1;
    char *text = malloc(length + 1);
    char *at = text;
    memcpy(at, head, sizeof head);
    at += sizeof head - 1;
    for (int i = 0; i < DEPTH; i++, at += sizeof branch - 1)
        memcpy(at, branch, sizeof branch);
    memcpy(at, "Normal", 6);
    memset(at + 6, ')', DEPTH + 1);
    text[length] = '\0';
    /* The innermost "(Normal)" is a property; all else nests. */
    si_morphology *morphology = parse(text);
    assert_int_equal(morphology->section_count, DEPTH);
    assert_int_equal(morphology->section_parents[DEPTH - 1], DEPTH - 2);
    si_morphology_free(morphology);
    free(text);
}

static void zero_bytes_and_other_rubbish_are_refused(void **state)
{
    (void)state;
    static const char text[] = "((Axon)(0 0\0 0 1))";
    si_morphology *morphology;
    si_error error = {0};
    assert_int_equal(
        parse_exactly(si_morphology_parse_asc, text, sizeof text - 1, &morphology, &error),
        SI_ERROR_FORMAT);
    assert_string_equal(error.message, "test:1:12: found '\\x00', expected a number: a point is (x "
                                       "y z diameter)");
    refuse("((Axon)(0 0 0 1) \xff)", "1:18: found '\\xff', expected a point, a branch, ')' or '|'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(branches_begin_with_the_end_of_their_parent),
        cmocka_unit_test(a_branch_that_is_the_end_of_its_parent_is_no_section),
        cmocka_unit_test(points_after_branches_are_a_sibling),
        cmocka_unit_test(blocks_of_branches_share_their_parent),
        cmocka_unit_test(single_children_and_single_points_are_sections),
        cmocka_unit_test(branches_within_a_branch_without_points_are_refused),
        cmocka_unit_test(blocks_that_begin_with_a_property_are_skipped),
        cmocka_unit_test(the_soma_is_a_contour),
        cmocka_unit_test(somas_that_make_no_sense_are_refused),
        cmocka_unit_test(the_last_type_of_the_header_counts),
        cmocka_unit_test(font_skips_the_text_after_it_in_the_header_only),
        cmocka_unit_test(words_skip_the_expression),
        cmocka_unit_test(comments_end_with_their_line),
        cmocka_unit_test(numbers_have_digits_on_both_sides_of_their_point),
        cmocka_unit_test(top_level_ignores_all_but_expressions),
        cmocka_unit_test(headers_that_make_no_sense_are_refused),
        cmocka_unit_test(points_are_four_numbers_and_perhaps_a_word),
        cmocka_unit_test(remarks_are_ignored_in_a_body),
        cmocka_unit_test(markers_are_no_part_of_the_shape),
        cmocka_unit_test(unbalanced_parentheses_are_refused),
        cmocka_unit_test(deep_nesting_is_read),
        cmocka_unit_test(zero_bytes_and_other_rubbish_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
