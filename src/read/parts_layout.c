/* The arithmetic between offsets in the map of a multi-index and offsets in the files of its parts.
 */
#include "read/parts_layout.h"

#include "base/arithmetic.h"

/* ---- columns ---- */

unsigned si_column_count(const si_element_type *type)
{
    return 1 + type->word_count + type->byte_count;
}

const si_section *si_column_section(const si_layout *layout, unsigned column)
{
    unsigned words = si_element_type_of(layout->kind)->word_count;
    if (column == 0)
        return &layout->floats;
    return column <= words ? &layout->words[column - 1] : &layout->bytes[column - 1 - words];
}

/* Of SI_PACK_UNIT elements. */
static uint64_t unit_bytes(const si_element_type *type, unsigned column)
{
    if (column == 0)
        return SI_PACK_UNIT / SI_LEAF_CAPACITY * si_leaf_float_bytes(type);
    return SI_PACK_UNIT * (column <= type->word_count ? sizeof(uint64_t) : 1);
}

uint64_t si_part_column_offset(const si_index *index, const si_part *part, unsigned column)
{
    return si_column_section(&index->layout, column)->offset +
           part->first / SI_PACK_UNIT * unit_bytes(index->type, column);
}

uint64_t si_section_block_bytes(const si_section *section)
{
    return si_divide_up(section->bytes, SI_BLOCK_BYTES) * SI_BLOCK_BYTES;
}

/* ---- heads ---- */

uint64_t si_part_head_bytes(const si_layout *layout)
{
    return layout->inner.offset + si_section_block_bytes(&layout->inner);
}

si_result si_parts_place_heads(si_index *index, si_error *error)
{
    si_parts *parts = index->parts;
    index->map_bytes = index->layout.file_bytes;
    for (uint64_t i = 0; i < parts->count; i++) {
        si_part *part = &parts->parts[i];
        si_layout layout;
        if (!si_layout_compute(index->layout.kind, part->element_count, &layout))
            return si_fail(error, SI_ERROR_FORMAT, "%s: a part of %llu elements is too large",
                           parts->folder, (unsigned long long)part->element_count);
        part->file_bytes = layout.file_bytes;
        part->head_offset = index->map_bytes;
        part->head_bytes = si_part_head_bytes(&layout);
        part->nodes_offset = part->head_offset + layout.level_offset[1];
        if (!si_add_u64(index->map_bytes, part->head_bytes, &index->map_bytes))
            return si_fail(error, SI_ERROR_FORMAT, "%s: its parts are too large", parts->folder);
    }
    return SI_OK;
}

/* ---- finding the file ---- */

static si_part_place locate_in_top(const si_index *index, uint64_t offset)
{
    const si_section *nodes = &index->parts->top_nodes;
    uint64_t position = offset - index->layout.inner.offset;
    return (si_part_place){.file = SI_IN_TOP,
                           .offset = nodes->offset + position,
                           .bytes = si_section_block_bytes(nodes) - position};
}

static si_part_place locate_in_column(const si_index *index, unsigned column, uint64_t offset)
{
    uint64_t position = offset - si_column_section(&index->layout, column)->offset;
    uint64_t number = index->parts->of_unit[position / unit_bytes(index->type, column)];
    const si_part *part = &index->parts->parts[number];
    uint64_t done = offset - si_part_column_offset(index, part, column);
    si_layout layout;
    si_layout_compute(index->layout.kind, part->element_count, &layout);
    const si_section *section = si_column_section(&layout, column);
    return (si_part_place){.file = SI_IN_PART,
                           .part = number,
                           .offset = section->offset + done,
                           .bytes = si_section_block_bytes(section) - done};
}

static uint64_t part_of_head(const si_parts *parts, uint64_t offset)
{
    uint64_t first = 0, end = parts->count;
    while (end - first > 1) {
        uint64_t middle = first + (end - first) / 2;
        if (parts->parts[middle].head_offset <= offset)
            first = middle;
        else
            end = middle;
    }
    return first;
}

static si_part_place locate_in_head(const si_index *index, uint64_t offset)
{
    const si_parts *parts = index->parts;
    uint64_t number = part_of_head(parts, offset);
    uint64_t next = number + 1 < parts->count ? parts->parts[number + 1].head_offset
                                              : index->map_bytes;
    return (si_part_place){.file = SI_IN_PART,
                           .part = number,
                           .offset = offset - parts->parts[number].head_offset,
                           .bytes = next - offset};
}

static bool is_in(uint64_t offset, uint64_t first, uint64_t bytes)
{
    return offset >= first && offset - first < bytes;
}

si_part_place si_parts_locate(const si_index *index, uint64_t offset)
{
    const si_layout *layout = &index->layout;
    if (offset >= layout->file_bytes)
        return locate_in_head(index, offset);
    if (is_in(offset, layout->inner.offset, si_section_block_bytes(&index->parts->top_nodes)))
        return locate_in_top(index, offset);
    for (unsigned i = 0; i < si_column_count(index->type); i++) {
        const si_section *section = si_column_section(layout, i);
        if (is_in(offset, section->offset, si_section_block_bytes(section)))
            return locate_in_column(index, i, offset);
    }
    return (si_part_place){.file = SI_IN_NO_FILE,
                           .bytes = SI_BLOCK_BYTES - offset % SI_BLOCK_BYTES};
}
