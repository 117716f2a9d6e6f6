/* What has been inserted into an index that grows. */
#ifndef SI_DELTA_GROWING_INDEX_H
#define SI_DELTA_GROWING_INDEX_H

#include "read/index.h"

/* In the order of arrival: an element's place. */
typedef struct si_inserted {
    si_element_kind kind;
    uint64_t count;
    const float *floats[4]; /* x, y, z, and radius of spheres */
    const uint64_t *ids;
    const si_index *arranged; /* of the first of them, with their places for ids; NULL: of none */
    uint64_t arranged_count;
} si_inserted;

typedef si_result (*si_inserted_reader)(void *context, const si_inserted *inserted,
                                        si_error *error);

/* The values that a field has for the elements at these places. */
void si_inserted_copy(const si_inserted *inserted, si_field field, const uint64_t *places,
                      uint64_t count, void *values);

const si_index *si_growing_index_base(const si_growing_index *growing);

/* Nothing is inserted until the reader is done. */
si_result si_growing_index_read_inserted(si_growing_index *growing, si_inserted_reader reader,
                                         void *context, si_error *error);

#endif
