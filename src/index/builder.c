/* The builder: takes elements in batches, and in the end writes them as an index. */
#include <pthread.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "index/batch.h"
#include "index/index.h"
#include "index/layout.h"
#include "index/metadata.h"
#include "index/pack.h"
#include "index/record.h"
#include "index/record_store.h"
#include "index/sort.h"
#include "index/target.h"

struct si_builder {
    si_element_kind kind;
    const si_element_type *type;
    unsigned threads;
    uint64_t max_file_bytes;
    si_progress progress;
    void *progress_context;
    char *population;
    char *dataset_path;
    char *types_path;
    si_target target;
    si_record_store store;
    pthread_mutex_t lock; /* of `largest`, and held while `progress` runs */
    float largest;        /* coordinate, in size */
};

/* ---- create and abort ---- */

static void free_builder(si_builder *builder)
{
    si_target_close(&builder->target);
    si_record_store_destroy(&builder->store);
    pthread_mutex_destroy(&builder->lock);
    si_free(builder->population);
    si_free(builder->dataset_path);
    si_free(builder->types_path);
    si_free(builder);
}

void si_builder_abort(si_builder *builder)
{
    if (builder)
        free_builder(builder);
}

static si_result copy_options(si_builder *builder, const si_build_options *options, si_error *error)
{
    builder->threads = options->threads;
    builder->max_file_bytes = options->max_file_bytes;
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

si_result si_index_file_bytes(si_element_kind kind, uint64_t element_count, uint64_t *bytes,
                              si_error *error)
{
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
    SI_TRY(si_index_file_bytes(builder->kind, element_count, &bytes, error));
    if (builder->max_file_bytes && bytes > builder->max_file_bytes)
        return si_fail(error, SI_ERROR_LIMIT,
                       "the index file may take %llu bytes, but its %llu elements %s %llu bytes",
                       (unsigned long long)builder->max_file_bytes,
                       (unsigned long long)element_count,
                       is_final ? "need" : "so far need at least", (unsigned long long)bytes);
    return SI_OK;
}

static si_result initialise(si_builder *builder, const char *folder,
                            const si_build_options *options, si_error *error)
{
    SI_TRY(copy_options(builder, options, error));
    if (folder) {
        SI_TRY(si_metadata_check_text("the path of the data set", options->dataset_path, error));
        SI_TRY(si_metadata_check_text("the path of the types file", options->types_path, error));
        SI_TRY(si_metadata_check_text("the name of the population", options->population, error));
    }
    SI_TRY(check_bound(builder, options->expected_count, options->expected_count > 0, error));
    SI_TRY(si_record_store_create(&builder->store, si_record_stride(builder->type), error));
    return si_target_open(folder, options->replace != 0, &builder->target, error);
}

si_result si_builder_create(si_element_kind kind, const char *folder,
                            const si_build_options *options, si_builder **builder, si_error *error)
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
    si_result status = initialise(created, folder, options, error);
    if (status == SI_OK)
        *builder = created;
    else
        free_builder(created);
    return status;
}

/* ---- append ---- */

static void note_largest(si_builder *builder, float largest)
{
    pthread_mutex_lock(&builder->lock);
    if (largest > builder->largest)
        builder->largest = largest;
    pthread_mutex_unlock(&builder->lock);
}

si_result si_builder_append(si_builder *builder, const si_input_column *columns,
                            size_t column_count, uint64_t count, si_error *error)
{
    si_batch batch;
    uint64_t first, expected = UINT64_MAX;
    SI_TRY(si_batch_open(&batch, builder->kind, columns, column_count, count, error));
    si_add_u64(builder->store.count, count, &expected);
    SI_TRY(check_bound(builder, expected, false, error));
    SI_TRY(si_record_store_reserve(&builder->store, count, &first, error));
    note_largest(builder, batch.largest);
    for (uint64_t done = 0; done < count;) {
        uint64_t some = si_min_u64(count - done, si_record_run(first + done));
        si_batch_put_records(&batch, done, some, first + done,
                             si_record_at(&builder->store, first + done));
        done += some;
    }
    return SI_OK;
}

/* ---- finish ---- */

/* Called from any thread; the caller's function runs in one at a time. */
static si_result report_progress(void *context, const char *phase, uint64_t done, si_error *error)
{
    si_builder *builder = context;
    if (!builder->progress)
        return SI_OK;
    pthread_mutex_lock(&builder->lock);
    int stop = builder->progress(builder->progress_context, phase, done, builder->store.count);
    pthread_mutex_unlock(&builder->lock);
    return stop ? si_fail(error, SI_ERROR_CANCELLED, "the build was cancelled") : SI_OK;
}

static si_result write_file(si_builder *builder, const si_layout *layout, uint64_t *checksum,
                            si_error *error)
{
    const si_build_watch watch = {builder, report_progress};
    si_sort_entry *entries;
    SI_TRY(report_progress(builder, "ordering", 0, error));
    SI_TRY(si_sort_records(builder->type, &builder->store, builder->largest, builder->threads,
                           &watch, &entries, error));
    si_pack_source source = {&builder->store, entries};
    si_result status = si_target_reserve(&builder->target, layout->file_bytes, error);
    if (status == SI_OK)
        status = si_pack(layout, &source, builder->target.descriptor,
                         si_target_name(&builder->target), builder->threads, &watch, checksum,
                         error);
    si_free(entries);
    return status;
}

static si_result write_and_publish(si_builder *builder, si_index **index, si_build_report *report,
                                   si_error *error)
{
    si_layout layout;
    si_target_content content = {.kind = builder->kind,
                                 .population = builder->population,
                                 .dataset_path = builder->dataset_path,
                                 .types_path = builder->types_path};
    SI_TRY(check_bound(builder, builder->store.count, true, error));
    si_layout_compute(builder->kind, builder->store.count, &layout);
    SI_TRY(write_file(builder, &layout, &content.checksum, error));
    SI_TRY(report_progress(builder, "flushing", builder->store.count, error));
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
    si_result status = SI_OK;
    if (report && report->struct_size != sizeof *report)
        status = si_fail(error, SI_ERROR_ARGUMENT,
                         "si_build_report: struct_size is %zu, expected %zu", report->struct_size,
                         sizeof *report);
    if (status == SI_OK)
        status = write_and_publish(builder, index, report, error);
    free_builder(builder);
    return status;
}
