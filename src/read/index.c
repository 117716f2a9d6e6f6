#include "read/index.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arithmetic.h"
#include "base/file.h"
#include "base/memory.h"
#include "folder/target.h"
#include "format/header.h"
#include "read/read_mode.h"
#include "read/readahead.h"
#include "read/sigbus_guard.h"
#include "verify/verify_file.h"

/* What is copied at once from an index to another. */
#define COPIED_AT_ONCE (UINT64_C(4) << 20)

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
    index->is_guarded = options->guard != 0;
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
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot keep it open", path);
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
    /* Without waiting for the other end of what turns out to be a pipe. */
    int descriptor = open(metadata->heavy_path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
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
                       "%s: holds elements of type %s, but %s/" SI_METADATA_NAME " says %s",
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
    const si_open_options defaults = SI_OPEN_OPTIONS_INIT;
    si_index *opened = create_index();
    if (!opened)
        return si_fail_memory(error);
    si_result result = fill_index(metadata, options ? options : &defaults, opened, error);
    if (result == SI_OK)
        *index = opened;
    else
        si_index_close(opened);
    return result;
}

si_result si_open_options_check(const si_open_options *options, si_error *error)
{
    if (options && options->struct_size != sizeof *options)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "si_open_options: struct_size is %zu, expected %zu", options->struct_size,
                       sizeof *options);
    if (options && options->reading != SI_READING_AUTO && options->reading != SI_READING_MAPPED &&
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
    si_error failure;
    SI_TRY(si_open_options_check(options, error));
    for (unsigned attempt = 1;; attempt++) {
        bool heavy_is_missing = false;
        si_result result = open_once(path, options, index, &heavy_is_missing, &failure);
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

/* ---- elements ---- */

si_columns si_index_leaf_columns(const si_index *index, uint64_t leaf)
{
    si_columns columns = {.floats = {si_index_leaf_floats(index, leaf)}};
    uint64_t first = leaf * SI_LEAF_CAPACITY;
    for (unsigned i = 1; i < index->type->float_count; i++)
        columns.floats[i] = columns.floats[0] + i * SI_LEAF_CAPACITY;
    for (unsigned i = 0; i < index->type->word_count; i++)
        columns.words[i] = si_index_words(index, i) + first;
    for (unsigned i = 0; i < index->type->byte_count; i++)
        columns.bytes[i] = si_index_bytes(index, i) + first;
    return columns;
}

/* ---- information, writing ---- */

si_result si_index_get_info(const si_index *index, si_index_info *info)
{
    if (info->struct_size != sizeof *info)
        return SI_ERROR_ARGUMENT;
    *info = (si_index_info){.struct_size = sizeof *info,
                            .kind = index->layout.kind,
                            .element_count = index->layout.element_count,
                            .format_version = SI_FORMAT_VERSION,
                            .levels = index->layout.levels,
                            .fan_out = SI_FAN_OUT,
                            .leaf_capacity = SI_LEAF_CAPACITY,
                            .block_bytes = SI_BLOCK_BYTES,
                            .file_bytes = index->parts ? index->parts->file_bytes
                                                       : index->layout.file_bytes,
                            .part_count = index->parts ? index->parts->count : 0,
                            .path = index->folder,
                            .heavy_data_path = index->heavy_path,
                            .population = index->provenance.population,
                            .dataset_path = index->provenance.dataset_path,
                            .types_path = index->provenance.types_path};
    memcpy(info->bounds_min, index->bounds.lower, sizeof info->bounds_min);
    memcpy(info->bounds_max, index->bounds.upper, sizeof info->bounds_max);
    si_delta *delta = si_index_delta(index);
    if (delta) {
        si_delta_lock(delta);
        info->element_count += delta->count;
        memcpy(info->bounds_min, delta->bounds.lower, sizeof info->bounds_min);
        memcpy(info->bounds_max, delta->bounds.upper, sizeof info->bounds_max);
        si_delta_unlock(delta);
    }
    return SI_OK;
}

/* ---- inserting ---- */

/* Of several threads that create the delta at once, the first one's is kept. */
static si_result open_delta(si_index *index, si_delta **delta, si_error *error)
{
    si_delta *created, *present = NULL;
    *delta = si_index_delta(index);
    if (*delta)
        return SI_OK;
    SI_TRY(si_delta_create(index->layout.kind, index->layout.element_count, &index->bounds,
                           &created, error));
    *delta = created;
    if (!atomic_compare_exchange_strong(&index->delta, &present, created)) {
        si_delta_free(created);
        *delta = present;
    }
    return SI_OK;
}

si_result si_index_insert(si_index *index, const si_input_column *columns, size_t column_count,
                          uint64_t count, si_error *error)
{
    si_delta *delta;
    SI_TRY(open_delta(index, &delta, error));
    return si_delta_insert(delta, columns, column_count, count, error);
}

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

static si_result copy_pieces(const si_index *index, char *buffer, si_target *target,
                             si_error *error)
{
    for (uint64_t done = 0; done < index->layout.file_bytes; done += COPIED_AT_ONCE) {
        size_t length = si_min_u64(COPIED_AT_ONCE, index->layout.file_bytes - done);
        SI_TRY(si_index_copy_bytes(index, done, length, buffer, error));
        SI_TRY(si_file_write_at(target->descriptor, buffer, length, done, si_target_name(target),
                                error));
    }
    return SI_OK;
}

static si_result copy_file(const si_index *index, si_target *target, si_error *error)
{
    SI_TRY(si_target_reserve(target, index->layout.file_bytes, error));
    char *buffer = si_allocate(COPIED_AT_ONCE, 1);
    si_result result = buffer ? copy_pieces(index, buffer, target, error) : si_fail_memory(error);
    si_free(buffer);
    return result;
}

/* The elements of a multi-index, or of one with a delta, become a single file. */
static si_result build_copy(const si_index *index, const char *folder, int replace, si_error *error)
{
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    si_builder *builder;
    options.replace = replace;
    si_index_info info = SI_INDEX_INFO_INIT;
    si_index_get_info(index, &info);
    options.expected_count = info.element_count;
    options.population = index->provenance.population;
    options.dataset_path = index->provenance.dataset_path;
    options.types_path = index->provenance.types_path;
    SI_TRY(si_builder_create(index->layout.kind, folder, &options, &builder, error));
    si_result result = si_builder_append_index(builder, index, error);
    if (result == SI_OK)
        return si_builder_finish(builder, NULL, NULL, error);
    si_builder_abort(builder);
    return result;
}

static si_result write_copy(const si_index *index, const char *folder, int replace, si_error *error)
{
    si_target target;
    SI_TRY(si_target_open(folder, replace != 0, &target, error));
    si_result result = copy_file(index, &target, error);
    if (result == SI_OK)
        result = si_target_publish(&target, index->checksum, &index->provenance, error);
    si_target_close(&target);
    return result;
}

si_result si_index_write(const si_index *index, const char *folder, int replace, si_error *error)
{
    if (!folder)
        return si_fail(error, SI_ERROR_ARGUMENT, "no folder to write the index into");
    return (index->parts || si_index_delta(index) ? build_copy : write_copy)(index, folder, replace,
                                                                             error);
}
