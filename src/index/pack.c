#include "index/pack.h"

#include <stdatomic.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "index/format.h"
#include "index/record.h"

/*
 * Each task packs a part: a run of pages and the level-1 nodes over their leaves. Parts end at node
 * boundaries, so every byte of the file is written by one task only and depends on the elements
 * alone. The upper levels are then made from the one below, read back from the file: nothing in
 * memory grows with the number of elements.
 */

/* Pages of a part: a multiple of SI_FAN_OUT, so that a part's leaves fill whole nodes. */
#define PART_PAGES (4 * SI_FAN_OUT)

/* Records to be fetched while others are copied: they lie all over the memory. */
#define PREFETCH_DISTANCE 12

/* Nodes read at once to make the level above: of whole nodes of that level. */
#define PIECE_NODES (16 * SI_FAN_OUT)

typedef struct pack_job {
    const si_layout *layout;
    const si_element_type *type;
    const si_pack_source *source;
    int descriptor;
    const char *path;
    const si_build_watch *watch;
    _Atomic uint64_t written;
    char **part_buffers; /* one for each worker: pages, then nodes, then checksums */
    size_t pages_bytes;
    size_t nodes_bytes;
} pack_job;

/* ---- packing pages ---- */

static const char *record_of(const pack_job *job, uint64_t rank)
{
    return si_record_at(job->source->store, job->source->entries[rank].position);
}

static void put_record(const si_element_type *type, const char *record, char *page, size_t slot)
{
    size_t capacity = type->page_capacity;
    char *floats = page;
    char *words = floats + type->float_count * capacity * sizeof(float);
    char *bytes = words + type->word_count * capacity * sizeof(uint64_t);
    const char *from = record;
    for (unsigned i = 0; i < type->word_count; i++, from += sizeof(uint64_t))
        memcpy(words + (i * capacity + slot) * sizeof(uint64_t), from, sizeof(uint64_t));
    for (unsigned i = 0; i < type->float_count; i++, from += sizeof(float))
        memcpy(floats + (i * capacity + slot) * sizeof(float), from, sizeof(float));
    for (unsigned i = 0; i < type->byte_count; i++, from++)
        bytes[i * capacity + slot] = *from;
}

static void pack_page(const pack_job *job, uint64_t page_number, char *page)
{
    uint64_t first = page_number * job->type->page_capacity;
    uint64_t end = si_min_u64(first + job->type->page_capacity, job->layout->element_count);
    memset(page, 0, job->type->page_bytes);
    for (uint64_t rank = first; rank < end; rank++) {
        if (rank + PREFETCH_DISTANCE < end)
            __builtin_prefetch(record_of(job, rank + PREFETCH_DISTANCE));
        put_record(job->type, record_of(job, rank), page, rank - first);
    }
}

/* ---- inner nodes ---- */

static void clear_nodes(float *nodes, uint64_t count)
{
    si_box nothing = si_box_nothing();
    for (uint64_t node = 0; node < count; node++)
        for (unsigned side = 0; side < 6; side++)
            for (unsigned child = 0; child < SI_FAN_OUT; child++)
                nodes[node * SI_NODE_FLOATS + side * SI_FAN_OUT + child] =
                    side < 3 ? nothing.lower[side] : nothing.upper[side - 3];
}

static void put_child_box(float *nodes, uint64_t child, const si_box *box)
{
    float *node = nodes + child / SI_FAN_OUT * SI_NODE_FLOATS;
    for (unsigned axis = 0; axis < 3; axis++) {
        node[axis * SI_FAN_OUT + child % SI_FAN_OUT] = box->lower[axis];
        node[(3 + axis) * SI_FAN_OUT + child % SI_FAN_OUT] = box->upper[axis];
    }
}

static si_box box_of_node(const float *node)
{
    si_box box = si_box_nothing();
    for (unsigned child = 0; child < SI_FAN_OUT; child++) {
        si_box other;
        for (unsigned axis = 0; axis < 3; axis++) {
            other.lower[axis] = node[axis * SI_FAN_OUT + child];
            other.upper[axis] = node[(3 + axis) * SI_FAN_OUT + child];
        }
        si_box_unite(&box, &other);
    }
    return box;
}

/* Writes level `level` from the one below; `*root` receives the box of the last node, which at the
 * top is everything. */
