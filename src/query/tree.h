/* The steps of every walk through the tree of an index. */
#ifndef SI_QUERY_TREE_H
#define SI_QUERY_TREE_H

#include "base/arithmetic.h"
#include "geometry/query_shape.h"
#include "kernels/match.h"
#include "read/fetch.h"
#include "read/index.h"

/* The boxes of a node's children. */
static inline si_node_boxes si_tree_node_boxes(const si_index *index, unsigned level, uint64_t node)
{
    const float *floats = si_index_node(index, level, node);
    si_node_boxes boxes;
    for (unsigned side = 0; side < 6; side++)
        boxes.bounds[side] = floats + side * SI_FAN_OUT;
    return boxes;
}

/* The children of a node that a query may find something in, and those wholly inside of it. */
static inline si_node_match si_tree_match_node(const si_index *index, const si_query *query,
                                               unsigned level, uint64_t node)
{
    si_node_boxes boxes = si_tree_node_boxes(index, level, node);
    return si_match_nodes(si_shape_of(query), &boxes, SI_FAN_OUT);
}

/* Leaves below child `child` of level `level`, where leaves are level 0. */
static inline si_tree_range si_tree_leaves_below(const si_index *index, unsigned level,
                                                 uint64_t child)
{
    uint64_t leaves = 1;
    for (unsigned below = 0; below < level; below++)
        leaves *= SI_FAN_OUT;
    uint64_t first = child * leaves;
    return (si_tree_range){first, si_min_u64(first + leaves, index->layout.leaf_count), true};
}

/* Elements in whole leaves [first, end). */
static inline uint64_t si_tree_element_count(const si_index *index, uint64_t first, uint64_t end)
{
    return si_min_u64(end * SI_LEAF_CAPACITY, index->layout.element_count) -
           first * SI_LEAF_CAPACITY;
}

/* The mask of all elements of a leaf. */
static inline uint64_t si_tree_leaf_mask(const si_index *index, uint64_t leaf)
{
    return UINT64_MAX >> (64 - si_layout_leaf_size(&index->layout, leaf));
}

#endif
