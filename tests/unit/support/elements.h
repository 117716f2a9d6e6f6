/* Random elements of every kind, as columns, for tests of the index. */
#ifndef SI_TESTS_UNIT_INDEX_ELEMENTS_H
#define SI_TESTS_UNIT_INDEX_ELEMENTS_H

#include <stdbool.h>

#include "unit/test.h"

#include "spatial_index/spatial_index.h"

/* Columns of `count` elements. Which are used depends on the kind: `first` are positions, centroids
 * or endpoints. */
typedef struct test_elements {
    si_element_kind kind;
    uint64_t count;
    float (*first)[3];
    float (*second)[3];
    float *radius;
    uint64_t *id; /* gid for morphologies */
    uint64_t *post_gid;
    uint64_t *pre_gid;
    uint32_t *section_id;
    uint32_t *segment_id;
    uint8_t *section_type;
} test_elements;

typedef struct element_scatter {
    float extent;   /* coordinates lie within +-extent of the offset */
    float offset;   /* of all coordinates */
    float length;   /* of segments, at most */
    float radius;   /* at most */
    int degenerate; /* 1: many equal, zero-length and zero-radius test_elements on a coarse grid */
} element_scatter;

/* The same numbers for the same seed, on every machine. */
uint64_t random_bits(uint64_t *seed);
float random_float(uint64_t *seed, float lower, float upper);

test_elements make_elements(si_element_kind kind, uint64_t count, const element_scatter *scatter,
                            uint64_t seed);
void free_elements(test_elements *elements);

/* The fields with the ids of elements (of segments: of cells) and with their centers or first ends.
 */
si_field id_field(si_element_kind kind);
si_field place_field(si_element_kind kind);

/* Appends elements [first, end) to a builder. */
si_result append_elements(si_builder *builder, const test_elements *elements, uint64_t first,
                          uint64_t end, si_error *error);

/* Builds an index of all elements; `folder` may be NULL. */
si_index *build_elements(const test_elements *elements, const char *folder,
                         const si_build_options *options);

/* A new folder below /tmp and its removal with all that is in it. */
char *make_test_folder(void);
void remove_test_folder(char *folder);

#endif
