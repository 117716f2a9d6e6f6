/* The total order of the elements of an index. */
#ifndef SI_ELEMENT_RECORD_ORDER_H
#define SI_ELEMENT_RECORD_ORDER_H

#include "element/element_kind.h"
#include "element/hilbert.h"

/* By the place of the centroid on the Hilbert curve, then by the words, the bytes and the bits of
 * the floats: negative, 0 or positive. Records that are equal are identical. */
int si_record_compare(const si_element_type *type, const char *a, const char *b);

/* Where the centroid of a record lies on the curve's grid. */
si_grid_cell si_record_cell(const si_element_type *type, const char *record);

#endif
