/* The builder: takes elements in batches, and in the end writes them as an index. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arithmetic.h"
#include "base/file.h"
#include "base/machine_memory.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "build/builder.h"
#include "build/pack.h"
#include "build/pack_merged.h"
#include "build/parts_writer.h"
#include "build/rank_writer.h"
#include "build/redistribute.h"
#include "folder/free_space.h"
#include "folder/target.h"
#include "format/layout.h"
#include "format/metadata.h"
#include "read/index.h"
#include "sort/intake.h"

#define MEBIBYTE (UINT64_C(1) << 20)
#define LEAST_MEMORY_BYTES (16 * MEBIBYTE)
#define MOST_BUFFER_BYTES (16 * MEBIBYTE)

struct si_builder {
    si_element_kind kind;
    const si_element_type *type;
    si_build_limits limits;
    uint64_t max_file_bytes;
    bool is_multi;
    si_cluster *cluster;   /* NULL: this process alone */
    char *parts_folder;    /* of a cluster; rank 0 has it as its target */
    si_intake run;         /* of a cluster: this rank's run of the order of all elements */
    uint64_t buffer_bytes; /* likewise: of each buffer, when records are shared out */
    si_progress_fn progress;
    void *progress_context;
    char *population;
    char *dataset_path;
    char *types_path;
    si_target target;
    si_intake intake;
    pthread_mutex_t lock; /* held while `progress` runs */
};

/* ---- create and abort ---- */

static void free_builder(si_builder *builder)
{
    si_target_close(&builder->target);
    si_intake_free(&builder->intake);
    si_intake_free(&builder->run);
    si_free(builder->parts_folder);
    pthread_mutex_destroy(&builder->lock);
    si_free(builder->population);
    si_free(builder->dataset_path);
    si_free(builder->types_path);
    si_free(builder);
}

void si_builder_abort(si_builder *builder)
{
    if (!builder)
        return;
    if (builder->cluster) {
        si_error error;
        si_fail(&error, SI_ERROR_CANCELLED, "rank %u has given the build up",
                si_cluster_rank(builder->cluster));
        si_cluster_spoil_shares(builder->cluster);
        si_cluster_agree(builder->cluster, SI_ERROR_CANCELLED, &error);
    }
    free_builder(builder);
}

static si_result copy_options(si_builder *builder, const si_build_options *options, si_error *error)
{
    builder->cluster = si_cluster_size(options->cluster) > 1 ? options->cluster : NULL;
    builder->is_multi = options->multi_index || builder->cluster;
    builder->max_file_bytes = builder->is_multi ? 0 : options->max_file_bytes;
    builder->progress = options->progress;
    builder->progress_context = options->progress_context;
    if (options->population && !(builder->population = si_duplicate_string(options->population)))
        return si_fail_memory(error);
    if (options->dataset_path &&
        !(builder->dataset_path = si_duplicate_string(options->dataset_path)))
        return si_fail_memory(error);
    if (options->types_path && !(builder->types_path = si_duplicate_string(options->types_path)))
        return si_fail_memory(error);
    return SI_OK;
}

/* What is taken in, and what comes back from the other ranks, are in memory at the same time; so
 * are the buffers between them, or later the elements that ranks give to their neighbours. */
static si_result share_memory(si_builder *builder, uint64_t bytes, unsigned threads,
                              si_error *error)
{
    uint64_t other = si_run_parts_bytes(builder->type, 0);
    if (bytes < other + 2 * LEAST_MEMORY_BYTES)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "a rank may use %llu bytes of memory, but it needs at least %llu (%llu MiB)",
                       (unsigned long long)bytes,
                       (unsigned long long)(other + 2 * LEAST_MEMORY_BYTES),
                       (unsigned long long)((other + 2 * LEAST_MEMORY_BYTES) / MEBIBYTE));
    builder->buffer_bytes = si_min_u64(other / 4, MOST_BUFFER_BYTES);
    return si_build_limits_compute(builder->type, (bytes - other) / 2, threads, &builder->limits,
                                   error);
}

