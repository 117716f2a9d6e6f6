#include "build/parts_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/arithmetic.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "folder/target.h"
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

/* ---- files ---- */

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

/* ---- begin and end ---- */

si_result si_parts_writer_begin(si_parts_writer *writer, const si_parts_writing *writing,
                                si_error *error)
{
    uint64_t lowest = si_divide_up(si_divide_up(writing->element_count, SI_LEAF_CAPACITY),
                                   SI_FAN_OUT);
    *writer = (si_parts_writer){.writing = *writing, .descriptor = -1};
    writer->lowest = si_allocate(lowest, sizeof *writer->lowest);
    return writer->lowest ? SI_OK : si_fail_memory(error);
}

static void end_part(si_parts_writer *writer)
{
    si_packer_free(writer->packer);
    writer->packer = NULL;
    if (writer->descriptor >= 0)
        close(writer->descriptor);
    writer->descriptor = -1;
    si_free(writer->path);
    writer->path = NULL;
}

void si_parts_writer_free(si_parts_writer *writer)
{
    end_part(writer);
    si_free(writer->entries);
    si_free(writer->lowest);
    writer->entries = NULL;
    writer->lowest = NULL;
}

/* ---- a part ---- */

static si_result create_packer(si_parts_writer *writer, si_error *error)
{
    const si_packing packing = {.layout = &writer->layout,
                                .descriptor = writer->descriptor,
                                .path = writer->path,
                                .workers = writer->writing.threads,
                                .part_elements = SI_PART_UNIT,
                                .is_direct = writer->writing.is_direct};
    return si_packer_create(&packing, &writer->packer, error);
}

static si_result begin_part(si_parts_writer *writer, si_error *error)
{
    const si_parts_writing *writing = &writer->writing;
    uint64_t count = si_min_u64(writing->part_elements, writing->element_count - writer->taken);
    si_part_entry *entries = si_grow(writer->entries, &writer->entry_capacity,
                                     writer->part_count + 1, sizeof *entries);
    if (!entries)
        return si_fail_memory(error);
    writer->entries = entries;
    writer->path = si_part_path(writing->folder, writing->first_part + writer->part_count);
    if (!writer->path)
        return si_fail_memory(error);
    si_layout_compute(writing->kind, count, &writer->layout);
    writer->packed = 0;
    SI_TRY(create_file(writer->path, &writer->descriptor, error));
    SI_TRY(si_blocks_reserve(writer->descriptor, writer->layout.file_bytes, writer->path, error));
    return create_packer(writer, error);
}

static si_result note_lowest_nodes(si_parts_writer *writer, si_error *error)
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

static si_result finish_part(si_parts_writer *writer, si_error *error)
{
    si_part_entry *entry = &writer->entries[writer->part_count];
    entry->element_count = writer->layout.element_count;
    SI_TRY(si_packer_finish(writer->packer, &entry->checksum, error));
    SI_TRY(note_lowest_nodes(writer, error));
    SI_TRY(flush_and_close(&writer->descriptor, writer->path, error));
    writer->part_count++;
    end_part(writer);
    return SI_OK;
}

/* ---- records ---- */

typedef struct pack_job {
    const si_parts_writer *writer;
    const si_record_pieces *records;
    const si_sort_entry *entries; /* the first one is that of the next element of the part */
} pack_job;

static void locate(const void *context, uint64_t first, unsigned count, const char *records[])
{
    const pack_job *job = context;
    const si_sort_entry *entries = job->entries + (first - job->writer->packed);
    for (unsigned i = 0; i < count; i++)
        records[i] = si_record_at(job->records, entries[i].place);
}

static si_result write_unit(void *context, unsigned worker, uint64_t task, si_error *error)
{
    const pack_job *job = context;
    const si_record_source source = {locate, job};
    return si_packer_write_part(job->writer->packer, worker,
                                job->writer->packed / SI_PART_UNIT + task, &source, error);
}

si_result si_parts_writer_take(si_parts_writer *writer, const si_record_pieces *records,
                               const si_sort_entry *entries, uint64_t count, si_error *error)
{
    const si_build_watch *watch = writer->writing.watch;
    while (count > 0) {
        if (!writer->packer)
            SI_TRY(begin_part(writer, error));
        uint64_t some = si_min_u64(count, writer->layout.element_count - writer->packed);
        pack_job job = {writer, records, entries};
        SI_TRY(si_parallel(writer->writing.threads, si_divide_up(some, SI_PART_UNIT), write_unit,
                           &job, error));
        writer->packed += some;
        writer->taken += some;
        entries += some;
        count -= some;
        SI_TRY(watch->step(watch->context, "writing", writer->taken, error));
        if (writer->packed == writer->layout.element_count)
            SI_TRY(finish_part(writer, error));
    }
    return SI_OK;
}

static si_result take_slab(void *context, const si_record_pieces *records,
                           const si_sort_entry *entries, uint64_t count, si_error *error)
{
    return si_parts_writer_take(context, records, entries, count, error);
}

/* The steps of sorting a slab are no steps of the whole. */
static si_result step(void *context, const char *phase, uint64_t done, si_error *error)
{
    const si_parts_writer *writer = context;
    const si_build_watch *watch = writer->writing.watch;
    (void)phase, (void)done;
    return watch->step(watch->context, "merging", writer->taken, error);
}

si_result si_parts_writer_merge(si_parts_writer *writer, si_external_sort *sort, float largest,
                                si_error *error)
{
    const si_build_watch inner = {writer, step};
    si_layout any;
    si_layout_compute(writer->writing.kind, 0, &any);
    const si_merge_sink sink = {
        .context = writer,
        .unit = SI_PART_UNIT,
        .bytes = si_packer_bytes(&any, writer->writing.threads, SI_PART_UNIT),
        .take = take_slab};
    return si_external_sort_merge(sort, largest, &inner, &sink, error);
}

/* ---- the top ---- */

static si_result write_top_file(const char *path, si_element_kind kind, const si_part_entry *parts,
                                uint64_t part_count, const si_box *lowest, uint64_t *checksum,
                                si_error *error)
{
    int descriptor;
    SI_TRY(create_file(path, &descriptor, error));
    si_result result = si_top_write(descriptor, path, kind, parts, part_count, lowest, checksum,
                                    error);
    if (result == SI_OK)
        return flush_and_close(&descriptor, path, error);
    close(descriptor);
    return result;
}

si_result si_parts_write_top(const char *folder, si_element_kind kind, const si_part_entry *parts,
                             uint64_t part_count, const si_box *lowest, uint64_t *checksum,
                             si_error *error)
{
    char *path = si_path_join(folder, SI_TOP_NAME);
    if (!path)
        return si_fail_memory(error);
    si_result result = write_top_file(path, kind, parts, part_count, lowest, checksum, error);
    si_free(path);
    return result;
}
