/*
 * The ids of nodes: what a population's `node_id` says, by which edges name their cells. Without it
 * ids are row numbers, and so they are where it counts the rows from 0, which costs no memory.
 *
 * The caller holds the HDF5 lock.
 */
#ifndef SI_SONATA_NODE_IDS_H
#define SI_SONATA_NODE_IDS_H

#include "sonata/sonata_population.h"

/* An id with the row that has it. */
typedef struct si_node_row {
    uint64_t id;
    uint64_t row;
} si_node_row;

typedef struct si_node_ids {
    uint64_t count;
    uint64_t *ids;       /* of each row; NULL: the rows themselves */
    si_node_row *sorted; /* by id; NULL: `ids` ascend */
} si_node_ids;

/* SI_ERROR_FORMAT: not one id for each node, a negative one, or one that occurs twice.
 * SI_ERROR_LIMIT: an id that no index can hold. */
si_result si_node_ids_read(const si_sonata_population *population, si_node_ids *ids,
                           si_error *error);
void si_node_ids_free(si_node_ids *ids);

static inline uint64_t si_node_id_of_row(const si_node_ids *ids, uint64_t row)
{
    return ids->ids ? ids->ids[row] : row;
}

/* False: no node has this id. */
bool si_node_ids_find(const si_node_ids *ids, uint64_t id, uint64_t *row);

/* The row of each id; NULL where ids are rows. Give `*rows` to si_free. SI_ERROR_ARGUMENT names an
 * id that no node has. */
si_result si_node_ids_find_rows(const si_node_ids *ids, const si_sonata_population *population,
                                const uint64_t *wanted, uint64_t count, uint64_t **rows,
                                si_error *error);

#endif