static si_result choose_limits(si_builder *builder, const si_build_limits *limits,
                               const si_build_options *options, si_error *error)
{
    unsigned threads = options->threads > 0 ? options->threads : si_processor_count();
    uint64_t bytes = si_memory_to_use(options->max_memory_bytes);
    if (limits) {
        builder->limits = *limits;
        builder->buffer_bytes = limits->memory_bytes / 16;
        return SI_OK;
    }
    if (builder->cluster)
        return share_memory(builder, bytes, threads, error);
    if (bytes < LEAST_MEMORY_BYTES && options->max_memory_bytes > 0)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the builder may use %llu bytes of memory, but it needs at least %llu (%llu "
                       "MiB)",
                       (unsigned long long)bytes, (unsigned long long)LEAST_MEMORY_BYTES,
                       (unsigned long long)(LEAST_MEMORY_BYTES / MEBIBYTE));
    return si_build_limits_compute(builder->type, si_max_u64(bytes, LEAST_MEMORY_BYTES), threads,
                                   &builder->limits, error);
}

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
    SI_TRY(si_file_bytes(builder->kind, element_count, &bytes, error));
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
    const si_space_need temporary = {temporary_bytes > 0 ? builder->intake.temp_folder : NULL,
                                     temporary_bytes};
    SI_TRY(si_file_bytes(builder->kind, element_count, &target.bytes, error));
    return si_check_space(&target, &temporary, error);
}

/* How much of a disk the other ranks will take is not known. */
static si_result check_no_space(void *context, uint64_t element_count, uint64_t temporary_bytes,
                                si_error *error)
{
    (void)context, (void)element_count, (void)temporary_bytes, (void)error;
    return SI_OK;
}

/* Nothing is laid out yet. */
static si_result check_expected(si_builder *builder, uint64_t count, si_error *error)
{
    bool fits = count <= builder->limits.memory_records;
    uint64_t bytes = fits ? 0 : si_run_bytes(builder->type, builder->limits.page_bytes, count);
    return count > 0 ? check_space(builder, count, bytes, error) : SI_OK;
}

/* It may not be needed for an hour, or not at all. */
static si_result check_temp_folder(const char *folder, si_error *error)
{
    if (!si_path_is_folder(folder))
        return si_fail(error, SI_ERROR_NOT_FOUND,
                       "%s: the folder for temporary files is not there, or no folder", folder);
    if (access(folder, W_OK | X_OK) != 0)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot write temporary files there",
                             folder);
    return SI_OK;
}

static si_result create_intake(si_builder *builder, si_intake *intake, const char *folder,
                               si_error *error)
{
    intake->check_space = builder->cluster ? check_no_space : check_space;
    intake->check_context = builder;
    return si_intake_create(intake, builder->type, &builder->limits, folder, error);
}

static si_result start_intake(si_builder *builder, const si_build_options *options, si_error *error)
{
    const char *folder = options->temp_folder ? options->temp_folder
                                              : si_target_folder(&builder->target);
    SI_TRY(create_intake(builder, &builder->intake, folder, error));
    return check_expected(builder, options->expected_count, error);
}

/* ---- create in a cluster ---- */

static si_result open_target_of_cluster(si_builder *builder, const char *folder,
                                        const si_build_options *options, si_error *error)
{
    if (si_cluster_rank(builder->cluster) > 0)
        return SI_OK;
    return si_target_open_parts(folder, options->replace, &builder->target, error);
}

static si_result tell_parts_folder(si_builder *builder, si_error *error)
{
    char path[PATH_MAX] = "";
    bool fits = true;
    if (si_cluster_rank(builder->cluster) == 0)
        fits = snprintf(path, sizeof path, "%s", si_target_name(&builder->target)) < PATH_MAX;
    si_result result = fits ? SI_OK
                            : si_fail(error, SI_ERROR_LIMIT, "%s: the path is too long",
                                      si_target_name(&builder->target));
    SI_TRY(si_cluster_agree(builder->cluster, result, error));
    SI_TRY(si_cluster_broadcast(builder->cluster, path, sizeof path, error));
    builder->parts_folder = si_duplicate_string(path);
    return builder->parts_folder ? SI_OK : si_fail_memory(error);
}

