/*
 * The parts of an opened multi-index. They are mapped when a query first reaches them, each column
 * to where it would be if all were one file: so whatever reads leaves need not know of parts. Of
 * the inner levels, those of the top are mapped when it is opened, and the lowest one of a part
 * together with the part.
 */
#ifndef SI_INDEX_PARTS_H
#define SI_INDEX_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "index/top_file.h"

typedef struct si_part {
    uint64_t first; /* element */
    uint64_t element_count;
    uint64_t checksum;
    void *head; /* once it is mapped: the header and the inner levels */
    uint64_t head_bytes;
    _Atomic(const char *) nodes; /* of the lowest level; NULL: the part is not mapped */
} si_part;

typedef struct si_parts {
    char *folder;
    uint64_t count;
    si_part *parts;
    uint32_t *of_unit; /* which part each unit of elements is in */
    uint64_t file_bytes;
    pthread_mutex_t lock; /* held while a part is mapped */
    _Atomic uint64_t mapped_count;
} si_parts;

/* Opens the multi-index in a folder and fills in what follows from it: map, layout, bounds, type
 * and parts, which si_parts_close gives back, after a failure too. `verify`: reads all of it first.
 */
si_result si_parts_open(const char *folder, bool verify, si_index *index, si_error *error);
void si_parts_close(si_index *index);

/* Maps a part, unless it is. */
si_result si_parts_reach(const si_index *index, uint64_t part, si_error *error);
si_result si_parts_reach_all(const si_index *index, si_error *error);

/* The part that a node of the lowest level is in. */
static inline uint64_t si_parts_of_node(const si_parts *parts, uint64_t node)
{
    return parts->of_unit[node / SI_PART_UNIT_NODES];
}

/* A node without children. */
extern const float si_childless_node[SI_NODE_FLOATS];

/* A node of the lowest level. Of a part that was not reached nothing is found. */
static inline const float *si_parts_node(const si_parts *parts, uint64_t node)
{
    const si_part *part = &parts->parts[si_parts_of_node(parts, node)];
    const char *nodes = atomic_load_explicit(&part->nodes, memory_order_acquire);
    uint64_t first = part->first / SI_LEAF_CAPACITY / SI_FAN_OUT;
    return nodes ? (const void *)(nodes + (node - first) * SI_NODE_BYTES) : si_childless_node;
}

#endif
