/* The chosen edges of a population, as pieces of rows that fit in memory. */
#ifndef SI_CIRCUIT_SYNAPSE_PIECES_H
#define SI_CIRCUIT_SYNAPSE_PIECES_H

#include "sonata/sonata_edges.h"

/* Larger pieces make nothing faster. */
#define SI_MOST_SYNAPSES_PER_PIECE (1u << 20)
/* What a synapse takes in a piece. */
#define SI_SYNAPSE_BYTES (3 * sizeof(uint64_t) + 3 * sizeof(float))

typedef struct si_synapse_piece {
    size_t count;
    size_t capacity;
    uint64_t *ids; /* each with room for `capacity` */
    si_edge_rows rows;
} si_synapse_piece;

/* Zero-initialise; release with si_synapse_piece_free, also after a failure. */
si_result si_synapse_piece_allocate(si_synapse_piece *piece, size_t capacity, si_error *error);
void si_synapse_piece_free(si_synapse_piece *piece);

/* Where reading stands. */
typedef struct si_synapse_cursor {
    si_sonata_edges *edges;
    const si_edge_range *ranges; /* ascending, apart from each other */
    size_t range_count;
    size_t range;  /* the one being read */
    uint64_t next; /* edge, where it is beyond the start of that range */
} si_synapse_cursor;

/* Fills a piece with the next edges, ascending by id. None are left when its count is 0. */
si_result si_synapse_piece_read(si_synapse_piece *piece, si_synapse_cursor *cursor,
                                si_error *error);

#endif
