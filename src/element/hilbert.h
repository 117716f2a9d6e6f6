/*
 * The order of elements: a Hilbert curve over an absolute grid.
 *
 * Cells are 2^-10 of the unit of length wide and 2^35 along each axis, centered on the origin, so
 * that a key depends on the centroid alone, whatever else is indexed. Beyond the grid coordinates
 * are clamped to its rim.
 */
#ifndef SI_ELEMENT_HILBERT_H
#define SI_ELEMENT_HILBERT_H

#include <stddef.h>
#include <stdint.h>

#define SI_GRID_BITS 35
#define SI_HILBERT_STATES 12

typedef struct si_grid_cell {
    uint64_t axis[3]; /* below 2^SI_GRID_BITS */
} si_grid_cell;

si_grid_cell si_grid_cell_of(const float centroid[3]);
void si_grid_cells_of(const float (*centroids)[3], size_t count, si_grid_cell *cells);

/* Which of two cells comes first on the curve: negative, 0 or positive. */
int si_hilbert_compare(const si_grid_cell *a, const si_grid_cell *b);

/* A walk from cell to cell, each compared with the one before. Neighbours on the curve part
 * late, and the way to where they do is known from the steps before: that is faster than keys. */
typedef struct si_hilbert_walk {
    si_grid_cell cell;
    unsigned known; /* the states of the curve at the cell are known from this level up */
    uint8_t states[SI_GRID_BITS];
} si_hilbert_walk;

void si_hilbert_walk_start(si_hilbert_walk *walk, const si_grid_cell *cell);

/* Goes along the cells, up to the first one that does not come after the one before: gives how many
 * do, `count` if all of them. */
size_t si_hilbert_walk_along(si_hilbert_walk *walk, const si_grid_cell *cells, size_t count);

/*
 * Most of the 105 bits of a key are alike for all elements of one index: around the origin the
 * curve passes eight cubes of 2^bits cells, one in each octant. A window keeps what tells their
 * cells apart, in at most 57 bits.
 */
typedef struct si_hilbert_window {
    unsigned bits;         /* along an axis of each cube */
    unsigned lowest_level; /* of these bits that are kept */
    unsigned key_bits;     /* of the keys it gives */
    uint8_t octant_digit[8];
    uint8_t octant_state[8];
    uint16_t three_levels[SI_HILBERT_STATES][512]; /* steps of the state machine in one */
} si_hilbert_window;

/* The smallest window that holds all centroids whose coordinates are at most `largest` in size. */
si_hilbert_window si_hilbert_window_for(float largest);

/* Keys of centroids in the window, monotone along the curve; different cells may share a key where
 * the window is wide. */
void si_hilbert_window_keys(const si_hilbert_window *window, const float (*centroids)[3],
                            size_t count, uint64_t *keys);

#endif