static si_result write_level(const pack_job *job, unsigned level, float *below, float *nodes,
                             si_error *error)
{
    const si_layout *layout = job->layout;
    uint64_t below_count = layout->node_count[level - 1];
    for (uint64_t first = 0; first < below_count; first += PIECE_NODES) {
        uint64_t count = si_min_u64(PIECE_NODES, below_count - first);
        SI_TRY(si_file_read_at(job->descriptor, below, count * SI_NODE_BYTES,
                               layout->level_offset[level - 1] + first * SI_NODE_BYTES, job->path,
                               error));
        uint64_t parents = si_divide_up(count, SI_FAN_OUT);
        clear_nodes(nodes, parents);
        for (uint64_t i = 0; i < count; i++) {
            si_box box = box_of_node(below + i * SI_NODE_FLOATS);
            put_child_box(nodes, i, &box);
        }
        SI_TRY(si_file_write_at(job->descriptor, nodes, parents * SI_NODE_BYTES,
                                layout->level_offset[level] + first / SI_FAN_OUT * SI_NODE_BYTES,
                                job->path, error));
    }
    return SI_OK;
}

static si_result write_upper_levels(const pack_job *job, si_box *bounds, si_error *error)
{
    float *below = si_allocate(PIECE_NODES, SI_NODE_BYTES);
    float *nodes = si_allocate(PIECE_NODES / SI_FAN_OUT, SI_NODE_BYTES);
    si_result status = below && nodes ? SI_OK : si_fail_memory(error);
    for (unsigned level = 2; level <= job->layout->levels && status == SI_OK; level++)
        status = write_level(job, level, below, nodes, error);
    *bounds = si_box_nothing();
    if (status == SI_OK && job->layout->levels > 0) {
        status = si_file_read_at(job->descriptor, nodes, SI_NODE_BYTES,
                                 job->layout->level_offset[job->layout->levels], job->path, error);
        if (status == SI_OK)
            *bounds = box_of_node(nodes);
    }
    si_free(below);
    si_free(nodes);
    return status;
}

/* ---- parts ---- */

static void pack_part(const pack_job *job, uint64_t first_page, uint64_t page_count, char *pages,
                      float *nodes, uint64_t *checksums)
{
    const si_layout *layout = job->layout;
    uint64_t first_leaf = first_page * layout->leaves_per_page;
    uint64_t leaf_count = si_min_u64(page_count * layout->leaves_per_page,
                                     layout->leaf_count - first_leaf);
    for (uint64_t i = 0; i < page_count; i++) {
        char *page = pages + i * job->type->page_bytes;
        pack_page(job, first_page + i, page);
        checksums[i] = si_checksum(page, job->type->page_bytes);
    }
    clear_nodes(nodes, si_divide_up(leaf_count, SI_FAN_OUT));
    for (uint64_t i = 0; i < leaf_count; i++) {
        const char *page = pages + i / layout->leaves_per_page * job->type->page_bytes;
        si_leaf leaf = si_layout_leaf_in_page(job->type, page,
                                              (unsigned)(i % layout->leaves_per_page),
                                              si_layout_leaf_size(layout, first_leaf + i));
        si_box box = job->type->bound(&leaf);
        put_child_box(nodes, i, &box);
    }
}

static si_result report_written(pack_job *job, uint64_t page_count, si_error *error)
{
    uint64_t elements = page_count * job->type->page_capacity;
    uint64_t written = atomic_fetch_add(&job->written, elements) + elements;
    return job->watch->step(job->watch->context, "writing",
                            si_min_u64(written, job->layout->element_count), error);
}

static si_result write_part(void *context, unsigned worker, uint64_t part, si_error *error)
{
    pack_job *job = context;
    const si_layout *layout = job->layout;
    uint64_t first_page = part * PART_PAGES;
    uint64_t page_count = si_min_u64(PART_PAGES, layout->page_count - first_page);
    uint64_t first_node = first_page * layout->leaves_per_page / SI_FAN_OUT;
    uint64_t node_count = si_min_u64(PART_PAGES / SI_FAN_OUT * layout->leaves_per_page,
                                     layout->node_count[1] - first_node);
    char *pages = job->part_buffers[worker];
    float *nodes = (void *)(pages + job->pages_bytes);
    uint64_t *checksums = (void *)(pages + job->pages_bytes + job->nodes_bytes);

    pack_part(job, first_page, page_count, pages, nodes, checksums);
    SI_TRY(si_file_write_at(job->descriptor, pages, page_count * job->type->page_bytes,
                            layout->leaves_offset + first_page * job->type->page_bytes, job->path,
                            error));
    SI_TRY(si_file_write_at(job->descriptor, nodes, node_count * SI_NODE_BYTES,
                            layout->level_offset[1] + first_node * SI_NODE_BYTES, job->path,
                            error));
    SI_TRY(si_file_write_at(job->descriptor, checksums, page_count * sizeof *checksums,
                            layout->checksums_offset +
                                (layout->inner_blocks + first_page) * sizeof *checksums,
                            job->path, error));
    return report_written(job, page_count, error);
}

