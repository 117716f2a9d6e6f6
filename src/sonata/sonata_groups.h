/*
 * In which group and row the attributes of each element of a population lie.
 *
 * The caller holds the HDF5 lock.
 */
#ifndef SI_SONATA_SONATA_GROUPS_H
#define SI_SONATA_SONATA_GROUPS_H

#include "sonata/sonata_population.h"

/* The elements asked for that lie in one group; their position is that in the list asked for. */
typedef struct si_group_rows {
    const si_sonata_group *group;
    si_rows rows;     /* in the group */
    si_rows elements; /* in the population */
} si_group_rows;

/* Shares out elements (ids[i], or first + i where `ids` is NULL) to groups. Only groups that any of
 * them is in occur. SI_ERROR_ARGUMENT: an id beyond the population. */
si_result si_sonata_population_locate(const si_sonata_population *population, uint64_t first,
                                      const uint64_t *ids, uint64_t count, si_group_rows **located,
                                      size_t *located_count, si_error *error);
void si_group_rows_free(si_group_rows *located, size_t located_count);

#endif
