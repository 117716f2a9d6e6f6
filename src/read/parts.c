/*
 * Opening a multi-index and mapping its parts.
 *
 * Address space is reserved for all parts at once. A part is mapped over its share of it, column by
 * column, when the first query needs it; from then on its leaves lie as in a single file.
 */
#include "read/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arithmetic.h"
#include "base/file.h"
#include "base/memory.h"
#include "format/header.h"
#include "read/part_file.h"
#include "read/parts_cache.h"
#include "read/parts_layout.h"
#include "read/read_mode.h"
#include "read/sigbus_guard.h"
#include "verify/verify_file.h"

/* ---- mapping a part ---- */

static si_result map_section(const si_index *index, int descriptor, const char *path,
                             const si_section *section, uint64_t offset, si_error *error)
{
    uint64_t bytes = si_section_block_bytes(section);
    void *place = (void *)(uintptr_t)(index->map + offset);
    if (bytes > 0 && mmap(place, bytes, PROT_READ, MAP_SHARED | MAP_FIXED, descriptor,
                          (off_t)section->offset) == MAP_FAILED)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot map its %llu bytes", path,
                             (unsigned long long)bytes);
    return SI_OK;
}

static si_result map_columns(const si_index *index, const si_part *part, const si_layout *layout,
                             int descriptor, const char *path, si_error *error)
{
    for (unsigned i = 0; i < si_column_count(index->type); i++)
        SI_TRY(map_section(index, descriptor, path, si_column_section(layout, i),
                           si_part_column_offset(index, part, i), error));
    return SI_OK;
}

static si_result map_head(const si_index *index, const si_part *part, const si_layout *layout,
                          int descriptor, const char *path, si_error *error)
{
    si_section head = {0, si_part_head_bytes(layout)};
    SI_TRY(map_section(index, descriptor, path, &head, part->head_offset, error));
    /* Nodes that a search visits are far apart. */
    madvise((void *)(uintptr_t)(index->map + part->head_offset), head.bytes, MADV_RANDOM);
    return SI_OK;
}

static si_result map_part(const si_index *index, si_part *part, int descriptor, const char *path,
                          si_error *error)
{
    si_header_content header;
    SI_TRY(si_part_check_header(index, part, descriptor, path, &header, error));
    SI_TRY(map_columns(index, part, &header.layout, descriptor, path, error));
    SI_TRY(map_head(index, part, &header.layout, descriptor, path, error));
    atomic_store_explicit(&part->nodes, index->map + part->nodes_offset, memory_order_release);
    atomic_store(&part->is_used, true);
    atomic_fetch_add(&index->parts->used_count, 1);
    return SI_OK;
}

static si_result open_part(const si_parts *parts, uint64_t number, char **path, int *descriptor,
                           si_error *error)
{
    *path = si_part_path(parts->folder, number);
    if (!*path)
        return si_fail_memory(error);
    si_result result = si_part_open(*path, descriptor, error);
    if (result != SI_OK)
        si_free(*path);
    return result;
}

si_result si_part_map(const si_index *index, uint64_t number, si_error *error)
{
    si_parts *parts = index->parts;
    si_part *part = &parts->parts[number];
    char *path;
    int descriptor;
    if (atomic_load_explicit(&part->nodes, memory_order_acquire))
        return SI_OK;
    si_result result = SI_OK;
    pthread_mutex_lock(&parts->lock);
    if (!atomic_load(&part->nodes)) {
        result = open_part(parts, number, &path, &descriptor, error);
        if (result == SI_OK) {
            result = map_part(index, part, descriptor, path, error);
            close(descriptor);
            si_free(path);
        }
    }
    pthread_mutex_unlock(&parts->lock);
    return result;
}

si_result si_part_map_all(const si_index *index, si_error *error)
{
    for (uint64_t i = 0; index->parts && i < index->parts->count; i++)
        SI_TRY(si_part_map(index, i, error));
    return SI_OK;
}

/* ---- opening ---- */

static si_result list_parts(si_parts *parts, const si_part_entry *entries,
                            const si_top_content *content, si_error *error)
{
    uint64_t first = 0;
    parts->parts = si_allocate_zeroed(content->part_count, sizeof *parts->parts);
    parts->of_unit = si_allocate(si_divide_up(content->layout.element_count, SI_PACK_UNIT),
                                 sizeof *parts->of_unit);
    if (!parts->parts || !parts->of_unit)
        return si_fail_memory(error);
    if (content->part_count > UINT32_MAX)
        return si_fail(error, SI_ERROR_UNSUPPORTED, "%s: %llu parts are too many", parts->folder,
                       (unsigned long long)content->part_count);
    for (uint64_t i = 0; i < content->part_count; i++) {
        parts->parts[i].first = first;
        parts->parts[i].element_count = entries[i].element_count;
        parts->parts[i].checksum = entries[i].checksum;
        parts->parts[i].descriptor = -1;
        for (uint64_t unit = first / SI_PACK_UNIT;
             unit * SI_PACK_UNIT < first + entries[i].element_count; unit++)
            parts->of_unit[unit] = (uint32_t)i;
        first += entries[i].element_count;
    }
    parts->count = content->part_count;
    parts->file_bytes = content->part_bytes + content->file_bytes;
    return SI_OK;
}

