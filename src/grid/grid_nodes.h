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
    bool may_skip; /* nodes whose elements all lie in one voxel, which are counted without being
                      read */
} si_grid_walk;

si_grid_walk si_grid_walk_of(const si_index *index, const si_grid_frame *frame, bool has_filter);

/* Finds the nodes of level 1 that the grid meets; `found->nodes` is to be freed with si_free. Adds
 * the elements below nodes that are skipped. */
si_result si_grid_find_nodes(const si_grid_walk *walk, si_grid_adder *adder, si_grid_nodes *found,
                             si_error *error);

/* The children of an existing node that must be visited, one bit each. Adds the elements of those
 * that are skipped. */
uint32_t si_grid_children(const si_grid_walk *walk, unsigned level, uint64_t node,
                          si_grid_adder *adder);

#endif
