/*
 * Packing: the records of a unit are transposed into columns, leaf by leaf, in a buffer of the
 * worker. The boxes of its leaves make its lowest nodes. Columns are written in whole blocks, with
 * a checksum each. What remains at the end are the upper levels, the checksums of other blocks and
 * the header.
 */
#include "build/pack.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arithmetic.h"
#include "base/file.h"
#include "base/memory.h"
#include "format/header.h"
#include "format/nodes.h"

/* What the units of one worker are packed in, each padded with zeros to whole blocks. */
typedef struct unit_buffer {
    char *memory;
    si_writable_columns columns;
    float *nodes;
    uint64_t *checksums; /* of the column being written */
} unit_buffer;

struct si_packer {
    const si_layout *layout;
    const si_element_type *type;
    int descriptor;
    bool is_direct; /* wanted */
    int direct;     /* the same file, written past the page cache; -1: not to be had */
    const char *path;
    uint64_t unit_elements;
    unsigned worker_count;
    unit_buffer *buffers; /* one for each worker */
};

/* ---- buffers ---- */

static uint64_t unit_leaves(uint64_t unit_elements)
{
    return unit_elements / SI_LEAF_CAPACITY;
}

static uint64_t nodes_bytes(uint64_t unit_elements)
{
    return unit_leaves(unit_elements) / SI_FAN_OUT * SI_NODE_BYTES;
}

static uint64_t floats_bytes(const si_element_type *type, uint64_t unit_elements)
{
    return unit_leaves(unit_elements) * si_leaf_float_bytes(type);
}

static uint64_t checksums_bytes(const si_element_type *type, uint64_t unit_elements)
{
    uint64_t largest = si_max_u64(floats_bytes(type, unit_elements),
                                  unit_elements * sizeof(uint64_t));
    return largest / SI_BLOCK_BYTES * sizeof(uint64_t);
}

static uint64_t buffer_bytes(const si_element_type *type, uint64_t unit_elements)
{
    return floats_bytes(type, unit_elements) +
           unit_elements * (type->word_count * sizeof(uint64_t) + type->byte_count) +
           nodes_bytes(unit_elements) + checksums_bytes(type, unit_elements);
}

uint64_t si_packer_bytes(si_element_kind kind, unsigned workers, uint64_t unit_elements)
{
    return workers * buffer_bytes(si_element_type_of(kind), unit_elements);
}

static si_result allocate_buffer(const si_packer *packer, unit_buffer *buffer, si_error *error)
{
    const si_element_type *type = packer->type;
    uint64_t elements = packer->unit_elements;
    char *at = buffer->memory = si_allocate_large(buffer_bytes(type, elements), 1);
    if (!at)
        return si_fail_memory(error);
    buffer->columns.floats = (void *)at;
    at += floats_bytes(type, elements);
    for (unsigned i = 0; i < type->word_count; i++, at += elements * sizeof(uint64_t))
        buffer->columns.words[i] = (void *)at;
    buffer->nodes = (void *)at;
    at += nodes_bytes(elements);
    for (unsigned i = 0; i < type->byte_count; i++, at += elements)
        buffer->columns.bytes[i] = (void *)at;
    buffer->checksums = (void *)at;
    return SI_OK;
}

/* ---- create ---- */

/* Blocks of the file that are written in small pieces: where large pages of the page cache are to
 * be had, they are asked for beforehand, by writing zeros to whole ones. */
static si_result touch_large_pages(const si_packer *packer, uint64_t first, uint64_t end,
                                   si_error *error)
{
    if (end - first < SI_LARGE_PAGE_BYTES)
        return SI_OK;
    char *zeros = si_allocate_zeroed(SI_LARGE_PAGE_BYTES, 1);
    if (!zeros)
        return si_fail_memory(error);
    si_result result = SI_OK;
    for (; first < end && result == SI_OK; first += SI_LARGE_PAGE_BYTES)
        result = si_file_write_at(packer->descriptor, zeros,
                                  si_min_u64(SI_LARGE_PAGE_BYTES, end - first), first, packer->path,
                                  error);
    si_free(zeros);
    return result;
}

