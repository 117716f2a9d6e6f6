/* Verification: reads a whole index and finds damage. */
#ifndef SI_SPATIAL_INDEX_VERIFY_H
#define SI_SPATIAL_INDEX_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#include "spatial_index/error.h"
#include "spatial_index/progress.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Receives one sentence about one finding of damage. */
typedef void (*si_damage_fn)(void *context, const char *sentence);

typedef struct si_verify_options {
    size_t struct_size;
    unsigned threads;        /* 0: one per processor */
    uint64_t most_sentences; /* maximum number of calls of `visitor`; 0: no limit */
    si_damage_fn visitor;    /* NULL: none */
    void *visitor_context;
    si_progress_fn progress; /* NULL: none. Counts bytes. */
    void *progress_context;
} si_verify_options;

#define SI_VERIFY_OPTIONS_INIT                                                                     \
    {                                                                                              \
        sizeof(si_verify_options), 0, 100, NULL, NULL, NULL, NULL                                  \
    }

/* Reads all files of the index in a folder, or of the indexes of its populations, and finds any
 * byte that is not as it was written. It checks that checksums match; unused bytes are 0;
 * coordinates and radii are finite, and radii not negative; elements are in order; and nodes
 * have the bounding boxes of their children. At the end it passes the damage to the visitor in
 * the order of the files. Finding damage is not a failure: `*damage_count` receives the number
 * of findings, which does not depend on the threads. `options` may be NULL. */
SI_API si_result si_verify(const char *path, const si_verify_options *options,
                           uint64_t *damage_count, si_error *error);

#ifdef __cplusplus
}
#endif

#endif
