/*
 * Opening an index: from the metadata in its folder to a mapped file, or to a block cache over it.
 *
 * Only the header is checked unless the options ask for more, so opening takes the same time
 * whatever the size of the file. A build may replace the index meanwhile; opening then begins anew
 * with the new metadata.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arithmetic.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/struct_size.h"
#include "format/header.h"
#include "read/parts.h"
#include "read/read_mode.h"
#include "read/readahead.h"
#include "read/sigbus_guard.h"
#include "read/stats.h"
#include "verify/verify_file.h"

/* ---- mapping and reading ---- */

static si_result map_file(int descriptor, const char *path, const si_open_options *options,
                          si_index *index, si_error *error)
{
    if (options->guard)
        SI_TRY(si_map_guard_install(error));
    void *map = mmap(NULL, index->layout.file_bytes, PROT_READ, MAP_SHARED, descriptor, 0);
    if (map == MAP_FAILED)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot map its %llu bytes", path,
                             (unsigned long long)index->layout.file_bytes);
    /* Nodes that a search visits are far apart: what lies around them would be read for nothing. */
    madvise(map, index->layout.floats.offset, MADV_RANDOM);
    index->map = map;
    index->is_guarded = options->guard;
    return SI_OK;
}

/* The nodes of the upper levels, as far as they take a fraction of the cache, are never evicted. */
static uint64_t find_pinned_bytes(const si_layout *layout, uint64_t cache_bytes)
{
    uint64_t end = SI_HEADER_BYTES;
    for (unsigned level = layout->levels; level > 0; level--) {
        uint64_t next = layout->level_offset[level] + layout->node_count[level] * SI_NODE_BYTES;
        if (next > cache_bytes / 4)
            break;
        end = next;
    }
    return end;
}

si_result si_index_cache(si_index *index, si_byte_reader read, const void *context,
                         uint64_t cache_bytes, si_error *error)
{
    uint64_t most_bytes = si_cache_bytes_to_use(cache_bytes);
    const si_cached_file file = {.read = read,
                                 .context = context,
                                 .path = index->heavy_path ? index->heavy_path : "temporary index",
                                 .bytes = index->map_bytes,
                                 .pinned_bytes = find_pinned_bytes(&index->layout, most_bytes),
                                 .most_bytes = most_bytes};
    SI_TRY(si_block_cache_open(&file, &index->cache, error));
    index->map = si_block_cache_memory(index->cache);
    return SI_OK;
}

static si_result read_file(const void *context, uint64_t offset, size_t length, void *bytes,
                           si_error *error)
{
    return si_opened_file_read(context, offset, length, bytes, error);
}

static si_result cache_file(int descriptor, const char *path, const si_open_options *options,
                            si_index *index, si_error *error)
{
    index->file = (si_opened_file){.descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0),
                                   .path = index->heavy_path ? index->heavy_path
                                                             : "temporary index",
                                   .bytes = index->layout.file_bytes};
    if (index->file.descriptor < 0)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot duplicate the file descriptor",
                             path);
    /* What is to be read is known: the kernel need not guess. */
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_RANDOM);
    return si_index_cache(index, read_file, &index->file, options->max_cache_bytes, error);
}

static si_result start_state(si_index *index, si_error *error)
{
    index->state = si_allocate_zeroed(1, sizeof *index->state);
    if (!index->state)
        return si_fail_memory(error);
    /* Where the file is in memory, the first searches find that out. */
    index->state->searches_to_prefetch = SI_FIRST_PREFETCHED_SEARCHES;
    return SI_OK;
}

static si_result open_file(int descriptor, const char *path, const si_open_options *options,
                           si_index *index, si_error *error)
{
    si_header_content content;
    SI_TRY(si_header_read(descriptor, path, &content, error));
    if (options->verify)
        SI_TRY(si_file_check(descriptor, path, &content, error));
    SI_TRY(start_state(index, error));
    index->layout = content.layout;
    index->map_bytes = content.layout.file_bytes;
    index->bounds = content.bounds;
    index->checksum = content.checksum;
    index->type = si_element_type_of(content.layout.kind);
    if (si_choose_reading(options->reading, descriptor) == SI_READING_EXPLICIT)
        return cache_file(descriptor, path, options, index, error);
    return map_file(descriptor, path, options, index, error);
}

static si_index *create_index(void)
{
    si_index *index = si_allocate_zeroed(1, sizeof *index);
    if (index)
        index->file.descriptor = -1;
    return index;
}

static si_result copy_text(const char *text, char **copy, si_error *error)
{
    if (!text)
        return SI_OK;
    *copy = si_duplicate_string(text);
    return *copy ? SI_OK : si_fail_memory(error);
}

si_result si_index_map(int descriptor, const si_provenance *provenance, si_index **index,
                       si_error *error)
{
    const si_open_options options = SI_OPEN_OPTIONS_INIT;
    si_index *mapped = create_index();
    if (!mapped)
        return si_fail_memory(error);
    si_result result = open_file(descriptor, "temporary index", &options, mapped, error);
    if (result == SI_OK)
        result = si_provenance_copy(provenance, &mapped->provenance, error);
    if (result == SI_OK)
        *index = mapped;
    else
        si_index_close(mapped);
    return result;
}

