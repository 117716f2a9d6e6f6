/*
 * Writing of index files. Each file is reserved on the disk, then packed in units by all threads as
 * records come in, and finished with its upper levels, checksums and header when its last element
 * is in. Parts are flushed at once; a single file is flushed when it is published.
 */
#include "build/index_writer.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/arithmetic.h"
#include "base/file.h"
#include "base/machine_memory.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "format/nodes.h"

/* Of a large index; each part takes a few mappings, of which a process has some ten thousand. */
#define MANY_PARTS 1024

/* Lowest nodes that are read back at once. */
#define NODES_AT_ONCE 256

uint64_t si_parts_choose_size(uint64_t element_count)
{
    uint64_t grains = si_divide_up(element_count, (uint64_t)MANY_PARTS * SI_PARTS_GRAIN);
    return si_max_u64(grains, 1) * SI_PARTS_GRAIN;
}

/* ---- begin and end ---- */

si_result si_index_writer_begin(si_index_writer *writer, const si_index_writing *writing,
                                si_error *error)
{
    uint64_t leaves = si_divide_up(writing->element_count, SI_LEAF_CAPACITY);
    *writer = (si_index_writer){.writing = *writing,
                                .phase = writing->is_from_memory ? "writing" : "merging",
                                .descriptor = -1};
    assert(writing->file || writing->part_elements % SI_PACK_UNIT == 0);
    if (writing->file)
        return SI_OK;
    writer->lowest = si_allocate(si_divide_up(leaves, SI_FAN_OUT), sizeof *writer->lowest);
    return writer->lowest ? SI_OK : si_fail_memory(error);
}

static void leave_file(si_index_writer *writer)
{
    si_packer_free(writer->packer);
    writer->packer = NULL;
    if (writer->descriptor >= 0 && !writer->writing.file)
        close(writer->descriptor);
    writer->descriptor = -1;
    si_free(writer->path);
    writer->path = NULL;
}

void si_index_writer_free(si_index_writer *writer)
{
    leave_file(writer);
    si_free(writer->entries);
    si_free(writer->lowest);
    writer->entries = NULL;
    writer->lowest = NULL;
}

/* ---- a file ---- */

static si_result create_file(const char *path, int *descriptor, si_error *error)
{
    *descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (*descriptor < 0)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot create the file", path);
    return SI_OK;
}

static si_result flush_and_close(int *descriptor, const char *path, si_error *error)
{
    si_result result = si_file_flush(*descriptor, path, error);
    if (close(*descriptor) != 0 && result == SI_OK)
        result = si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot close the file", path);
    *descriptor = -1;
    return result;
}

/* A single file that is packed from memory has units so large that its columns fill large pages of
 * the page cache, but small enough that every thread has some. It stays in the page cache, for the
 * first queries, unless that would take too much of it. */
static si_result create_packer(si_index_writer *writer, si_error *error)
{
    const si_index_writing *writing = &writer->writing;
    const si_layout *layout = &writer->layout;
    si_packing packing = {.layout = layout,
                          .descriptor = writer->descriptor,
                          .path = writer->path,
                          .workers = writing->threads,
                          .unit_elements = SI_PACK_UNIT,
                          .is_direct = !writing->is_from_memory};
    if (writing->file && writing->is_from_memory) {
        uint64_t share = layout->element_count / (4 * (uint64_t)writing->threads);
        packing.unit_elements = si_min_u64(
            SI_PARTS_GRAIN, si_max_u64(SI_PACK_UNIT, share / SI_PACK_UNIT * SI_PACK_UNIT));
        packing.is_direct = layout->file_bytes > si_machine_memory("") / 4;
    }
    return si_packer_create(&packing, &writer->packer, error);
}

static si_result begin_file(si_index_writer *writer, si_error *error)
{
    const si_index_writing *writing = &writer->writing;
    uint64_t count = writing->element_count - writer->taken;
    si_part_entry *entries = si_grow(writer->entries, &writer->entry_capacity,
                                     writer->file_count + 1, sizeof *entries);
    if (!entries)
        return si_fail_memory(error);
    writer->entries = entries;
    writer->packed = 0;
    if (writing->file) {
        si_layout_compute(writing->kind, count, &writer->layout);
        writer->descriptor = writing->file->descriptor;
        writer->path = si_duplicate_string(si_target_name(writing->file));
        if (!writer->path)
            return si_fail_memory(error);
        SI_TRY(si_target_reserve(writing->file, writer->layout.file_bytes, error));
    } else {
        count = si_min_u64(writing->part_elements, count);
        si_layout_compute(writing->kind, count, &writer->layout);
        writer->path = si_part_path(writing->folder, writing->first_part + writer->file_count);
        if (!writer->path)
            return si_fail_memory(error);
        SI_TRY(create_file(writer->path, &writer->descriptor, error));
        SI_TRY(
            si_blocks_reserve(writer->descriptor, writer->layout.file_bytes, writer->path, error));
    }
    return create_packer(writer, error);
}

/* The top needs the boxes of the lowest nodes of all parts. They are read back, because units are
 * packed in any order. */
