/* What a grid must give: every element against every face, in double precision. */
#ifndef SI_TESTS_UNIT_INDEX_GRID_ORACLE_H
#define SI_TESTS_UNIT_INDEX_GRID_ORACLE_H

#include "unit/index/elements.h"

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

#endif
