/* Progress of a build as its caller sees it: from one thread at a time, not too often. */
#ifndef SI_CIRCUIT_BUILD_PROGRESS_H
#define SI_CIRCUIT_BUILD_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#include "base/error.h"

typedef struct si_build_progress {
    si_progress_fn callback; /* NULL: nobody listens */
    void *callback_context;
    pthread_mutex_t lock; /* of all below */
    bool cancelled;       /* for good */
    const char *phase;    /* of the last call, as the two below */
    uint64_t done;
    struct timespec last_call;
} si_build_progress;

/* Takes the listener of the options and puts itself in its place, so that the builder's reports go
 * the same way. `options` must not outlive `progress`. */
void si_build_progress_start(si_build_progress *progress, si_build_options *options);
void si_build_progress_stop(si_build_progress *progress);

/* From any thread. The listener is called at the start and the end of a phase, and now and then in
 * between. SI_ERROR_CANCELLED: it asked to stop. `phase` lives for ever. */
si_result si_build_progress_report(si_build_progress *progress, const char *phase, uint64_t done,
                                   uint64_t total, si_error *error);

#endif
