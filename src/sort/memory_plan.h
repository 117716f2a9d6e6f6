/*
 * Who gets what of the memory of a build. No byte of the index depends on it.
 *
 *   build of a circuit          the limit, at least 6 x SI_LEAST_MEMORY_BYTES, of which
 *     program and libraries       8 MiB
 *     each thread                 3 MiB for cells and its stack; a thread for each 16 MiB
 *     rows of the nodes file      1/32 of what is left so far, at most 64 MiB
 *     cache of morphologies       1/8 of it, at most 256 MiB
 *     pieces of the edges file    1/8 of it, at most 80 MiB
 *     builder                     the rest
 *   builder                     the limit, or what the build of a circuit leaves it, of which
 *     heads and tails of a rank   some 40 MB; first they are the buffers of the redistribution
 *     sorter                      the rest; a rank has two sorters, with half of it each
 *   sorter                      its share, at least SI_LEAST_MEMORY_BYTES, of which
 *     waste of the heap           1/8, at most 8 MiB
 *     blocks of the run writer    1/16, 16 KiB to 1 MiB for each thread
 *     chunks and sort entries     the rest, while elements are added
 *     merge windows, packer       the rest, while they are written
 */
#ifndef SI_SORT_MEMORY_PLAN_H
#define SI_SORT_MEMORY_PLAN_H

#include "base/error.h"
#include "element/element_kind.h"

/* What one sorter needs. */
#define SI_LEAST_MEMORY_BYTES (UINT64_C(8) << 20)

/* How a sorter splits its memory. */
typedef struct si_sort_limits {
    unsigned threads;
    uint64_t memory_bytes;   /* for everything below */
    uint64_t chunk_records;  /* what is added is kept in chunks of so many */
    uint64_t memory_records; /* more than these do not fit in memory */
    /* Of a sorter whose records do not fit: */
    uint64_t run_chunks;  /* chunks that are sorted and written together */
    uint64_t chunk_limit; /* chunks in memory at a time, those that are being sorted included */
    uint64_t page_bytes;  /* of a run: a multiple of 4096 */
    uint64_t block_bytes; /* what a thread writes to a run at once: a multiple of the page */
    uint64_t most_runs;   /* that are merged together, at least 2 */
    /* Of a multi-index: elements of a part, a multiple of SI_PACK_UNIT; 0: as many as is good. */
    uint64_t part_elements;
} si_sort_limits;

/* `threads` is at least 1; fewer are used where the memory is little. SI_ERROR_ARGUMENT: it is less
 * than SI_LEAST_MEMORY_BYTES. */
si_result si_sort_limits_compute(const si_element_type *type, uint64_t memory_bytes,
                                 unsigned threads, si_sort_limits *limits, si_error *error);

/* Pages of runs that can be sorted at a time, while as many are read, when `run_count` runs are
 * merged, and up to `unit` records wait for the next time. `sink_bytes` are taken by what is done
 * with the records then. At least 1. */
uint64_t si_sort_limits_window_pages(const si_sort_limits *limits, const si_element_type *type,
                                     uint64_t run_count, uint64_t unit, uint64_t sink_bytes);

/* How a build splits its memory. */
typedef struct si_memory_plan {
    unsigned threads; /* at least 1; fewer than asked for where the memory is little */
    uint64_t bytes;   /* of a circuit: but for the program, and what threads need themselves */
    uint64_t node_rows;
    uint64_t cache_bytes;    /* of morphologies */
    uint64_t edges_bytes;    /* of pieces of the edges file */
    uint64_t builder_bytes;  /* max_memory_bytes of the builder */
    uint64_t exchange_bytes; /* of each of three buffers, when records are redistributed */
    si_sort_limits sorter;
} si_memory_plan;

/* Starts the plan of a build of a circuit. `max_memory_bytes` is that of the options, 0: a share of
 * what the machine has. SI_ERROR_ARGUMENT: it is too little. */
si_result si_memory_plan_circuit(si_memory_plan *plan, uint64_t max_memory_bytes, unsigned threads,
                                 si_error *error);

/* Then one of these sets what the readers and the builder get. */
void si_split_memory_cells(si_memory_plan *plan, uint64_t cell_count);
void si_split_memory_synapses(si_memory_plan *plan);

/* Starts the plan of a builder. */
si_result si_memory_plan_builder(si_memory_plan *plan, const si_element_type *type,
                                 uint64_t max_memory_bytes, unsigned threads, si_error *error);

/* The same for one rank of a cluster, which holds `neighbor_bytes` for its neighbors. */
si_result si_split_memory_rank(si_memory_plan *plan, const si_element_type *type,
                               uint64_t max_memory_bytes, unsigned threads, uint64_t neighbor_bytes,
                               si_error *error);

#endif
