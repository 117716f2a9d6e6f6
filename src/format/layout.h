/*
 * Where everything lies in the heavy file. All of it follows from the kind of element and their
 * number, so a reader computes it and never trusts an offset; docs/format.md specifies the bytes.
 */
#ifndef SI_FORMAT_LAYOUT_H
#define SI_FORMAT_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "element/element_kind.h"

#define SI_BLOCK_BYTES 4096u
#define SI_HEADER_BYTES SI_BLOCK_BYTES

/* A large section begins where a large page of memory can: mapped by such pages, it costs queries
 * fewer misses of the processor's table of pages. */
#define SI_LARGE_PAGE_BYTES (UINT64_C(2) << 20)
#define SI_LARGE_SECTION_BYTES (UINT64_C(32) << 20)

/* Children of an inner node. A multiple of the widest vector of floats. */
#define SI_FAN_OUT 32u
#define SI_NODE_FLOATS (6u * SI_FAN_OUT)
#define SI_NODE_BYTES (SI_NODE_FLOATS * (unsigned)sizeof(float))

#define SI_MAX_LEVELS 16

/* Of so many elements each column fills whole blocks, and so do their lowest nodes. */
#define SI_PACK_UNIT 32768u

/* A run of blocks of the file. Bytes from `bytes` on to the end of the last block are 0. */
typedef struct si_section {
    uint64_t offset;
    uint64_t bytes;
} si_section;

typedef struct si_layout {
    si_element_kind kind;
    uint64_t element_count;
    uint64_t leaf_count;

    /* Level 1 holds the boxes of leaves, level `levels` is the root. Index 0 is unused. */
    unsigned levels;
    uint64_t node_count[SI_MAX_LEVELS + 1];
    uint64_t level_offset[SI_MAX_LEVELS + 1];

    si_section inner;
    si_section floats; /* of a leaf after the other */
    si_section words[SI_MAX_WORDS];
    si_section bytes[SI_MAX_BYTES];
    si_section checksums; /* of every block between the header and this section */
    uint64_t file_bytes;
} si_layout;

/* False where the sizes overflow. */
bool si_layout_compute(si_element_kind kind, uint64_t element_count, si_layout *layout);

/* Elements of a leaf; all leaves but the last are full. */
unsigned si_layout_leaf_size(const si_layout *layout, uint64_t leaf);

/* Blocks that have a checksum. */
uint64_t si_layout_block_count(const si_layout *layout);

/* Where the checksum of the block at `offset` is. */
uint64_t si_layout_checksum_offset(const si_layout *layout, uint64_t offset);

#endif
