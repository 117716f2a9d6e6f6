/*
 * The index of an edge population that finds the edges which end on given nodes.
 *
 * Files carry it in two steps: node_id_to_ranges gives for each node rows of range_to_edge_id, and
 * each of those is a range of edges. The caller holds the HDF5 lock.
 */
#ifndef SI_SONATA_EDGE_INDEX_H
#define SI_SONATA_EDGE_INDEX_H

#include "sonata/edge_range.h"
#include "sonata/sonata_population.h"

/* The edges that end on any of the nodes `gids`: ascending, not empty, neither overlapping nor
 * touching. `targets` is the column target_node_id. Give `*ranges` to si_free.
 *
 * SI_ERROR_NOT_FOUND: the file has no such index. SI_ERROR_FORMAT: the index does not fit the
 * population: it points beyond itself or the population, has an edge twice or lacks one, or an edge
 * next to those that are found ends on one of the nodes, too. */
si_result si_edge_index_select(const si_sonata_population *population,
                               const si_sonata_column *targets, const uint64_t *gids, size_t count,
                               si_edge_range **ranges, size_t *range_count, si_error *error);

#endif
