/* The attributes of a population, without an index to name the file. */
#ifndef SI_CIRCUIT_DATASET_H
#define SI_CIRCUIT_DATASET_H

#include "spatial_index/spatial_index.h"

/* `types_path`: a CSV, NULL or "": none. `population` NULL: the only one, else `default`. `kind` is
 * SI_SYNAPSE for edges, SI_SEGMENT for nodes. */
si_result si_dataset_open_file(const char *path, const char *types_path, const char *population,
                               si_element_kind kind, si_dataset **dataset, si_error *error);

#endif
