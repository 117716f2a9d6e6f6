/* Mapping the parts of a multi-index before a search reads them, so that the search itself cannot
 * fail. */
#ifndef SI_QUERY_PART_MAPPING_H
#define SI_QUERY_PART_MAPPING_H

#include "read/index.h"
#include "read/parts.h"

/* Maps all parts that a query may find something in. */
si_result si_map_parts_of_query(const si_index *index, const si_query *query, si_error *error);

/* Maps the part that a node lies in, if it lies in one. */
static inline si_result si_map_part_of_node(const si_index *index, unsigned level, uint64_t node,
                                            si_error *error)
{
    if (!index->parts || level != 1)
        return SI_OK;
    return si_part_map(index, si_parts_of_node(index->parts, node), error);
}

#endif
