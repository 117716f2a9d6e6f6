/* The upper part of a pass: which inner nodes a grid touches. */
#ifndef SI_GRID_GRID_NODES_H
#define SI_GRID_GRID_NODES_H

#include "grid/grid_frame.h"
#include "read/index.h"

/* Nodes of a level, ascending. */
typedef struct si_grid_nodes {
    uint64_t *nodes;
    size_t count;
    size_t capacity;
} si_grid_nodes;

typedef struct si_grid_walk {
    const si_index *index;
    const si_grid_frame *frame;
    si_query_shape query; /* what finds nodes and leaves */
    bool may_skip;        /* what is all in one voxel: it is counted without a look */
} si_grid_walk;

si_grid_walk si_grid_walk_of(const si_index *index, const si_grid_frame *frame, bool has_filter);

/* Finds nodes of level 1, for si_free. What is skipped is added. */
si_result si_grid_find_nodes(const si_grid_walk *walk, si_grid_adder *adder, si_grid_nodes *found,
                             si_error *error);

/* The children of a node that is there, one bit each, that must be looked at. */
uint32_t si_grid_children(const si_grid_walk *walk, unsigned level, uint64_t node,
                          si_grid_adder *adder);

#endif
