/* An element of a file as the record that it was before. */
#ifndef SI_ELEMENT_RECORD_READ_H
#define SI_ELEMENT_RECORD_READ_H

#include "element/element_kind.h"

#define SI_MAX_RECORD_BYTES (SI_MAX_WORDS * 8 + SI_MAX_FLOATS * 4 + 8)

/* The element in place `slot` of a leaf. Bytes of the record behind the element are 0. */
void si_stored_record_read(const si_element_type *type, const si_columns *leaf, unsigned slot,
                           char record[SI_MAX_RECORD_BYTES]);

/* "gid 3, section 1, segment 0": what people call an element. */
void si_record_describe(si_element_kind kind, const char *record, char *text, size_t size);

#endif
