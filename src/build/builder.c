/*
 * The builder: create, append, finish. Elements go to a sorter; when all are in, it is drained into
 * the writer of a file or of parts, which is then published.
 *
 * In a cluster every rank has two sorters. The first one takes what this rank appends and keeps it
 * unsorted. To finish, the ranks redistribute these elements, so that the second sorter of each
 * rank receives a range of the order of all elements, and each rank writes the parts of its range.
 */
#include "build/builder.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arithmetic.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/struct_size.h"
#include "build/index_writer.h"
#include "build/rank_writer.h"
#include "build/redistribute.h"
#include "folder/free_space.h"
#include "folder/target.h"
#include "format/layout.h"
#include "format/metadata.h"
#include "read/index.h"
#include "sort/sorter.h"

struct si_builder {
    const si_element_type *type;
    si_provenance provenance;
    si_memory_plan plan;
    uint64_t max_file_bytes;
    bool is_multi;
    si_cluster *cluster; /* NULL: this process alone */
    char *parts_folder;  /* of a cluster; rank 0 has it as its target */
    si_target target;
    si_sorter sorter;     /* of what is appended */
    si_sorter rank_range; /* of a cluster: what this rank writes */
    si_progress_fn progress;
    void *progress_context;
    pthread_mutex_t lock; /* held while `progress` runs */
};

/* ---- sizes and space ---- */

si_result si_file_bytes(si_element_kind kind, uint64_t element_count, uint64_t *bytes,
                        si_error *error)
{
    SI_TRY(si_require(bytes, "bytes", error));
    si_layout layout;
    if (!si_element_kind_is_valid((uint32_t)kind))
        return si_fail(error, SI_ERROR_ARGUMENT, "unknown element kind %d", (int)kind);
    if (!si_layout_compute(kind, element_count, &layout))
        return si_fail(error, SI_ERROR_LIMIT, "%llu elements are more than an index can hold",
                       (unsigned long long)element_count);
    *bytes = layout.file_bytes;
    return SI_OK;
}

static si_result check_bound(const si_builder *builder, uint64_t element_count, bool is_final,
                             si_error *error)
{
    uint64_t bytes;
    SI_TRY(si_file_bytes(builder->provenance.kind, element_count, &bytes, error));
    if (builder->max_file_bytes && bytes > builder->max_file_bytes)
        return si_fail(error, SI_ERROR_LIMIT,
                       "the index file may take %llu bytes, but its %llu elements %s %llu bytes",
                       (unsigned long long)builder->max_file_bytes,
                       (unsigned long long)element_count,
                       is_final ? "need" : "so far need at least", (unsigned long long)bytes);
    return SI_OK;
}

/* Of an index of so many elements, and of so much in a temporary file. */
static si_result check_space(void *context, uint64_t element_count, uint64_t temporary_bytes,
                             si_error *error)
{
    const si_builder *builder = context;
    si_space_need target = {.folder = si_target_folder(&builder->target)};
    const si_space_need temporary = {temporary_bytes > 0 ? builder->sorter.temp_folder : NULL,
                                     temporary_bytes};
    SI_TRY(si_file_bytes(builder->provenance.kind, element_count, &target.bytes, error));
    return si_check_space(&target, &temporary, error);
}

/* It may not be needed for an hour, or not at all. */
static si_result check_temp_folder(const char *folder, si_error *error)
{
    if (!si_path_is_folder(folder))
        return si_fail(error, SI_ERROR_NOT_FOUND,
                       "%s: the folder for temporary files does not exist or is not a directory",
                       folder);
    if (access(folder, W_OK | X_OK) != 0)
        return si_fail_errno(error, SI_ERROR_IO, errno,
                             "%s: cannot write temporary files in this folder", folder);
    return SI_OK;
}

/* ---- create and abort ---- */

static void free_builder(si_builder *builder)
{
    si_target_close(&builder->target);
    si_sorter_free(&builder->sorter);
    si_sorter_free(&builder->rank_range);
    si_provenance_free(&builder->provenance);
    si_free(builder->parts_folder);
    pthread_mutex_destroy(&builder->lock);
    si_free(builder);
}

