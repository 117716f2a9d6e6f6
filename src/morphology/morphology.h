/*
 * A morphology: the shape of one cell as points in sections, with its soma.
 *
 * morphology_formats.h reads one from a file, morphology_library.h finds one by its name.
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

void si_morphology_free(si_morphology *morphology);

/* A contour needs three points; with fewer the soma is undefined. */
si_soma_type si_contour_soma_type(size_t soma_point_count);

/* Sets center, greatest distance and radius of the soma from its points and type. */
void si_morphology_measure_soma(si_morphology *morphology);

#endif
