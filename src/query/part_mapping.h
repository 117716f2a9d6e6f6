/* Reaching the parts of a multi-index before a search reads them, so that the search itself cannot
 * fail. */
#ifndef SI_QUERY_PARTS_PRUNING_H
#define SI_QUERY_PARTS_PRUNING_H

#include "read/index.h"
#include "read/parts.h"

/* All parts that a query may find something in. */
si_result si_map_parts_of_query(const si_index *index, const si_query *query, si_error *error);

/* The part, if any, in which a node of the tree is. */
static inline si_result si_map_part_of_node(const si_index *index, unsigned level, uint64_t node,
                                            si_error *error)
{
    if (!index->parts || level != 1)
        return SI_OK;
    return si_part_map(index, si_parts_of_node(index->parts, node), error);
}

#endif