void si_builder_abort(si_builder *builder)
{
    if (!builder)
        return;
    if (builder->cluster) {
        si_error error;
        si_fail(&error, SI_ERROR_RANK, "rank %u has given up the build",
                si_cluster_rank(builder->cluster));
        si_cluster_cancel_work(builder->cluster);
        si_cluster_agree(builder->cluster, SI_ERROR_RANK, &error);
    }
    free_builder(builder);
}

/* Takes over and checks the options. `limits` are those of a test, or NULL. */
static si_result prepare(si_builder *builder, const si_sort_limits *limits, const char *folder,
                         const si_build_options *options, si_error *error)
{
    si_memory_plan *plan = &builder->plan;
    builder->cluster = si_cluster_size(options->cluster) > 1 ? options->cluster : NULL;
    builder->is_multi = options->multi_index || builder->cluster;
    builder->max_file_bytes = builder->is_multi ? 0 : options->max_file_bytes;
    builder->progress = options->progress;
    builder->progress_context = options->progress_context;
    SI_TRY(
        si_provenance_of_options(builder->provenance.kind, options, &builder->provenance, error));
    if (limits)
        *plan = (si_memory_plan){.exchange_bytes = limits->memory_bytes / 16, .sorter = *limits};
    else if (builder->cluster)
        SI_TRY(si_split_memory_rank(plan, builder->type, options->max_memory_bytes,
                                    options->threads, si_rank_writer_bytes(builder->type), error));
    else
        SI_TRY(si_memory_plan_builder(plan, builder->type, options->max_memory_bytes,
                                      options->threads, error));
    if (folder) {
        SI_TRY(si_metadata_check_text("the path of the data set", options->dataset_path, error));
        SI_TRY(si_metadata_check_text("the path of the types file", options->types_path, error));
        SI_TRY(si_metadata_check_text("the name of the population", options->population, error));
    }
    SI_TRY(check_bound(builder, options->expected_count, options->expected_count > 0, error));
    return options->temp_folder ? check_temp_folder(options->temp_folder, error) : SI_OK;
}

/* Nothing is laid out yet. */
static si_result check_expected(si_builder *builder, uint64_t count, si_error *error)
{
    const si_sort_limits *limits = &builder->plan.sorter;
    bool fits = count <= limits->memory_records;
    uint64_t bytes = fits ? 0 : si_run_bytes(builder->type, limits->page_bytes, count);
    return count > 0 ? check_space(builder, count, bytes, error) : SI_OK;
}

static si_result create_alone(si_builder *builder, const char *folder,
                              const si_build_options *options, si_error *error)
{
    SI_TRY((builder->is_multi ? si_target_open_parts : si_target_open)(folder, options->replace,
                                                                       &builder->target, error));
    const char *temp_folder = options->temp_folder ? options->temp_folder
                                                   : si_target_folder(&builder->target);
    builder->sorter.check_space = check_space;
    builder->sorter.check_context = builder;
    SI_TRY(si_sorter_create(&builder->sorter, builder->type, &builder->plan.sorter, temp_folder,
                            error));
    return check_expected(builder, options->expected_count, error);
}

/* Rank 0 tells all ranks where the parts go. */
static si_result broadcast_parts_folder(si_builder *builder, si_error *error)
{
    char path[PATH_MAX] = "";
    si_result result = SI_OK;
    if (si_cluster_rank(builder->cluster) == 0 &&
        snprintf(path, sizeof path, "%s", si_target_name(&builder->target)) >= PATH_MAX)
        result = si_fail(error, SI_ERROR_LIMIT, "%s: the path has more than %d bytes",
                         si_target_name(&builder->target), PATH_MAX - 1);
    SI_TRY(si_cluster_agree(builder->cluster, result, error));
    SI_TRY(si_cluster_broadcast(builder->cluster, path, sizeof path, error));
    builder->parts_folder = si_duplicate_string(path);
    return builder->parts_folder ? SI_OK : si_fail_memory(error);
}

/* How much of a disk the other ranks will take is not known, so space is not checked. */
static si_result create_rank_sorters(si_builder *builder, const si_build_options *options,
                                     si_error *error)
{
    char *parent = si_path_parent(builder->parts_folder);
    const char *folder = options->temp_folder ? options->temp_folder : parent;
    si_result result = parent ? SI_OK : si_fail_memory(error);
    builder->sorter.is_unsorted = true;
    if (result == SI_OK)
        result = si_sorter_create(&builder->sorter, builder->type, &builder->plan.sorter, folder,
                                  error);
    if (result == SI_OK)
        result = si_sorter_create(&builder->rank_range, builder->type, &builder->plan.sorter,
                                  folder, error);
    si_free(parent);
    return result;
}