static si_result start_intakes(si_builder *builder, const si_build_options *options,
                               si_error *error)
{
    char *parent = si_path_parent(builder->parts_folder);
    const char *folder = options->temp_folder ? options->temp_folder : parent;
    si_result result = parent ? SI_OK : si_fail_memory(error);
    if (result == SI_OK)
        result = create_intake(builder, &builder->intake, folder, error);
    builder->intake.is_unsorted = true;
    if (result == SI_OK)
        result = create_intake(builder, &builder->run, folder, error);
    si_free(parent);
    return result;
}

/* All ranks succeed, or none. */
static si_result join_cluster(si_builder *builder, const char *folder,
                              const si_build_options *options, si_result result, si_error *error)
{
    SI_TRY(si_cluster_agree(builder->cluster, result, error));
    result = open_target_of_cluster(builder, folder, options, error);
    SI_TRY(si_cluster_agree(builder->cluster, result, error));
    result = tell_parts_folder(builder, error);
    if (result == SI_OK)
        result = start_intakes(builder, options, error);
    return si_cluster_agree(builder->cluster, result, error);
}

static si_result prepare(si_builder *builder, const si_build_limits *limits, const char *folder,
                         const si_build_options *options, si_error *error)
{
    SI_TRY(copy_options(builder, options, error));
    SI_TRY(choose_limits(builder, limits, options, error));
    if (folder) {
        SI_TRY(si_metadata_check_text("the path of the data set", options->dataset_path, error));
        SI_TRY(si_metadata_check_text("the path of the types file", options->types_path, error));
        SI_TRY(si_metadata_check_text("the name of the population", options->population, error));
    }
    SI_TRY(check_bound(builder, options->expected_count, options->expected_count > 0, error));
    if (options->temp_folder)
        SI_TRY(check_temp_folder(options->temp_folder, error));
    return SI_OK;
}

static si_result initialise(si_builder *builder, const si_build_limits *limits, const char *folder,
                            const si_build_options *options, si_error *error)
{
    si_result result = prepare(builder, limits, folder, options, error);
    if (builder->cluster)
        return join_cluster(builder, folder, options, result, error);
    SI_TRY(result);
    SI_TRY((builder->is_multi ? si_target_open_parts : si_target_open)(folder, options->replace,
                                                                       &builder->target, error));
    return start_intake(builder, options, error);
}

si_result si_builder_create_within(const si_build_limits *limits, si_element_kind kind,
                                   const char *folder, const si_build_options *options,
                                   si_builder **builder, si_error *error)
{
    static const si_build_options defaults = SI_BUILD_OPTIONS_INIT;
    options = options ? options : &defaults;
    if (!si_element_kind_is_valid((uint32_t)kind))
        return si_fail(error, SI_ERROR_ARGUMENT, "unknown element kind %d", (int)kind);
    if (options->struct_size != sizeof *options)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "si_build_options: struct_size is %zu, expected %zu", options->struct_size,
                       sizeof *options);
    si_builder *created = si_allocate_zeroed(1, sizeof *created);
    if (!created)
        return si_fail_memory(error);
    created->kind = kind;
    created->type = si_element_type_of(kind);
    created->target = (si_target){.folder.lock = -1, .descriptor = -1};
    pthread_mutex_init(&created->lock, NULL);
    si_result result = initialise(created, limits, folder, options, error);
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

/* ---- append ---- */

si_result si_builder_append(si_builder *builder, const si_input_column *columns,
                            size_t column_count, uint64_t count, si_error *error)
{
    SI_TRY(si_require(builder, "builder", error));
    si_column_batch batch;
    uint64_t expected = UINT64_MAX;
    SI_TRY(si_column_batch_open(&batch, builder->kind, columns, column_count, count, error));
    si_add_u64(si_intake_count(&builder->intake), count, &expected);
    SI_TRY(check_bound(builder, expected, false, error));
    return si_intake_add(&builder->intake, &batch, error);
}

/* ---- finish ---- */

