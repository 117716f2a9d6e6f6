/*
 * The table of the parts of an opened multi-index, and the nodes of the lowest level, which are the
 * only nodes that lie in the parts.
 */
#ifndef SI_READ_PART_TABLE_H
#define SI_READ_PART_TABLE_H

#include <pthread.h>
#include <stdatomic.h>

#include "format/header.h"
#include "format/manifest.h"
#include "read/opened_file.h"

typedef struct si_part {
    uint64_t first; /* element */
    uint64_t element_count;
    uint64_t checksum;
    uint64_t file_bytes;
    uint64_t head_offset; /* in the map: of the header and the inner levels, ... */
    uint64_t head_bytes;
    uint64_t nodes_offset;       /* ... of the lowest of them */
    _Atomic(const char *) nodes; /* of the lowest level; NULL: the part is not mapped */
    _Atomic int descriptor;      /* explicitly read: -1: it is not kept open */
    _Atomic bool is_used;        /* mapped, or read of after its header was checked */
} si_part;

typedef struct si_parts {
    char *folder;
    char *top_path;
    uint64_t count;
    si_part *parts;
    uint32_t *of_unit; /* which part each unit of elements is in */
    uint64_t file_bytes;
    si_section top_nodes;        /* in the file of the top */
    si_opened_file top;          /* explicitly read */
    pthread_mutex_t lock;        /* held while a part is mapped */
    _Atomic uint64_t used_count; /* parts that are mapped, or were read of */
    uint64_t most_open;
    _Atomic uint64_t open_count; /* explicitly read: parts that are kept open */
} si_parts;

/* Its first node of the lowest level, and the one behind its last. */
static inline uint64_t si_part_first_node(const si_part *part)
{
    return part->first / SI_LEAF_CAPACITY / SI_FAN_OUT;
}

static inline uint64_t si_part_end_node(const si_part *part)
{
    uint64_t elements = part->first + part->element_count, unit = SI_LEAF_CAPACITY * SI_FAN_OUT;
    return elements / unit + (elements % unit != 0);
}

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
    uint64_t first = si_part_first_node(part);
    return nodes ? (const void *)(nodes + (node - first) * SI_NODE_BYTES) : si_childless_node;
}

#endif