/* All ranks succeed, or none. `result` is that of this rank so far. */
static si_result create_on_ranks(si_builder *builder, const char *folder,
                                 const si_build_options *options, si_result result, si_error *error)
{
    SI_TRY(si_cluster_agree(builder->cluster, result, error));
    if (si_cluster_rank(builder->cluster) == 0)
        result = si_target_open_parts(folder, options->replace, &builder->target, error);
    SI_TRY(si_cluster_agree(builder->cluster, result, error));
    result = broadcast_parts_folder(builder, error);
    if (result == SI_OK)
        result = create_rank_sorters(builder, options, error);
    return si_cluster_agree(builder->cluster, result, error);
}

si_result si_builder_create_within(const si_sort_limits *limits, si_element_kind kind,
                                   const char *folder, const si_build_options *options,
                                   si_builder **builder, si_error *error)
{
    si_build_options read = SI_BUILD_OPTIONS_INIT;
    if (options)
        SI_TRY(si_struct_read(&read, sizeof read, options,
                              SI_SIZE_THROUGH(si_build_options, progress_context),
                              "si_build_options", error));
    options = &read;
    if (!si_element_kind_is_valid((uint32_t)kind))
        return si_fail(error, SI_ERROR_ARGUMENT, "unknown element kind %d", (int)kind);
    si_builder *created = si_allocate_zeroed(1, sizeof *created);
    if (!created)
        return si_fail_memory(error);
    created->type = si_element_type_of(kind);
    created->provenance.kind = kind;
    created->target = (si_target){.folder.lock = -1, .descriptor = -1};
    pthread_mutex_init(&created->lock, NULL);
    si_result result = prepare(created, limits, folder, options, error);
    if (created->cluster)
        result = create_on_ranks(created, folder, options, result, error);
    else if (result == SI_OK)
        result = create_alone(created, folder, options, error);
    if (result == SI_OK)
        *builder = created;
    else
        free_builder(created);
    return result;
}

si_result si_builder_create(si_element_kind kind, const char *folder,
                            const si_build_options *options, si_builder **builder, si_error *error)
{
    SI_TRY(si_require(builder, "builder", error));
    return si_builder_create_within(NULL, kind, folder, options, builder, error);
}

void si_builder_set_identity(si_builder *builder, const si_identity *identity)
{
    builder->provenance.identity = *identity;
}

void si_builder_adopt_identity(si_builder *builder, const si_provenance *provenance)
{
    if (!builder->provenance.identity.is_known &&
        si_provenance_is_equal(&builder->provenance, provenance))
        builder->provenance.identity = provenance->identity;
}

/* ---- append ---- */

si_result si_builder_append(si_builder *builder, const si_input_column *columns,
                            size_t column_count, uint64_t count, si_error *error)
{
    SI_TRY(si_require(builder, "builder", error));
    if (column_count > 0)
        SI_TRY(si_require(columns, "columns", error));
    si_column_batch batch;
    uint64_t expected = UINT64_MAX;
    SI_TRY(si_column_batch_open(&batch, builder->provenance.kind, columns, column_count, count,
                                error));
    si_add_u64(si_sorter_count(&builder->sorter), count, &expected);
    SI_TRY(check_bound(builder, expected, false, error));
    return si_sorter_add(&builder->sorter, &batch, error);
}

/* ---- finish ---- */

/* Called from any thread; the caller's function runs in one at a time. */
static si_result report_progress(void *context, const char *phase, uint64_t done, si_error *error)
{
    si_builder *builder = context;
    if (!builder->progress)
        return SI_OK;
    uint64_t count = si_sorter_count(&builder->sorter);
    pthread_mutex_lock(&builder->lock);
    int stop = builder->progress(builder->progress_context, phase, done, count);
    pthread_mutex_unlock(&builder->lock);
    return stop ? si_fail(error, SI_ERROR_CANCELLED, "the build was cancelled") : SI_OK;
}