/* Called from any thread; the caller's function runs in one at a time. */
static si_result report_progress(void *context, const char *phase, uint64_t done, si_error *error)
{
    si_builder *builder = context;
    if (!builder->progress)
        return SI_OK;
    uint64_t count = si_intake_count(&builder->intake);
    pthread_mutex_lock(&builder->lock);
    int stop = builder->progress(builder->progress_context, phase, done, count);
    pthread_mutex_unlock(&builder->lock);
    return stop ? si_fail(error, SI_ERROR_CANCELLED, "the build was cancelled") : SI_OK;
}

/* What sorting and packing need. */
typedef struct write_job {
    si_builder *builder;
    const si_layout *layout;
    const si_build_watch *watch;
    uint64_t *checksum;
    si_parts_writer *parts; /* NULL: a single file */
} write_job;

static si_result write_sorted(const write_job *job, const si_taken_chunks *taken,
                              si_sort_space *space, si_error *error)
{
    si_builder *builder = job->builder;
    const si_sort_input sorting = {.type = builder->type,
                                   .records = &taken->records,
                                   .largest = builder->intake.largest,
                                   .threads = builder->limits.threads,
                                   .watch = job->watch};
    const si_pack_source source = {&taken->records, space->entries};
    SI_TRY(si_sort_records(&sorting, space, error));
    si_sort_space_trim(space);
    if (job->parts)
        return si_parts_writer_take(job->parts, &taken->records, space->entries, taken->count,
                                    error);
    SI_TRY(si_target_reserve(&builder->target, job->layout->file_bytes, error));
    return si_pack(job->layout, &source, builder->target.descriptor,
                   si_target_name(&builder->target), builder->limits.threads, job->watch,
                   job->checksum, error);
}

static si_result write_from_memory(const write_job *job, si_error *error)
{
    si_taken_chunks taken;
    si_sort_space space = {.capacity = 0};
    SI_TRY(si_intake_take_all(&job->builder->intake, &taken, error));
    si_result result = si_sort_space_allocate(&space, taken.count, error);
    if (result == SI_OK)
        result = write_sorted(job, &taken, &space, error);
    si_sort_space_free(&space);
    si_intake_give_back(&job->builder->intake, &taken);
    return result;
}

static si_result write_from_runs(const write_job *job, si_error *error)
{
    si_builder *builder = job->builder;
    SI_TRY(si_intake_spill_rest(&builder->intake, job->watch, error));
    SI_TRY(check_space(builder, job->layout->element_count, 0, error));
    if (job->parts)
        return si_parts_writer_merge(job->parts, &builder->intake.sort, builder->intake.largest,
                                     error);
    SI_TRY(si_target_reserve(&builder->target, job->layout->file_bytes, error));
    return si_pack_merged(job->layout, &builder->intake.sort, builder->intake.largest,
                          builder->target.descriptor, si_target_name(&builder->target), job->watch,
                          job->checksum, error);
}

static si_result write_elements(const write_job *job, si_error *error)
{
    si_builder *builder = job->builder;
    SI_TRY(check_space(builder, job->layout->element_count, 0, error));
    SI_TRY(report_progress(builder, "ordering", 0, error));
    return builder->intake.is_external ? write_from_runs(job, error)
                                       : write_from_memory(job, error);
}

static si_result write_parts(const write_job *job, si_error *error)
{
    const si_parts_writer *parts = job->parts;
    SI_TRY(write_elements(job, error));
    return si_parts_write_top(parts->writing.folder, parts->writing.kind, parts->entries,
                              parts->part_count, parts->lowest, job->checksum, error);
}

static si_result write_multi_index(const write_job *single, si_error *error)
{
    const si_builder *builder = single->builder;
    uint64_t count = single->layout->element_count, size = builder->limits.part_elements;
    const si_parts_writing writing = {.kind = builder->kind,
                                      .folder = si_target_name(&builder->target),
                                      .element_count = count,
                                      .part_elements = size ? size : si_parts_choose_size(count),
                                      .threads = builder->limits.threads,
                                      .is_direct = builder->intake.is_external,
                                      .watch = single->watch};
    si_parts_writer writer;
    write_job job = *single;
    job.parts = &writer;
    si_result result = si_parts_writer_begin(&writer, &writing, error);
    if (result == SI_OK)
        result = write_parts(&job, error);
    si_parts_writer_free(&writer);
    return result;
}

