/* What the files about data sets share. */
#ifndef SI_CIRCUIT_DATASET_INTERNAL_H
#define SI_CIRCUIT_DATASET_INTERNAL_H

#include "circuit/dataset.h"
#include "circuit/sonata_population.h"

struct si_dataset {
    si_sonata_population *population;
    si_name_table attributes; /* in alphabetical order */
};

#endif
