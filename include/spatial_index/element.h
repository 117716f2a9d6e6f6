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

/* "point", "sphere", "synapse" or "segment"; NULL for a value that is no element kind. */
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
    SI_FIELD_ID = 0,         /* uint64             point, sphere, synapse */
    SI_FIELD_POST_GID = 1,   /* uint64             synapse */
    SI_FIELD_PRE_GID = 2,    /* uint64             synapse */
    SI_FIELD_POSITION = 3,   /* float32 x 3        point, synapse */
    SI_FIELD_CENTROID = 4,   /* float32 x 3        sphere; morphology: midpoint of the axis */
    SI_FIELD_RADIUS = 5,     /* float32            sphere, morphology */
    SI_FIELD_GID = 6,        /* uint64             morphology */
    SI_FIELD_SECTION_ID = 7, /* uint32             morphology */
    SI_FIELD_SEGMENT_ID = 8, /* uint32             morphology */
    SI_FIELD_IDS = 9,        /* si_segment_ids     morphology */
    SI_FIELD_ENDPOINT1 = 10, /* float32 x 3        morphology; somas: the center */
    SI_FIELD_ENDPOINT2 = 11, /* float32 x 3        morphology; somas: NaN */
    SI_FIELD_SECTION_TYPE =
        12, /* uint8             morphology: 1 soma, 2 axon, 3 basal, 4 apical dendrite */
    SI_FIELD_IS_SOMA = 13 /* uint8, 0 or 1      morphology */
} si_field;

typedef struct si_field_info {
    si_field field;
    const char *name; /* "gid", "endpoint1", ...; lives for ever */
    si_type type;
    unsigned components; /* 3 for positions, else 1 */
    size_t size;         /* bytes of one value with all its components */
} si_field_info;

/* The fields of a kind of element in their documented order. The array lives for ever. Returns its
 * length, 0 where `kind` is no element kind. */
SI_API size_t si_element_kind_fields(si_element_kind kind, const si_field_info **fields);

/* One column of values. As a result its data has room for `capacity` values (see si_index_find);
 * the values of one element lie side by side, so a position column is a row-major N x 3 array. */
typedef struct si_column {
    si_field field;
    void *data;
} si_column;

/* The same as input, for si_builder_append. */
typedef struct si_input_column {
    si_field field;
    const void *data;
} si_input_column;

/* Values of SI_FIELD_SECTION_TYPE. Morphologies may have others, to 255. */
typedef enum si_section_type {
    SI_SECTION_SOMA = 1,
    SI_SECTION_AXON = 2,
    SI_SECTION_BASAL_DENDRITE = 3,
    SI_SECTION_APICAL_DENDRITE = 4
} si_section_type;

/* "soma", "axon", "basal_dendrite" or "apical_dendrite"; NULL for any other value. */
SI_API const char *si_section_type_name(unsigned type);

/* Reads one of these names; "basal", "dendrite" and "apical", which mean basal, basal and apical
 * dendrites; or a decimal number from 0 to 255. SI_ERROR_ARGUMENT: anything else. */
SI_API si_result si_section_type_from_name(const char *name, unsigned *type, si_error *error);

#ifdef __cplusplus
}
#endif

#endif