static si_result prepare_file(const si_packer *packer, si_error *error)
{
    const si_layout *layout = packer->layout;
    if (ftruncate(packer->descriptor, (off_t)layout->file_bytes) != 0)
        return si_fail_errno(error, SI_ERROR_IO, errno,
                             "%s: cannot set the file size to %llu bytes", packer->path,
                             (unsigned long long)layout->file_bytes);
    if (packer->is_direct || packer->unit_elements % SI_PARTS_GRAIN != 0)
        return SI_OK;
    SI_TRY(touch_large_pages(packer, 0, layout->floats.offset, error));
    for (unsigned i = 0; i < packer->type->byte_count; i++)
        SI_TRY(touch_large_pages(packer, layout->bytes[i].offset,
                                 layout->bytes[i].offset + layout->bytes[i].bytes, error));
    return SI_OK;
}

/* The same file once more; -1 where that cannot be. */
static int open_direct(int descriptor)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return open(path, O_WRONLY | O_DIRECT | O_CLOEXEC);
}

static si_result initialise(si_packer *packer, si_error *error)
{
    packer->buffers = si_allocate_zeroed(packer->worker_count, sizeof *packer->buffers);
    if (!packer->buffers)
        return si_fail_memory(error);
    for (unsigned i = 0; i < packer->worker_count; i++)
        SI_TRY(allocate_buffer(packer, &packer->buffers[i], error));
    return prepare_file(packer, error);
}

si_result si_packer_create(const si_packing *packing, si_packer **packer, si_error *error)
{
    si_packer *created = si_allocate_zeroed(1, sizeof *created);
    if (!created)
        return si_fail_memory(error);
    *created = (si_packer){.layout = packing->layout,
                           .type = si_element_type_of(packing->layout->kind),
                           .descriptor = packing->descriptor,
                           .is_direct = packing->is_direct,
                           .direct = packing->is_direct ? open_direct(packing->descriptor) : -1,
                           .path = packing->path,
                           .unit_elements = packing->unit_elements,
                           .worker_count = packing->workers};
    si_result result = initialise(created, error);
    if (result == SI_OK)
        *packer = created;
    else
        si_packer_free(created);
    return result;
}

void si_packer_free(si_packer *packer)
{
    if (!packer)
        return;
    for (unsigned i = 0; packer->buffers && i < packer->worker_count; i++)
        si_free_large(packer->buffers[i].memory, buffer_bytes(packer->type, packer->unit_elements),
                      1);
    if (packer->direct >= 0)
        close(packer->direct);
    si_free(packer->buffers);
    si_free(packer);
}

uint64_t si_packer_unit_elements(const si_packer *packer)
{
    return packer->unit_elements;
}

uint64_t si_packer_unit_size(const si_packer *packer, uint64_t unit)
{
    return si_min_u64(packer->unit_elements,
                      packer->layout->element_count - unit * packer->unit_elements);
}

/* ---- packing a unit ---- */

/* Finds the records of a leaf. They lie all over the memory: those of the next leaf are fetched
 * while one is packed. */
static void locate_leaf(const si_packer *packer, const si_record_pieces *records,
                        const si_sort_entry *entries, unsigned count, const char *located[])
{
    size_t last_byte = packer->type->record_bytes - 1;
    for (unsigned i = 0; i < count; i++) {
        located[i] = si_record_at(records, entries[i].place);
        __builtin_prefetch(located[i]);
        __builtin_prefetch(located[i] + last_byte);
    }
}

static void pack_leaves(const si_packer *packer, uint64_t unit, const si_record_pieces *records,
                        const si_sort_entry *entries, const unit_buffer *buffer)
{
    uint64_t first_leaf = unit * unit_leaves(packer->unit_elements);
    uint64_t leaves = si_divide_up(si_packer_unit_size(packer, unit), SI_LEAF_CAPACITY);
    size_t leaf_floats = si_leaf_float_bytes(packer->type) / sizeof(float);
    const char *located[2][SI_LEAF_CAPACITY];
    unsigned count = si_layout_leaf_size(packer->layout, first_leaf), next_count = 0;
    locate_leaf(packer, records, entries, count, located[0]);
    for (uint64_t i = 0; i < leaves; i++, count = next_count) {
        if (i + 1 < leaves) {
            next_count = si_layout_leaf_size(packer->layout, first_leaf + i + 1);
            locate_leaf(packer, records, entries + (i + 1) * SI_LEAF_CAPACITY, next_count,
                        located[(i + 1) % 2]);
        }
        packer->type->transpose_leaf(located[i % 2], count, &buffer->columns, i);
        si_box box = packer->type->bound(buffer->columns.floats + i * leaf_floats, count);
        si_nodes_put(buffer->nodes, i, &box);
    }
}

