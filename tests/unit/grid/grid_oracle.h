/* What a grid must give: every element against every face, in double precision. */
#ifndef SI_TESTS_UNIT_INDEX_GRID_ORACLE_H
#define SI_TESTS_UNIT_INDEX_GRID_ORACLE_H

#include "unit/support/elements.h"

/* A cube. */
si_grid make_grid(double lower, double upper, uint64_t x, uint64_t y, uint64_t z);

/* Ends on faces of 1 um voxels, edges and corners, lines along them, and lines through everything.
 */
void make_adversarial(test_elements *elements, uint64_t seed);

/* As the public header has it. */
double grid_face(const si_grid *grid, int axis, uint64_t face);

/* -1: below, shape[axis]: beyond. */
int64_t voxel_by_search(const si_grid *grid, int axis, double place);

uint64_t voxels_of(const si_grid *grid);

/* `passes` NULL: all elements count. */
void oracle_counts(const test_elements *elements, const si_grid *grid,
                   bool (*passes)(const test_elements *elements, uint64_t i), uint64_t *counts);

/* `errors` receives for each voxel how far a length may be off. */
void oracle_lengths(const test_elements *elements, const si_grid *grid, double *lengths,
                    double *errors);

/* Every element against every voxel. */
void oracle_touching(const test_elements *elements, const si_grid *grid, uint64_t *counts);

#endif
