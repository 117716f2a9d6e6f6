/* Attributes of indexed elements, read from the SONATA file that was indexed. */
#ifndef SI_SPATIAL_INDEX_DATASET_H
#define SI_SPATIAL_INDEX_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "spatial_index/index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The population of the SONATA file from which an index was built, with the CSV file of its
 * types. */
typedef struct si_dataset si_dataset;

/* Opens the dataset of an index. SI_ERROR_NOT_FOUND: the index records no dataset, or the file
 * does not exist any more (see si_open_options). SI_ERROR_FORMAT: the population is not the one
 * that was indexed: it has another size, or other ids or positions. Indexes of version 0.1 do not
 * record what it was, and are not checked. A CSV file that cannot be read is not a
 * failure: its attributes are missing, and reading a missing attribute reports the reason. */
SI_API si_result si_dataset_open(const si_index *index, si_dataset **dataset, si_error *error);
/* The same for a dataset that has moved: `dataset_path` and `types_path` are the current paths of
 * the SONATA file and of its CSV file; NULL: those that the index records. */
SI_API si_result si_dataset_open_at(const si_index *index, const char *dataset_path,
                                    const char *types_path, si_dataset **dataset, si_error *error);
/* The same with the files that a circuit configuration names for the population of the index.
 * SI_ERROR_NOT_FOUND: it has no such population, or the index records none. */
SI_API si_result si_dataset_open_circuit(const si_index *index, const char *config_file,
                                         si_dataset **dataset, si_error *error);
SI_API void si_dataset_close(si_dataset *dataset);

/* Names of the attributes in alphabetical order. NULL if `position` is out of range. */
SI_API size_t si_dataset_attribute_count(const si_dataset *dataset);
SI_API const char *si_dataset_attribute_name(const si_dataset *dataset, size_t position);

/* Values of an attribute. `data` is an array of `count` values of `type`: numbers as stored in the
 * file, or enumerations and strings as const char *.
 *
 * If the SONATA file has no value for an element, the value is that of its type in the CSV file.
 * A column of integers in the CSV file has type int64; a column of numbers, possibly with NULL,
 * which becomes NaN, has type float64; any other column has strings, in which NULL becomes the
 * empty string. */
typedef struct si_values {
    si_type type;
    uint64_t count;
    void *data;
    void *strings; /* internal: storage of the strings */
} si_values;

/* Reads an attribute for `count` ids (rows for synapses, gids for segments) in the given
 * order. Ids may repeat. Only the rows of these ids are read, in ascending order. Free the
 * values with si_values_free. */
SI_API si_result si_dataset_read(const si_dataset *dataset, const char *attribute,
                                 const uint64_t *ids, uint64_t count, si_values *values,
                                 si_error *error);
SI_API void si_values_free(si_values *values);

#ifdef __cplusplus
}
#endif

#endif
