/* An opened index: what does not depend on how it was opened. */
#include "read/index.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/struct_size.h"
#include "folder/target.h"

/* What is copied at once from an index to another. */
#define COPIED_AT_ONCE (UINT64_C(4) << 20)

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
    SI_TRY(si_require(index, "index", NULL));
    SI_TRY(si_require(info, "info", NULL));
    SI_TRY(si_struct_check(info, SI_SIZE_THROUGH(si_index_info, part_count), sizeof *info,
                           "si_index_info", NULL));
    si_index_info made = {.struct_size = sizeof made,
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
    memcpy(made.bounds_min, index->bounds.lower, sizeof made.bounds_min);
    memcpy(made.bounds_max, index->bounds.upper, sizeof made.bounds_max);
    si_delta *delta = si_index_delta(index);
    if (delta) {
        si_delta_lock(delta);
        made.element_count += delta->count;
        memcpy(made.bounds_min, delta->bounds.lower, sizeof made.bounds_min);
        memcpy(made.bounds_max, delta->bounds.upper, sizeof made.bounds_max);
        si_delta_unlock(delta);
    }
    si_struct_fill(info, &made, sizeof made);
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
    SI_TRY(si_require(index, "index", error));
    if (column_count > 0)
        SI_TRY(si_require(columns, "columns", error));
    si_delta *delta;
    SI_TRY(open_delta(index, &delta, error));
    return si_delta_insert(delta, columns, column_count, count, error);
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
static si_result build_copy(const si_index *index, const char *folder, bool replace,
                            si_error *error)
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

static si_result write_copy(const si_index *index, const char *folder, bool replace,
                            si_error *error)
{
    si_target target;
    SI_TRY(si_target_open(folder, replace, &target, error));
    si_result result = copy_file(index, &target, error);
    if (result == SI_OK)
        result = si_target_publish(&target, index->checksum, &index->provenance, error);
    si_target_close(&target);
    return result;
}

si_result si_index_write(const si_index *index, const char *folder, bool replace, si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    SI_TRY(si_require(folder, "folder", error));
    if (!folder)
        return si_fail(error, SI_ERROR_ARGUMENT, "no folder is given for the index");
    return (index->parts || si_index_delta(index) ? build_copy : write_copy)(index, folder, replace,
                                                                             error);
}