static si_result verify_parts(const si_index *index, si_error *error)
{
    for (uint64_t i = 0; i < index->parts->count; i++) {
        char *path;
        int descriptor;
        si_header_content header;
        SI_TRY(open_part(index->parts, i, &path, &descriptor, error));
        si_result result = si_part_check_header(index, &index->parts->parts[i], descriptor, path,
                                                &header, error);
        if (result == SI_OK)
            result = si_file_check(descriptor, path, &header, error);
        close(descriptor);
        si_free(path);
        SI_TRY(result);
    }
    return SI_OK;
}

/* Addresses for all of it, and the top's nodes there. */
static si_result map_top(si_index *index, int descriptor, const si_open_options *options,
                         si_error *error)
{
    const si_parts *parts = index->parts;
    if (options->guard)
        SI_TRY(si_map_guard_install(error));
    void *map = mmap(NULL, index->map_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                     -1, 0);
    if (map == MAP_FAILED)
        return si_fail_errno(error, SI_ERROR_IO, errno,
                             "%s: cannot reserve %llu bytes of address space", parts->top_path,
                             (unsigned long long)index->map_bytes);
    index->map = map;
    index->is_guarded = options->guard;
    return map_section(index, descriptor, parts->top_path, &parts->top_nodes,
                       index->layout.inner.offset, error);
}

static si_result fill_index(si_index *index, const si_top_content *content,
                            const si_part_entry *entries, si_error *error)
{
    si_parts *parts = index->parts;
    SI_TRY(list_parts(parts, entries, content, error));
    parts->top_nodes = content->nodes;
    parts->top.path = parts->top_path;
    parts->top.bytes = content->file_bytes;
    index->layout = content->layout;
    index->bounds = content->bounds;
    index->checksum = content->checksum;
    index->type = si_element_type_of(content->layout.kind);
    return si_parts_place_heads(index, error);
}

static si_result read_top(si_index *index, int descriptor, const si_open_options *options,
                          si_error *error)
{
    const char *path = index->parts->top_path;
    si_top_content content;
    si_part_entry *entries;
    SI_TRY(si_top_read(descriptor, path, &content, &entries, error));
    si_result result = fill_index(index, &content, entries, error);
    si_free(entries);
    SI_TRY(result);
    if (options->verify) {
        SI_TRY(si_top_check_nodes(descriptor, path, &content, NULL, error));
        SI_TRY(verify_parts(index, error));
    }
    if (si_choose_reading(options->reading, descriptor) == SI_READING_EXPLICIT)
        return si_parts_cache(index, descriptor, options->max_cache_bytes, error);
    return map_top(index, descriptor, options, error);
}

static si_result open_top(si_index *index, const char *path, const si_open_options *options,
                          si_error *error)
{
    int descriptor = si_open_readonly(path);
    if (descriptor < 0)
        return si_fail_errno(error, errno == ENOENT ? SI_ERROR_NOT_FOUND : SI_ERROR_IO, errno,
                             "%s: cannot open the top of the multi-index", path);
    si_result result = read_top(index, descriptor, options, error);
    close(descriptor);
    return result;
}

si_result si_parts_open(const char *folder, const si_open_options *options, si_index *index,
                        si_error *error)
{
    index->parts = si_allocate_zeroed(1, sizeof *index->parts);
    if (!index->parts)
        return si_fail_memory(error);
    index->parts->top.descriptor = -1;
    pthread_mutex_init(&index->parts->lock, NULL);
    index->parts->folder = si_duplicate_string(folder);
    index->parts->top_path = si_path_join(folder, SI_TOP_NAME);
    if (!index->parts->folder || !index->parts->top_path)
        return si_fail_memory(error);
    return open_top(index, index->parts->top_path, options, error);
}

void si_parts_close(si_index *index)
{
    si_parts *parts = index->parts;
    if (!parts)
        return;
    si_parts_close_files(parts);
    pthread_mutex_destroy(&parts->lock);
    si_free(parts->parts);
    si_free(parts->of_unit);
    si_free(parts->folder);
    si_free(parts->top_path);
    si_free(parts);
    index->parts = NULL;
}
