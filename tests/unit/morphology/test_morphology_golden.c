/* Small random SWC and ASC files, and what the reference reader makes of them. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/file.h"
#include "base/memory.h"

/* These hold samples that no root leads to, which the reference drops without a word. */
static const char *const refused_on_purpose[] = {"swc-11-0018", "swc-11-0283"};

static bool is_refused_on_purpose(const char *id)
{
    for (size_t i = 0; i < sizeof refused_on_purpose / sizeof *refused_on_purpose; i++) {
        if (strcmp(id, refused_on_purpose[i]) == 0)
            return true;
    }
    return false;
}

static float number(const json_t *array, size_t index)
{
    return (float)json_number_value(json_array_get(array, index));
}

static bool same_position(const float position[3], const json_t *expected)
{
    return same_bits(position[0], number(expected, 0)) &&
           same_bits(position[1], number(expected, 1)) &&
           same_bits(position[2], number(expected, 2));
}

static const char *compare_section(const si_morphology *found, size_t section,
                                   const json_t *expected)
{
    const json_t *points = json_object_get(expected, "points");
    size_t begin = found->section_offsets[section];
    if (found->section_types[section] != json_integer_value(json_object_get(expected, "type")))
        return "type";
    if (found->section_parents[section] != json_integer_value(json_object_get(expected, "parent")))
        return "parent";
    if (found->section_offsets[section + 1] - begin != json_array_size(points))
        return "number of points";
    for (size_t i = 0; i < json_array_size(points); i++) {
        const json_t *point = json_array_get(points, i);
        if (!same_position(found->points[begin + i], point) ||
            !same_bits(found->diameters[begin + i], number(point, 3)))
            return "point";
    }
    return NULL;
}

static const char *compare_soma(const si_morphology *found, const json_t *expected)
{
    const json_t *points = json_object_get(expected, "points");
    if (found->soma_point_count != json_array_size(points))
        return "number of soma points";
    for (size_t i = 0; i < json_array_size(points); i++) {
        if (!same_position(found->soma_points[i], json_array_get(points, i)))
            return "soma point";
    }
    if (found->soma_point_count == 0)
        return NULL;
    if (!same_position(found->soma_center, json_object_get(expected, "center")))
        return "soma center";
    float distance = (float)json_number_value(json_object_get(expected, "max_distance"));
    return same_bits(found->soma_max_distance, distance) ? NULL : "soma distance";
}

static const char *compare(const si_morphology *found, const json_t *expected)
{
    const json_t *sections = json_object_get(expected, "sections");
    const char *difference = compare_soma(found, json_object_get(expected, "soma"));
    if (!difference && found->section_count != json_array_size(sections))
        difference = "number of sections";
    for (size_t i = 0; !difference && i < json_array_size(sections); i++)
        difference = compare_section(found, i, json_array_get(sections, i));
    return difference;
}

static const char *check_case(parse_function *parse, const json_t *example, si_error *error)
{
    const json_t *text = json_object_get(example, "text");
    const json_t *expected = json_object_get(example, "expect");
    bool must_fail = json_object_get(expected, "error") ||
                     is_refused_on_purpose(json_string_value(json_object_get(example, "id")));
    si_morphology *found = NULL;
    si_result status = parse_exactly(parse, json_string_value(text), json_string_length(text),
                                     &found, error);
    if (must_fail)
        return status == SI_OK ? "no error" : NULL;
    if (status != SI_OK)
        return error->message;
    assert_consistent(found);
    const char *difference = compare(found, expected);
    si_morphology_free(found);
    return difference;
}

static size_t check_line(parse_function *parse, const char *line, size_t length)
{
    si_error error = {0};
    json_error_t json_error;
    json_t *example = json_loadb(line, length, JSON_ALLOW_NUL, &json_error);
    assert_non_null(example);
    const char *difference = check_case(parse, example, &error);
    if (difference)
        print_message("%s: %s\n%s\n", json_string_value(json_object_get(example, "id")), difference,
                      json_string_value(json_object_get(example, "text")));
    json_decref(example);
    return difference != NULL;
}

static void check_all(parse_function *parse, const char *relative)
{
    char *path = shared_path(relative);
    require_shared(path);
    char *content;
    size_t length, cases = 0, differences = 0;
    si_error error = {0};
    assert_ok(si_file_read_all(path, &content, &length, &error), error);
    for (const char *line = content; line < content + length;) {
        const char *end = strchr(line, '\n');
        size_t line_length = end ? (size_t)(end - line) : strlen(line);
        differences += check_line(parse, line, line_length);
        cases++;
        line += line_length + 1;
    }
    assert_int_equal(differences, 0);
    assert_int_equal(cases, 800);
    si_free(content);
    si_free(path);
}

static void swc_files_are_read_as_the_reference_does(void **state)
{
    (void)state;
    check_all(si_morphology_parse_swc, "golden/morphology/swc.jsonl");
}

static void asc_files_are_read_as_the_reference_does(void **state)
{
    (void)state;
    check_all(si_morphology_parse_asc, "golden/morphology/asc.jsonl");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(swc_files_are_read_as_the_reference_does),
        cmocka_unit_test(asc_files_are_read_as_the_reference_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
