/* How a build shares out its memory. */
#ifndef SI_SORT_MEMORY_PLAN_H
#define SI_SORT_MEMORY_PLAN_H

#include "base/error.h"
#include "element/element_kind.h"

typedef struct si_build_limits {
    unsigned threads;
    uint64_t memory_bytes;   /* for everything below */
    uint64_t chunk_records;  /* what is appended is kept in chunks of so many */
    uint64_t memory_records; /* more than these do not fit in memory */
    /* Of a build that does not fit: */
    uint64_t run_chunks;  /* chunks that are sorted and written together */
    uint64_t chunk_limit; /* chunks in memory at a time, those that are being sorted included */
    uint64_t page_bytes;  /* of a run: a multiple of 4096 */
    uint64_t block_bytes; /* what a thread writes to a run at once: a multiple of the page */
    uint64_t most_runs;   /* that are merged together, at least 2 */
    /* Of a multi-index: elements of a part, a multiple of SI_PART_UNIT; 0: as many as is good. */
    uint64_t part_elements;
} si_build_limits;

/* `threads` is at least 1; fewer are used where the memory is little. SI_ERROR_ARGUMENT: not even
 * the least build fits. */
si_result si_build_limits_compute(const si_element_type *type, uint64_t memory_bytes,
                                  unsigned threads, si_build_limits *limits, si_error *error);

/* Pages of runs that can be sorted at a time, while as many are read, when `run_count` runs are
 * merged, and up to `unit` records wait for the next time. `sink_bytes` are taken by what is done
 * with the records then. At least 1. */
uint64_t si_build_limits_slab_pages(const si_build_limits *limits, const si_element_type *type,
                                    uint64_t run_count, uint64_t unit, uint64_t sink_bytes);

#endif
