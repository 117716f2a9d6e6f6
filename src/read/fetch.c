/*
 * Fetching nodes and leaves: from the parts of the tree that a search names to ranges of blocks,
 * which the block cache reads, or the kernel where the file is mapped.
 */
#include "read/fetch.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "read/readahead.h"
#include "read/sigbus_guard.h"

/* Runs with no more blocks than these between them are read as one. */
#define NEAR_BLOCKS 4

/* ---- adding ---- */

static bool reserve_run(si_fetch *fetch)
{
    si_block_range *grown = si_grow(fetch->block_ranges, &fetch->range_capacity,
                                    fetch->range_count + 1, sizeof *grown);
    if (!grown)
        fetch->result = SI_ERROR_MEMORY;
    else
        fetch->block_ranges = grown;
    return grown != NULL;
}

static void add(si_fetch *fetch, uint64_t offset, uint64_t bytes)
{
    uint64_t first = offset / SI_BLOCK_BYTES, end = (offset + bytes - 1) / SI_BLOCK_BYTES + 1;
    si_block_range *last = fetch->range_count > 0 ? &fetch->block_ranges[fetch->range_count - 1]
                                                  : NULL;
    if (bytes == 0)
        return;
    if (last && first >= last->first && first <= last->end + NEAR_BLOCKS)
        last->end = si_max_u64(last->end, end);
    else if (reserve_run(fetch))
        fetch->block_ranges[fetch->range_count++] = (si_block_range){first, end};
}

static void add_part_nodes(si_fetch *fetch, uint64_t first, uint64_t end)
{
    const si_parts *parts = fetch->index->parts;
    while (first < end) {
        const si_part *part = &parts->parts[si_parts_of_node(parts, first)];
        uint64_t next = si_min_u64(si_part_end_node(part), end);
        add(fetch, part->nodes_offset + (first - si_part_first_node(part)) * SI_NODE_BYTES,
            (next - first) * SI_NODE_BYTES);
        first = next;
    }
}

void si_fetch_add_nodes(si_fetch *fetch, unsigned level, uint64_t first, uint64_t end)
{
    if (level == 1 && fetch->index->parts) {
        add_part_nodes(fetch, first, end);
        return;
    }
    add(fetch, fetch->index->layout.level_offset[level] + first * SI_NODE_BYTES,
        (end - first) * SI_NODE_BYTES);
}

static void add_floats(si_fetch *fetch, uint64_t first, uint64_t end)
{
    uint64_t leaf_bytes = si_leaf_float_bytes(fetch->index->type);
    add(fetch, fetch->index->layout.floats.offset + first * leaf_bytes, (end - first) * leaf_bytes);
}

static void add_values(si_fetch *fetch, const si_section *section, size_t size, uint64_t first,
                       uint64_t end)
{
    uint64_t element = first * SI_LEAF_CAPACITY, end_element = end * SI_LEAF_CAPACITY;
    end_element = si_min_u64(end_element, fetch->index->layout.element_count);
    add(fetch, section->offset + element * size, (end_element - element) * size);
}

void si_fetch_add_ranges(si_fetch *fetch, si_column_set tested, si_column_set whole,
                         const si_tree_range *ranges, size_t count)
{
    const si_layout *layout = &fetch->index->layout;
    const si_element_type *type = fetch->index->type;
    for (size_t i = 0; i < count; i++)
        if (ranges[i].is_whole ? whole.floats : tested.floats)
            add_floats(fetch, ranges[i].first, ranges[i].end);
    for (unsigned column = 0; column < type->word_count; column++)
        for (size_t i = 0; i < count; i++)
            if ((ranges[i].is_whole ? whole.words : tested.words) >> column & 1)
                add_values(fetch, &layout->words[column], sizeof(uint64_t), ranges[i].first,
                           ranges[i].end);
    for (unsigned column = 0; column < type->byte_count; column++)
        for (size_t i = 0; i < count; i++)
            if ((ranges[i].is_whole ? whole.bytes : tested.bytes) >> column & 1)
                add_values(fetch, &layout->bytes[column], 1, ranges[i].first, ranges[i].end);
}

void si_fetch_add_leaves(si_fetch *fetch, si_column_set columns, uint64_t first, uint64_t end)
{
    si_fetch_add_ranges(fetch, columns, columns, &(si_tree_range){first, end, true}, 1);
}

/* ---- reading ---- */

static si_result begin_reading(si_fetch *fetch, bool waits, si_error *error)
{
    if (!fetch->blocks)
        fetch->blocks = si_block_fetch_create(fetch->index->cache);
    if (!fetch->blocks)
        return si_fail_memory(error);
    si_block_fetch_begin(fetch->blocks, fetch->block_ranges, fetch->range_count, waits);
    return SI_OK;
}

si_result si_fetch_begin(si_fetch *fetch, bool waits, si_error *error)
{
    if (fetch->result != SI_OK)
        return si_fail_memory(error);
    if (fetch->index->cache)
        return begin_reading(fetch, waits, error);
    for (size_t i = 0; i < fetch->range_count; i++)
        si_prefetch_range(fetch->index, &fetch->block_ranges[i]);
    return SI_OK;
}

si_result si_fetch_finish(si_fetch *fetch, si_error *error)
{
    return fetch->blocks ? si_block_fetch_finish(fetch->blocks, error) : SI_OK;
}

si_result si_fetch_now(si_fetch *fetch, si_error *error)
{
    SI_TRY(si_fetch_begin(fetch, true, error));
    return si_fetch_finish(fetch, error);
}

void si_fetch_release(si_fetch *fetch)
{
    if (fetch->blocks)
        si_block_fetch_release(fetch->blocks);
    fetch->range_count = 0;
    fetch->result = SI_OK;
}

void si_fetch_end(si_fetch *fetch)
{
    si_block_fetch_free(fetch->blocks);
    si_free(fetch->block_ranges);
    fetch->blocks = NULL;
    fetch->block_ranges = NULL;
}

/* ---- copying past the fetches ---- */

/* A piece of the file, as it is copied. */
typedef struct file_piece {
    const si_index *index;
    uint64_t offset;
    size_t length;
    void *bytes;
} file_piece;

static si_result copy_from_map(void *context, si_error *error)
{
    const file_piece *piece = context;
    (void)error;
    memcpy(piece->bytes, piece->index->map + piece->offset, piece->length);
    return SI_OK;
}

si_result si_index_copy_bytes(const si_index *index, uint64_t offset, size_t length, void *bytes,
                              si_error *error)
{
    file_piece piece = {index, offset, length, bytes};
    if (!index->cache)
        return si_read_guarded(index, copy_from_map, &piece, error);
    return si_block_cache_copy(index->cache, offset, length, bytes, error);
}