/* ---- writing a unit ---- */

/* Past the page cache. False where that cannot be: then the ordinary way does it, or says why not.
 */
static bool write_direct(const si_packer *packer, const void *data, uint64_t bytes, uint64_t offset)
{
    ssize_t written = -1;
    if (packer->direct >= 0)
        do
            written = pwrite(packer->direct, data, bytes, (off_t)offset);
        while (written < 0 && errno == EINTR);
    return written >= 0 && (uint64_t)written == bytes;
}

static si_result write_cached(const si_packer *packer, const void *data, uint64_t bytes,
                              uint64_t offset, si_error *error)
{
    SI_TRY(si_file_write_at(packer->descriptor, data, bytes, offset, packer->path, error));
    /* On its way to the disk while the next unit is packed, instead of when the file is flushed. */
    sync_file_range(packer->descriptor, (off_t)offset, (off_t)bytes, SYNC_FILE_RANGE_WRITE);
    return SI_OK;
}

/* Writes whole blocks, and their checksums. */
static si_result write_blocks(const si_packer *packer, uint64_t *checksums, const void *data,
                              uint64_t bytes, uint64_t offset, si_error *error)
{
    uint64_t blocks = si_divide_up(bytes, SI_BLOCK_BYTES);
    for (uint64_t i = 0; i < blocks; i++)
        checksums[i] = si_checksum((const char *)data + i * SI_BLOCK_BYTES, SI_BLOCK_BYTES);
    if (!write_direct(packer, data, blocks * SI_BLOCK_BYTES, offset))
        SI_TRY(write_cached(packer, data, blocks * SI_BLOCK_BYTES, offset, error));
    return si_file_write_at(packer->descriptor, checksums, blocks * sizeof *checksums,
                            si_layout_checksum_offset(packer->layout, offset), packer->path, error);
}

static si_result write_columns(const si_packer *packer, const unit_buffer *buffer, uint64_t unit,
                               si_error *error)
{
    const si_layout *layout = packer->layout;
    uint64_t first = unit * packer->unit_elements, count = si_packer_unit_size(packer, unit);
    uint64_t leaf_bytes = si_leaf_float_bytes(packer->type);
    SI_TRY(write_blocks(packer, buffer->checksums, buffer->columns.floats,
                        si_divide_up(count, SI_LEAF_CAPACITY) * leaf_bytes,
                        layout->floats.offset + first / SI_LEAF_CAPACITY * leaf_bytes, error));
    for (unsigned i = 0; i < packer->type->word_count; i++)
        SI_TRY(write_blocks(packer, buffer->checksums, buffer->columns.words[i],
                            count * sizeof(uint64_t),
                            layout->words[i].offset + first * sizeof(uint64_t), error));
    for (unsigned i = 0; i < packer->type->byte_count; i++)
        SI_TRY(write_blocks(packer, buffer->checksums, buffer->columns.bytes[i], count,
                            layout->bytes[i].offset + first, error));
    return SI_OK;
}

static si_result write_lowest_nodes(const si_packer *packer, const unit_buffer *buffer,
                                    uint64_t unit, si_error *error)
{
    const si_layout *layout = packer->layout;
    uint64_t unit_nodes = unit_leaves(packer->unit_elements) / SI_FAN_OUT;
    uint64_t first = unit * unit_nodes;
    uint64_t count = si_min_u64(unit_nodes, layout->node_count[1] - first);
    return si_file_write_at(packer->descriptor, buffer->nodes, count * SI_NODE_BYTES,
                            layout->level_offset[1] + first * SI_NODE_BYTES, packer->path, error);
}

