/*
 * The parts of an opened multi-index. They are mapped when a query first reaches them, each column
 * to where it would be if all were one file: so whatever reads leaves need not know of parts. Of
 * the inner levels, those of the top are mapped when it is opened, and the lowest one of a part
 * together with the part. Explicitly read, all has the same place (see parts_layout.h), and is read
 * like the blocks of one file.
 */
#ifndef SI_READ_PARTS_H
#define SI_READ_PARTS_H

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

/* Opens the multi-index in a folder and fills in what follows from it: map, layout, bounds, type
 * and parts, which si_parts_close gives back, after a failure too. */
si_result si_parts_open(const char *folder, const si_open_options *options, si_index *index,
                        si_error *error);
void si_parts_close(si_index *index);

/* Opens the file of a part. */
si_result si_part_open(const char *path, int *descriptor, si_error *error);
/* Reads its header, which must be that of the part that the top names. */
si_result si_part_check_header(const si_index *index, const si_part *part, int descriptor,
                               const char *path, si_header_content *header, si_error *error);

/* Maps a part, unless it is, or what it holds will be read explicitly. */
si_result si_part_map(const si_index *index, uint64_t part, si_error *error);
si_result si_part_map_all(const si_index *index, si_error *error);

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
    return parts->of_unit[node / SI_PACK_UNIT_NODES];
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
