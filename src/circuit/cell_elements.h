/* Elements of placed cells on their way to a builder. */
#ifndef SI_CIRCUIT_CELL_ELEMENTS_H
#define SI_CIRCUIT_CELL_ELEMENTS_H

#include "circuit/cell_shape.h"
#include "circuit/placement.h"

/* Columns of whole cells: a cell that turns out to be bad has left nothing in the builder. Start
 * with all members but `builder` zero. */
typedef struct si_cell_elements {
    si_builder *builder;
    size_t count;
    size_t capacity;
    float (*endpoints1)[3];
    float (*endpoints2)[3];
    float *radii;
    uint64_t *gids;
    uint32_t *section_ids;
    uint32_t *segment_ids;
    uint8_t *section_types;
    float (*placed_points)[3]; /* of the cell being added */
    size_t placed_capacity;
} si_cell_elements;

/* Makes room for one cell of a shape, by handing what is there to the builder where needed. */
si_result si_cell_elements_reserve(si_cell_elements *elements, const si_cell_shape *shape,
                                   si_error *error);

/* Adds a cell, for which there is room. SI_ERROR_FORMAT: placed, it has a coordinate beyond the
 * range of 32-bit floats; nothing is added then. */
si_result si_cell_elements_add(si_cell_elements *elements, const si_cell_shape *shape,
                               const si_placement *placement, uint64_t gid, si_error *error);

/* Hands what is left to the builder. */
si_result si_cell_elements_flush(si_cell_elements *elements, si_error *error);

void si_cell_elements_free(si_cell_elements *elements);

#endif