/* Drains the sorter into the single file, or the parts, of the target. */
static si_result write_alone(si_builder *builder, uint64_t count, uint64_t *checksum,
                             si_error *error)
{
    const si_progress progress = {builder, report_progress};
    const si_sort_limits *limits = &builder->plan.sorter;
    const uint64_t part_elements = limits->part_elements;
    const si_index_writing writing = {.kind = builder->provenance.kind,
                                      .file = builder->is_multi ? NULL : &builder->target,
                                      .folder = si_target_name(&builder->target),
                                      .part_elements = part_elements ? part_elements
                                                                     : si_parts_choose_size(count),
                                      .element_count = count,
                                      .threads = limits->threads,
                                      .is_from_memory = !builder->sorter.is_external,
                                      .progress = &progress};
    si_index_writer writer;
    SI_TRY(check_bound(builder, count, true, error));
    SI_TRY(check_space(builder, count, 0, error));
    SI_TRY(report_progress(builder, "ordering", 0, error));
    si_result result = si_index_writer_begin(&writer, &writing, error);
    const si_sorted_sink sink = si_index_writer_sink(&writer, &writer, si_index_writer_take);
    if (result == SI_OK)
        result = si_sorter_drain(&builder->sorter, &progress, &sink, error);
    if (result == SI_OK)
        result = si_index_writer_finish(&writer, checksum, error);
    si_index_writer_free(&writer);
    return result;
}

static si_result finish_alone(si_builder *builder, si_index **index, uint64_t *count,
                              si_error *error)
{
    uint64_t checksum;
    *count = si_sorter_count(&builder->sorter);
    SI_TRY(write_alone(builder, *count, &checksum, error));
    SI_TRY(report_progress(builder, "flushing", *count, error));
    SI_TRY(si_target_publish(&builder->target, checksum, &builder->provenance, error));
    if (!index)
        return SI_OK;
    if (builder->target.folder.path)
        return si_index_open(builder->target.folder.path, NULL, index, error);
    return si_index_map(builder->target.descriptor, &builder->provenance, index, error);
}

/* Each rank writes the parts of its range of all elements; rank 0 publishes them. */
static si_result write_on_ranks(si_builder *builder, uint64_t *count, si_error *error)
{
    const si_progress progress = {builder, report_progress};
    uint64_t checksum = 0;
    const si_rank_writing writing = {.cluster = builder->cluster,
                                     .sorter = &builder->rank_range,
                                     .kind = builder->provenance.kind,
                                     .folder = builder->parts_folder,
                                     .grain = builder->plan.sorter.part_elements,
                                     .progress = &progress};
    SI_TRY(si_redistribute(builder->cluster, &builder->sorter, &builder->rank_range,
                           builder->plan.exchange_bytes / builder->type->record_bytes, &progress,
                           error));
    si_sorter_empty(&builder->sorter);
    SI_TRY(si_rank_write(&writing, count, &checksum, error));
    si_result result = SI_OK;
    if (si_cluster_rank(builder->cluster) == 0)
        result = si_target_publish(&builder->target, checksum, &builder->provenance, error);
    return si_cluster_agree(builder->cluster, result, error);
}

static si_result finish_on_ranks(si_builder *builder, si_index **index, uint64_t *count,
                                 si_error *error)
{
    char *folder = si_path_parent(builder->parts_folder);
    si_result result = si_cluster_agree(builder->cluster, folder ? SI_OK : si_fail_memory(error),
                                        error);
    if (result == SI_OK)
        result = write_on_ranks(builder, count, error);
    if (result == SI_OK && index)
        result = si_index_open(folder, NULL, index, error);
    si_free(folder);
    return result;
}

si_result si_builder_finish(si_builder *builder, si_index **index, si_build_report *report,
                            si_error *error)
{
    SI_TRY(si_require(builder, "builder", error));
    uint64_t count = 0, bytes = 0;
    si_result result = SI_OK;
    if (report)
        result = si_struct_check(report, SI_SIZE_THROUGH(si_build_report, bad_cells),
                                 sizeof *report, "si_build_report", error);
    if (result == SI_OK)
        result = (builder->cluster ? finish_on_ranks : finish_alone)(builder, index, &count, error);
    if (result == SI_OK && report) {
        si_file_bytes(builder->provenance.kind, count, &bytes, NULL);
        const si_build_report made = {
            .struct_size = sizeof made, .element_count = count, .file_bytes = bytes};
        si_struct_fill(report, &made, sizeof made);
    }
    free_builder(builder);
    return result;
}
