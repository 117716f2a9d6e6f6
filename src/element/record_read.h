/* Turns a stored element back into the record it was built from. */
#ifndef SI_ELEMENT_RECORD_READ_H
#define SI_ELEMENT_RECORD_READ_H

#include "element/element_kind.h"

#define SI_MAX_RECORD_BYTES (SI_MAX_WORDS * 8 + SI_MAX_FLOATS * 4 + 8)

/* Reads the element in place `slot` of a leaf. Bytes of `record` behind the element are 0. */
void si_stored_record_read(const si_element_type *type, const si_columns *leaf, unsigned slot,
                           char record[SI_MAX_RECORD_BYTES]);

/* Writes the name of an element for sentences: "gid 3, section 1, segment 0". */
void si_record_describe(si_element_kind kind, const char *record, char *text, size_t size);

#endif