static si_result allocate_part_buffers(pack_job *job, unsigned threads, si_error *error)
{
    job->pages_bytes = (size_t)PART_PAGES * job->type->page_bytes;
    job->nodes_bytes = (size_t)PART_PAGES / SI_FAN_OUT * job->layout->leaves_per_page *
                       SI_NODE_BYTES;
    size_t bytes = job->pages_bytes + job->nodes_bytes + PART_PAGES * sizeof(uint64_t);
    job->part_buffers = si_allocate_zeroed(threads, sizeof *job->part_buffers);
    if (!job->part_buffers)
        return si_fail_memory(error);
    for (unsigned i = 0; i < threads; i++) {
        job->part_buffers[i] = si_allocate(bytes, 1);
        if (!job->part_buffers[i])
            return si_fail_memory(error);
    }
    return SI_OK;
}

static void free_part_buffers(pack_job *job, unsigned threads)
{
    for (unsigned i = 0; job->part_buffers && i < threads; i++)
        si_free(job->part_buffers[i]);
    si_free(job->part_buffers);
}

static si_result write_parts(pack_job *job, unsigned threads, si_error *error)
{
    if (threads == 0)
        threads = si_processor_count();
    si_result status = allocate_part_buffers(job, threads, error);
    if (status == SI_OK)
        status = si_parallel(threads, si_divide_up(job->layout->page_count, PART_PAGES), write_part,
                             job, error);
    free_part_buffers(job, threads);
    return status;
}

/* ---- checksums and header ---- */

/* Fills what lies between the last node and the first page, so that its bytes are known to be 0. */
static si_result write_inner_padding(const pack_job *job, si_error *error)
{
    const si_layout *layout = job->layout;
    static const char zeros[SI_BLOCK_BYTES];
    uint64_t used = 0;
    for (unsigned level = 1; level <= layout->levels; level++)
        used += layout->node_count[level] * SI_NODE_BYTES;
    return si_file_write_at(job->descriptor, zeros, layout->inner_bytes - used,
                            layout->inner_offset + used, job->path, error);
}

static si_result write_inner_checksums(const pack_job *job, si_error *error)
{
    const si_layout *layout = job->layout;
    char block[SI_BLOCK_BYTES];
    for (uint64_t i = 0; i < layout->inner_blocks; i++) {
        SI_TRY(si_file_read_at(job->descriptor, block, sizeof block,
                               layout->inner_offset + i * SI_BLOCK_BYTES, job->path, error));
        uint64_t checksum = si_checksum(block, sizeof block);
        SI_TRY(si_file_write_at(job->descriptor, &checksum, sizeof checksum,
                                layout->checksums_offset + i * sizeof checksum, job->path, error));
    }
    return SI_OK;
}

/* The checksum of the section of checksums, over its blocks' own, so that no more than a block is
 * in memory. */
static si_result sum_checksums(const pack_job *job, uint64_t *checksum, si_error *error)
{
    const si_layout *layout = job->layout;
    uint64_t chained[SI_BLOCK_BYTES / sizeof(uint64_t) + 1] = {0};
    for (uint64_t done = 0; done < layout->checksums_bytes; done += SI_BLOCK_BYTES) {
        uint64_t length = si_min_u64(SI_BLOCK_BYTES, layout->checksums_bytes - done);
        SI_TRY(si_file_read_at(job->descriptor, chained + 1, length,
                               layout->checksums_offset + done, job->path, error));
        chained[0] = si_checksum(chained, length + sizeof *chained);
    }
    *checksum = chained[0];
    return SI_OK;
}

static si_result write_tail(const pack_job *job, si_error *error)
{
    static const char zeros[SI_BLOCK_BYTES];
    uint64_t end = job->layout->checksums_offset + job->layout->checksums_bytes;
    return si_file_write_at(job->descriptor, zeros, job->layout->file_bytes - end, end, job->path,
                            error);
}

si_result si_pack(const si_layout *layout, const si_pack_source *source, int descriptor,
                  const char *path, unsigned threads, const si_build_watch *watch,
                  uint64_t *checksum, si_error *error)
{
    pack_job job = {.layout = layout,
                    .type = si_element_type_of(layout->kind),
                    .source = source,
                    .descriptor = descriptor,
                    .path = path,
                    .watch = watch};
    char header[SI_HEADER_BYTES];
    si_box bounds;
    uint64_t checksums_checksum;
    SI_TRY(write_parts(&job, threads, error));
    SI_TRY(write_upper_levels(&job, &bounds, error));
    SI_TRY(write_inner_padding(&job, error));
    SI_TRY(write_inner_checksums(&job, error));
    SI_TRY(sum_checksums(&job, &checksums_checksum, error));
    SI_TRY(write_tail(&job, error));
    si_header_encode(layout, &bounds, checksums_checksum, header);
    *checksum = si_header_checksum(header);
    return si_file_write_at(descriptor, header, sizeof header, 0, path, error);
}
