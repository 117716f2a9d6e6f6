/* Attributes of indexed elements, read from the SONATA file that was indexed. */
#ifndef SI_SPATIAL_INDEX_DATASET_H
#define SI_SPATIAL_INDEX_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "spatial_index/index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The population of a SONATA file that an index was made of, and the CSV of its types. */
typedef struct si_dataset si_dataset;

/* SI_ERROR_NOT_FOUND: the index records no data set, or it is not where it was (see
 * si_open_options). A CSV that cannot be read is no failure here: its attributes are not there
 * then, and asking for an attribute that is not there says why. */
SI_API si_result si_dataset_open(const si_index *index, si_dataset **dataset, si_error *error);
SI_API void si_dataset_close(si_dataset *dataset);

/* Names of the attributes, in alphabetical order. NULL where `position` is out of range. */
SI_API size_t si_dataset_attribute_count(const si_dataset *dataset);
SI_API const char *si_dataset_attribute_name(const si_dataset *dataset, size_t position);

/* Values of an attribute. `data` is an array of `count` values of `type`: numbers as stored in the
 * file, enumerations and text as const char *.
 *
 * What the SONATA file does not have for an element is what the CSV has for its type. A column of
 * integers is int64; one of numbers, or of numbers and NULL, which is then NaN, is float64; any
 * other is text, in which NULL is the empty string. */
typedef struct si_values {
    si_type type;
    uint64_t count;
    void *data;
    void *strings; /* internal: storage of the text */
} si_values;

/* Reads an attribute for `count` ids (edge ids for synapses, node ids for morphologies), in that
 * order; ids may repeat. Only the rows asked for are read, in ascending order. Free with
 * si_values_free. */
SI_API si_result si_dataset_read(const si_dataset *dataset, const char *attribute,
                                 const uint64_t *ids, uint64_t count, si_values *values,
                                 si_error *error);
SI_API void si_values_free(si_values *values);

#ifdef __cplusplus
}
#endif

#endif
