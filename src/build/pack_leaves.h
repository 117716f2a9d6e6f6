/* From records to the columns of a file. */
#ifndef SI_BUILD_PACK_LEAVES_H
#define SI_BUILD_PACK_LEAVES_H

#include "element/element_kind.h"

/* Columns that are being filled: floats leaf by leaf, words and bytes as arrays. */
typedef struct si_part_columns {
    float *floats;
    uint64_t *words[SI_MAX_WORDS];
    uint8_t *bytes[SI_MAX_BYTES];
} si_part_columns;

/* Puts the records of a leaf, of which there are `count`, where leaf `leaf` of the columns is.
 * Places of the floats beyond `count` are not written. */
void si_pack_leaf(si_element_kind kind, const char *const *records, unsigned count,
                  const si_part_columns *columns, uint64_t leaf);

#endif
