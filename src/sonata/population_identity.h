/* What tells a population from others: recorded with an index, and compared when its attributes are
 * read. */
#ifndef SI_SONATA_POPULATION_IDENTITY_H
#define SI_SONATA_POPULATION_IDENTITY_H

#include "format/provenance.h"
#include "sonata/sonata_population.h"

/* Reads little, whatever the size of the population. The caller holds the HDF5 lock. */
si_result si_population_identify(const si_sonata_population *population, si_identity *identity,
                                 si_error *error);

#endif
