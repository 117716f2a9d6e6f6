#include "index/layout.h"

#include "base/arithmetic.h"

static uint64_t blocks(uint64_t bytes)
{
    return si_divide_up(bytes, SI_BLOCK_BYTES);
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

/* Root first, so that the upper levels share blocks. */
static void place_levels(si_layout *layout)
{
    uint64_t offset = SI_HEADER_BYTES;
    layout->inner_offset = offset;
    for (unsigned level = layout->levels; level > 0; level--) {
        layout->level_offset[level] = offset;
        offset += layout->node_count[level] * SI_NODE_BYTES;
    }
    layout->inner_blocks = blocks(offset - SI_HEADER_BYTES);
    layout->inner_bytes = layout->inner_blocks * SI_BLOCK_BYTES;
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
    layout->page_count = si_divide_up(element_count, type->page_capacity);
    layout->leaves_per_page = type->page_capacity / SI_LEAF_CAPACITY;
    compute_levels(layout);
    place_levels(layout);
    layout->leaves_offset = layout->inner_offset + layout->inner_bytes;
    layout->leaves_bytes = layout->page_count * type->page_bytes;
    layout->checksums_offset = layout->leaves_offset + layout->leaves_bytes;
    layout->checksums_bytes = (layout->inner_blocks + layout->page_count) * sizeof(uint64_t);
    layout->file_bytes = layout->checksums_offset +
                         blocks(layout->checksums_bytes) * SI_BLOCK_BYTES;
    return true;
}

unsigned si_layout_leaf_size(const si_layout *layout, uint64_t leaf)
{
    return (unsigned)si_min_u64(SI_LEAF_CAPACITY, layout->element_count - leaf * SI_LEAF_CAPACITY);
}

si_leaf si_layout_leaf_in_page(const si_element_type *type, const char *page, unsigned slot,
                               unsigned count)
{
    si_leaf leaf = {.count = count};
    size_t first = (size_t)slot * SI_LEAF_CAPACITY, capacity = type->page_capacity;
    const float *floats = (const void *)page;
    const uint64_t *words = (const void *)(floats + type->float_count * capacity);
    const uint8_t *bytes = (const void *)(words + type->word_count * capacity);
    for (unsigned i = 0; i < type->float_count; i++)
        leaf.floats[i] = floats + i * capacity + first;
    for (unsigned i = 0; i < type->word_count; i++)
        leaf.words[i] = words + i * capacity + first;
    for (unsigned i = 0; i < type->byte_count; i++)
        leaf.bytes[i] = bytes + i * capacity + first;
    return leaf;
}
