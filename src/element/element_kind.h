/*
 * The kinds of element: what each stores and what it answers.
 *
 * Everything else in this folder works on any kind through this table.
 */
#ifndef SI_ELEMENT_ELEMENT_KIND_H
#define SI_ELEMENT_ELEMENT_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "geometry/distances.h"
#include "geometry/shapes.h"

/*
 * An element has 64-bit words (its ids), 32-bit floats (its geometry) and bytes (its section type).
 * A leaf's floats lie together, a column after the other; the words and bytes of all elements are
 * an array each. While an index is built, an element is a record: words, floats and bytes side by
 * side.
 */
#define SI_MAX_WORDS 3
#define SI_MAX_FLOATS 7
#define SI_MAX_BYTES 1

/* Elements of a leaf. */
#define SI_LEAF_CAPACITY 64u

/* Columns of elements. Of those that nobody asked for the pointers may be anything. */
typedef struct si_columns {
    const float *floats[SI_MAX_FLOATS];
    const uint64_t *words[SI_MAX_WORDS];
    const uint8_t *bytes[SI_MAX_BYTES];
} si_columns;

/* Columns that are filled while an index is built. */
typedef struct si_writable_columns {
    float *floats; /* leaf by leaf */
    uint64_t *words[SI_MAX_WORDS];
    uint8_t *bytes[SI_MAX_BYTES];
} si_writable_columns;

/* Some of the columns, bit i for column i. */
typedef struct si_column_set {
    uint8_t floats;
    uint8_t words;
    uint8_t bytes;
} si_column_set;

/* How a field comes from the columns: it writes `count` values, one after another. */
typedef struct si_extraction {
    void (*extract)(const si_columns *columns, uint64_t count, void *values);
    size_t size; /* bytes of a value */
    si_column_set needed;
} si_extraction;

/* One more than the last si_field. */
#define SI_FIELD_COUNT (SI_FIELD_IS_SOMA + 1)

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
    size_t record_bytes; /* of words, floats and bytes */
    size_t field_count;
    const si_field_info *fields;
    size_t input_count;
    const si_input *inputs;
    const si_extraction *extractions; /* by si_field; that of no field of this kind is not there */
    /* Of a leaf, whose floats lie a column after the other, SI_LEAF_CAPACITY values each. */
    uint64_t (*match)(const si_query *query, const float *floats, unsigned count);
    si_box (*bound)(const float *floats, unsigned count);
    void (*centroid)(const float *floats, float centroid[3]);
    /* Puts the `count` records of a leaf where leaf `leaf` of the columns is. Places of the floats
     * beyond `count` are not written. */
    void (*transpose_leaf)(const char *const *records, unsigned count,
                           const si_writable_columns *columns, uint64_t leaf);
    /* Elements of a leaf that may be within the cutoff, and the distance of one of them. */
    uint64_t (*near)(const si_vantage *vantage, const float *floats, unsigned count);
    double (*distance)(const si_vantage *vantage, const float *floats, unsigned slot);
    si_overhang overhang; /* with SI_BEST_EFFORT */
} si_element_type;

/* `kind` must be a valid kind. */
const si_element_type *si_element_type_of(si_element_kind kind);

/* False where `value` is no element kind. */
bool si_element_kind_is_valid(uint32_t value);
/* False where there is no kind of that name. */
bool si_element_kind_by_name(const char *name, si_element_kind *kind);

/* NULL where the kind has no such field. */
const si_field_info *si_element_field(si_element_kind kind, si_field field);

/* Bytes of the floats of a leaf; places beyond its last element are 0. */
static inline size_t si_leaf_float_bytes(const si_element_type *type)
{
    return type->float_count * SI_LEAF_CAPACITY * sizeof(float);
}

/* Bytes of these columns of a leaf; some floats of a leaf cost as much as all. */
size_t si_leaf_column_bytes(const si_element_type *type, si_column_set columns);

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
