/*
 * The layout: inner levels from the root down, then a section for the floats and for each other
 * column, then the checksums of all blocks.
 */
#include "format/layout.h"

#include "base/arithmetic.h"

static uint64_t round_up(uint64_t number, uint64_t unit)
{
    return si_divide_up(number, unit) * unit;
}

static void compute_levels(si_layout *layout)
{
    uint64_t nodes = layout->leaf_count;
    layout->levels = 0;
    while (layout->leaf_count > 0 && (layout->levels == 0 || nodes > 1)) {
        nodes = si_divide_up(nodes, SI_FAN_OUT);
        layout->node_count[++layout->levels] = nodes;
    }
}

static void append_section(si_layout *layout, si_section *section, uint64_t bytes, uint64_t unit)
{
    *section = (si_section){round_up(layout->file_bytes, unit), bytes};
    layout->file_bytes = section->offset + round_up(bytes, SI_BLOCK_BYTES);
}

static void place(si_layout *layout, si_section *section, uint64_t bytes)
{
    append_section(layout, section, bytes,
                   bytes < SI_LARGE_SECTION_BYTES ? SI_BLOCK_BYTES : SI_LARGE_PAGE_BYTES);
}

/* Root first, so that the upper levels share blocks. */
static void place_levels(si_layout *layout)
{
    uint64_t nodes = 0;
    for (unsigned level = 1; level <= layout->levels; level++)
        nodes += layout->node_count[level];
    place(layout, &layout->inner, nodes * SI_NODE_BYTES);
    uint64_t offset = layout->inner.offset;
    for (unsigned level = layout->levels; level > 0; level--) {
        layout->level_offset[level] = offset;
        offset += layout->node_count[level] * SI_NODE_BYTES;
    }
}

bool si_layout_compute(si_element_kind kind, uint64_t element_count, si_layout *layout)
{
    const si_element_type *type = si_element_type_of(kind);
    /* A file offset is a signed 64-bit number; an element takes less than 100 bytes with all that
     * belongs to it, which keeps everything below in range. */
    if (element_count > INT64_MAX / 128)
        return false;
    *layout = (si_layout){.kind = kind, .element_count = element_count};
    layout->leaf_count = si_divide_up(element_count, SI_LEAF_CAPACITY);
    layout->file_bytes = SI_HEADER_BYTES;
    compute_levels(layout);
    place_levels(layout);
    place(layout, &layout->floats, layout->leaf_count * si_leaf_float_bytes(type));
    for (unsigned i = 0; i < type->word_count; i++)
        place(layout, &layout->words[i], element_count * sizeof(uint64_t));
    for (unsigned i = 0; i < type->byte_count; i++)
        place(layout, &layout->bytes[i], element_count);
    append_section(layout, &layout->checksums,
                   (layout->file_bytes / SI_BLOCK_BYTES - 1) * sizeof(uint64_t), SI_BLOCK_BYTES);
    return true;
}

unsigned si_layout_leaf_size(const si_layout *layout, uint64_t leaf)
{
    return (unsigned)si_min_u64(SI_LEAF_CAPACITY, layout->element_count - leaf * SI_LEAF_CAPACITY);
}

uint64_t si_layout_block_count(const si_layout *layout)
{
    return layout->checksums.bytes / sizeof(uint64_t);
}

uint64_t si_layout_checksum_offset(const si_layout *layout, uint64_t offset)
{
    return layout->checksums.offset + (offset / SI_BLOCK_BYTES - 1) * sizeof(uint64_t);
}
