/* Where the axons run: a grid of cubes, each with the axon segments whose middle it holds. */
#ifndef SI_SAMPLE_CIRCUIT_AXONS_H
#define SI_SAMPLE_CIRCUIT_AXONS_H

#include "sample_circuit/sample_circuit.h"

typedef struct si_sample_axon_piece {
    uint32_t cell;
    uint32_t section; /* position in the morphology */
    uint32_t segment;
    float middle[3];
} si_sample_axon_piece;

typedef struct si_sample_axon_grid {
    si_sample_axon_piece *pieces;
    size_t piece_count, piece_capacity;
    float lowest[3];
    size_t extent[3]; /* in cubes */
    size_t *order;    /* pieces by cube: those of cube c lie from starts[c + 1] ... */
    size_t *starts;   /* ... to starts[c + 2] */
} si_sample_axon_grid;

/* Free it also after a failure. */
si_result si_sample_axon_grid_make(const si_sample_circuit *circuit, si_sample_axon_grid *grid,
                                   si_error *error);
void si_sample_axon_grid_free(si_sample_axon_grid *grid);

/* The pieces in the cube around a position, as positions in `pieces`. */
const size_t *si_sample_axon_grid_near(const si_sample_axon_grid *grid, const float position[3],
                                       size_t *count);

#endif
