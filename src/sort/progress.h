/* Progress of the long phases of a build: how they report it, and learn that they are to stop. */
#ifndef SI_SORT_PROGRESS_H
#define SI_SORT_PROGRESS_H

#include <stdint.h>

#include "base/error.h"

typedef struct si_progress {
    void *context;
    /* Called from any thread after every piece of work. A result other than SI_OK stops the build.
     */
    si_result (*report)(void *context, const char *phase, uint64_t done, si_error *error);
} si_progress;

/* `progress` NULL: nobody listens. */
static inline si_result si_progress_report(const si_progress *progress, const char *phase,
                                           uint64_t done, si_error *error)
{
    return progress ? progress->report(progress->context, phase, done, error) : SI_OK;
}

#endif
