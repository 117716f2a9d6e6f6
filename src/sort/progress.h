/* How the long parts of a build tell how far they are, and learn that they are to stop. */
#ifndef SI_SORT_PROGRESS_H
#define SI_SORT_PROGRESS_H

#include <stdint.h>

#include "base/error.h"

typedef struct si_build_watch {
    void *context;
    /* Called from any thread after every piece of work; another value than SI_OK stops the build.
     */
    si_result (*step)(void *context, const char *phase, uint64_t done, si_error *error);
} si_build_watch;

#endif
