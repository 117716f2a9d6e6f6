/* Consecutive edges of a population. */
#ifndef SI_SONATA_EDGE_RANGE_H
#define SI_SONATA_EDGE_RANGE_H

#include <stdint.h>

/* Edges start .. end-1. */
typedef struct si_edge_range {
    uint64_t start;
    uint64_t end;
} si_edge_range;

#endif
