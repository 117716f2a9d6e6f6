#include "unit/support/elements.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

uint64_t random_bits(uint64_t *seed)
{
    /* splitmix64, S. Vigna */
    uint64_t z = (*seed += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

float random_float(uint64_t *seed, float lower, float upper)
{
    return lower + (upper - lower) * (float)(random_bits(seed) >> 40) * 0x1p-24f;
}

static void random_place(uint64_t *seed, const element_scatter *scatter, float place[3])
{
    for (unsigned axis = 0; axis < 3; axis++) {
        place[axis] = scatter->offset + random_float(seed, -scatter->extent, scatter->extent);
        if (scatter->degenerate)
            place[axis] = roundf(place[axis]);
    }
}

static void random_segment(uint64_t *seed, const element_scatter *scatter, test_elements *made,
                           uint64_t i)
{
    unsigned shape = (unsigned)(random_bits(seed) % 8);
    made->section_id[i] = shape == 0 ? 0 : (uint32_t)(random_bits(seed) % 100);
    made->section_type[i] = (uint8_t)(made->section_id[i] ? 2 + random_bits(seed) % 3 : 1);
    made->segment_id[i] = (uint32_t)(random_bits(seed) % 100);
    made->id[i] = random_bits(seed) % 1000;
    for (unsigned axis = 0; axis < 3; axis++)
        made->second[i][axis] = made->first[i][axis] +
                                random_float(seed, -scatter->length, scatter->length);
    if (shape == 1 || made->section_id[i] == 0)
        memcpy(made->second[i], made->first[i], sizeof made->first[i]);
    if (shape == 2)
        made->second[i][1] = made->first[i][1], made->second[i][2] = made->first[i][2];
    if (shape == 3)
        made->radius[i] = 0;
}

static test_elements allocate_elements(si_element_kind kind, uint64_t count)
{
    return (test_elements){.kind = kind,
                           .count = count,
                           .first = calloc(count + 1, sizeof(float[3])),
                           .second = calloc(count + 1, sizeof(float[3])),
                           .radius = calloc(count + 1, sizeof(float)),
                           .id = calloc(count + 1, sizeof(uint64_t)),
                           .post_gid = calloc(count + 1, sizeof(uint64_t)),
                           .pre_gid = calloc(count + 1, sizeof(uint64_t)),
                           .section_id = calloc(count + 1, sizeof(uint32_t)),
                           .segment_id = calloc(count + 1, sizeof(uint32_t)),
                           .section_type = calloc(count + 1, 1)};
}

test_elements make_elements(si_element_kind kind, uint64_t count, const element_scatter *scatter,
                            uint64_t seed)
{
    test_elements made = allocate_elements(kind, count);
    for (uint64_t i = 0; i < count; i++) {
        random_place(&seed, scatter, made.first[i]);
        made.radius[i] = random_float(&seed, 0, scatter->radius);
        made.id[i] = scatter->degenerate ? random_bits(&seed) % 3 : i;
        made.post_gid[i] = random_bits(&seed) % 50;
        made.pre_gid[i] = random_bits(&seed) % 50;
        if (kind == SI_SEGMENT)
            random_segment(&seed, scatter, &made, i);
    }
    return made;
}

void free_elements(test_elements *elements)
{
    free(elements->first);
    free(elements->second);
    free(elements->radius);
    free(elements->id);
    free(elements->post_gid);
    free(elements->pre_gid);
    free(elements->section_id);
    free(elements->segment_id);
    free(elements->section_type);
}

si_field id_field(si_element_kind kind)
{
    return kind == SI_SEGMENT ? SI_FIELD_GID : SI_FIELD_ID;
}

si_field place_field(si_element_kind kind)
{
    return kind == SI_SEGMENT  ? SI_FIELD_ENDPOINT1
           : kind == SI_SPHERE ? SI_FIELD_CENTROID
                               : SI_FIELD_POSITION;
}

static size_t list_columns(const test_elements *elements, uint64_t first,
                           si_input_column columns[7])
{
    size_t count = 0;
    bool has_radius = elements->kind == SI_SPHERE || elements->kind == SI_SEGMENT;
    if (has_radius)
        columns[count++] = (si_input_column){SI_FIELD_RADIUS, elements->radius + first};
    if (elements->kind == SI_SEGMENT) {
        columns[count++] = (si_input_column){SI_FIELD_ENDPOINT1, elements->first + first};
        columns[count++] = (si_input_column){SI_FIELD_ENDPOINT2, elements->second + first};
        columns[count++] = (si_input_column){SI_FIELD_GID, elements->id + first};
        columns[count++] = (si_input_column){SI_FIELD_SECTION_ID, elements->section_id + first};
        columns[count++] = (si_input_column){SI_FIELD_SEGMENT_ID, elements->segment_id + first};
        columns[count++] = (si_input_column){SI_FIELD_SECTION_TYPE, elements->section_type + first};
        return count;
    }
    columns[count++] = (si_input_column){SI_FIELD_ID, elements->id + first};
    columns[count++] = (si_input_column){place_field(elements->kind), elements->first + first};
    if (elements->kind == SI_SYNAPSE) {
        columns[count++] = (si_input_column){SI_FIELD_POST_GID, elements->post_gid + first};
        columns[count++] = (si_input_column){SI_FIELD_PRE_GID, elements->pre_gid + first};
    }
    return count;
}

si_result append_elements(si_builder *builder, const test_elements *elements, uint64_t first,
                          uint64_t end, si_error *error)
{
    si_input_column columns[7];
    size_t count = list_columns(elements, first, columns);
    return si_builder_append(builder, columns, count, end - first, error);
}

si_index *build_elements(const test_elements *elements, const char *folder,
                         const si_build_options *options)
{
    si_error error = {0};
    si_builder *builder;
    si_index *index;
    assert_ok(si_builder_create(elements->kind, folder, options, &builder, &error), error);
    assert_ok(append_elements(builder, elements, 0, elements->count, &error), error);
    assert_ok(si_builder_finish(builder, &index, NULL, &error), error);
    return index;
}

char *make_test_folder(void)
{
    char *folder = si_duplicate_string("/tmp/spatial-index-test-XXXXXX");
    assert_non_null(folder);
    assert_non_null(mkdtemp(folder));
    return folder;
}

void remove_test_folder(char *folder)
{
    char *command = si_format("rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
    si_free(command);
    si_free(folder);
}