/* ---- opening ---- */

static si_result open_single_file(const si_metadata *metadata, const si_open_options *options,
                                  si_index *index, si_error *error)
{
    int descriptor = si_open_readonly(metadata->heavy_path);
    if (descriptor < 0)
        return si_fail_errno(error, errno == ENOENT ? SI_ERROR_NOT_FOUND : SI_ERROR_IO, errno,
                             "%s: cannot open the index file that %s/" SI_METADATA_NAME " names",
                             metadata->heavy_path, metadata->folder);
    si_result result = open_file(descriptor, metadata->heavy_path, options, index, error);
    close(descriptor);
    return result;
}

static si_result open_parts(const si_metadata *metadata, const si_open_options *options,
                            si_index *index, si_error *error)
{
    SI_TRY(start_state(index, error));
    return si_parts_open(metadata->heavy_path, options, index, error);
}

static si_result open_heavy_file(const si_metadata *metadata, const si_open_options *options,
                                 si_index *index, si_error *error)
{
    si_result result = (metadata->is_multi ? open_parts : open_single_file)(metadata, options,
                                                                            index, error);
    if (result == SI_OK && index->layout.kind != metadata->provenance.kind)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: holds elements of kind %s, but %s/" SI_METADATA_NAME " says %s",
                       metadata->heavy_path, index->type->name, metadata->folder,
                       si_element_kind_name(metadata->provenance.kind));
    return result;
}

static si_result fill_index(const si_metadata *metadata, const si_open_options *options,
                            si_index *index, si_error *error)
{
    si_provenance provenance = metadata->provenance;
    if (options->dataset_path)
        provenance.dataset_path = (char *)(uintptr_t)options->dataset_path;
    if (options->types_path)
        provenance.types_path = (char *)(uintptr_t)options->types_path;
    SI_TRY(si_provenance_copy(&provenance, &index->provenance, error));
    SI_TRY(copy_text(metadata->folder, &index->folder, error));
    SI_TRY(copy_text(metadata->heavy_path, &index->heavy_path, error));
    return open_heavy_file(metadata, options, index, error);
}

si_result si_index_open_single(const si_metadata *metadata, const si_open_options *options,
                               si_index **index, si_error *error)
{
    if (!metadata->heavy_path)
        return si_fail(error, SI_ERROR_UNSUPPORTED,
                       "%s: holds %zu populations, expected a single index: open one of them",
                       metadata->folder, metadata->population_count);
    si_index *opened = create_index();
    if (!opened)
        return si_fail_memory(error);
    si_result result = fill_index(metadata, options, opened, error);
    if (result == SI_OK)
        *index = opened;
    else
        si_index_close(opened);
    return result;
}

si_result si_open_options_read(const si_open_options *given, si_open_options *options,
                               si_error *error)
{
    *options = (si_open_options)SI_OPEN_OPTIONS_INIT;
    if (given)
        SI_TRY(si_struct_read(options, sizeof *options, given,
                              SI_SIZE_THROUGH(si_open_options, guard), "si_open_options", error));
    if (options->reading != SI_READING_AUTO && options->reading != SI_READING_MAPPED &&
        options->reading != SI_READING_EXPLICIT)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "si_open_options: reading is %d, expected %d (auto), %d (mapped) or %d "
                       "(explicit)",
                       (int)options->reading, (int)SI_READING_AUTO, (int)SI_READING_MAPPED,
                       (int)SI_READING_EXPLICIT);
    return SI_OK;
}

static si_result open_once(const char *path, const si_open_options *options, si_index **index,
                           bool *heavy_is_missing, si_error *error)
{
    si_metadata *metadata;
    SI_TRY(si_metadata_read(path, &metadata, error));
    si_result result = si_index_open_single(metadata, options, index, error);
    *heavy_is_missing = result == SI_ERROR_NOT_FOUND;
    si_metadata_free(metadata);
    return result;
}

/* A build may replace the index after its metadata were read and before the heavy file that they
 * name is opened. Then the metadata are new. */
si_result si_index_open(const char *path, const si_open_options *options, si_index **index,
                        si_error *error)
{
    SI_TRY(si_require(path, "path", error));
    SI_TRY(si_require(index, "index", error));
    si_error failure;
    si_open_options read;
    SI_TRY(si_open_options_read(options, &read, error));
    for (unsigned attempt = 1;; attempt++) {
        bool heavy_is_missing = false;
        si_result result = open_once(path, &read, index, &heavy_is_missing, &failure);
        if (result == SI_OK)
            return SI_OK;
        if (!heavy_is_missing || attempt == SI_OPEN_ATTEMPTS)
            return si_fail(error, result, "%s", failure.message);
    }
}

void si_index_close(si_index *index)
{
    if (!index)
        return;
    if (index->folder && index->map)
        si_report_usage(index);
    if (index->cache)
        si_block_cache_close(index->cache);
    else if (index->map)
        munmap((void *)(uintptr_t)index->map, index->map_bytes);
    if (index->file.descriptor >= 0)
        close(index->file.descriptor);
    si_delta_free(index->delta);
    si_parts_close(index);
    si_free(index->state);
    si_free(index->folder);
    si_free(index->heavy_path);
    si_provenance_free(&index->provenance);
    si_free(index);
}
