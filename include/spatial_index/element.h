/* Kinds of elements, their fields, and columns of values. */
#ifndef SI_SPATIAL_INDEX_ELEMENT_H
#define SI_SPATIAL_INDEX_ELEMENT_H

#include <stddef.h>
#include <stdint.h>

#include "spatial_index/error.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum si_element_kind {
    SI_POINT = 0,   /* position, id */
    SI_SPHERE = 1,  /* centroid, radius, id */
    SI_SYNAPSE = 2, /* position, id, post_gid, pre_gid */
    SI_SEGMENT = 3  /* somas (spheres) and segments (cylinders) of cells */
} si_element_kind;

/* "point", "sphere", "synapse" or "segment"; NULL if the value is not an element kind. */
SI_API const char *si_element_kind_name(si_element_kind kind);

typedef enum si_type {
    SI_TYPE_UINT8 = 0,
    SI_TYPE_UINT32 = 1,
    SI_TYPE_UINT64 = 2,
    SI_TYPE_INT64 = 3,
    SI_TYPE_FLOAT32 = 4,
    SI_TYPE_FLOAT64 = 5,
    SI_TYPE_STRING = 6,      /* const char *, UTF-8 */
    SI_TYPE_SEGMENT_IDS = 7, /* struct si_segment_ids */
    SI_TYPE_INT8 = 8,
    SI_TYPE_INT16 = 9,
    SI_TYPE_UINT16 = 10,
    SI_TYPE_INT32 = 11
} si_type;

typedef struct si_segment_ids {
    uint64_t gid;
    uint32_t section_id; /* 0 is the soma */
    uint32_t segment_id;
} si_segment_ids;

typedef enum si_field {
    SI_FIELD_ID = 0,            /* uint64             point, sphere, synapse */
    SI_FIELD_POST_GID = 1,      /* uint64             synapse */
    SI_FIELD_PRE_GID = 2,       /* uint64             synapse */
    SI_FIELD_POSITION = 3,      /* float32 x 3        point, synapse */
    SI_FIELD_CENTROID = 4,      /* float32 x 3        sphere; segment: midpoint of the axis */
    SI_FIELD_RADIUS = 5,        /* float32            sphere, segment */
    SI_FIELD_GID = 6,           /* uint64             segment */
    SI_FIELD_SECTION_ID = 7,    /* uint32             segment */
    SI_FIELD_SEGMENT_ID = 8,    /* uint32             segment */
    SI_FIELD_IDS = 9,           /* si_segment_ids     segment */
    SI_FIELD_ENDPOINT1 = 10,    /* float32 x 3        segment; somas: the center */
    SI_FIELD_ENDPOINT2 = 11,    /* float32 x 3        segment; somas: NaN */
    SI_FIELD_SECTION_TYPE = 12, /* uint8              segment: see si_section_type */
    SI_FIELD_IS_SOMA = 13       /* uint8, 0 or 1      segment */
} si_field;

typedef struct si_field_info {
    si_field field;
    const char *name; /* "gid", "endpoint1", ...; static */
    si_type type;
    unsigned components; /* 3 for positions, otherwise 1 */
    size_t size;         /* bytes of one value, all components included */
} si_field_info;

/* Stores the fields of an element kind, in their documented order, in `*fields`; the array is
 * static. Returns its length, or 0 if `kind` is not an element kind. */
SI_API size_t si_element_kind_fields(si_element_kind kind, const si_field_info **fields);

/* A column of values. For results, `data` has room for `capacity` values (see si_index_find).
 * The components of one value are adjacent, so that a column of positions is a row-major N x 3
 * array. */
typedef struct si_column {
    si_field field;
    void *data;
} si_column;

/* A column of input values for si_builder_append. */
typedef struct si_input_column {
    si_field field;
    const void *data;
} si_input_column;

/* Values of SI_FIELD_SECTION_TYPE. Morphologies may have other values, up to 255. */
typedef enum si_section_type {
    SI_SECTION_SOMA = 1,
    SI_SECTION_AXON = 2,
    SI_SECTION_BASAL_DENDRITE = 3,
    SI_SECTION_APICAL_DENDRITE = 4
} si_section_type;

/* Returns "soma", "axon", "basal_dendrite" or "apical_dendrite", or NULL for any other value. */
SI_API const char *si_section_type_name(unsigned type);

/* Parses one of these names, "basal" or "dendrite" (basal dendrite), "apical" (apical dendrite),
 * or a decimal number from 0 to 255. Anything else is SI_ERROR_ARGUMENT. */
SI_API si_result si_section_type_from_name(const char *name, unsigned *type, si_error *error);

#ifdef __cplusplus
}
#endif

#endif