static si_result collect_lowest_nodes(si_index_writer *writer, si_error *error)
{
    const si_layout *layout = &writer->layout;
    float *nodes = si_allocate(NODES_AT_ONCE, SI_NODE_BYTES);
    if (!nodes)
        return si_fail_memory(error);
    si_result result = SI_OK;
    for (uint64_t first = 0; first < layout->node_count[1] && result == SI_OK;
         first += NODES_AT_ONCE) {
        uint64_t count = si_min_u64(NODES_AT_ONCE, layout->node_count[1] - first);
        result = si_file_read_at(writer->descriptor, nodes, count * SI_NODE_BYTES,
                                 layout->level_offset[1] + first * SI_NODE_BYTES, writer->path,
                                 error);
        for (uint64_t i = 0; i < count && result == SI_OK; i++)
            writer->lowest[writer->lowest_count++] = si_nodes_box(nodes + i * SI_NODE_FLOATS);
    }
    si_free(nodes);
    return result;
}

static si_result finish_file(si_index_writer *writer, si_error *error)
{
    si_part_entry *entry = &writer->entries[writer->file_count];
    entry->element_count = writer->layout.element_count;
    SI_TRY(si_packer_finish(writer->packer, &entry->checksum, error));
    if (!writer->writing.file) {
        SI_TRY(collect_lowest_nodes(writer, error));
        SI_TRY(flush_and_close(&writer->descriptor, writer->path, error));
    }
    writer->file_count++;
    leave_file(writer);
    return SI_OK;
}

/* ---- records ---- */

typedef struct unit_job {
    const si_index_writer *writer;
    const si_record_pieces *records;
    const si_sort_entry *entries; /* the first one is that of the next element of the file */
    _Atomic uint64_t written;     /* elements, for the progress */
} unit_job;

static si_result write_unit(void *context, unsigned worker, uint64_t task, si_error *error)
{
    unit_job *job = context;
    const si_index_writer *writer = job->writer;
    uint64_t unit_elements = si_packer_unit_elements(writer->packer);
    uint64_t unit = writer->packed / unit_elements + task;
    SI_TRY(si_packer_write_unit(writer->packer, worker, unit, job->records,
                                job->entries + task * unit_elements, error));
    uint64_t size = si_packer_unit_size(writer->packer, unit);
    uint64_t written = atomic_fetch_add(&job->written, size) + size;
    return si_progress_report(writer->writing.progress, writer->phase, writer->taken + written,
                              error);
}

si_result si_index_writer_take(void *context, const si_record_pieces *records,
                               const si_sort_entry *entries, uint64_t count, si_error *error)
{
    si_index_writer *writer = context;
    while (count > 0) {
        if (!writer->packer)
            SI_TRY(begin_file(writer, error));
        uint64_t unit_elements = si_packer_unit_elements(writer->packer);
        uint64_t some = si_min_u64(count, writer->layout.element_count - writer->packed);
        assert(writer->packed % unit_elements == 0);
        unit_job job = {.writer = writer, .records = records, .entries = entries};
        SI_TRY(si_parallel(writer->writing.threads, si_divide_up(some, unit_elements), write_unit,
                           &job, error));
        writer->packed += some;
        writer->taken += some;
        entries += some;
        count -= some;
        if (writer->packed == writer->layout.element_count)
            SI_TRY(finish_file(writer, error));
    }
    return SI_OK;
}

si_sorted_sink si_index_writer_sink(const si_index_writer *writer, void *context,
                                    si_take_sorted_fn take)
{
    const si_index_writing *writing = &writer->writing;
    return (si_sorted_sink){.context = context,
                            .unit = SI_PACK_UNIT,
                            .bytes = si_packer_bytes(writing->kind, writing->threads, SI_PACK_UNIT),
                            .take = take};
}

/* ---- the end ---- */

si_result si_parts_write_top(const char *folder, si_element_kind kind, const si_part_entry *parts,
                             uint64_t part_count, const si_box *lowest, uint64_t *checksum,
                             si_error *error)
{
    int descriptor = -1;
    char *path = si_path_join(folder, SI_TOP_NAME);
    if (!path)
        return si_fail_memory(error);
    si_result result = create_file(path, &descriptor, error);
    if (result == SI_OK)
        result = si_top_write(descriptor, path, kind, parts, part_count, lowest, checksum, error);
    if (result == SI_OK)
        result = flush_and_close(&descriptor, path, error);
    if (descriptor >= 0)
        close(descriptor);
    si_free(path);
    return result;
}

si_result si_index_writer_finish(si_index_writer *writer, uint64_t *checksum, si_error *error)
{
    const si_index_writing *writing = &writer->writing;
    assert(writer->taken == writing->element_count);
    if (!writing->file)
        return si_parts_write_top(writing->folder, writing->kind, writer->entries,
                                  writer->file_count, writer->lowest, checksum, error);
    if (writer->file_count == 0) {
        SI_TRY(begin_file(writer, error));
        SI_TRY(finish_file(writer, error));
    }
    *checksum = writer->entries[0].checksum;
    return SI_OK;
}
