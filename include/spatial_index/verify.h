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

/* Receives one sentence about a damage. */
typedef void (*si_damage_fn)(void *context, const char *sentence);

typedef struct si_verify_options {
    size_t struct_size;
    unsigned threads;        /* 0: as many as there are processors */
    uint64_t most_sentences; /* further damage is counted, but not told; 0: no bound */
    si_damage_fn visitor;    /* NULL: none */
    void *visitor_context;
    si_progress_fn progress; /* NULL: none. In bytes. */
    void *progress_context;
} si_verify_options;

#define SI_VERIFY_OPTIONS_INIT                                                                     \
    {                                                                                              \
        sizeof(si_verify_options), 0, 100, NULL, NULL, NULL, NULL                                  \
    }

/* Reads all of the index in a folder, or of the indexes of its populations, and looks for any byte
 * that is not as it was written: all checksums; unused bytes, which are 0; coordinates and radii
 * that are finite, and radii not negative; the order of the elements; in each node the boxes of
 * what is below. At the end the visitor is told of the damage, in the order of the files. Finding
 * some is no failure: `*damage_count` receives how much there is, which does not depend on the
 * threads. `options` may be NULL. */
SI_API si_result si_verify(const char *path, const si_verify_options *options,
                           uint64_t *damage_count, si_error *error);

#ifdef __cplusplus
}
#endif

#endif