si_result si_packer_write_unit(si_packer *packer, unsigned worker, uint64_t unit,
                               const si_record_pieces *records, const si_sort_entry *entries,
                               si_error *error)
{
    const unit_buffer *buffer = &packer->buffers[worker];
    assert(worker < packer->worker_count);
    if (si_packer_unit_size(packer, unit) < packer->unit_elements)
        memset(buffer->memory, 0, buffer_bytes(packer->type, packer->unit_elements));
    si_nodes_clear(buffer->nodes, unit_leaves(packer->unit_elements) / SI_FAN_OUT);
    pack_leaves(packer, unit, records, entries, buffer);
    SI_TRY(write_columns(packer, buffer, unit, error));
    return write_lowest_nodes(packer, buffer, unit, error);
}

/* ---- finish ---- */

/* Of blocks that the file has by now. */
static si_result write_checksums_of(const si_packer *packer, uint64_t first, uint64_t end,
                                    si_error *error)
{
    enum { BLOCKS_AT_ONCE = 8 };
    char blocks[BLOCKS_AT_ONCE][SI_BLOCK_BYTES];
    uint64_t checksums[BLOCKS_AT_ONCE];
    for (uint64_t offset = first; offset < end; offset += sizeof blocks) {
        uint64_t bytes = si_min_u64(sizeof blocks, end - offset), count = bytes / SI_BLOCK_BYTES;
        SI_TRY(si_file_read_at(packer->descriptor, blocks, bytes, offset, packer->path, error));
        for (uint64_t i = 0; i < count; i++)
            checksums[i] = si_checksum(blocks[i], SI_BLOCK_BYTES);
        SI_TRY(si_file_write_at(packer->descriptor, checksums, count * sizeof *checksums,
                                si_layout_checksum_offset(packer->layout, offset), packer->path,
                                error));
    }
    return SI_OK;
}

static uint64_t end_of(const si_section *section)
{
    return section->offset + si_divide_up(section->bytes, SI_BLOCK_BYTES) * SI_BLOCK_BYTES;
}

/* Of the inner levels, and of what lies between the sections. */
static si_result write_other_checksums(const si_packer *packer, si_error *error)
{
    const si_layout *layout = packer->layout;
    SI_TRY(write_checksums_of(packer, layout->inner.offset, layout->floats.offset, error));
    uint64_t done = end_of(&layout->floats);
    for (unsigned i = 0; i < packer->type->word_count; i++) {
        SI_TRY(write_checksums_of(packer, done, layout->words[i].offset, error));
        done = end_of(&layout->words[i]);
    }
    for (unsigned i = 0; i < packer->type->byte_count; i++) {
        SI_TRY(write_checksums_of(packer, done, layout->bytes[i].offset, error));
        done = end_of(&layout->bytes[i]);
    }
    return SI_OK;
}

/* The checksum of the section of checksums, over its blocks' own, so that no more than a block is
 * in memory. */
static si_result sum_checksums(const si_packer *packer, uint64_t *checksum, si_error *error)
{
    const si_section *section = &packer->layout->checksums;
    uint64_t chained[SI_BLOCK_BYTES / sizeof(uint64_t) + 1] = {0};
    for (uint64_t done = 0; done < section->bytes; done += SI_BLOCK_BYTES) {
        uint64_t length = si_min_u64(SI_BLOCK_BYTES, section->bytes - done);
        SI_TRY(si_file_read_at(packer->descriptor, chained + 1, length, section->offset + done,
                               packer->path, error));
        chained[0] = si_checksum(chained, length + sizeof *chained);
    }
    *checksum = chained[0];
    return SI_OK;
}

si_result si_packer_finish(si_packer *packer, uint64_t *checksum, si_error *error)
{
    char header[SI_HEADER_BYTES];
    si_box bounds;
    uint64_t checksums_checksum;
    SI_TRY(si_nodes_write_upper_levels(packer->layout, packer->descriptor, packer->path, &bounds,
                                       error));
    SI_TRY(write_other_checksums(packer, error));
    SI_TRY(sum_checksums(packer, &checksums_checksum, error));
    si_header_encode(packer->layout, &bounds, checksums_checksum, header);
    *checksum = si_header_checksum(header);
    return si_file_write_at(packer->descriptor, header, sizeof header, 0, packer->path, error);
}
