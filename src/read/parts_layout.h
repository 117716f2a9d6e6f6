/*
 * Where the bytes of a multi-index lie. Its map is laid out like that of a single file of all
 * elements, so that each column of a part has its place there; but for the lowest nodes, which do
 * not fill whole blocks there. The heads of the parts, their headers and nodes, follow behind it.
 */
#ifndef SI_READ_PARTS_LAYOUT_H
#define SI_READ_PARTS_LAYOUT_H

#include "read/index.h"

/* Columns in the order of the file, the floats first. */
unsigned si_column_count(const si_element_type *type);
const si_section *si_column_section(const si_layout *layout, unsigned column);
/* Where the column of a part begins in the map. */
uint64_t si_part_column_offset(const si_index *index, const si_part *part, unsigned column);

/* Bytes of whole blocks. */
uint64_t si_section_block_bytes(const si_section *section);

uint64_t si_part_head_bytes(const si_layout *layout);
/* Sets where the heads of all parts are and how many bytes the map has with them. */
si_result si_parts_place_heads(si_index *index, si_error *error);

/* Bytes of the map that lie together in a file. */
typedef struct si_part_place {
    enum { SI_IN_NO_FILE, SI_IN_TOP, SI_IN_PART } file;
    uint64_t part;
    uint64_t offset; /* in the file */
    uint64_t bytes;
} si_part_place;

si_part_place si_parts_locate(const si_index *index, uint64_t offset);

#endif
