/*
 * Where everything lies in the heavy file. All of it follows from the kind of element and their
 * number, so a reader computes it and never trusts an offset; docs/format.md specifies the bytes.
 */
#ifndef SI_INDEX_LAYOUT_H
#define SI_INDEX_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "index/element_kind.h"

#define SI_BLOCK_BYTES 4096u
#define SI_HEADER_BYTES SI_BLOCK_BYTES

/* Children of an inner node. A multiple of the widest vector of floats. */
#define SI_FAN_OUT 16u
#define SI_NODE_FLOATS (6u * SI_FAN_OUT)
#define SI_NODE_BYTES (SI_NODE_FLOATS * (unsigned)sizeof(float))

#define SI_MAX_LEVELS 16

typedef struct si_layout {
    si_element_kind kind;
    uint64_t element_count;
    uint64_t leaf_count;
    uint64_t page_count;
    unsigned leaves_per_page;

    /* Level 1 holds the boxes of leaves, level `levels` is the root. Index 0 is unused. */
    unsigned levels;
    uint64_t node_count[SI_MAX_LEVELS + 1];
    uint64_t level_offset[SI_MAX_LEVELS + 1];

    uint64_t inner_offset;
    uint64_t inner_bytes;
    uint64_t inner_blocks;
    uint64_t leaves_offset;
    uint64_t leaves_bytes;
    uint64_t checksums_offset;
    uint64_t checksums_bytes;
    uint64_t file_bytes;
} si_layout;

/* False where the sizes overflow. */
bool si_layout_compute(si_element_kind kind, uint64_t element_count, si_layout *layout);

/* Elements of a leaf; all leaves but the last are full. */
unsigned si_layout_leaf_size(const si_layout *layout, uint64_t leaf);

/* The leaf whose columns lie in a page, `slot` leaves from its start. */
si_leaf si_layout_leaf_in_page(const si_element_type *type, const char *page, unsigned slot,
                               unsigned count);

#endif
