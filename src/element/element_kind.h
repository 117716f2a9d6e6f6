/*
 * The kinds of elements: what each kind stores, which fields it has, and its geometry.
 *
 * Everything else works on any kind through this table.
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
 * In a file, the floats of a leaf lie together, one column after another; each word and each byte
 * of all elements is an array. While an index is built, an element is a record: its words, floats
 * and bytes side by side.
 */
#define SI_MAX_WORDS 3
#define SI_MAX_FLOATS 7
#define SI_MAX_BYTES 1

/* Elements of a leaf. */
#define SI_LEAF_CAPACITY 64u

/* Columns of elements. Pointers to columns that are not needed may be anything. */
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

/* A set of columns, bit i for column i. */
typedef struct si_column_set {
    uint8_t floats;
    uint8_t words;
    uint8_t bytes;
} si_column_set;

/* How the values of a field are computed from the columns: `extract` writes `count` values. */
typedef struct si_extraction {
    void (*extract)(const si_columns *columns, uint64_t count, void *values);
    size_t size; /* bytes of a value */
    si_column_set needed;
} si_extraction;

/* One more than the last si_field. */
#define SI_FIELD_COUNT (SI_FIELD_IS_SOMA + 1)

/* What a builder does with a column that the caller gives. */
typedef enum si_input_role {
    SI_INPUT_ID,           /* to a word; where it is missing, elements are numbered */
    SI_INPUT_WORD,         /* to a word */
    SI_INPUT_VECTOR,       /* three coordinates, to floats */
    SI_INPUT_RADIUS,       /* to a float */
    SI_INPUT_BYTE,         /* to a byte */
    SI_INPUT_GID,          /* packed into a word together with ... */
    SI_INPUT_SECTION_ID,   /* ... this one and ... */
    SI_INPUT_SEGMENT_ID,   /* ... this one */
    SI_INPUT_SECOND_VECTOR /* as SI_INPUT_VECTOR; not read for somas, which get a copy of the first
                            */
} si_input_role;

typedef struct si_input {
    si_field field;
    si_input_role role;
    unsigned slot; /* the first word, float or byte that it fills */
} si_input;

/* Where the stored integer is that a field's value comes from, for filters. */
typedef struct si_stored_integer {
    bool is_byte; /* in a column of bytes, else of words */
    bool is_zero; /* the field's value is 1 where the stored integer is 0, and else 0 */
    uint8_t column;
    uint8_t shift;
    uint64_t mask; /* after the shift; 0: the field is no integer */
} si_stored_integer;

typedef struct si_element_type {
    const char *name;
    const char *stored_name; /* in meta_data.json */
    unsigned word_count;
    unsigned float_count;
    unsigned byte_count;
    size_t record_bytes; /* of words, floats and bytes */
    size_t field_count;
    const si_field_info *fields;
    size_t input_count;
    const si_input *inputs;
    const si_extraction *extractions;  /* by si_field; every kind has a centroid */
    const si_stored_integer *integers; /* by si_field */
    /* Writes the name of an element for messages: of a stored one, from the words of its record; of
     * one given to a builder, from the columns by field (NULL: not given) and its row in them. */
    void (*describe)(const uint64_t *words, char *text, size_t size);
    void (*describe_row)(const char *kind, const void *const *data, uint64_t row, char *text,
                         size_t size);
    /* For the floats of a leaf: one column after another, SI_LEAF_CAPACITY values each. */
    uint64_t (*match)(const si_query_shape *query, const float *floats, unsigned count);
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

/* False if `value` is not an element kind. */
bool si_element_kind_is_valid(uint32_t value);
/* The kind whose name in meta_data.json is `name`; false where there is none. */
bool si_element_kind_by_stored_name(const char *name, si_element_kind *kind);

/* NULL if the kind does not have the field. */
const si_field_info *si_element_field(si_element_kind kind, si_field field);

/* Bytes of the floats of a leaf; places beyond its last element are 0. */
static inline size_t si_leaf_float_bytes(const si_element_type *type)
{
    return type->float_count * SI_LEAF_CAPACITY * sizeof(float);
}

/* Bytes of these columns of a leaf; some floats of a leaf are read as all of them are. */
size_t si_leaf_column_bytes(const si_element_type *type, si_column_set columns);

/* Ids of a segment in one word: gid (36 bits), section (14), segment (14), high to low. */
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
