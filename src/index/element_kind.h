/*
 * The kinds of element: what each stores, how it is laid out on a page, and what it answers.
 *
 * Everything else in this folder works on any kind through this table.
 */
#ifndef SI_INDEX_ELEMENT_KIND_H
#define SI_INDEX_ELEMENT_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "geometry/kernels.h"

/*
 * An element has 64-bit words (its ids), 32-bit floats (its geometry) and bytes (its section type).
 * A page holds the columns of its elements one after another: floats, words, bytes. While an index
 * is built, an element is a record: words, floats and bytes side by side.
 */
#define SI_MAX_WORDS 3
#define SI_MAX_FLOATS 7
#define SI_MAX_BYTES 1

/* The columns of one leaf. */
typedef struct si_leaf {
    unsigned count;
    const float *floats[SI_MAX_FLOATS];
    const uint64_t *words[SI_MAX_WORDS];
    const uint8_t *bytes[SI_MAX_BYTES];
} si_leaf;

/* What a builder does with a column that it is given. */
typedef enum si_input_role {
    SI_INPUT_ID,           /* to a word; where it is missing, elements are numbered */
    SI_INPUT_WORD,         /* to a word */
    SI_INPUT_VECTOR,       /* three coordinates, to floats */
    SI_INPUT_RADIUS,       /* to a float */
    SI_INPUT_BYTE,         /* to a byte */
    SI_INPUT_GID,          /* packed into a word together with ... */
    SI_INPUT_SECTION_ID,   /* ... this one and ... */
    SI_INPUT_SEGMENT_ID,   /* ... this one */
    SI_INPUT_SECOND_VECTOR /* as SI_INPUT_VECTOR; of a soma it is not read, but a copy of the first
                            */
} si_input_role;

typedef struct si_input {
    si_field field;
    si_input_role role;
    unsigned slot; /* the first word, float or byte that it fills */
} si_input;

typedef struct si_element_type {
    const char *name;
    unsigned word_count;
    unsigned float_count;
    unsigned byte_count;
    uint32_t page_bytes;    /* a multiple of 4096 */
    uint32_t page_capacity; /* a multiple of SI_LEAF_CAPACITY that fits page_bytes */
    size_t field_count;
    const si_field_info *fields;
    size_t input_count;
    const si_input *inputs;
    uint64_t (*match)(const si_query *query, const si_leaf *leaf);
    si_box (*bound)(const si_leaf *leaf);
    void (*centroid)(const float *floats, float centroid[3]);
    /* Writes the values of a field for `count` slots of a leaf, one after another. */
    void (*extract)(si_field field, const si_leaf *leaf, const uint8_t *slots, unsigned count,
                    void *values);
} si_element_type;

/* `kind` must be a valid kind. */
const si_element_type *si_element_type_of(si_element_kind kind);

/* False where `value` is no element kind. */
bool si_element_kind_is_valid(uint32_t value);
/* False where there is no kind of that name. */
bool si_element_kind_by_name(const char *name, si_element_kind *kind);

/* NULL where the kind has no such field. */
const si_field_info *si_element_field(si_element_kind kind, si_field field);

/* Ids of a segment in one word: gid (36 bits), section (14), segment (14), high to low, as users'
 * indexes have it. */
#define SI_MAX_GID ((UINT64_C(1) << 36) - 1)
#define SI_MAX_SECTION_ID 16383u
#define SI_MAX_SEGMENT_ID 16383u

static inline uint64_t si_pack_segment_ids(uint64_t gid, uint32_t section_id, uint32_t segment_id)
{
    return gid << 28 | (uint64_t)section_id << 14 | segment_id;
}

static inline si_segment_ids si_unpack_segment_ids(uint64_t word)
{
    return (si_segment_ids){word >> 28, (uint32_t)(word >> 14) & SI_MAX_SECTION_ID,
                            (uint32_t)word & SI_MAX_SEGMENT_ID};
}

#endif
