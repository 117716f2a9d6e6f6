/* From rows of a nodes file to elements in a builder, by several threads. */
#ifndef SI_CIRCUIT_CELL_INDEXING_H
#define SI_CIRCUIT_CELL_INDEXING_H

#include <pthread.h>
#include <stdatomic.h>

#include "circuit/build_progress.h"
#include "circuit/cell_elements.h"
#include "circuit/morphology_cache.h"
#include "sonata/sonata_nodes.h"

typedef struct si_cell_indexing {
    const char *nodes_file; /* for messages, as is the population */
    const char *population;
    si_recenter recenter;
    bool skip_bad_cells;
    unsigned threads;
    si_morphology_cache *cache;
    si_build_progress *progress;
    uint64_t cells_in_all; /* for the progress */

    si_cell_elements *elements; /* of each thread */
    const si_cells *cells;      /* being indexed */
    _Atomic uint64_t cells_done;
    pthread_mutex_t lock; /* of the two below */
    si_build_report counts;
    size_t bad_cell_capacity;
} si_cell_indexing;

/* The members up to `cells_in_all` are set by the caller. */
si_result si_cell_indexing_start(si_cell_indexing *indexing, si_builder *builder, si_error *error);

/* Adds the elements of the cells. The error is that of the first bad cell, whatever the threads. */
si_result si_cell_indexing_add(si_cell_indexing *indexing, const si_cells *cells, si_error *error);

/* Hands the last elements to the builder, and puts the bad cells in order of gid. */
si_result si_cell_indexing_finish(si_cell_indexing *indexing, si_error *error);

/* Frees everything but the report `counts`. */
void si_cell_indexing_free(si_cell_indexing *indexing);

#endif
