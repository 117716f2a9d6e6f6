/* Provenance: what the elements of an index are, and which data set they come from. */
#ifndef SI_FORMAT_PROVENANCE_H
#define SI_FORMAT_PROVENANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* What tells the population that was indexed from others. The size and the time of its file only
 * help to explain a difference. */
typedef struct si_identity {
    bool is_known;
    uint64_t population_size;
    uint64_t fingerprint; /* of ids and positions */
    uint64_t file_bytes;
    int64_t file_time; /* of its last change, in seconds */
} si_identity;

/* NULL text: not recorded. */
typedef struct si_provenance {
    si_element_kind kind;
    char *population;
    char *dataset_path;
    char *types_path;
    si_identity identity; /* of the population in the data set */
} si_provenance;

/* Copies the text too. Release the copy with si_provenance_free, also after a failure. */
si_result si_provenance_copy(const si_provenance *provenance, si_provenance *copy, si_error *error);

/* A copy of what the options of a build say. */
si_result si_provenance_of_options(si_element_kind kind, const si_build_options *options,
                                   si_provenance *copy, si_error *error);
void si_provenance_free(si_provenance *provenance);
/* Whether both say the same of kind, population and paths. */
bool si_provenance_is_equal(const si_provenance *a, const si_provenance *b);

#endif