static si_result write_file(si_builder *builder, const si_layout *layout, uint64_t *checksum,
                            si_error *error)
{
    const si_build_watch watch = {builder, report_progress};
    const write_job job = {builder, layout, &watch, checksum, NULL};
    return (builder->is_multi ? write_multi_index : write_elements)(&job, error);
}

/* ---- finish in a cluster ---- */

static si_result publish_parts(si_builder *builder, uint64_t checksum, si_error *error)
{
    const si_target_content content = {.kind = builder->kind,
                                       .checksum = checksum,
                                       .population = builder->population,
                                       .dataset_path = builder->dataset_path,
                                       .types_path = builder->types_path};
    if (si_cluster_rank(builder->cluster) > 0)
        return SI_OK;
    return si_target_publish(&builder->target, &content, error);
}

static si_result write_together(si_builder *builder, uint64_t *count, si_error *error)
{
    const si_build_watch watch = {builder, report_progress};
    uint64_t checksum = 0;
    const si_run_parts run = {.cluster = builder->cluster,
                              .intake = &builder->run,
                              .kind = builder->kind,
                              .folder = builder->parts_folder,
                              .grain = builder->limits.part_elements,
                              .watch = &watch};
    SI_TRY(si_share_records(builder->cluster, &builder->intake, &builder->run,
                            builder->buffer_bytes / builder->type->record_bytes, &watch, error));
    si_intake_empty(&builder->intake);
    SI_TRY(si_run_parts_write(&run, count, &checksum, error));
    si_result result = publish_parts(builder, checksum, error);
    return si_cluster_agree(builder->cluster, result, error);
}

static si_result finish_together(si_builder *builder, const char *folder, si_index **index,
                                 si_build_report *report, si_error *error)
{
    uint64_t count, bytes;
    SI_TRY(write_together(builder, &count, error));
    SI_TRY(si_file_bytes(builder->kind, count, &bytes, error));
    if (report)
        *report = (si_build_report){
            .struct_size = sizeof *report, .element_count = count, .file_bytes = bytes};
    return index ? si_index_open(folder, NULL, index, error) : SI_OK;
}

static si_result finish_in_cluster(si_builder *builder, si_index **index, si_build_report *report,
                                   si_error *error)
{
    char *folder = si_path_parent(builder->parts_folder);
    si_result result = si_cluster_agree(builder->cluster, folder ? SI_OK : si_fail_memory(error),
                                        error);
    if (result == SI_OK)
        result = finish_together(builder, folder, index, report, error);
    si_free(folder);
    return result;
}

static si_result write_and_publish(si_builder *builder, si_index **index, si_build_report *report,
                                   si_error *error)
{
    si_layout layout;
    si_target_content content = {.kind = builder->kind,
                                 .population = builder->population,
                                 .dataset_path = builder->dataset_path,
                                 .types_path = builder->types_path};
    uint64_t count = si_intake_count(&builder->intake);
    SI_TRY(check_bound(builder, count, true, error));
    si_layout_compute(builder->kind, count, &layout);
    SI_TRY(write_file(builder, &layout, &content.checksum, error));
    SI_TRY(report_progress(builder, "flushing", count, error));
    SI_TRY(si_target_publish(&builder->target, &content, error));
    if (report)
        *report = (si_build_report){.struct_size = sizeof *report,
                                    .element_count = layout.element_count,
                                    .file_bytes = layout.file_bytes};
    if (!index)
        return SI_OK;
    if (builder->target.folder.path)
        return si_index_open(builder->target.folder.path, NULL, index, error);
    return si_index_map(builder->target.descriptor, &content, index, error);
}

si_result si_builder_finish(si_builder *builder, si_index **index, si_build_report *report,
                            si_error *error)
{
    SI_TRY(si_require(builder, "builder", error));
    si_result result = SI_OK;
    if (report && report->struct_size != sizeof *report)
        result = si_fail(error, SI_ERROR_ARGUMENT,
                         "si_build_report: struct_size is %zu, expected %zu", report->struct_size,
                         sizeof *report);
    if (result == SI_OK)
        result = (builder->cluster ? finish_in_cluster : write_and_publish)(builder, index, report,
                                                                            error);
    free_builder(builder);
    return result;
}
