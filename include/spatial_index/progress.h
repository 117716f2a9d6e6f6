/* Progress and cancellation of long operations. */
#ifndef SI_SPATIAL_INDEX_PROGRESS_H
#define SI_SPATIAL_INDEX_PROGRESS_H

#include <stdint.h>

#include "spatial_index/api.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Reports progress, from one thread at a time. `total` is 0 while it is unknown. Return 0 to
 * continue, any other value to cancel the operation, which then cleans up and fails with
 * SI_ERROR_CANCELLED. */
typedef int (*si_progress_fn)(void *context, const char *phase, uint64_t done, uint64_t total);

#ifdef __cplusplus
}
#endif

#endif
