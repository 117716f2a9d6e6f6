/* Ids in ascending order, with or without duplicates. */
#ifndef SI_BASE_SORTED_IDS_H
#define SI_BASE_SORTED_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Copies ids into ascending order; free the copy with si_free. */
si_result si_sorted_ids_copy(const uint64_t *ids, size_t count, uint64_t **sorted, si_error *error);

bool si_sorted_ids_contain(const uint64_t *sorted, size_t count, uint64_t id);

#endif
