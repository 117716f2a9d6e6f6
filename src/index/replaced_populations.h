/* The indexes of populations that a folder held before it was replaced. */
#ifndef SI_INDEX_REPLACED_POPULATIONS_H
#define SI_INDEX_REPLACED_POPULATIONS_H

#include <stddef.h>

#include "index/metadata.h"

/* Removes the indexes that the former metadata of a folder (NULL: none) lists, once nothing names
 * them any more: those of the populations in `kept` stay, and so does what lies outside of the
 * folder or is no index. */
void si_replaced_populations_remove(const si_metadata *replaced, const char *const *kept,
                                    size_t kept_count);

#endif
