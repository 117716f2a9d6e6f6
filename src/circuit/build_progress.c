/* Progress reports: passed on at most ten times a second, but always at the start and the end of a
 * phase. */
#include "circuit/build_progress.h"

#include <string.h>

#define MILLISECONDS_BETWEEN_CALLS 100

static int relay(void *context, const char *phase, uint64_t done, uint64_t total)
{
    return si_build_progress_report(context, phase, done, total, NULL) != SI_OK;
}

void si_build_progress_start(si_build_progress *progress, si_build_options *options)
{
    *progress = (si_build_progress){
        .callback = options->progress,
        .callback_context = options->progress_context,
    };
    pthread_mutex_init(&progress->lock, NULL);
    if (options->progress) {
        options->progress = relay;
        options->progress_context = progress;
    }
}

void si_build_progress_stop(si_build_progress *progress)
{
    pthread_mutex_destroy(&progress->lock);
}

/* Threads may come with their counts in the wrong order: the greatest stands. */
static bool is_due(const si_build_progress *progress, const char *phase, uint64_t done,
                   uint64_t total, const struct timespec *now)
{
    if (!progress->phase || strcmp(progress->phase, phase) != 0)
        return true;
    if (done <= progress->done)
        return false;
    if (done == total)
        return true;
    int64_t seconds = now->tv_sec - progress->last_call.tv_sec;
    int64_t nanoseconds = now->tv_nsec - progress->last_call.tv_nsec;
    return seconds * 1000 + nanoseconds / 1000000 >= MILLISECONDS_BETWEEN_CALLS;
}

si_result si_build_progress_report(si_build_progress *progress, const char *phase, uint64_t done,
                                   uint64_t total, si_error *error)
{
    if (!progress->callback)
        return SI_OK;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    pthread_mutex_lock(&progress->lock);
    if (!progress->cancelled && is_due(progress, phase, done, total, &now)) {
        progress->phase = phase;
        progress->done = done;
        progress->last_call = now;
        progress->cancelled = progress->callback(progress->callback_context, phase, done, total);
    }
    bool cancelled = progress->cancelled;
    pthread_mutex_unlock(&progress->lock);
    return cancelled ? si_fail(error, SI_ERROR_CANCELLED, "the build was cancelled") : SI_OK;
}
