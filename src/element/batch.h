/* Elements that a caller gives to a builder as columns, and their conversion to records. */
#ifndef SI_ELEMENT_BATCH_H
#define SI_ELEMENT_BATCH_H

#include "element/element_kind.h"

typedef struct si_column_batch {
    si_element_kind kind;
    const si_element_type *type;
    const void *data[SI_FIELD_COUNT]; /* the caller's columns by field; NULL: not given */
    uint64_t count;
    float largest; /* coordinate, in size */
} si_column_batch;

/* Collects the columns and checks that every value can be indexed. */
si_result si_column_batch_open(si_column_batch *batch, si_element_kind kind,
                               const si_input_column *columns, size_t column_count, uint64_t count,
                               si_error *error);

/* Writes elements [first, first + count) as records that lie side by side. `position` is the number
 * of the first of them in the builder. */
void si_column_batch_put_records(const si_column_batch *batch, uint64_t first, uint64_t count,
                                 uint64_t position, char *records);

#endif
