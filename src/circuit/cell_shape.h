/* What all cells of one morphology have in common: their elements before they are placed. */
#ifndef SI_CIRCUIT_CELL_SHAPE_H
#define SI_CIRCUIT_CELL_SHAPE_H

#include <stdbool.h>

#include "morphology/morphology.h"

/* Consecutive points of which each pair is a segment. */
typedef struct si_point_run {
    uint32_t first;
    uint32_t count; /* at least 2 */
} si_point_run;

typedef struct si_cell_shape {
    bool has_soma; /* then it is element 0, and its center is point 0 */
    size_t point_count;
    float (*points)[3];

    size_t run_count; /* one for each section that has segments, in order of sections */
    si_point_run *runs;

    size_t element_count; /* of the columns below: the soma, then the segments */
    float *radii;
    uint32_t *section_ids;
    uint32_t *segment_ids;
    uint8_t *section_types;
} si_cell_shape;

/* SI_ERROR_FORMAT: a radius that is negative or not finite, or a coordinate that is not finite;
 * SI_ERROR_LIMIT: a section or segment id too large to be stored. Both name section and segment. */
si_result si_cell_shape_create(const si_morphology *morphology, si_soma_radius soma_radius,
                               si_cell_shape **shape, si_error *error);
void si_cell_shape_free(si_cell_shape *shape);

/* Memory that it takes. */
size_t si_cell_shape_bytes(const si_cell_shape *shape);

#endif
