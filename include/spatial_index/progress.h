/* Progress of long operations, and their cancellation. */
#ifndef SI_SPATIAL_INDEX_PROGRESS_H
#define SI_SPATIAL_INDEX_PROGRESS_H

#include <stdint.h>

#include "spatial_index/api.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Called now and then from one thread at a time. `total` is 0 while it is unknown. Return 0 to go
 * on, anything else to cancel what is done, which then cleans up and fails with
 * SI_ERROR_CANCELLED. */
typedef int (*si_progress_fn)(void *context, const char *phase, uint64_t done, uint64_t total);

#ifdef __cplusplus
}
#endif

#endif
