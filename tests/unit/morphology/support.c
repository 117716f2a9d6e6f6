#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

char *shared_path(const char *relative)
{
    const char *folder = getenv("SPATIAL_INDEX_TEST_DATA");
    char *path = folder ? si_path_join(folder, relative) : NULL;
    if (path && !si_path_exists(path)) {
        si_free(path);
        return NULL;
    }
    return path;
}

uint32_t crc32(const void *data, size_t length)
{
    const unsigned char *bytes = data;
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

si_result parse_exactly(parse_function *parse, const char *text, size_t length,
                        si_morphology **morphology, si_error *error)
{
    char *copy = malloc(length ? length : 1);
    assert_non_null(copy);
    memcpy(copy, text, length);
    si_result status = parse(copy, length, "test", morphology, error);
    free(copy);
    return status;
}

si_morphology *parse_valid(parse_function *parse, const char *text)
{
    si_morphology *morphology;
    si_error error = {0};
    if (parse_exactly(parse, text, strlen(text), &morphology, &error) != SI_OK)
        fail_msg("%s\nin:\n%s", error.message, text);
    assert_consistent(morphology);
    return morphology;
}

void assert_refused(parse_function *parse, const char *text, const char *sentence)
{
    si_morphology *morphology = NULL;
    si_error error = {0};
    char complete[256];
    snprintf(complete, sizeof complete, "test:%s", sentence);
    assert_int_not_equal(parse_exactly(parse, text, strlen(text), &morphology, &error), SI_OK);
    assert_string_equal(error.message, complete);
    assert_int_equal(error.result, SI_ERROR_FORMAT);
    assert_null(morphology);
}

static char *describe(const si_morphology *morphology)
{
    si_text text = {0};
    for (size_t section = 0; section < morphology->section_count; section++) {
        si_text_append(&text, "%s%d %d:", section ? " / " : "", morphology->section_types[section],
                       morphology->section_parents[section]);
        uint32_t begin = morphology->section_offsets[section];
        for (uint32_t i = begin; i < morphology->section_offsets[section + 1]; i++)
            si_text_append(&text, "%s %.9g %.9g %.9g %.9g", i > begin ? "," : "",
                           (double)morphology->points[i][0], (double)morphology->points[i][1],
                           (double)morphology->points[i][2], (double)morphology->diameters[i]);
    }
    return text.data;
}

void assert_sections(const si_morphology *morphology, const char *expected)
{
    char *found = describe(morphology);
    assert_string_equal(found ? found : "", expected);
    si_free(found);
}

void assert_consistent(const si_morphology *morphology)
{
    size_t sections = morphology->section_count;
    assert_true(sections == 0 || morphology->section_offsets[0] == 0);
    assert_int_equal(morphology->section_offsets[sections], morphology->point_count);
    for (size_t i = 0; i < sections; i++) {
        assert_true(morphology->section_offsets[i] <= morphology->section_offsets[i + 1]);
        assert_in_range(morphology->section_types[i], 2, 19);
        int32_t parent = morphology->section_parents[i];
        assert_true(parent >= -1 && parent < (int64_t)sections && parent != (int64_t)i);
    }
    assert_true(
        (morphology->soma_type == SI_SOMA_UNDEFINED) ==
        (morphology->soma_point_count == 0 ||
         (morphology->soma_point_count == 2 && morphology->soma_type != SI_SOMA_CYLINDERS)));
    assert_int_equal(isnan(morphology->soma_center[0]) && morphology->soma_point_count == 0,
                     morphology->soma_point_count == 0);
    /* So that a sanitizer sees an array that is shorter than it says. */
    crc32(morphology->points, morphology->point_count * sizeof *morphology->points);
    crc32(morphology->diameters, morphology->point_count * sizeof *morphology->diameters);
    crc32(morphology->soma_points, morphology->soma_point_count * sizeof *morphology->soma_points);
    crc32(morphology->soma_diameters,
          morphology->soma_point_count * sizeof *morphology->soma_diameters);
}

bool same_bits(float a, float b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}
