/* What the files about edges share. */
#ifndef SI_SONATA_SONATA_EDGES_INTERNAL_H
#define SI_SONATA_SONATA_EDGES_INTERNAL_H

#include "sonata/sonata_column.h"
#include "sonata/sonata_edges.h"
#include "sonata/sonata_population.h"

/* The position columns of one group. */
typedef struct si_position_columns {
    bool exists;
    si_sonata_column axes[3];
} si_position_columns;

struct si_sonata_edges {
    si_sonata_population *population;
    char *position_names[3];
    si_position_columns *positions; /* for each group of the population */
    si_sonata_column targets;
    si_sonata_column sources;
};

#endif
