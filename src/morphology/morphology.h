/*
 * Morphologies: the shape of one cell as points in sections, with its soma.
 *
 * Read from SWC, Neurolucida ASC and HDF5, single or in a container, each the way the field's
 * reference reader does.
 */
#ifndef SI_MORPHOLOGY_MORPHOLOGY_H
#define SI_MORPHOLOGY_MORPHOLOGY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef enum si_soma_type {
    SI_SOMA_UNDEFINED = 0,
    SI_SOMA_SINGLE_POINT = 1,
    SI_SOMA_THREE_POINT_CYLINDERS = 2,
    SI_SOMA_CYLINDERS = 3,
    SI_SOMA_CONTOUR = 4
} si_soma_type;

typedef struct si_morphology {
    size_t point_count; /* of the sections, the soma's apart */
    float (*points)[3];
    float *diameters;

    size_t section_count;
    uint32_t
        *section_offsets;   /* section_count + 1: section k is points [offsets[k], offsets[k+1]) */
    uint8_t *section_types; /* 2 axon, 3 basal dendrite, 4 apical dendrite, 5..19 custom */
    int32_t *section_parents; /* -1: a root */

    si_soma_type soma_type;
    size_t soma_point_count;
    float (*soma_points)[3];
    float *soma_diameters;
    float soma_center[3];      /* mean of the soma points; NaN without any */
    float soma_max_distance;   /* of a soma point from the center; 0 without any */
    float soma_surface_radius; /* the radius that the file gives: half the mean soma diameter of an
                                  SWC soma; elsewhere soma_max_distance */
} si_morphology;

/* Reads a file by its suffix: .swc, .asc or .h5, in any case. SI_ERROR_UNSUPPORTED: another suffix,
 * or a version of HDF5 morphologies that is not read; SI_ERROR_FORMAT: a broken file. The sentence
 * begins with the path, and line and column where there are lines. */
si_result si_morphology_read(const char *path, si_morphology **morphology, si_error *error);

/* The same from a text in memory, which need not be terminated; `path` is for messages. */
si_result si_morphology_parse_swc(const char *text, size_t length, const char *path,
                                  si_morphology **morphology, si_error *error);
si_result si_morphology_parse_asc(const char *text, size_t length, const char *path,
                                  si_morphology **morphology, si_error *error);

void si_morphology_free(si_morphology *morphology);

/* A place where morphologies are found by name: a folder of files of any of the formats, or an HDF5
 * container with a group for each. In a folder a name with one of the suffixes is tried as it is;
 * then .h5, .H5, .asc, .ASC, .swc and .SWC are appended in turn. Names may lead into folders or
 * groups below; an absolute name replaces the folder. */
typedef struct si_morphology_library si_morphology_library;

si_result si_morphology_library_open(const char *path, si_morphology_library **library,
                                     si_error *error);
/* Safe from several threads at once. SI_ERROR_NOT_FOUND: there is none of that name. */
si_result si_morphology_library_load(si_morphology_library *library, const char *name,
                                     si_morphology **morphology, si_error *error);
void si_morphology_library_close(si_morphology_library *library);

#endif
